"""Pitch drawn by hand: lines over beats that take the place of the rules' pitch, as other editors' curves do."""

from __future__ import annotations

import math

from singer.errors import ScoreError

PitchLine = tuple[tuple[float, float], ...]
"""Points (beat, MIDI number, may be fractional) by rising beat, two or more, joined by straight lines."""

MIDI_RANGE = (0.0, 127.0)
MOST_POINTS = 1_000_000


def check_drawn_pitch(lines: tuple[PitchLine, ...], latest_beat: float) -> None:
    """Check the lines of a score.

    Args:
        lines: by rising start; one may begin where the one before ends.
        latest_beat: greatest beat allowed.

    Raises:
        ScoreError: a line of fewer than two points, points that do not rise, lines that overlap, values out of range.
    """
    if sum(map(len, lines)) > MOST_POINTS:
        raise ScoreError("drawn_pitch_size", f"found more than {MOST_POINTS} points", "drawn_pitch")
    reached = 0.0
    for number, line in enumerate(lines):
        if len(line) < 2:
            message = f"found {len(line)} points; a line needs two or more"
            raise ScoreError("drawn_pitch_line", message, f"drawn_pitch, line {number}")
        for index, (beat, midi) in enumerate(line):
            where = f"drawn_pitch, line {number}, point {index}"
            if not (math.isfinite(beat) and 0.0 <= beat <= latest_beat):
                raise ScoreError(
                    "drawn_pitch_beat", f"found beat {beat:g}; 0 to {latest_beat:g} are allowed", where
                )
            if not (math.isfinite(midi) and MIDI_RANGE[0] <= midi <= MIDI_RANGE[1]):
                message = f"found pitch {midi:g}; {MIDI_RANGE[0]:g} to {MIDI_RANGE[1]:g} are allowed"
                raise ScoreError("drawn_pitch_value", message, where)
            if beat < reached or (index and beat == reached):
                message = f"beat {beat:g} does not come after beat {reached:g}; list points and lines by rising beat"
                raise ScoreError("drawn_pitch_order", message, where)
            reached = beat


def split_line(line: PitchLine, beat: float) -> tuple[PitchLine, PitchLine]:
    """The parts of a line before and after ``beat``, a point made there; a part that is empty has no points."""
    if beat <= line[0][0]:
        return (), line
    if beat >= line[-1][0]:
        return line, ()
    place = next(index for index, point in enumerate(line) if point[0] >= beat)
    (low, from_midi), (high, to_midi) = line[place - 1], line[place]
    here = (beat, from_midi + (to_midi - from_midi) * (beat - low) / (high - low))
    after = line[place + 1 :] if line[place][0] == beat else line[place:]
    return (*line[:place], here), (here, *after)


def transposed_from(
    lines: tuple[PitchLine, ...], beat: float, semitones: float, *, keep_before: bool = True
) -> tuple[PitchLine, ...]:
    """The lines with what lies after ``beat`` moved by ``semitones``, within ``MIDI_RANGE``.

    Args:
        lines: of a score.
        beat: from where on.
        semitones: added to the pitch.
        keep_before: whether what lies before ``beat`` stays, or is left out.
    """
    parts = [split_line(line, beat) for line in lines]
    before = tuple(first for first, _ in parts if first) if keep_before else ()
    low, high = MIDI_RANGE
    moved = (
        tuple((at, min(max(midi + semitones, low), high)) for at, midi in last) for _, last in parts if last
    )
    return (*before, *moved)


def moved_to(lines: tuple[PitchLine, ...], beat: float) -> tuple[PitchLine, ...]:
    """The lines with ``beat`` as their beat 0; none begins before it."""
    return tuple(tuple((at - beat, midi) for at, midi in line) for line in lines)
