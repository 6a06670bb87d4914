"""The pitch curve of a query: straight lines where it has none, and what pitch its phonemes are sung at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from api.server.voicevox.errors import SongError
from singer.performance.performance import CURVE_BOUNDS

_ANY_HZ = 220.0
"""Where a query has no pitch at all."""


def check_pitch(f0_hz: Sequence[float], frames: int) -> None:
    """Refuse a pitch curve that cannot be sung or has not ``frames`` values; raises ``SongError``."""
    check_count("f0", len(f0_hz), frames)
    low_hz, high_hz = CURVE_BOUNDS["f0_hz"]
    wrong = next((hz for hz in f0_hz if hz and not low_hz <= hz <= high_hz), None)
    if wrong is not None:
        raise SongError(f"f0は0、または{low_hz:g}から{high_hz:g}までです: {wrong:g}")


def check_count(name: str, count: int, frames: int) -> None:
    """Refuse a curve whose length is not that of the phonemes; raises ``SongError``."""
    if count != frames:
        raise SongError(f"{name}の長さはphonemesのframe_lengthの合計 ({frames}) と同じです: {count}")


def log_pitch(f0_hz: Sequence[float]) -> NDArray[np.float64]:
    """Natural logarithm of the pitch, float64 [frames], with straight lines over frames without one."""
    hz = np.array(f0_hz, np.float64)
    known = np.flatnonzero(hz)
    if not len(known):
        return np.full(len(hz), np.log(_ANY_HZ))
    filled: NDArray[np.float64] = np.interp(np.arange(len(hz)), known, np.log(hz[known]))
    return filled


def middle_midi(log_hz: NDArray[np.float64], lengths: Sequence[int]) -> list[float]:
    """The median pitch of each phoneme as a MIDI number, 0 for those of no length.

    Args:
        log_hz: float64 [frames].
        lengths: of the phonemes in frames; they sum to the frames.
    """
    midi = 69.0 + 12.0 * (log_hz - np.log(440.0)) / np.log(2.0)
    ends = np.cumsum(lengths)
    return [
        float(np.median(midi[end - length : end])) if length else 0.0
        for end, length in zip(ends, lengths, strict=True)
    ]
