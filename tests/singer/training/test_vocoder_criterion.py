"""What the vocoder is trained towards: spectra and loudness, away from the edges of a segment."""

import sys
from argparse import Namespace
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("fairseq")

import torch
from fairseq.utils import import_user_module
from torch import Tensor

from singer.training.fairseq_run import PLUGIN
from singer.training.loudness_loss import LoudnessLoss
from singer.training.plugin_settings import EDGE_FRAMES, TRUSTED_HZ
from singer.training.prepare import TRAINING_HOP, TRAINING_RATE_HZ
from singer.training.spectral_loss import SpectralLoss

EDGE = EDGE_FRAMES * TRAINING_HOP
TIMES_S = torch.arange(96 * TRAINING_HOP) / TRAINING_RATE_HZ


@pytest.fixture(scope="module")
def plugin() -> ModuleType:
    """The plug-in under the name that fairseq gives it, without the folder that it leaves on the path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", list(sys.path))
        import_user_module(Namespace(user_dir=str(PLUGIN)))
    return sys.modules["plugin.vocoder"]


def tone(hz: float, amplitude: float) -> Tensor:
    return (amplitude * torch.sin(2 * torch.pi * hz * TIMES_S)).unsqueeze(0)


def loss(plugin: ModuleType, found: Tensor, wanted: Tensor) -> float:
    criterion: Any = plugin.VocoderCriterion(plugin.VocoderTask(Namespace()))
    total, size, told = criterion(lambda _: found, {"net_input": {"audio": wanted}})
    assert size == 1
    assert float(told["loss"]) == float(total)
    return float(total)


def parts(found: Tensor, wanted: Tensor) -> tuple[float, float]:
    """Spectral loss and loss of loudness inside the edges."""
    pair = found[:, EDGE:-EDGE], wanted[:, EDGE:-EDGE]
    spectral, loudness = SpectralLoss(TRUSTED_HZ, TRAINING_RATE_HZ), LoudnessLoss(TRAINING_RATE_HZ)
    return float(spectral(*pair)), float(loudness(*pair))


def test_a_tone_that_was_added_costs_its_loudness_too(plugin: ModuleType) -> None:
    wanted = tone(220.0, 0.1)
    found = wanted + tone(1_000.0, 0.01)
    spectral, loudness = parts(found, wanted)
    total = loss(plugin, found, wanted)
    assert total > 1.2 * spectral
    assert total == pytest.approx(spectral + plugin.LOUDNESS_WEIGHT * loudness, rel=1e-4)


def test_a_louder_added_tone_costs_more(plugin: ModuleType) -> None:
    wanted = tone(220.0, 0.1)
    costs = [loss(plugin, wanted + tone(1_000.0, amplitude), wanted) for amplitude in (0.0, 0.003, 0.03)]
    assert costs[0] < 0.1
    assert costs[0] < costs[1] < costs[2]


def test_what_lies_in_the_edges_costs_nothing(plugin: ModuleType) -> None:
    wanted = tone(220.0, 0.1)
    found = wanted.clone()
    found[:, :EDGE] += 0.1
    found[:, -EDGE:] = 0.0
    assert loss(plugin, found, wanted) == loss(plugin, wanted, wanted)
