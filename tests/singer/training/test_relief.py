"""Decoders that raise the relief of an envelope."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from singer.relief import relief_matrix
from singer.training.acoustic_network import AcousticShape, Decoder
from singer.training.relief import raised


def test_a_raised_decoder_adds_relief_and_nothing_else() -> None:
    torch.manual_seed(0)
    decoder = Decoder(AcousticShape(phones=5, timbres=2, hidden=8, channels=16)).eval()
    style = torch.rand(1, 7, 2)
    inputs = torch.randn(1, 7, 8), torch.rand(1, 7, 3), torch.full((1, 7), 5.0), style, torch.randn(1, 16)
    with torch.no_grad():
        before, noise = decoder(*inputs)
        after, same_noise = raised(decoder, 0.75)(*inputs)
        again, _ = decoder(*inputs)
    torch.testing.assert_close(same_noise, noise)
    torch.testing.assert_close(again, before)
    wanted = before.numpy() + 0.75 * before.numpy() @ relief_matrix()
    np.testing.assert_allclose(after.numpy(), wanted, atol=1e-4)
