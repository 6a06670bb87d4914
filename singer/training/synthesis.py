"""The vocoder's filtering in torch, differentiable; mirrors ``singer.filterbank`` (a test holds them together)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from singer.features import ROWS_PER_FRAME
from singer.filterbank import FilterBank


class Synthesis(nn.Module):
    """Filters and excitations to sound, for a batch of whole segments."""

    windows: Tensor
    amplitude: Tensor
    minimum_phase: Tensor
    dispersion: Tensor

    def __init__(self, bank: FilterBank) -> None:
        super().__init__()
        self.bank = bank
        self.register_buffer("windows", torch.from_numpy(bank.windows), persistent=False)
        self.register_buffer("amplitude", torch.from_numpy(bank.amplitude_matrix), persistent=False)
        self.register_buffer("minimum_phase", torch.from_numpy(bank.minimum_phase_matrix), persistent=False)
        self.register_buffer("dispersion", torch.from_numpy(bank.dispersion_matrix), persistent=False)

    def forward(self, filters: tuple[Tensor, Tensor, Tensor], harmonic: Tensor, noise: Tensor) -> Tensor:
        """Synthesize.

        Args:
            filters: harmonic and noise log amplitude float32 [B, 2T, 96], dispersion float32 [B, 2T, 32].
            harmonic: pulses float32 [B, (T + 1) hop], the first frame centred on sample ``hop``.
            noise: noise of the same shape.

        Returns:
            float32 [B, T hop], whose sample 0 is the centre of frame 0.
        """
        bank, hop = self.bank, self.bank.spec.hop_samples
        log_harmonic, log_noise, dispersion = filters
        turned = log_harmonic @ self.minimum_phase + dispersion @ self.dispersion
        spectra = self._spectra(harmonic) * torch.polar(torch.exp(log_harmonic @ self.amplitude), turned)
        hissed = torch.polar(torch.exp(log_noise @ self.amplitude), log_noise @ self.minimum_phase)
        waves = torch.fft.irfft(spectra + self._spectra(noise) * hissed, bank.fft_samples)
        early, late = self._stacked(waves[:, ::ROWS_PER_FRAME]), self._stacked(waves[:, 1::ROWS_PER_FRAME])
        start, length = bank.second_gap + bank.lead_samples, waves.shape[1] // ROWS_PER_FRAME * hop
        # The second rows' frames begin ``second_gap`` after the first rows'.
        return early[:, start : start + length] + late[:, bank.lead_samples : bank.lead_samples + length]

    def _spectra(self, excitation: Tensor) -> Tensor:
        """Spectra of the windowed rows: [B, (T + 1) hop] to [B, 2T, N / 2 + 1]."""
        bank, hop = self.bank, self.bank.spec.hop_samples
        pieces = excitation[:, bank.first_gap :].unfold(1, hop, hop), excitation[:, hop:].unfold(1, hop, hop)
        frames = excitation.shape[1] // hop - 1
        rows = torch.stack([piece[:, :frames] for piece in pieces], dim=2) * self.windows
        after = bank.fft_samples - bank.lead_samples - hop
        padded = torch.nn.functional.pad(rows.flatten(1, 2), (bank.lead_samples, after))
        return torch.fft.rfft(padded)

    def _stacked(self, waves: Tensor) -> Tensor:
        """Sum of waves [B, T, N], each one hop after the one before, and zeros after it."""
        hop = self.bank.spec.hop_samples
        batch, count, size = waves.shape
        parts = -(-size // hop)
        waves = torch.nn.functional.pad(waves, (0, parts * hop - size)).view(batch, count, parts, hop)
        total = waves.new_zeros(batch, count + parts, hop)
        for part in range(parts):
            total[:, part : part + count] += waves[:, :, part]
        return total.reshape(batch, -1)
