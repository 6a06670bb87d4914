"""Multi-resolution STFT loss: spectral convergence and log magnitude.

After Yamamoto et al. 2020, Parallel WaveGAN, arXiv 1910.11480.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

RESOLUTIONS: tuple[int, ...] = (128, 256, 512, 1024, 2048)
_FLOOR = 1e-4


class SpectralLoss(nn.Module):
    """Spectral convergence and mean difference of log magnitudes below ``top_share`` of the band, over resolutions."""

    def __init__(self, top_share: float) -> None:
        super().__init__()
        self.top_share = top_share
        for size in RESOLUTIONS:
            self.register_buffer(f"window_{size}", torch.hann_window(size), persistent=False)

    def forward(self, found: Tensor, wanted: Tensor) -> Tensor:
        """Loss of ``found`` against ``wanted``, float32 [B, N] both: scalar."""
        total = found.new_zeros(())
        for size in RESOLUTIONS:
            a, b = self._magnitude(found, size), self._magnitude(wanted, size)
            convergence = torch.linalg.norm(b - a) / torch.linalg.norm(b).clamp_min(_FLOOR)
            total = total + 0.5 * convergence + (torch.log(a) - torch.log(b)).abs().mean()
        return total / len(RESOLUTIONS)

    def _magnitude(self, audio: Tensor, size: int) -> Tensor:
        window = getattr(self, f"window_{size}")
        spectrum = torch.stft(audio, size, size // 4, window=window, return_complex=True)
        kept = spectrum[:, : int(self.top_share * (size // 2 + 1))]
        return torch.sqrt(kept.real**2 + kept.imag**2 + _FLOOR**2)
