"""Loss of the acoustic model: distance of the features, of their formants and of their movement over time and frequency."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from singer.relief import relief_matrix
from singer.training.vocoder_network import ENVELOPE_SCALE

_DB = 8.685889638065035


class FeatureLoss(nn.Module):
    """Mean absolute error of envelope and aperiodicity, plus that of what the envelope has more than the bands around, and of its
    differences over rows and bands.

    Most of an envelope's variance is level and tilt; without a weight of their own formants and transitions are learnt last.
    """

    relief: Tensor
    relief_weight = 2.0
    time_weight = 1.0
    band_weight = 1.0
    aperiodicity_weight = 2.0

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("relief", torch.tensor(relief_matrix()), persistent=False)

    def forward(
        self, envelope: Tensor, aperiodicity: Tensor, batch: dict[str, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Loss and mean absolute envelope error in dB.

        Args:
            envelope: float32 [B, 2T, 96], found.
            aperiodicity: float32 [B, 2T, 12], found.
            batch: holds the wanted ones and ``row_weight`` float32 [B, 2T].
        """
        weight = batch["row_weight"].unsqueeze(-1)
        pair = torch.minimum(weight[:, 1:], weight[:, :-1])
        error = (envelope - batch["envelope"]) / ENVELOPE_SCALE
        noise = aperiodicity - batch["aperiodicity"]
        level = _mean(error.abs(), weight)
        loss = level + self.aperiodicity_weight * _mean(noise.abs(), weight)
        loss = loss + self.relief_weight * _mean((error @ self.relief).abs(), weight)
        loss = loss + self.time_weight * _mean((error[:, 1:] - error[:, :-1]).abs(), pair)
        loss = loss + self.band_weight * _mean((error[..., 1:] - error[..., :-1]).abs(), weight)
        return loss, level * ENVELOPE_SCALE * _DB


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    return torch.sum(values * weight) / (torch.sum(weight) * values.shape[-1]).clamp_min(1.0)
