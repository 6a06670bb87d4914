"""The loss of loudness: nothing for equal sounds, more for what is added than for what is missing, nothing for what is hidden."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor

from singer.training.loudness_loss import LoudnessLoss, critical_bands, loudness_power, threshold_db

RATE_HZ = 24_000
TIMES_S = torch.arange(RATE_HZ) / RATE_HZ


def tone(frequency_hz: float, level_db: float) -> Tensor:
    """A sine whose root mean square has a level in dB of full scale: float32 [1, 24000]."""
    amplitude = 2.0**0.5 * 10.0 ** (level_db / 20.0)
    return (amplitude * torch.sin(2 * torch.pi * frequency_hz * TIMES_S)).unsqueeze(0)


@pytest.fixture(scope="module")
def loss() -> LoudnessLoss:
    return LoudnessLoss(RATE_HZ)


def test_equal_sounds_cost_next_to_nothing(loss: LoudnessLoss) -> None:
    voice = tone(220.0, -25.0) + tone(440.0, -30.0)
    assert float(loss(voice, voice)) < 0.011, "the floor under the root"
    assert float(loss(voice, -voice)) < 0.011, "phase is not heard"


def test_a_sound_that_is_added_costs_more_than_one_that_is_missing(loss: LoudnessLoss) -> None:
    plain, more = tone(220.0, -25.0), tone(220.0, -25.0) + tone(1_000.0, -45.0)
    assert float(loss(more, plain)) > 1.5 * float(loss(plain, more)) > 0.1


def test_what_lies_below_the_threshold_of_hearing_costs_nothing(loss: LoudnessLoss) -> None:
    plain = tone(220.0, -25.0)
    heard, unheard = (float(loss(plain + tone(3_000.0, level), plain)) for level in (-60.0, -115.0))
    assert heard > 10 * unheard
    assert unheard < 0.02


def test_a_quieter_voice_costs_by_how_much_quieter_it_is(loss: LoudnessLoss) -> None:
    voice = tone(220.0, -25.0) + tone(660.0, -35.0)
    costs = [float(loss(10.0 ** (-db / 20.0) * voice, voice)) for db in (1.0, 6.0, 12.0)]
    assert costs[0] < 0.02, "1 dB is inside the dead zone"
    assert costs[0] < costs[1] < costs[2]


def test_it_can_be_learnt_from(loss: LoudnessLoss) -> None:
    wanted = tone(220.0, -25.0)
    found = (0.3 * wanted + tone(1_000.0, -50.0)).requires_grad_()
    before = loss(found, wanted)
    before.backward()
    assert found.grad is not None
    assert torch.isfinite(found.grad).all()
    with torch.no_grad():
        step = 0.02 * found.norm() / found.grad.norm()
        assert float(loss(found - step * found.grad, wanted)) < float(before)


def test_bands_are_bins_below_and_wider_above() -> None:
    matrix, centres_hz = critical_bands(768, RATE_HZ)
    assert (matrix.sum(axis=0) <= 1).all(), "no bin is in two bands"
    assert matrix[centres_hz < 700.0].sum(axis=1).max() == 2
    assert (np.diff(centres_hz) > 0).all()
    assert matrix[-1].sum() > 5
    assert 6_000 < centres_hz[-1] < 8_500


def test_the_ear_is_best_at_three_kilohertz_and_loudness_grows_faster_below() -> None:
    hz = np.array([50.0, 200.0, 1_000.0, 3_300.0, 10_000.0])
    assert np.argmin(threshold_db(hz)) == 3
    assert threshold_db(hz)[2] == pytest.approx(3.4, abs=0.3)  # Terhardt's formula at 1 kHz
    exponent = loudness_power(hz)
    assert exponent[0] > exponent[1] > exponent[2] == pytest.approx(0.23)
