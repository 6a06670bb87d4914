"""Multi-resolution STFT loss: spectral convergence and log magnitude, linear in frequency and on mel bands.

After Yamamoto et al. 2020, Parallel WaveGAN, arXiv 1910.11480; the mel part as in Kong et al. 2020, HiFi-GAN, arXiv
2010.05646, at several resolutions. Bins are linear in frequency, so that without mel bands the upper half of the band, in
which the ear tells little apart, would be half of the loss.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from singer.bands import hz_to_mel, mel_to_hz

RESOLUTIONS: tuple[int, ...] = (128, 256, 512, 1024, 2048)
MEL_BANDS: dict[int, int] = {512: 32, 1024: 64, 2048: 96}
"""Resolutions that are also compared on mel bands, and on how many."""
MEL_WEIGHT = 1.0
_FLOOR = 1e-4


class SpectralLoss(nn.Module):
    """Spectral convergence and mean difference of log magnitudes below ``top_hz``, over resolutions."""

    def __init__(self, top_hz: float, sample_rate_hz: int) -> None:
        super().__init__()
        self.top_share = 2.0 * top_hz / sample_rate_hz
        for size in RESOLUTIONS:
            self.register_buffer(f"window_{size}", torch.hann_window(size), persistent=False)
        for size, bands in MEL_BANDS.items():
            matrix = torch.from_numpy(mel_matrix(size, bands, top_hz, sample_rate_hz))
            self.register_buffer(f"mel_{size}", matrix, persistent=False)

    def forward(self, found: Tensor, wanted: Tensor) -> Tensor:
        """Loss of ``found`` against ``wanted``, float32 [B, N] both: scalar."""
        total, mel = found.new_zeros(()), found.new_zeros(())
        for size in RESOLUTIONS:
            a, b = self._magnitude(found, size), self._magnitude(wanted, size)
            convergence = torch.linalg.norm(b - a) / torch.linalg.norm(b).clamp_min(_FLOOR)
            total = total + 0.5 * convergence + (torch.log(a) - torch.log(b)).abs().mean()
            if size in MEL_BANDS:
                matrix = getattr(self, f"mel_{size}")
                mel = mel + (torch.log(matrix @ a) - torch.log(matrix @ b)).abs().mean()
        return total / len(RESOLUTIONS) + MEL_WEIGHT * mel / len(MEL_BANDS)

    def _magnitude(self, audio: Tensor, size: int) -> Tensor:
        window = getattr(self, f"window_{size}")
        spectrum = torch.stft(audio, size, size // 4, window=window, return_complex=True)
        kept = spectrum[:, : int(self.top_share * (size // 2 + 1))]
        return torch.sqrt(kept.real**2 + kept.imag**2 + _FLOOR**2)


def mel_matrix(size: int, bands: int, top_hz: float, sample_rate_hz: int) -> np.ndarray:
    """Triangular mel filters over the bins of an STFT that lie below ``top_hz``: float32 [bands, K], rows sum to 1."""
    bins_hz = np.arange(int(2.0 * top_hz / sample_rate_hz * (size // 2 + 1))) * sample_rate_hz / size
    edges_hz = mel_to_hz(np.linspace(0.0, float(hz_to_mel(np.array([top_hz]))[0]), bands + 2))
    low, middle, high = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    # A narrow filter must reach the bins around it.
    width = np.maximum(np.minimum(middle - low, high - middle), sample_rate_hz / size)
    rising = (bins_hz - middle) / np.maximum(middle - low, width) + 1.0
    falling = (middle - bins_hz) / np.maximum(high - middle, width) + 1.0
    filters = np.maximum(np.minimum(rising, falling), 0.0)
    return (filters / filters.sum(axis=1, keepdims=True)).astype(np.float32)
