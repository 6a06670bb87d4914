"""Vibrato of VOCALOID's notes: depth and rate from 0 to 127 that hold until the next one, as vibrato or drawn pitch.

VOCALOID publishes no scale for them. These are the measures by which Cadencii, a free editor for VOCALOID 2, draws them:
``depth * 2.5 / 127 / 2`` semitones to either side and ``2 * exp(5.24 - 0.0107 * rate)`` ms a period, growing in the first
fifth of the vibrato and fading in the last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from singer.projects.imported import TICKS, Line, SongNote, SongTrack, SongVibrato
from singer.score import LONGEST_SCORE_BEATS, TempoMap

Values = list[tuple[float, float]]
"""(share of the note from 0 to 1, value from 0 to 127), by rising share."""

DEPTH, RATE = 64.0, 50.0
"""What stands where a file does not say; VOCALOID's own values for a new vibrato."""
FADING = 0.2
"""Share of the vibrato in which it grows, and in which it fades."""
WHOLE_NOTE = 65_536
"""VSQX counts places of vibrato inside a note in this many parts of it."""
_DEEPEST_CENTS = 125.0
_SAMPLE_TICKS = 5


@dataclass(frozen=True, slots=True)
class VocaloidVibrato:
    """Vibrato of one note as a file has it: the share of the note before it begins, its depths and its rates."""

    start: float
    depths: Values
    rates: Values

    @property
    def is_steady(self) -> bool:
        """Whether depth and rate stay what they are at its beginning."""
        return len({value for _, value in self.depths}) < 2 and len({value for _, value in self.rates}) < 2


def depth_cents(value: float) -> float:
    """Depth 0 to 127 as peak deviation."""
    return value / 127 * _DEEPEST_CENTS


def depth_of(cents: float) -> int:
    """The inverse of ``depth_cents``, on whole numbers."""
    return min(round(cents / _DEEPEST_CENTS * 127), 127)


def rate_hz(value: float) -> float:
    """Rate 0 to 127 in periods per second: 2.7 to 10.3."""
    return 500 / math.exp(5.24 - 0.0107 * value)


def rate_of(hz: float) -> int:
    """The inverse of ``rate_hz``, on whole numbers."""
    return min(max(round((5.24 - math.log(500 / hz)) / 0.0107), 0), 127)


def apply_vibrato(
    track: SongTrack, vibratos: dict[int, VocaloidVibrato], tempos: list[tuple[int, float]]
) -> None:
    """Give notes their vibrato: steady ones as they are, others as drawn pitch, on top of what is drawn already.

    Args:
        track: with its drawn lines; is changed.
        vibratos: by the tick at which their notes start.
        tempos: (tick, quarter notes per minute).
    """
    clock = TempoMap(tuple((tick / TICKS, bpm) for tick, bpm in tempos))
    drawn = {round(line[0][0]): index for index, line in enumerate(track.lines)}
    for note in track.notes:
        vibrato = vibratos.get(note.start)
        if vibrato is None or vibrato.start >= 1 or not any(depth for _, depth in vibrato.depths):
            continue
        index = drawn.get(note.start)
        if index is not None:
            track.lines[index] = _swinging(track.lines[index], note, vibrato, clock)
        elif vibrato.is_steady:
            depth, rate = vibrato.depths[0][1], vibrato.rates[0][1]
            growing = FADING * (1 - vibrato.start)
            note.vibrato = SongVibrato(depth_cents(depth), rate_hz(rate), vibrato.start, growing)
        else:
            begins = note.start + vibrato.start * note.length
            track.lines.append(_swinging([(begins, note.key), (note.end, note.key)], note, vibrato, clock))


def _swinging(line: Line, note: SongNote, vibrato: VocaloidVibrato, clock: TempoMap) -> Line:
    """The line with the vibrato on top of it, at every fifth tick of the note and at its own points."""
    if note.length > LONGEST_SCORE_BEATS * TICKS:
        raise ValueError(f"a note lasts {note.length} ticks; the song would not fit")
    ticks = sorted({*(tick for tick, _ in line), *range(note.start, note.end, _SAMPLE_TICKS)})
    ticks = [tick for tick in ticks if line[0][0] <= tick <= line[-1][0]]
    shares = (np.array(ticks) - note.start) / note.length
    seconds = np.array([clock.seconds_at(tick / TICKS) for tick in ticks])
    omegas = 2 * np.pi * np.array([rate_hz(_held(vibrato.rates, share)) for share in shares])
    omegas[shares < vibrato.start] = 0.0
    phases = np.concatenate(([0.0], np.cumsum(omegas[:-1] * np.diff(seconds))))
    cents = np.array([depth_cents(_held(vibrato.depths, share)) for share in shares])
    done = np.clip((shares - vibrato.start) / (1 - vibrato.start), 0.0, 1.0)
    swing = cents / 100 * np.minimum(1.0, np.minimum(done, 1 - done) / FADING) * np.sin(phases)
    midis = np.interp(ticks, [tick for tick, _ in line], [midi for _, midi in line]) + swing
    return list(zip(ticks, midis.tolist(), strict=True))


def _held(values: Values, share: float) -> float:
    """The value in force at a share of the note; the first one before it."""
    return next((value for place, value in reversed(values) if place <= share), values[0][1])
