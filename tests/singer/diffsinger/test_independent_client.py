"""The same bank and the same song through an independent client of such banks, stage by stage.

The client (PyPI: diffsinger-utau, MIT) asks for older numpy, torch and onnxruntime than the engine, so the Makefile installs it
without its dependencies, and librosa, of which it uses three small functions, is lent to it. Where it leaves the format, the
test goes round it: it maps outputs of the variance model by position (the bank gives them in that order), sends the song's
language for SP and AP (the bank takes no languages), and turns gender into semitones before the model (gender is 0).
"""

from __future__ import annotations

import importlib.util
import re
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.openutau_bank import make_bank
from bench.openutau_graphs import BankPlan
from singer.diffsinger.bank import Bank
from singer.diffsinger.sing import SingOptions, sing_segment
from tests.singer.diffsinger.songs import PLAIN, plain
from voicebanks.openutau.open_bank import open_bank

pytest.importorskip("scipy", reason="the client needs it")


def _lend_librosa() -> None:
    """A module of that name with what the client calls, if the real one is not there."""
    if importlib.util.find_spec("librosa") is not None:
        return
    lent = types.ModuleType("librosa")
    lent.note_to_midi = lambda name, round_midi=True: _midi(name)  # type: ignore[attr-defined]
    lent.midi_to_hz = lambda midi: 440.0 * 2.0 ** ((np.asanyarray(midi) - 69.0) / 12.0)  # type: ignore[attr-defined]
    lent.hz_to_midi = lambda hz: 12.0 * (np.log2(np.asanyarray(hz)) - np.log2(440.0)) + 69.0  # type: ignore[attr-defined]
    sys.modules["librosa"] = lent


def _midi(name: str) -> float:
    letter, sharp, octave, cents = re.fullmatch(r"([A-G])(#?)(\d)([+-]\d+)?", name).groups()  # type: ignore[union-attr]
    return 12.0 * (int(octave) + 1) + "C D EF G A B".index(letter) + len(sharp) + int(cents or 0) / 100.0


_lend_librosa()
pytest.importorskip("diffsinger_utau", reason="the client is installed by make test")

PLAN = BankPlan(variances=("breathiness", "voicing", "tension", "energy"), lang_ids=False)
OPTIONS = SingOptions(steps=7, pitch_steps=5, variance_steps=6)


class Client:
    """The client, and what it finds stage by stage."""

    def __init__(self, folder: Path) -> None:
        from diffsinger_utau import PredAll
        from diffsinger_utau.voice_bank.commons.ds_reader import DSReader

        self._all, self._section = PredAll(folder), DSReader.DSSection
        self.step_s = self._all.pred_pitch.timestep

    def stages(self, speaker: str) -> dict[str, Any]:
        given = dict(PLAIN)
        seconds = self._all.pred_duration.predict(self._section(given), lang="zh", speaker=speaker)
        given["ph_dur"] = _text(seconds)
        f0 = self._all.pred_pitch.predict(self._section(given), lang="zh", speaker=speaker, steps=5)
        given |= {"f0_seq": _text(f0), "f0_timestep": str(self.step_s)}
        curves = self._all.pred_variance.predict(self._section(given), lang="zh", speaker=speaker, steps=6)
        for name, values in curves.items():
            given |= {name: _text(values), f"{name}_timestep": str(self.step_s)}
        mel = self._all.pred_acoustic.predict(self._section(given), lang="zh", speaker=speaker, steps=7)
        sound = self._all.pred_vocoder.predict(mel, _resampled(given, mel.shape[1], self.step_s))
        return {
            "given": given,
            "lengths_s": seconds,
            "f0_hz": f0,
            "curves": curves,
            "mel": mel[0],
            "sound": sound,
        }


def _text(values: Any) -> str:
    return " ".join(f"{value:.6f}" for value in values)


def _resampled(given: dict[str, Any], frames: int, step_s: float) -> Any:
    from diffsinger_utau.voice_bank.pred_acoustic import resample_align_curve

    values = np.array(given["f0_seq"].split(), np.float32)
    return resample_align_curve(values, float(given["f0_timestep"]), step_s, frames)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bank(tmp_path_factory.mktemp("client") / "toy", PLAN)


@pytest.fixture(scope="module")
def bank(folder: Path) -> Bank:
    return open_bank(folder)


@pytest.fixture(scope="module")
def stages(folder: Path) -> dict[str, Any]:
    return Client(folder).stages("bright")


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
