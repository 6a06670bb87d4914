"""A look-ahead peak limiter, fed in pieces of any size: loud moments are turned down, nothing is clipped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CEILING_DBFS = -1.0
"""Peaks stay at or below this, which leaves room for the overshoot of a later resampling."""
SMOOTHING_S = 0.0025
"""Half of the time in which the gain moves."""
HOLD_S = 0.03
"""The gain stays down this long after a peak, so that it does not follow single periods of a low voice."""


class Limiter:
    """The limiter of one stream: ``run`` on each piece, then ``finish``; as many samples come out as went in.

    The gain that a sample needs is ``min(1, ceiling / |x|)``. Its running minimum over the hold time and the
    look-ahead is smoothed by a Hann window no longer than the look-ahead, so the gain is never above what any
    sample needs. Where nothing within reach passes the ceiling, samples go through bit for bit.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        half = max(int(SMOOTHING_S * sample_rate_hz), 1)
        window = np.hanning(2 * half + 3)[1:-1]
        self._weights = window / window.sum()
        self._ceiling = 10.0 ** (CEILING_DBFS / 20.0)
        self._ahead = 2 * half
        self._behind = 2 * half + int(HOLD_S * sample_rate_hz)
        self._minimum_span = self._behind + 1
        self._known = np.zeros(self._behind, np.float32)

    def run(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take in ``samples`` (float32 [N]) and give those whose look-ahead is complete: float32 [M]."""
        known = np.concatenate((self._known, samples))
        ready = len(known) - self._behind - self._ahead
        if ready <= 0:
            self._known = known
            return np.zeros(0, np.float32)
        self._known = known[ready:]
        plain = known[self._behind : self._behind + ready]
        if np.abs(known).max() <= self._ceiling:
            return plain
        return (plain * self._gains(known)).astype(np.float32)

    def finish(self) -> NDArray[np.float32]:
        """The samples that still waited: float32 [M]."""
        return self.run(np.zeros(self._ahead, np.float32))

    def _gains(self, known: NDArray[np.float32]) -> NDArray[np.float64]:
        """Gains of those samples of ``known`` that have all of their surroundings: float64 [ready]."""
        peaks = np.maximum(np.abs(known).astype(np.float64), self._ceiling)
        needed = _running_minimum(self._ceiling / peaks, self._minimum_span)
        return np.convolve(needed, self._weights, mode="valid")


def _running_minimum(values: NDArray[np.float64], span: int) -> NDArray[np.float64]:
    """Minimum of every ``span`` neighbours, by doubling: float64 [N] to float64 [N - span + 1]."""
    width = 1
    while 2 * width <= span:
        values = np.minimum(values[:-width], values[width:])
        width *= 2
    rest = span - width
    return np.minimum(values[: len(values) - rest], values[rest:]) if rest else values
