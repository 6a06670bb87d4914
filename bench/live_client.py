"""A client of the stream that notes when each frame came."""

from __future__ import annotations

import json
import struct
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass
class Take:
    """What one stream has given.

    Attributes:
        asked_s: when it was asked for, on ``time.perf_counter``'s clock.
        arrivals: of each chunk its first sample, its samples, and when it came.
        messages: the text frames but marks.
        marks: all marks.
        audio: the chunks' bytes, 16 bit.
    """

    asked_s: float
    arrivals: list[tuple[int, int, float]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)
    audio: list[bytes] = field(default_factory=list)
    first_sound_s: float | None = None

    def take(self, frame: str | bytes, *, keep: bool = True) -> dict[str, Any] | None:
        """Note a frame; returns the message of a text frame."""
        now_s = time.perf_counter()
        if isinstance(frame, str):
            message: dict[str, Any] = json.loads(frame)
            if message["type"] == "marks":
                if keep:
                    self.marks += message["marks"]
            else:
                self.messages.append(message)
            return message
        (first,) = struct.unpack_from("<Q", frame)
        content = frame[8:]
        self.arrivals.append((first, len(content) // 2, now_s))
        if self.first_sound_s is None and any(content):
            self.first_sound_s = now_s
        if keep:
            self.audio.append(content)
        return None

    @property
    def samples(self) -> NDArray[np.int16]:
        """All audio, int16 [N]."""
        return np.frombuffer(b"".join(self.audio), "<i2")

    def late(self, rate_hz: int, buffer_s: float) -> int:
        """Chunks that a player would have missed which began ``buffer_s`` after the first one came."""
        begun_s = self.arrivals[0][2] + buffer_s
        return sum(came_s > begun_s + first / rate_hz for first, _, came_s in self.arrivals)


def percentiles_ms(values_s: list[float]) -> tuple[float, float, float]:
    """Median, 95th and 99th percentile in milliseconds."""
    p50, p95, p99 = np.percentile(np.array(values_s) * 1000.0, [50, 95, 99])
    return float(p50), float(p95), float(p99)


def shown_ms(values_s: list[float]) -> str:
    """The three percentiles in words."""
    return "p50 {:.0f}, p95 {:.0f}, p99 {:.0f} ms".format(*percentiles_ms(values_s))
