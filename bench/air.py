"""Air: the long-term spectrum of sibilants and of breaths from 12 to 18 kHz, in singing at the voice's own rate.

Power is averaged over all frames (1024 samples, Hann) that lie wholly inside the spans of fricatives and affricates,
5 ms from their ends, or inside breaths of half a second or more. It is read in bands a third of an octave wide whose
centres are a twelfth of an octave apart, from 8 to 17 kHz (the highest band ends at 19 kHz). The local slope is the
level difference of neighbouring bands, in dB per octave.

Verdict, "slope continuous within 6 dB per octave, no cliff at 12 kHz": no local slope between the centres 12 and
17 kHz may lie further than 6 dB per octave from the slope of the straight line through these levels. The band at
12 kHz begins at 10.7 kHz, so a step anywhere from 11.2 to 18 kHz is seen: one of 4 dB is out of bounds, one of 2 dB
is not. Below, where the teacher's own band ends (24 kHz material), slopes are natural and only shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.material import C4, C5, breathing, example_paths, range_melody
from bench.options import Options
from bench.report import Report, Row, at_most
from bench.sung import Sung, load_voice, sing
from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import LANGUAGES
from singer.performance.performance import PhoneSpan
from singer.score import Score
from singer.voice import Voice

CORNER_HZ = 12_000.0
STEPS_PER_OCTAVE = 12
BELOW, ABOVE = 7, 6
"""Bands centred below and above 12 kHz: down to 8.0 and up to 17.0 kHz."""
BAND_OCTAVES = 1.0 / 3.0
MOST_DB_PER_OCTAVE = 6.0
SHORTEST_BREATH_S = 0.5
_EDGE_S = 0.005
_FRAME, _HOP = 1024, 256
SIBILANTS, BREATHS = "sibilants", "breaths"
HOW = (
    "Own melodies in four languages inside C4-C5 with breaths of about a second, and the example songs; mean power "
    "over fricatives and affricates, and over breaths of 0.5 s or more; third-octave bands a twelfth of an octave "
    "apart, local slopes between the centres 12 and 17 kHz (bands from 10.7 to 19 kHz) against the straight line "
    "through them."
)


@dataclass(frozen=True, slots=True)
class Air:
    """A long-term spectrum above 8 kHz.

    Attributes:
        centres_hz: float64 [F], of the bands.
        levels_db: float64 [F], mean power in each band; 0 dB at the lowest.
        frames: number of frames behind it.
    """

    centres_hz: NDArray[np.float64]
    levels_db: NDArray[np.float64]
    frames: int

    @property
    def slopes(self) -> NDArray[np.float64]:
        """Local slopes between neighbouring centres in dB per octave: float64 [F - 1]."""
        return np.diff(self.levels_db) * STEPS_PER_OCTAVE

    @property
    def line_slope(self) -> float:
        """Slope of the straight line through the levels from 12 kHz up, dB per octave."""
        octaves = np.arange(ABOVE + 1) / STEPS_PER_OCTAVE
        return float(np.polyfit(octaves, self.levels_db[BELOW:], 1)[0])

    def departure(self, *, below: bool = False) -> tuple[float, float]:
        """Largest distance of a local slope from the line's, dB per octave, and where it is, Hz; from 12 kHz up, or
        below.
        """
        found = np.abs(self.slopes - self.line_slope)
        chosen = slice(0, BELOW) if below else slice(BELOW, None)
        if not np.isfinite(found).all():
            return float("nan"), float("nan")
        place = int(np.argmax(found[chosen]))
        middle_hz = self.centres_hz[chosen][place] * 2.0 ** (0.5 / STEPS_PER_OCTAVE)
        return float(found[chosen][place]), float(middle_hz)


def air(power: NDArray[np.float64], sample_rate_hz: int, frames: int = 1) -> Air:
    """Bands of a mean power spectrum float64 [513] of 1024 samples.

    Raises:
        ValueError: the sample rate holds less than 19 kHz.
    """
    centres_hz = CORNER_HZ * 2.0 ** (np.arange(-BELOW, ABOVE + 1) / STEPS_PER_OCTAVE)
    width_hz = sample_rate_hz / _FRAME
    if centres_hz[-1] * 2.0 ** (BAND_OCTAVES / 2) + width_hz > sample_rate_hz / 2:
        raise ValueError(f"19 kHz of air needs a sample rate of 40 kHz or more, found {sample_rate_hz}")
    bins_hz = np.arange(_FRAME // 2 + 1) * width_hz
    low_hz, high_hz = (centres_hz[:, None] * 2.0 ** (sign * BAND_OCTAVES / 2) for sign in (-1, 1))
    upper_hz = np.minimum(bins_hz + width_hz / 2, high_hz)
    inside = np.clip((upper_hz - np.maximum(bins_hz - width_hz / 2, low_hz)) / width_hz, 0.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        levels_db = 10.0 * np.log10(inside @ power / inside.sum(axis=1))
        return Air(centres_hz, levels_db - levels_db[0], frames)


def kind_of(span: PhoneSpan) -> str | None:
    """``sibilants``, ``breaths`` or neither."""
    if span.symbol == "AP":
        return BREATHS if span.end_s - span.start_s >= SHORTEST_BREATH_S else None
    return SIBILANTS if INVENTORY[span.symbol].phone_class in ("fricative", "affricate") else None


def frame_powers(song: Sung) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Kind and power spectrum float64 [513] of every frame of air in a song."""
    window = np.hanning(_FRAME)
    for phrase in song.performance.phrases:
        for span in phrase.phones:
            kind = kind_of(span)
            start, end = (
                round(time_s * song.sample_rate_hz)
                for time_s in (span.start_s + _EDGE_S, span.end_s - _EDGE_S)
            )
            if kind is not None and end - start >= _FRAME:
                samples = song.samples[start:end].astype(np.float64)
                frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_HOP]
                yield from ((kind, power) for power in np.abs(np.fft.rfft(frames * window, axis=1)) ** 2)


