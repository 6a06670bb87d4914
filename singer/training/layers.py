"""The one building block of both networks: a residual convolution over time that looks equally far to both sides."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from singer.training.precision import half_where_faster


class ResidualBlock(nn.Module):
    """``x + W2 gelu(conv(norm(x)))`` over float32 [B, C, T]; reaches ``dilation * (kernel - 1) / 2`` frames to each side."""

    def __init__(self, channels: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.reach_frames = dilation * (kernel - 1) // 2
        self.norm = nn.LayerNorm(channels)
        self.conv = nn.Conv1d(channels, channels, kernel, padding=self.reach_frames, dilation=dilation)
        self.out = nn.Conv1d(channels, channels, 1)
        self.dropout = nn.Dropout(dropout)
        nn.init.normal_(self.out.weight, std=0.01)
        nn.init.zeros_(self.out.get_parameter("bias"))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Apply; ``mask`` float32 [B, 1, T] is 0 in padding, which the convolution then reads as silence."""
        y = self.norm(x.transpose(1, 2)).transpose(1, 2)
        if mask is not None:
            y = y * mask
        return x + self.out(self.dropout(torch.nn.functional.gelu(self.conv(y))))


class ResidualStack(nn.Module):
    """Residual blocks with the given dilations, float32 [B, C, T] to the same shape; dropout works in training only."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...], dropout: float = 0.0) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            [ResidualBlock(channels, kernel, dilation, dropout) for dilation in dilations]
        )
        self.reach_frames = sum(dilation * (kernel - 1) // 2 for dilation in dilations)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Apply every block in turn; in training in half precision where that is faster, but for the sum."""
        with half_where_faster(x, training=self.training):
            for block in self.blocks:
                x = block(x, mask)
        return x
