"""Seconds to whole frames, and curves from one frame grid to another, as DiffSinger does both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sampled:
    """A curve at equal steps.

    Attributes:
        values: float32 [n], the first one at time 0.
        step_s: seconds from one value to the next.
    """

    values: Values
    step_s: float

    def at_frames(self, step_s: float, frames: int) -> Values:
        """The curve on another grid, float32 [frames]: straight lines up to its last point, whose value then holds.

        A curve that is on this grid already is only cut or held on. The points are those of DiffSinger's own inference:
        0, step, 2 step ... below the time of the last point.
        """
        if abs(self.step_s - step_s) <= 1e-9:
            found = self.values
        else:
            own_s = self.step_s * np.arange(len(self.values))
            found = np.interp(np.arange(0.0, max(own_s[-1], 1e-9), step_s), own_s, self.values).astype(
                np.float32
            )
        return np.pad(found[:frames], (0, max(frames - len(found), 0)), mode="edge")


def frame_counts(lengths_s: NDArray[np.floating], step_s: float) -> NDArray[np.int64]:
    """Whole frames of spans that follow each other: int64 [N].

    Cumulated ends are rounded once, ``round(end / step + 0.5)`` with halves to even, in float32, as DiffSinger does.
    """
    ends = np.cumsum(lengths_s.astype(np.float32), dtype=np.float32)
    counted = np.round(ends / np.float32(step_s) + np.float32(0.5)).astype(np.int64)
    return np.diff(counted, prepend=0)


@dataclass(frozen=True, slots=True)
class PhoneLengths:
    """Lengths of phonemes, given in seconds or predicted in frames.

    Attributes:
        seconds: float32 [N].
        frames: int64 [N] on the grid where they were predicted; ``None`` if they were given.
        step_s: of that grid.
    """

    seconds: NDArray[np.float32]
    frames: NDArray[np.int64] | None = None
    step_s: float = 0.0

    def at(self, step_s: float) -> NDArray[np.int64]:
        """Whole frames on a grid, int64 [N]: those that were predicted if it is the same grid."""
        if self.frames is not None and abs(self.step_s - step_s) <= 1e-9:
            return self.frames
        return frame_counts(self.seconds, step_s)


def fitted_to(frames: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """Spans cut, or the last of them drawn out, so that they sum to ``total``: int64 [N]."""
    ends = np.minimum(np.cumsum(frames), total)
    ends[-1] = total
    return np.diff(ends, prepend=0)


def without_gaps(f0_hz: Values) -> Values:
    """f0 with its zeros filled by straight lines in log frequency, the ends held; as it is if it is zero throughout."""
    voiced = f0_hz > 0
    if voiced.all() or not voiced.any():
        return f0_hz
    places = np.arange(len(f0_hz))
    filled = np.exp2(np.interp(places, places[voiced], np.log2(f0_hz[voiced].astype(np.float64))))
    return np.where(voiced, f0_hz, filled).astype(np.float32)


def semitones_of(f0_hz: Values) -> Values:
    """MIDI note numbers of frequencies: 69 + 12 log2(f / 440)."""
    return (69.0 + 12.0 * np.log2(f0_hz.astype(np.float64) / 440.0)).astype(np.float32)


def hz_of(semitones: Values) -> Values:
    """Frequencies of MIDI note numbers."""
    return (440.0 * np.exp2((semitones.astype(np.float64) - 69.0) / 12.0)).astype(np.float32)
