"""Smooth shapes that curves are made of, and where they fall on the frames of a phrase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]


def rise(share: Curve) -> Curve:
    """A step from 0 to 1 over ``share`` 0 to 1, monotone and symmetric about (0.5, 0.5); flat outside.

    The minimum-jerk polynomial 6u^5 - 15u^4 + 10u^3 of Flash & Hogan (1985, J. Neurosci. 5, 1688-1703):
    velocity and acceleration are 0 at both ends.
    """
    u = np.clip(share, 0.0, 1.0)
    return u * u * u * (u * (6.0 * u - 15.0) + 10.0)


def bump(share: Curve) -> Curve:
    """A hill from 0 to 1 and back over ``share`` 0 to 1, with no slope at the ends; 0 outside."""
    u = np.clip(share, 0.0, 1.0)
    return np.sin(np.pi * u) ** 2


@dataclass(frozen=True, slots=True)
class FrameTimes:
    """Times of the frames of a phrase.

    Attributes:
        start_s: absolute time of frame 0.
        frames: number of frames T.
        rate_hz: frames per second.
    """

    start_s: float
    frames: int
    rate_hz: float

    @property
    def end_s(self) -> float:
        """Absolute time at which the last frame ends."""
        return self.start_s + self.frames / self.rate_hz

    def all_s(self) -> Curve:
        """float64 [T], absolute seconds."""
        return self.start_s + np.arange(self.frames) / self.rate_hz

    def window(self, low_s: float, high_s: float) -> slice:
        """Frames whose time lies in [``low_s``, ``high_s``)."""
        low = int(np.ceil((low_s - self.start_s) * self.rate_hz - 1e-6))
        high = int(np.ceil((high_s - self.start_s) * self.rate_hz - 1e-6))
        low = min(max(low, 0), self.frames)
        return slice(low, min(max(high, low), self.frames))

    def in_window(self, low_s: float, high_s: float) -> tuple[slice, Curve]:
        """The frames of a window, and their absolute seconds."""
        frames = self.window(low_s, high_s)
        return frames, self.start_s + np.arange(frames.start, frames.stop) / self.rate_hz


def smooth_noise(generator: np.random.Generator, times_s: Curve, spacing_s: float) -> Curve:
    """Noise of unit standard deviation without fast parts, within +-2.5: random knots joined by smooth steps.

    Args:
        generator: source of the knots.
        times_s: float64 [T], seconds from the start of the noise, rising from 0.
        spacing_s: distance of the knots; the noise holds little above 1 / (2 ``spacing_s``) Hz.

    Returns:
        float64 [T].
    """
    position = times_s / spacing_s
    low = np.floor(position).astype(np.int64)
    knots = generator.uniform(-np.sqrt(3.0), np.sqrt(3.0), int(low[-1]) + 2)
    share = rise(position - low)
    mixed = knots[low] * (1.0 - share) + knots[low + 1] * share
    return mixed / np.sqrt((1.0 - share) ** 2 + share**2)
