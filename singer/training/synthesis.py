"""The vocoder's filtering in torch, differentiable; mirrors ``singer.filterbank`` (a test holds them together)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from singer.filterbank import FilterBank


class Synthesis(nn.Module):
    """Filters and excitations to sound, for a batch of whole segments."""

    window: Tensor
    amplitude: Tensor
    angle: Tensor

    def __init__(self, bank: FilterBank) -> None:
        super().__init__()
        self.bank = bank
        self.register_buffer("window", torch.from_numpy(bank.window).float(), persistent=False)
        self.register_buffer("amplitude", torch.from_numpy(bank.amplitude_matrix), persistent=False)
        self.register_buffer("angle", torch.from_numpy(bank.phase_matrix), persistent=False)

    def forward(self, filters: tuple[Tensor, Tensor, Tensor], harmonic: Tensor, noise: Tensor) -> Tensor:
        """Synthesize.

        Args:
            filters: harmonic and noise log amplitude float32 [B, T, 96], phase float32 [B, T, 32].
            harmonic: pulses float32 [B, (T + 1) hop], the first frame centred on sample ``hop``.
            noise: noise of the same shape.

        Returns:
            float32 [B, T hop], whose sample 0 is the centre of frame 0.
        """
        hop, lead = self.bank.spec.hop_samples, self.bank.lead_samples
        log_harmonic, log_noise, phase = filters
        turn = torch.polar(torch.ones_like(phase[..., :1]), phase @ self.angle)
        spectra = self._frames(harmonic) * self._minimum_phase(log_harmonic) * turn
        spectra = spectra + self._frames(noise) * self._minimum_phase(log_noise)
        waves = torch.fft.irfft(spectra, self.bank.fft_samples)
        batch, count, size = waves.shape
        parts = -(-size // hop)
        waves = torch.nn.functional.pad(waves, (0, parts * hop - size)).view(batch, count, parts, hop)
        total = waves.new_zeros(batch, count + parts, hop)
        for part in range(parts):
            total[:, part : part + count] += waves[:, :, part]
        start = hop + lead
        return total.reshape(batch, -1)[:, start : start + count * hop]

    def _frames(self, excitation: Tensor) -> Tensor:
        hop, lead, size = self.bank.spec.hop_samples, self.bank.lead_samples, self.bank.fft_samples
        windows = excitation.unfold(1, 2 * hop, hop) * self.window
        return torch.fft.rfft(torch.nn.functional.pad(windows, (lead, size - lead - 2 * hop)))

    def _minimum_phase(self, log_amplitude: Tensor) -> Tensor:
        size = self.bank.fft_samples
        cepstrum = torch.fft.irfft(log_amplitude @ self.amplitude, size)
        half = size // 2
        fold = torch.zeros(size, device=cepstrum.device)
        fold[0] = fold[half] = 1.0
        fold[1:half] = 2.0
        return torch.exp(torch.fft.rfft(cepstrum * fold))
