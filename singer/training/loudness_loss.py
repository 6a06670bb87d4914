"""A loss that hears: differences of loudness on critical bands, sounds that were added counted more than sounds that are missing.

After the perceptual model of PESQ, ITU-T P.862 (2001) and P.862.2: frames of 32 ms, power on critical bands, Zwicker's loudness
above the threshold of hearing, a dead zone for what masking hides, and an asymmetric part. Its alignment in time, its
compensation of gains and its limits for frames that are far off are left out: here both sounds run on one clock.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

FULL_SCALE_DB_SPL = 100.0
"""Speech at -21 dBFS is heard at 79 dB, as P.862 sets it."""
WINDOW_S = 0.032
BANDS_PER_BARK = 3.0
HIGHEST_BARK = 21.0
"""6.6 kHz; what lies above, the spectral loss hears well enough."""

_DEAD_ZONE = 0.25
_LOUDNESS_POWER = 0.23
_ASYMMETRY_POWER = 1.2
_ASYMMETRY_OFFSET = 50.0
_ASYMMETRY_RANGE = (3.0, 12.0)
_ASYMMETRY_WEIGHT = 0.309
_FLOOR = 1e-4
"""Keeps the slope of the root finite where two sounds are equal."""


class LoudnessLoss(nn.Module):
    """Mean disturbance of frames, in proportion to sone per Bark."""

    window: Tensor
    bands: Tensor
    threshold: Tensor
    power: Tensor

    def __init__(self, sample_rate_hz: int) -> None:
        super().__init__()
        size = round(WINDOW_S * sample_rate_hz)
        bands, centres_hz = critical_bands(size, sample_rate_hz)
        window = torch.hann_window(size)
        scale = 10.0 ** (FULL_SCALE_DB_SPL / 10.0) * 2.0 / (size * float((window**2).sum()))
        self.size = size
        self.register_buffer("window", window, persistent=False)
        self.register_buffer("bands", torch.from_numpy(bands * scale), persistent=False)
        self.register_buffer(
            "threshold", torch.from_numpy(10.0 ** (threshold_db(centres_hz) / 10.0)), persistent=False
        )
        self.register_buffer("power", torch.from_numpy(loudness_power(centres_hz)), persistent=False)

    def forward(self, found: Tensor, wanted: Tensor) -> Tensor:
        """Loss of ``found`` against ``wanted``, float32 [B, N] both: scalar."""
        power, reference = self._power(found), self._power(wanted)
        loudness, heard = self._loudness(power), self._loudness(reference)
        masked = _DEAD_ZONE * torch.minimum(loudness, heard)
        disturbance = torch.relu((loudness - heard).abs() - masked)
        ratio = ((power + _ASYMMETRY_OFFSET) / (reference + _ASYMMETRY_OFFSET)) ** _ASYMMETRY_POWER
        low, high = _ASYMMETRY_RANGE
        asymmetry = torch.where(ratio < low, torch.zeros_like(ratio), ratio.clamp(max=high)).detach()
        symmetric = torch.sqrt((disturbance**2).mean(dim=1) + _FLOOR)
        added = (disturbance * asymmetry).mean(dim=1)
        return symmetric.mean() + _ASYMMETRY_WEIGHT * added.mean()

    def _power(self, audio: Tensor) -> Tensor:
        spectrum = torch.stft(
            audio, self.size, self.size // 4, window=self.window, center=False, return_complex=True
        )
        return self.bands @ (spectrum.real**2 + spectrum.imag**2)

    def _loudness(self, power: Tensor) -> Tensor:
        threshold, exponent = self.threshold[:, None], self.power[:, None]
        above = torch.relu((0.5 + 0.5 * power / threshold) ** exponent - 1.0)
        return (threshold / 0.5) ** exponent * above


def critical_bands(size: int, sample_rate_hz: int) -> tuple[np.ndarray, np.ndarray]:
    """Bins of an STFT summed to critical bands of at least one bin: float32 [bands, size / 2 + 1], and centres in Hz [bands].

    The scale is Schroeder's (1977), ``7 asinh(f / 650)`` Bark.
    """
    bins_hz = np.arange(size // 2 + 1) * sample_rate_hz / size
    place = np.floor(7.0 * np.arcsinh(bins_hz / 650.0) * BANDS_PER_BARK)
    names = np.unique(place[(bins_hz > 0) & (place < HIGHEST_BARK * BANDS_PER_BARK)])
    matrix = (place[None, :] == names[:, None]) & (bins_hz > 0)[None, :]
    centres_hz = (matrix * bins_hz).sum(axis=1) / matrix.sum(axis=1)
    return matrix.astype(np.float32), centres_hz


def threshold_db(hz: np.ndarray) -> np.ndarray:
    """Threshold of hearing in quiet, dB SPL (Terhardt 1979): float32 like ``hz``."""
    khz = np.maximum(hz, 20.0) / 1000.0
    found = 3.64 * khz**-0.8 - 6.5 * np.exp(-0.6 * (khz - 3.3) ** 2) + 1e-3 * khz**4
    return np.asarray(found, np.float32)


def loudness_power(hz: np.ndarray) -> np.ndarray:
    """Exponent of loudness over power, larger below 4 Bark, as in P.862: float32 like ``hz``."""
    bark = 7.0 * np.arcsinh(hz / 650.0)
    steeper = np.where(bark < 4.0, np.minimum(6.0 / (bark + 2.0), 2.0) ** 0.15, 1.0)
    return np.asarray(_LOUDNESS_POWER * steeper, np.float32)
