"""The vocoder's network: features and pitch in, corrections to a plain source-filter vocoder out."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from singer.bands import APERIODICITY_BANDS, ENVELOPE_BANDS, band_centres_hz, interpolation_matrix
from singer.features import ROWS_PER_FRAME
from singer.filterbank import PHASE_BANDS
from singer.training.layers import ResidualStack

ENVELOPE_MEAN = -6.0
ENVELOPE_SCALE = 2.5
LOG_F0_MEAN = 5.4
HIGHEST_LOG_F0 = 5.2
"""The network looks at pitch up to 180 Hz only: above, it had learned to drown the harmonics in noise."""

MOST_ADDED_NOISE = 1.5
"""Noise may rise 13 dB above what the aperiodicity says: with more it hides the harmonics of high notes."""

HIGHEST_ABOVE_ENVELOPE = 0.7
"""Neither part may rise more than 6 dB above the envelope: features unlike any heard in training must not explode."""

_SMALLEST_PERIODIC = 1e-6
_SMALLEST_APERIODIC = 1e-3


class VocoderNetwork(nn.Module):
    """Filters for features.

    The zero network is WORLD's own synthesis rule: the envelope split into a harmonic and a noise part by the aperiodicity.
    What is learned is a correction in log amplitude, per band and row, and a dispersion phase. It runs at frames: the rows of a
    frame go in and come out together. Bands that the training material
    does not hold (above ``trusted_hz``) keep the plain rule.
    """

    spread: Tensor
    trust: Tensor

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...], trusted_hz: float) -> None:
        super().__init__()
        centres_hz = band_centres_hz(ENVELOPE_BANDS)
        spread = interpolation_matrix(APERIODICITY_BANDS, centres_hz)
        trust = np.clip((trusted_hz - centres_hz) / (0.07 * trusted_hz), 0.0, 1.0)
        self.register_buffer("spread", torch.from_numpy(spread), persistent=False)
        self.register_buffer("trust", torch.from_numpy(trust.astype(np.float32)), persistent=False)
        self.input = nn.Conv1d(
            ROWS_PER_FRAME * (ENVELOPE_BANDS + APERIODICITY_BANDS + 1), channels, kernel, padding=kernel // 2
        )
        self.stack = ResidualStack(channels, kernel, dilations)
        self.norm = nn.LayerNorm(channels)
        self.output = nn.Linear(channels, ROWS_PER_FRAME * (2 * ENVELOPE_BANDS + PHASE_BANDS))
        nn.init.normal_(self.output.weight, std=0.001)
        nn.init.zeros_(self.output.bias)
        self.reach_frames = kernel // 2 + self.stack.reach_frames

    def forward(
        self, envelope: Tensor, aperiodicity: Tensor, log_f0: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Filters of T frames.

        Args:
            envelope: float32 [B, 2T, 96], natural log of amplitude.
            aperiodicity: float32 [B, 2T, 12], 0 to 1.
            log_f0: float32 [B, 2T], natural log of Hz.

        Returns:
            Harmonic and noise log amplitude float32 [B, 2T, 96] each, dispersion phase float32 [B, 2T, 32] in radians.
        """
        scaled = (envelope - ENVELOPE_MEAN) / ENVELOPE_SCALE
        pitch = (log_f0.clamp(max=HIGHEST_LOG_F0) - LOG_F0_MEAN).unsqueeze(-1)
        x = torch.cat((scaled, 2.0 * aperiodicity - 1.0, pitch), dim=-1)
        frames = x.reshape(x.shape[0], -1, ROWS_PER_FRAME * x.shape[2])
        hidden = self.stack(self.input(frames.transpose(1, 2))).transpose(1, 2)
        raw = self.output(self.norm(hidden))
        raw = raw.reshape(raw.shape[0], -1, raw.shape[2] // ROWS_PER_FRAME)
        to_harmonic, to_noise, phase = raw.split((ENVELOPE_BANDS, ENVELOPE_BANDS, PHASE_BANDS), dim=-1)
        ratio = aperiodicity.clamp(0.0, 1.0) @ self.spread
        periodic = 0.5 * torch.log((1.0 - ratio * ratio).clamp_min(_SMALLEST_PERIODIC))
        noisy = torch.log(ratio.clamp_min(_SMALLEST_APERIODIC))
        ceiling = envelope + HIGHEST_ABOVE_ENVELOPE
        return (
            torch.minimum(envelope + periodic + to_harmonic * self.trust, ceiling),
            torch.minimum(envelope + noisy + (to_noise * self.trust).clamp(max=MOST_ADDED_NOISE), ceiling),
            phase,
        )
