"""A teacher that hums: harmonics of the fed pitch as loud as the fed energy, noise where there is none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer.training.teacher import Blend, Teacher

BLEND = Blend("suyin", {"a": 1.0}, {"a": 1.0})


class HummingTeacher(Teacher):
    """Gives every character 3 units, speaks at 95 Hz, and sings exactly what it is fed."""

    def __init__(self) -> None:
        characters = ",.abcdefhijklmnopstuvwxyzɑɐæɔɕçðʤəɚɛɡɥɨɪɯŋɴøɸθœɹɾɻʂʃʧʊʌɤʒʔˈʰ↓→↗↘ʦʨꭧʥ"
        super().__init__({}, {character: row for row, character in enumerate(characters, start=1)}, {})

    def style(self, blend: Blend, length: int) -> NDArray[np.float32]:
        return np.zeros((1, 256), np.float32)

    def durations(
        self, tokens: NDArray[np.int64], style: NDArray[np.float32], speed: float = 1.0
    ) -> NDArray[np.int64]:
        return np.full(tokens.shape[1], 3, np.int64)

    def prosody(
        self, tokens: NDArray[np.int64], style: NDArray[np.float32], units: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        frames = 2 * int(units.sum())
        return np.full(frames, 95.0, np.float32), np.full(frames, 3.0, np.float32)

    def decode(
        self,
        tokens: NDArray[np.int64],
        style: NDArray[np.float32],
        units: NDArray[np.int64],
        f0_hz: NDArray[np.float32],
        energy: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        samples = 600 * int(units.sum())
        place = np.arange(samples) / 300
        pitch = np.interp(place, np.arange(len(f0_hz)), f0_hz)
        loudness = 10 ** ((np.interp(place, np.arange(len(energy)), energy) - 8) / 10)
        phase = 2 * np.pi * np.cumsum(pitch) / 24_000
        voice = sum(np.sin(number * phase) / number for number in range(1, 9)) * (pitch > 60)
        noise = np.random.default_rng(0).normal(size=samples) * (pitch <= 60)
        return (0.15 * loudness * (voice + 0.5 * noise)).astype(np.float32)
