"""The vocoder's loss: nothing for the same sound, and low frequencies count as much as the ear gives them."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from singer.training.precision import half_where_faster
from singer.training.spectral_loss import MEL_BANDS, SpectralLoss, mel_matrix

RATE_HZ, TOP_HZ = 24_000, 11_000.0


@pytest.mark.parametrize(("size", "bands"), MEL_BANDS.items())
def test_mel_filters_rise_cover_the_band_and_sum_to_one(size: int, bands: int) -> None:
    matrix = mel_matrix(size, bands, TOP_HZ, RATE_HZ)
    np.testing.assert_allclose(matrix.sum(axis=1), 1.0, rtol=1e-5)
    centres = matrix @ np.arange(matrix.shape[1])
    assert (np.diff(centres) > 0).all()
    assert (matrix[:, 1:-1].sum(axis=0) > 0).all()


def test_the_same_sound_costs_nothing_and_a_louder_one_something() -> None:
    loss = SpectralLoss(TOP_HZ, RATE_HZ)
    sound = torch.randn(2, 9_600, generator=torch.Generator().manual_seed(0))
    assert float(loss(sound, sound)) == 0.0
    assert float(loss(1.1 * sound, sound)) > 0.05


def test_what_is_wrong_above_the_band_costs_next_to_nothing() -> None:
    loss = SpectralLoss(5_000.0, RATE_HZ)
    sound = torch.randn(1, 9_600, generator=torch.Generator().manual_seed(1))
    times = torch.arange(9_600) / RATE_HZ
    inside, above = (
        float(loss(sound + torch.sin(2 * torch.pi * hz * times), sound)) for hz in (2_000.0, 9_000.0)
    )
    assert above < 0.1 * inside


def test_half_precision_is_for_training_only() -> None:
    x = torch.randn(4, 8)
    with half_where_faster(x, training=False):
        assert (x @ x.T).dtype == torch.float32
