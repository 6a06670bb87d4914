from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from singer.training.recogniser.hearing import Recogniser, load_recogniser, mel_frames
from singer.training.recogniser.network import PhoneNetwork, weights_of
from singer.training.recogniser.train import Recording, Schedule, frame_labels, raised, train

RATE_HZ = 24_000


def noise(seed: int, length_s: float = 1.0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(round(length_s * RATE_HZ)) * 0.1).astype(np.float32)


def vowel(formant_hz: float, f0_hz: float, length_s: float) -> np.ndarray:
    times_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    tones = np.arange(1, int(7_000 / f0_hz)) * f0_hz
    levels = np.exp(-(((tones - formant_hz) / 400.0) ** 2)) + 0.01
    return (0.1 * levels @ np.sin(2 * np.pi * tones[:, None] * times_s)).astype(np.float32)


def test_numpy_and_torch_hear_the_same() -> None:
    torch.manual_seed(0)
    network = PhoneNetwork(7)
    for norm in (network.first_norm, *network.norms):
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.5, 2.0)
    network.eval()
    recogniser = Recogniser(tuple("abcdefg"), weights_of(network), ("x",))
    audio = noise(1)
    with torch.no_grad():
        scores = network(torch.from_numpy(mel_frames(audio, RATE_HZ).T[None]))
    expected = torch.log_softmax(scores, dim=1)[0].T.numpy()
    assert np.abs(recogniser.log_probabilities(audio, RATE_HZ) - expected).max() < 1e-4


def test_frames_lie_on_the_clock_and_do_not_hear_the_level() -> None:
    audio = noise(2)
    audio[: RATE_HZ // 2] *= 1e-4
    frames = mel_frames(audio, RATE_HZ)
    assert frames.shape == (101, 80)
    jump = np.diff(frames[:, :40].mean(axis=1))
    assert abs(int(np.argmax(jump)) - 49) <= 1
    assert np.abs(mel_frames(audio * 0.1, RATE_HZ) - frames).max() < 0.2


def test_labels_follow_a_change_of_speed() -> None:
    rows = {"SP": 0, "a": 1}
    phones = (("SP", 0.0, 0.5), ("a", 0.5, 1.0))
    assert frame_labels(phones, 101, 1.0, rows).tolist() == [0] * 50 + [1] * 50 + [0]
    assert int(np.flatnonzero(frame_labels(phones, 51, 2.0, rows))[0]) == 25


def test_raised_recordings_are_higher_and_as_long() -> None:
    low = Recording(vowel(800.0, 150.0, 0.5), RATE_HZ, (("a", 0.0, 0.5),))
    high = raised(low, 2.0)
    assert abs(len(high) - len(low.samples)) < 0.02 * RATE_HZ
    spectrum = np.abs(np.fft.rfft(high[3_000:9_000], 65_536))
    peak_hz = (int(np.argmax(spectrum[410:2_000])) + 410) * RATE_HZ / 65_536
    assert abs(peak_hz / 300.0 - round(peak_hz / 300.0)) < 0.04


def test_it_learns_two_vowels_and_tells_them_apart_at_another_pitch(tmp_path: Path) -> None:
    recordings = [
        Recording(
            np.concatenate((vowel(500.0, f0_hz, 0.3), vowel(2_200.0, f0_hz, 0.3))),
            RATE_HZ,
            (("o", 0.0, 0.3), ("i", 0.3, 0.6)),
        )
        for f0_hz in (110.0, 150.0, 190.0, 230.0)
    ]
    recogniser = train(recordings, ["t"], Schedule(steps=15, variants=0))
    recogniser.save(tmp_path / "r.npz")
    kept = load_recogniser(tmp_path / "r.npz")
    assert kept.timbres == ("t",)
    unseen = np.concatenate((vowel(2_200.0, 170.0, 0.3), vowel(500.0, 170.0, 0.3)))
    heard = kept.log_probabilities(unseen, RATE_HZ)
    first, second = heard[10:25].mean(axis=0), heard[36:50].mean(axis=0)
    o, i = kept.phones.index("o"), kept.phones.index("i")
    assert first[i] > first[o] + 1.0
    assert second[o] > second[i] + 1.0


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="no recordings"):
        train([], [], Schedule(steps=1))
