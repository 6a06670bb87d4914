"""The exported vocoder makes the engine's own sound."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from singer.acoustics import to_features
from singer.cancel import CancelToken
from singer.features import Features
from singer.phrase_audio import sing_phrase
from tests.singer.performances import phrase as written
from tests.voicebanks.openutau.phrases_for_banks import session, voice_and_networks
from voicebanks.openutau_export.vocoder import NOISE_SAMPLES, vocoder_model


def vocoder(name: str) -> Any:
    voice, networks = voice_and_networks(name)
    return session(vocoder_model(voice.spec, networks["vocoder"]))


@pytest.fixture(scope="module")
def builtin() -> Any:
    return vocoder("builtin")


def mel_of(features: Features) -> np.ndarray:
    rows = np.concatenate((features.envelope, features.aperiodicity), axis=1)
    return rows.reshape(1, -1, 216)


def vowel(frames: int) -> np.ndarray:
    """Features of one long vowel."""
    voice, _ = voice_and_networks("builtin")
    phrase = written(spans=(("a", "nucleus", frames / 100),))
    (found,) = to_features(phrase, voice, block_frames=frames, cancel=CancelToken())
    return mel_of(found)


def sound(model: Any, mel: np.ndarray, f0_hz: Any) -> np.ndarray:
    pitch = np.broadcast_to(np.asarray(f0_hz, np.float32), mel.shape[:2])
    return np.asarray(model.run(["waveform"], {"mel": mel, "f0": pitch})[0])


@pytest.mark.parametrize("name", ["builtin", "suyin", "shenlin"])
def test_a_phrase_sounds_as_in_the_engine(name: str) -> None:
    """Sample by sample, noise and all: the bank's noise is that of the seed 0."""
    voice, _ = voice_and_networks(name)
    phrase = written(f0_hz=247.0)
    phrase.curves["f0_hz"][:] *= np.exp2(np.linspace(-0.5, 0.8, phrase.frames))
    want = np.concatenate(list(sing_phrase(phrase, voice, seed=0, block_frames=50, cancel=CancelToken())))
    (features,) = to_features(phrase, voice, block_frames=phrase.frames, cancel=CancelToken())
    found = sound(vocoder(name), mel_of(features), phrase.curves["f0_hz"])
    assert found.shape == (1, phrase.frames * 441)
    assert np.abs(want).max() > 0.05
    np.testing.assert_allclose(found[0], want, atol=1e-4)


def test_pitch_holds_through_a_long_note(builtin: Any) -> None:
    """Phase is accumulated without loss: after half a minute the note is where a count of its periods says."""
    mel = np.tile(vowel(100), (1, 30, 1))
    found = sound(builtin, mel, 220.5)[0]
    early, late = (found[second * 44_100 : (second + 1) * 44_100].astype(np.float64) for second in (5, 25))
    spectra = [np.fft.rfft(part * np.hanning(len(part))) for part in (early, late)]
    peaks = [int(np.argmax(np.abs(spectrum[200:240]))) + 200 for spectrum in spectra]
    assert peaks[0] == peaks[1]
    assert peaks[0] in (220, 221)
    turns = 220.5 * 20
    shift = np.angle(spectra[1][peaks[0]] / spectra[0][peaks[0]]) / (2 * np.pi)
    assert abs((shift - turns + 0.5) % 1.0 - 0.5) < 0.01


def test_unvoiced_frames_have_no_pulses(builtin: Any) -> None:
    mel, f0 = vowel(200), np.full(200, 220.0)
    f0[60:120] = 0.0
    found = sound(builtin, mel, f0)[0]
    loud = [
        float(np.std(found[44_100 * start // 100 : 44_100 * (start + 20) // 100])) for start in (30, 80, 150)
    ]
    assert loud[1] < 0.3 * min(loud[0], loud[2])
    silent = sound(builtin, mel, np.zeros(200))[0]
    assert np.std(silent) == pytest.approx(loud[1], rel=0.5)


@pytest.mark.parametrize("frames", [1, 3, 20])
def test_tiny_inputs(frames: int, builtin: Any) -> None:
    found = sound(builtin, vowel(200)[:, 50 : 50 + frames], 220.0)
    assert found.shape == (1, frames * 441)
    assert np.isfinite(found).all()


def test_a_long_note_has_the_engines_noise_to_its_end(builtin: Any) -> None:
    voice, _ = voice_and_networks("builtin")
    phrase = written(f0_hz=247.0, spans=(("a", "nucleus", 9.0),))
    want = np.concatenate(list(sing_phrase(phrase, voice, seed=0, block_frames=100, cancel=CancelToken())))
    (features,) = to_features(phrase, voice, block_frames=phrase.frames, cancel=CancelToken())
    found = sound(builtin, mel_of(features), phrase.curves["f0_hz"])[0]
    np.testing.assert_allclose(found[-88_200:], want[-88_200:], atol=1e-4)


def test_noise_does_not_tire_when_it_comes_again(builtin: Any) -> None:
    frames = NOISE_SAMPLES // 441 + 100
    mel = np.tile(vowel(100), (1, -(-frames // 100), 1))
    found = sound(builtin, mel, 0.0)[0]
    before, after = found[44_100:88_200], found[NOISE_SAMPLES : NOISE_SAMPLES + 22_050]
    assert np.std(after) == pytest.approx(np.std(before), rel=0.2)
    assert np.std(after) > 1e-4
