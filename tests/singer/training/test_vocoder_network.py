"""The network's bounds hold whatever it has learned: wild weights must not drown or blow up a note."""

import math

import pytest

torch = pytest.importorskip("torch")

from singer.training.vocoder_network import (  # noqa: E402
    HIGHEST_ABOVE_ENVELOPE,
    HIGHEST_LOG_F0,
    MOST_ADDED_NOISE,
    VocoderNetwork,
)


@pytest.fixture
def wild() -> VocoderNetwork:
    torch.manual_seed(0)
    network = VocoderNetwork(16, 3, (1, 2), 11_000.0).eval()
    torch.nn.init.normal_(network.output.weight, std=20.0)
    return network


def test_untrained_it_is_the_plain_rule() -> None:
    network = VocoderNetwork(16, 3, (1,), 11_000.0).eval()
    torch.nn.init.zeros_(network.output.weight)
    envelope, ratio = torch.full((1, 6, 96), -4.0), torch.full((1, 6, 12), 0.6)
    with torch.no_grad():
        harmonic, noise, phase = network(envelope, ratio, torch.full((1, 6), 5.0))
    torch.testing.assert_close(harmonic, torch.full_like(harmonic, -4.0 + math.log(0.8)))
    torch.testing.assert_close(noise, torch.full_like(noise, -4.0 + math.log(0.6)))
    assert not phase.any()


def test_what_it_adds_is_bounded(wild: VocoderNetwork) -> None:
    envelope, ratio = torch.rand(1, 50, 96) * 8 - 9, torch.full((1, 50, 12), 0.01)
    with torch.no_grad():
        harmonic, noise, _ = wild(envelope, ratio, torch.full((1, 50), 5.0))
    assert (harmonic - envelope).max() <= HIGHEST_ABOVE_ENVELOPE + 1e-5
    assert (noise - envelope).max() <= math.log(0.01) + MOST_ADDED_NOISE + 1e-4
    assert (harmonic - envelope).max() > 0.5, "the bound was not reached, so nothing was tested"


def test_high_notes_are_filtered_like_the_highest_that_it_looks_at(wild: VocoderNetwork) -> None:
    envelope, ratio = torch.rand(1, 20, 96) * 8 - 9, torch.rand(1, 20, 12)
    with torch.no_grad():
        at_bound = wild(envelope, ratio, torch.full((1, 20), HIGHEST_LOG_F0))
        above = wild(envelope, ratio, torch.full((1, 20), HIGHEST_LOG_F0 + 1.5))
    for one, other in zip(at_bound, above, strict=True):
        torch.testing.assert_close(one, other)
