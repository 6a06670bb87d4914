"""The relief of an envelope, and decoders that raise it."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from singer.relief import relief_matrix
from singer.training.acoustic_network import AcousticShape, Decoder
from singer.training.relief import raised


def test_relief_is_nought_for_what_is_flat_and_all_of_what_is_fine() -> None:
    relief = relief_matrix()
    np.testing.assert_allclose(np.ones(96) @ relief, 0, atol=1e-5)
    fine = np.where(np.arange(96) % 2, 1.0, -1.0)
    np.testing.assert_allclose((fine @ relief)[15:-15], fine[15:-15], atol=1e-3)
    slope = (np.arange(96) @ relief)[20:-20]
    np.testing.assert_allclose(slope, 0, atol=1e-3)


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
