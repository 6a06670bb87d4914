"""Controls that are turned while a song is being sung: each moves to its value in a straight line."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.controls import CONTROLS
from singer.errors import PerformanceError
from singer.performance.performance import FRAME_RATE_HZ

LONGEST_RAMP_MS = 10_000.0


@dataclass(frozen=True, slots=True)
class Turned:
    """A control that was turned.

    Attributes:
        name: of ``CONTROLS``.
        value: what it moves to.
        frame: the first frame of the song (10 ms) that hears it.
    """

    name: str
    value: float
    frame: int


@dataclass(frozen=True, slots=True)
class _Ramp:
    """From one value to another over some frames."""

    before: float
    after: float
    frame: int
    frames: int

    def at(self, frames: NDArray[np.int64]) -> NDArray[np.float64]:
        share = np.clip((frames - self.frame + 1) / self.frames, 0.0, 1.0)
        return self.before + (self.after - self.before) * share


class LiveControls:
    """What is added to the controls of a song while it is sung; safe to share between threads.

    A control that is turned acts from the next frame on that is not fixed yet (``fix``), and what was fixed stays.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[str, tuple[float, float]] = {}
        self._ramps: dict[str, _Ramp] = {}
        self._told: list[Turned] = []

    def turn(self, name: str, value: float, ramp_ms: float = 50.0) -> None:
        """Move a control.

        Args:
            name: of ``CONTROLS``.
            value: what is added to what the song has, within the control's range.
            ramp_ms: time that it takes, 0 to ``LONGEST_RAMP_MS``.

        Raises:
            PerformanceError: an unknown control, or a value or time out of range.
        """
        where = f"control {name[:20]}"
        if name not in CONTROLS:
            message = f'found control "{name[:20]}"; allowed are {", ".join(CONTROLS)}'
            raise PerformanceError("control", message, where)
        refusal = CONTROLS[name].refusal(name, value)
        if refusal:
            raise PerformanceError("control", refusal, where)
        if not 0.0 <= ramp_ms <= LONGEST_RAMP_MS:
            message = f"found ramp_ms {ramp_ms:g}; 0 to {LONGEST_RAMP_MS:g} are allowed"
            raise PerformanceError("ramp", message, where)
        with self._lock:
            self._asked[name] = (value, ramp_ms)

    def fix(self, frame: int) -> dict[str, _Ramp]:
        """Let what was asked for begin at ``frame`` of the song, which is about to be sung; returns what is turned."""
        with self._lock:
            for name, (value, ramp_ms) in self._asked.items():
                last = self._ramps.get(name)
                before = float(last.at(np.array([frame - 1]))[0]) if last else CONTROLS[name].default or 0.0
                frames = max(round(ramp_ms / 1000.0 * FRAME_RATE_HZ), 1)
                self._ramps[name] = _Ramp(before, value, frame, frames)
                self._told.append(Turned(name, value, frame))
            self._asked.clear()
            return dict(self._ramps)

    def told(self) -> list[Turned]:
        """The controls that began to act since the last call."""
        with self._lock:
            told, self._told = self._told, []
            return told
