"""Half precision where the machine multiplies it faster: matrix units on the CPU, or a CUDA device."""

from __future__ import annotations

import torch
from torch import Tensor


def half_where_faster(x: Tensor, *, training: bool) -> torch.autocast:
    """A context in which convolutions and matrix products run in bfloat16; it does nothing outside training.

    A CPU without tile units (AMX) would be slower in bfloat16, so there it does nothing either.
    """
    kind = x.device.type
    able = (
        torch.cpu._is_amx_tile_supported()
        if kind == "cpu"
        else kind == "cuda" and torch.cuda.is_bf16_supported()
    )
    return torch.autocast(kind, torch.bfloat16, enabled=training and able)
