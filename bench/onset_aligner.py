"""Where a vowel begins, by the phone recogniser: the best place of the vowel among its neighbours near an
approximate time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from singer.training.recogniser.hearing import FRAME_RATE_HZ, Recogniser

WINDOW_S = 0.100
REACH_S = 0.160
SHIFTS = 2
"""The recogniser is run on the audio as it is and half a frame later, for steps of 5 ms."""


def heard_phones(
    recogniser: Recogniser, samples: NDArray[np.float32], sample_rate_hz: int
) -> NDArray[np.float32]:
    """Log probability of each phone every 5 ms: float32 [T, phones], row ``i`` at ``i * 5`` ms."""
    step = round(sample_rate_hz / FRAME_RATE_HZ / SHIFTS)
    runs = [recogniser.log_probabilities(samples[shift * step :], sample_rate_hz) for shift in range(SHIFTS)]
    count = min(len(run) for run in runs)
    return np.stack([run[:count] for run in runs], axis=1).reshape(count * SHIFTS, -1)


def aligned_onset_s(
    heard: NDArray[np.float32], phones: Sequence[int], vowel: int, near_s: float
) -> float | None:
    """Time at which phone ``phones[vowel]`` begins, within 100 ms of ``near_s``; ``None`` outside the audio.

    The phones are laid over the 320 ms around ``near_s`` in their order, each over a stretch of frames, so
    that their log probabilities add up to the most; the window may begin inside any phone before the vowel
    and end inside any phone from the vowel on.

    Args:
        heard: float32 [T, all phones] every 5 ms, from ``heard_phones``.
        phones: rows of the phones around the vowel, in order, at least one before it.
        vowel: place of the vowel in ``phones``.
        near_s: middle of the search window.
    """
    rate_hz = FRAME_RATE_HZ * SHIFTS
    first, stop = round((near_s - REACH_S) * rate_hz), round((near_s + REACH_S) * rate_hz) + 1
    if first < 0 or stop > len(heard) or vowel < 1:
        return None
    scores = heard[first:stop][:, list(phones)].astype(np.float64)
    before = _best_path(scores[:, :vowel], entry_anywhere=True)
    after = _best_path(scores[::-1][:, : vowel - 1 if vowel else None : -1], entry_anywhere=True)[::-1]
    times_s = (first + np.arange(1, stop - first)) / rate_hz
    total = before[:-1] + after[1:]
    inside = np.abs(times_s - near_s) <= WINDOW_S + 1e-9
    return float(times_s[np.argmax(np.where(inside, total, -np.inf))] - 0.5 / rate_hz)


def _best_path(scores: NDArray[np.float64], *, entry_anywhere: bool) -> NDArray[np.float64]:
    """Best sum of frames 0..t over paths that move through the columns in order and are in the last at t:
    [T].
    """
    best = np.full(scores.shape[1], -np.inf)
    last: list[float] = []
    for index, frame in enumerate(scores):
        came = np.concatenate(([-np.inf], best[:-1]))
        best = np.maximum(best, came) + frame
        if index == 0:
            best = frame.copy() if entry_anywhere else np.where(np.arange(len(frame)) == 0, frame, -np.inf)
        last.append(float(best[-1]))
    return np.array(last)
