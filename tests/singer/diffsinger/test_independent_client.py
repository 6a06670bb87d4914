"""The same bank and the same song through an independent client of such banks (``bench.openutau_client``), stage by stage.

Where the client leaves the format, the test goes round it: it maps outputs of the variance model by position (the bank gives
them in that order), sends the song's language for SP and AP (the bank takes no languages), and turns gender into semitones
before the model (gender is 0).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.openutau_bank import make_bank
from bench.openutau_client import Client, has_client
from bench.openutau_graphs import BankPlan
from singer.diffsinger.bank import Bank
from singer.diffsinger.sing import SingOptions, sing_segment
from tests.singer.diffsinger.songs import PLAIN, plain
from voicebanks.openutau.open_bank import open_bank

pytestmark = pytest.mark.skipif(not has_client(), reason="make test installs the client")

PLAN = BankPlan(variances=("breathiness", "voicing", "tension", "energy"), lang_ids=False)
OPTIONS = SingOptions(steps=7, pitch_steps=5, variance_steps=6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bank(tmp_path_factory.mktemp("client") / "toy", PLAN)


@pytest.fixture(scope="module")
def bank(folder: Path) -> Bank:
    return open_bank(folder)


@pytest.fixture(scope="module")
def stages(folder: Path) -> dict[str, Any]:
    return Client(folder).stages(PLAIN, "bright", (5, 6, 7))


def _given(stages: dict[str, Any], *names: str) -> dict[str, Any]:
    kept = {
        key: stages["given"][key]
        for name in names
        for key in (name, f"{name}_timestep")
        if key in stages["given"]
    }
    if "f0_seq" in names:
        kept["f0_timestep"] = stages["given"]["f0_timestep"]
    return kept | {"spk_mix": {"bright": 1.0}}


def test_lengths_are_those_of_the_client(bank: Bank, stages: dict[str, Any]) -> None:
    found = sing_segment(plain(**_given(stages)), bank, OPTIONS)
    assert (
        found.phone_frames.tolist()
        == np.round(stages["lengths_s"] / bank.acoustic.step_s).astype(int).tolist()
    )


def test_pitch_is_that_of_the_client(bank: Bank, stages: dict[str, Any]) -> None:
    found = sing_segment(plain(**_given(stages, "ph_dur")), bank, OPTIONS).f0_hz
    theirs = stages["f0_hz"][: len(found)]
    assert np.abs(12 * np.log2(found[: len(theirs)] / theirs)).max() <= 1e-3
    assert len(theirs) >= len(found) - 8


def test_curves_are_those_of_the_client(bank: Bank, stages: dict[str, Any]) -> None:
    found = sing_segment(plain(**_given(stages, "ph_dur", "f0_seq")), bank, OPTIONS).variances
    for name, theirs in stages["curves"].items():
        length = min(len(theirs), len(found[name]))
        assert np.abs(found[name][:length] - theirs[:length]).max() <= 1e-3, name


def test_mel_and_sound_are_those_of_the_client(bank: Bank, stages: dict[str, Any]) -> None:
    found = sing_segment(plain(**_given(stages, "ph_dur", "f0_seq", *stages["curves"])), bank, OPTIONS)
    assert found.mel.shape == stages["mel"].shape
    assert np.abs(found.mel - stages["mel"]).max() <= 1e-3
    assert np.abs(found.samples - stages["sound"]).max() <= 1e-3
    assert np.abs(found.samples).max() > 0.05
