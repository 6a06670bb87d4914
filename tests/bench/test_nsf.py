"""The rival vocoder: shapes, pitch of its source, its schedule, and that a stopped training goes on."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from bench.nsf_copy import rival
from bench.nsf_network import Generator, HarmonicSource, LogMel, Shape, mel_triangles, parameters
from bench.nsf_trained import Plan, Training, batches, heldout_loss, learning_rate, train
from bench.options import Options
from singer.training.prepare import TRAINING_RATE_HZ, prepare
from singer.training.vocoder_data import VocoderDataset

SMALL = Plan(shape=Shape(channels=16))


@pytest.fixture(scope="module")
def items(toy_options: Options, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("items")
    prepare(toy_options.corpus, folder, ("eval1",), 1)
    return folder


def test_mel_and_pitch_in_and_as_many_hops_of_sound_out() -> None:
    audio = 0.1 * torch.randn(2, 240 * 11)
    mel = LogMel()(audio)
    assert mel.shape == (2, 80, 11)
    network = Generator(Shape(channels=16))
    found = network(mel, torch.full((2, 22), math.log(200.0)))
    assert found.shape == audio.shape
    assert found.abs().max() <= 1.0


def test_rates_must_make_the_hop() -> None:
    with pytest.raises(ValueError, match="240"):
        Generator(Shape(rates=(8, 8, 2, 2)))


def test_every_learned_value_learns() -> None:
    training = Training(SMALL)
    before = {name: weight.clone() for name, weight in training.network.named_parameters()}
    batch = {"audio": 0.1 * torch.randn(2, 240 * 40), "log_f0": torch.full((2, 80), 5.3)}
    training.step(batch)
    for name, weight in training.network.named_parameters():
        assert not torch.equal(weight, before[name]), name


def test_mel_bands_hear_their_own_pitch() -> None:
    """A tone at the peak of a triangle is loudest in that band, and its level is heard as it is."""
    peaks_hz = np.fft.rfftfreq(1024, 1 / TRAINING_RATE_HZ)[mel_triangles().argmax(axis=1)]
    times_s = torch.arange(240 * 20) / TRAINING_RATE_HZ
    for band in (20, 50, 70):
        tone = torch.sin(2 * math.pi * float(peaks_hz[band]) * times_s).unsqueeze(0)
        mel = LogMel()(torch.cat((tone, 2.0 * tone)))[:, :, 10]
        assert int(mel[0].argmax()) == band
        assert float(mel[1, band] - mel[0, band]) == pytest.approx(math.log(2.0), abs=1e-3)


@pytest.mark.parametrize("f0_hz", [90.0, 220.0, 1_000.0])
def test_source_sings_fundamental_and_eight_overtones(f0_hz: float) -> None:
    sines = HarmonicSource().sines(torch.full((1, 200), math.log(f0_hz)))
    assert sines.shape == (1, 24_000, 9)
    spectrum = torch.fft.rfft(sines[0], dim=0).abs()
    assert spectrum.argmax(dim=0).tolist() == [round(order * f0_hz) for order in range(1, 10)]


def test_source_glides_with_the_pitch_and_keeps_below_half_the_rate() -> None:
    log_f0 = torch.linspace(math.log(100.0), math.log(2_000.0), 400).unsqueeze(0)
    sines = HarmonicSource().sines(log_f0)[0].numpy()
    for middle in (12_000, 36_000):
        piece = sines[middle - 600 : middle + 600, 0] * np.hanning(1_200)
        found_hz = np.abs(np.fft.rfft(piece, 48_000)).argmax() / 2.0
        assert found_hz == pytest.approx(float(torch.exp(log_f0[0, middle // 120])), rel=0.01)
    assert not sines[-2_000:, 8].any(), "an overtone above the Nyquist frequency sounds"
    assert sines[-2_000:, 3].any()


def test_rate_rises_then_falls_along_a_cosine() -> None:
    rates = [learning_rate(share, 1e-3) for share in np.linspace(0.0, 1.0, 501)]
    top = int(np.argmax(rates))
    assert rates[top] == pytest.approx(1e-3)
    assert 0.0 < rates[0] < 1e-4
    assert top == 10
    assert all(np.diff(rates[: top + 1]) >= 0.0)
    assert all(np.diff(rates[top:]) <= 0.0)
    assert learning_rate(0.51, 1e-3) == pytest.approx(0.5e-3)
    assert 0.0 < learning_rate(1.2, 1e-3) == learning_rate(1.0, 1e-3) < 1e-5


def test_a_stopped_training_goes_on(items: Path, tmp_path: Path) -> None:
    path = tmp_path / "rival.pt"
    first = train(items, path, SMALL, most_steps=2)
    weights = {name: weight.clone() for name, weight in first.network.state_dict().items()}
    again = Training.load(path)
    assert (again.steps, again.spent_s, again.plan) == (2, first.spent_s, SMALL)
    for name, weight in again.network.state_dict().items():
        torch.testing.assert_close(weight, weights[name])
    assert again.optimiser.state_dict()["state"], "the optimiser forgot"
    further = train(items, path, SMALL, most_steps=3)
    assert further.steps == 3
    assert further.spent_s > first.spent_s > 0.0
    with pytest.raises(ValueError, match="another plan"):
        train(items, path, replace(SMALL, learning_rate=5e-4))


def test_training_ends_when_its_time_is_spent(items: Path, tmp_path: Path) -> None:
    plan = replace(SMALL, minutes=1e-6)
    done = train(items, tmp_path / "rival.pt", plan)
    assert done.finished
    assert done.steps == 1
    assert train(items, tmp_path / "rival.pt", plan).steps == 1


def test_batches_depend_on_their_number_alone(items: Path) -> None:
    def draw(first: int, count: int) -> list[torch.Tensor]:
        dataset = VocoderDataset(items, heldout=False, segment_frames=96, seed=1)
        source = batches(dataset, first)
        return [next(source)["audio"] for _ in range(count)]

    whole, rest = draw(0, 4), draw(2, 2)
    assert torch.equal(whole[2], rest[0])
    assert torch.equal(whole[3], rest[1])
    assert not torch.equal(whole[0], whole[1])


def test_heldout_loss_is_the_mean_over_batches_and_not_a_number_without_any(items: Path) -> None:
    training = Training(SMALL)
    dataset = VocoderDataset(items, heldout=False, segment_frames=96, seed=1)
    losses = heldout_loss(training, dataset)
    assert all(np.isfinite(losses))
    assert min(losses) > 0.0
    assert np.isnan(
        heldout_loss(training, VocoderDataset(items, heldout=True, segment_frames=96, seed=1))
    ).all()


def test_without_a_trained_rival_the_command_is_named(toy_options: Options) -> None:
    with pytest.raises(FileNotFoundError, match=r"python -m bench\.nsf_trained train --minutes 60"):
        rival(replace(toy_options, toy=False))


def test_the_shipped_size_is_a_small_member_of_its_family() -> None:
    assert 0.3e6 < parameters(Generator(Shape())) < 3e6
