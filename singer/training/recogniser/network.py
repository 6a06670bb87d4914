"""The recogniser's network in torch; ``weights_of`` gives it to the numpy form that the benchmark runs."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from singer.training.recogniser.hearing import DILATIONS, FIRST_KERNEL, INPUTS, KERNEL

CHANNELS = 192


class PhoneNetwork(nn.Module):
    """Convolutions over frames: one wide, then residual dilated ones; sees 120 ms to either side."""

    def __init__(self, phones: int, dropout: float = 0.15) -> None:
        super().__init__()
        self.first = nn.Conv1d(INPUTS, CHANNELS, FIRST_KERNEL, padding=FIRST_KERNEL // 2)
        self.first_norm = nn.BatchNorm1d(CHANNELS)
        self.convolutions = [
            nn.Conv1d(CHANNELS, CHANNELS, KERNEL, padding=dilation, dilation=dilation)
            for dilation in DILATIONS
        ]
        self.norms = [nn.BatchNorm1d(CHANNELS) for _ in DILATIONS]
        self.registered = nn.ModuleList([*self.convolutions, *self.norms])
        self.dropout = nn.Dropout(dropout)
        self.last = nn.Conv1d(CHANNELS, phones, 1)

    def forward(self, frames: Tensor) -> Tensor:
        """Scores [B, phones, T] of frames [B, 80, T]."""
        x = torch.relu(self.first_norm(self.first(frames)))
        for block, norm in zip(self.convolutions, self.norms, strict=True):
            x = x + self.dropout(torch.relu(norm(block(x))))
        return self.last(x)


def weights_of(network: PhoneNetwork) -> dict[str, NDArray[np.float32]]:
    """Weights as ``Recogniser`` keeps them, batch normalisation folded in."""
    found: dict[str, NDArray[np.float32]] = {}
    layers = [("first", network.first, network.first_norm)]
    pairs = zip(network.convolutions, network.norms, strict=True)
    layers += [(f"block{index}", convolution, norm) for index, (convolution, norm) in enumerate(pairs)]
    for name, convolution, norm in layers:
        mean, variance = norm.running_mean, norm.running_var
        if mean is None or variance is None or convolution.bias is None:
            raise ValueError(f"{name} must have a bias and a tracked normalisation")
        gain = norm.weight / torch.sqrt(variance + norm.eps)
        found[f"{name}.weight"] = _array((convolution.weight * gain[:, None, None]).permute(2, 1, 0))
        found[f"{name}.bias"] = _array((convolution.bias - mean) * gain + norm.bias)
    found["last.weight"] = _array(network.last.weight[:, :, 0].T)
    found["last.bias"] = _array(network.last.bias)
    return found


def _array(tensor: Tensor | None) -> NDArray[np.float32]:
    if tensor is None:
        raise ValueError("every layer has a bias")
    return np.ascontiguousarray(tensor.detach().cpu().numpy(), dtype=np.float32)
