"""What the recogniser hears and how it decides, in plain numpy: log-mel frames in, log probabilities of
phones out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
HOP_SAMPLES = 160
FRAME_RATE_HZ = RATE_HZ / HOP_SAMPLES
MEL_BANDS = 40
INPUTS = 2 * MEL_BANDS
DILATIONS = (1, 2, 4, 2, 1)
FIRST_KERNEL, KERNEL = 5, 3

_FFT, _WINDOW = 512, 400
_LOWEST_HZ, _HIGHEST_HZ = 80.0, 7_600.0
_RANGE_DB = 60.0


def mel_frames(samples: NDArray[np.float32], sample_rate_hz: int) -> NDArray[np.float32]:
    """Log-mel spectrum and its change, each freed of the recording's mean and spread: float32 [T, 80] at 100
    frames/s.

    Frame ``i`` is centred on ``i * 10`` ms. Mean and spread are taken over the frames within 50 dB of the
    loudest one.

    Args:
        samples: float32 [N], mono.
        sample_rate_hz: of the samples; resampled to 16 kHz.
    """
    import soxr

    audio = np.asarray(soxr.resample(samples, sample_rate_hz, RATE_HZ), np.float32)
    count = len(audio) // HOP_SAMPLES + 1
    padded = np.pad(audio, (_FFT // 2, _FFT // 2 + HOP_SAMPLES))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::HOP_SAMPLES][:count]
    power = np.abs(np.fft.rfft(frames * _taper(), axis=1)) ** 2
    mel_db = 10.0 * np.log10(power @ _triangles() + 1e-10)
    mel_db = np.maximum(mel_db, mel_db.max() - _RANGE_DB)
    level = mel_db.mean(axis=1)
    loud = mel_db[level > level.max() - 50.0]
    normal = (mel_db - loud.mean(axis=0)) / (loud.std(axis=0) + 1.0)
    around = np.pad(normal, ((2, 2), (0, 0)), "edge")
    change = (2.0 * (around[4:] - around[:-4]) + around[3:-1] - around[1:-3]) / 5.0
    return np.concatenate((normal, change), axis=1).astype(np.float32)


@cache
def _taper() -> NDArray[np.float64]:
    taper = np.zeros(_FFT)
    taper[(_FFT - _WINDOW) // 2 : (_FFT + _WINDOW) // 2] = np.hanning(_WINDOW)
    return taper


@cache
def _triangles() -> NDArray[np.float64]:
    def mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(2595.0 * np.log10(1.0 + hz / 700.0), np.float64)

    low, high = mel(np.array([_LOWEST_HZ, _HIGHEST_HZ]))
    edges = np.linspace(low, high, MEL_BANDS + 2)
    bins = mel(np.fft.rfftfreq(_FFT, 1 / RATE_HZ).astype(np.float64))[:, None]
    rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.asarray(np.maximum(0.0, np.minimum(rise, fall)))


@dataclass(frozen=True)
class Recogniser:
    """A trained recogniser.

    Attributes:
        phones: symbol of each output.
        weights: ``first.weight`` [K, in, C], ``first.bias`` [C], ``block{i}.weight``, ``block{i}.bias``,
            ``last.weight`` [C, phones], ``last.bias``; float32.
        timbres: names of the timbres that it was trained on.
    """

    phones: tuple[str, ...]
    weights: Mapping[str, NDArray[np.float32]]
    timbres: tuple[str, ...]

    def log_probabilities(self, samples: NDArray[np.float32], sample_rate_hz: int) -> NDArray[np.float32]:
        """Natural-log probability of each phone in each frame: float32 [T, phones] at 100 frames/s."""
        x = np.maximum(self._convolve(mel_frames(samples, sample_rate_hz), "first", 1), 0.0)
        for index, dilation in enumerate(DILATIONS):
            x = x + np.maximum(self._convolve(x, f"block{index}", dilation), 0.0)
        scores = x @ self.weights["last.weight"] + self.weights["last.bias"]
        scores -= scores.max(axis=1, keepdims=True)
        return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), np.float32)

    def _convolve(self, x: NDArray[np.float32], layer: str, dilation: int) -> NDArray[np.float32]:
        weight = self.weights[f"{layer}.weight"]
        reach = dilation * (len(weight) - 1) // 2
        padded = np.pad(x, ((reach, reach), (0, 0)))
        total = np.broadcast_to(self.weights[f"{layer}.bias"], (len(x), weight.shape[2])).copy()
        for tap in range(len(weight)):
            total += padded[tap * dilation : tap * dilation + len(x)] @ weight[tap]
        return total

    def save(self, path: Path) -> None:
        """Write to ``path`` (.npz)."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial.npz")
        named = {"phones": np.array(self.phones), "timbres": np.array(self.timbres)}
        np.savez(partial, **named, **self.weights)  # type: ignore[arg-type]
        partial.rename(path)


def load_recogniser(path: Path) -> Recogniser:
    """Read what ``Recogniser.save`` wrote."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    phones, timbres = (tuple(map(str, arrays.pop(name))) for name in ("phones", "timbres"))
    return Recogniser(phones, arrays, timbres)