def songs(voice: Voice, toy: bool) -> Iterator[Score]:
    """Everything that is sung."""
    from singer.score_io import load_score

    low, high = max(C4, round(voice.lowest_midi)), min(C5, round(voice.highest_midi))
    for language in LANGUAGES[: 1 if toy else None]:
        yield breathing(range_melody(language, low, high, 1 if toy else None))
    for path in () if toy else example_paths():
        yield load_score(path)


def table_row(kind: str, found: Air) -> Row:
    """The row of one kind."""
    departure, place_hz = found.departure()
    below, below_hz = found.departure(below=True)
    return Row(
        f"air of {kind}, 12-18 kHz: largest departure from an even slope",
        f"≤ {MOST_DB_PER_OCTAVE:g} dB per octave",
        f"{departure:.1f} dB per octave at {place_hz / 1000:.1f} kHz (slope {found.line_slope:.1f} dB per octave; "
        f"below, 8-12 kHz: {below:.1f} at {below_hz / 1000:.1f} kHz; {found.levels_db[-1]:.1f} dB at 17 kHz against "
        f"8 kHz; {found.frames} frames)",
        at_most(departure, MOST_DB_PER_OCTAVE),
        HOW,
    )


def run(options: Options) -> Report:
    """Sing, and look at what is above 8 kHz."""
    voice = load_voice(options.voice)
    rate_hz = voice.spec.sample_rate_hz
    sums = {kind: np.zeros(_FRAME // 2 + 1) for kind in (SIBILANTS, BREATHS)}
    counts = dict.fromkeys(sums, 0)
    for score in songs(voice, options.toy):
        for kind, power in frame_powers(sing(score, voice)):
            sums[kind] += power
            counts[kind] += 1
    found = {kind: air(sums[kind] / max(counts[kind], 1), rate_hz, counts[kind]) for kind in sums}
    details = {
        kind: {
            "centres_hz": [round(each, 1) for each in spectrum.centres_hz.tolist()],
            "levels_db": [round(each, 2) for each in spectrum.levels_db.tolist()],
            "slopes_db_per_octave": [round(each, 2) for each in spectrum.slopes.tolist()],
            "line_db_per_octave": spectrum.line_slope,
            "frames": spectrum.frames,
        }
        for kind, spectrum in found.items()
    }
    return Report(tuple(table_row(kind, spectrum) for kind, spectrum in found.items()), details)
