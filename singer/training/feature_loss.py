"""Loss of the acoustic model: distance of the features and of their movement, over time and over frequency."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from singer.training.vocoder_network import ENVELOPE_SCALE

_DB = 8.685889638065035


class FeatureLoss(nn.Module):
    """Mean absolute error of envelope and aperiodicity, plus that of their differences over rows and bands.

    The differences keep transitions and formant edges from being averaged away.
    """

    time_weight = 1.0
    band_weight = 1.0
    aperiodicity_weight = 2.0

    def forward(
        self, envelope: Tensor, aperiodicity: Tensor, batch: dict[str, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Loss and mean absolute envelope error in dB.

        Args:
            envelope: float32 [B, 2T, 96], found.
            aperiodicity: float32 [B, 2T, 12], found.
            batch: holds the wanted ones and ``row_mask`` float32 [B, 2T].
        """
        mask = batch["row_mask"].unsqueeze(-1)
        pair = mask[:, 1:] * mask[:, :-1]
        error = (envelope - batch["envelope"]) / ENVELOPE_SCALE
        noise = aperiodicity - batch["aperiodicity"]
        level = _mean(error.abs(), mask)
        loss = level + self.aperiodicity_weight * _mean(noise.abs(), mask)
        loss = loss + self.time_weight * _mean((error[:, 1:] - error[:, :-1]).abs(), pair)
        loss = loss + self.band_weight * _mean((error[..., 1:] - error[..., :-1]).abs(), mask)
        return loss, level * ENVELOPE_SCALE * _DB


def _mean(values: Tensor, mask: Tensor) -> Tensor:
    return torch.sum(values * mask) / (torch.sum(mask) * values.shape[-1]).clamp_min(1.0)
