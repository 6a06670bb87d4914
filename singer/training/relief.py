"""Formants raised in the weights: a decoder that gives more of the relief of its envelopes.

A model trained on distances gives the mean of what may follow, whose formants are flatter than those of any one take. Raising the
relief makes up for it, as the formant post-filters of speech coding and of parametric synthesis do (Chen & Gersho 1995; Ling et
al. 2006 on mel-cepstra).
"""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import torch

from singer.bands import ENVELOPE_BANDS
from singer.features import ROWS_PER_FRAME
from singer.relief import relief_matrix
from singer.training.acoustic_network import Decoder


def raised(decoder: Decoder, share: float) -> Decoder:
    """A decoder that gives ``1 + share`` times the relief; the rest of its output and its cost stay as they are.

    The change is linear in the envelope, and a level has no relief: so it goes into the weights of the last layer.
    """
    result = deepcopy(decoder)
    change = np.eye(ENVELOPE_BANDS) + share * relief_matrix()
    with torch.no_grad():
        for weight in (result.output.weight, result.output.bias):
            rows = weight.reshape(ROWS_PER_FRAME, -1, weight[0].numel())
            envelope = rows[:, :ENVELOPE_BANDS].double()
            rows[:, :ENVELOPE_BANDS] = torch.einsum("rbc,bd->rdc", envelope, torch.from_numpy(change)).float()
    return result
