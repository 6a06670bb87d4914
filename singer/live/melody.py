"""Pitch and loudness of what is played, frame by frame: glides, vibrato, attacks and releases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.performance.smooth import rise

GLIDE_FRAMES = 7
VIBRATO_AFTER_FRAMES, VIBRATO_GROWS_FRAMES = 45, 40
VIBRATO_HZ, VIBRATO_CENTS = 5.5, 32.0
ATTACK_FRAMES, ATTACK_DB = 6, 8.0
RELEASE_FRAMES, SILENT_DB = 9, -60.0
PLAIN_VELOCITY = 90
DB_PER_VELOCITY, POWER_PER_VELOCITY = 0.14, 0.008


@dataclass(frozen=True, slots=True)
class _Glide:
    """From one pitch to another, in MIDI note numbers, over ``GLIDE_FRAMES``."""

    before: float
    after: float
    frame: int

    def at(self, frames: NDArray[np.int64]) -> NDArray[np.float64]:
        return self.before + (self.after - self.before) * rise((frames - self.frame) / GLIDE_FRAMES)


class Melody:
    """The line that one phrase sings; what was asked about frames that are over is not changed later.

    Frames count from the start of the phrase.
    """

    def __init__(self, midi: float, velocity: int) -> None:
        self._glide = _Glide(midi, midi, 0)
        self._held_from = 0
        self._levels: list[tuple[int, float]] = [(0, _level_db(velocity))]
        self._power = _power(velocity)
        self._sound_from: int | None = None
        self._silent_from: int | None = None

    def play(self, midi: float, velocity: int, frame: int, vowel: int) -> None:
        """Go to another note from ``frame`` on; its vowel starts at frame ``vowel``."""
        here = float(self._glide.at(np.array([frame]))[0])
        self._glide = _Glide(here, midi, max(frame, vowel - GLIDE_FRAMES))
        self._held_from = vowel
        self._levels = [*self._levels[-1:], (frame, _level_db(velocity))]
        self._power = _power(velocity)
        if self._silent_from is not None and frame >= self._silent_from:
            self._sound_from = frame
        self._silent_from = None

    def sound_from(self, frame: int) -> None:
        """The first sound of the phrase starts at ``frame``."""
        self._sound_from = frame

    def fade_from(self, frame: int) -> None:
        """The last sound ends at ``frame``."""
        self._silent_from = frame

    def f0_hz(self, frames: NDArray[np.int64]) -> NDArray[np.float32]:
        """Pitch at frames int64 [N]: float32 [N]."""
        since = frames - self._held_from - VIBRATO_AFTER_FRAMES
        depth = VIBRATO_CENTS * rise(since / VIBRATO_GROWS_FRAMES)
        cents = depth * np.sin(2.0 * np.pi * VIBRATO_HZ * since / 100.0)
        midi = self._glide.at(frames) + cents / 100.0
        f0_hz: NDArray[np.float32] = (440.0 * np.exp2((midi - 69.0) / 12.0)).astype(np.float32)
        return f0_hz

    def loudness_db(self, frames: NDArray[np.int64]) -> NDArray[np.float32]:
        """Loudness at frames int64 [N]: float32 [N], dB against the voice's own level."""
        before, after = self._levels[0][1], self._levels[-1][1]
        level = before + (after - before) * rise((frames - self._levels[-1][0]) / GLIDE_FRAMES)
        if self._sound_from is not None:
            since = frames - self._sound_from
            level -= ATTACK_DB * (1.0 - rise(since / ATTACK_FRAMES))
        if self._silent_from is not None:
            level += SILENT_DB * rise((frames - self._silent_from) / RELEASE_FRAMES)
        return level.astype(np.float32)

    def power(self, frames: NDArray[np.int64]) -> NDArray[np.float32]:
        """Vocal effort at frames int64 [N]: float32 [N]."""
        return np.full(len(frames), self._power, np.float32)


def _level_db(velocity: int) -> float:
    return (velocity - PLAIN_VELOCITY) * DB_PER_VELOCITY


def _power(velocity: int) -> float:
    return (velocity - PLAIN_VELOCITY) * POWER_PER_VELOCITY
