"""The curves of a phrase while it is sung: fixed block by block, so that controls may be turned until then."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from singer.features import to_rows
from singer.live.controls import LiveControls
from singer.performance.adjust import in_character, turn
from singer.performance.performance import FRAME_RATE_HZ, PhrasePerformance


class SungCurves:
    """Curves in a singer's character, with what is turned live.

    Attributes:
        frames: their length T.
    """

    def __init__(
        self, performance: PhrasePerformance, character: Mapping[str, float], live: LiveControls | None = None
    ) -> None:
        self._plain = in_character(performance, character)
        self._sung = self._plain.curves
        self._live = live
        self._first_frame = round(performance.start_s * FRAME_RATE_HZ)
        self.frames = performance.frames

    def fix(self, start: int) -> None:
        """Take in what was turned until now for frames from ``start`` of the phrase on; earlier ones stay."""
        if self._live is None:
            return
        ramps = self._live.fix(self._first_frame + start)
        if not ramps:
            return
        frames = self._first_frame + np.arange(start, self.frames)
        turned = self._plain
        for name, ramp in ramps.items():
            amount = np.zeros(self.frames)
            amount[start:] = ramp.at(frames)
            turned = turn(turned, name, amount)
        self._sung = {
            name: np.concatenate((before[:start], turned.curves[name][start:]))
            for name, before in self._sung.items()
        }

    def at_frames(self, name: str) -> NDArray[np.float32]:
        """One curve, float32 [T]."""
        return self._sung[name]

    def at_rows(self, name: str) -> NDArray[np.float32]:
        """One curve at rows of 5 ms, float32 [2T]."""
        return to_rows(self._sung[name])
