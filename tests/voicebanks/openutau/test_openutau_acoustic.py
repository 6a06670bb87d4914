"""The exported acoustic model gives the engine's own features."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from singer import load_score, perform_song
from singer.acoustics import to_features
from singer.bands import band_centres_hz
from singer.cancel import CancelToken
from singer.controls import CHARACTER_COLOURS
from singer.performance.performance import PhrasePerformance
from tests.singer.performances import phrase as written
from tests.voicebanks.openutau.phrases_for_banks import (
    acoustic_inputs,
    plain_inputs,
    session,
    still,
    voice_and_networks,
)
from voicebanks.openutau_export.acoustic import acoustic_model

WORDS = {"zh": "你好吗 茉莉花", "yue": "月亮光光照", "en": "strong winds cried sleep", "ja": "さくらんぼ"}
SILENCE, VOWEL = ("SP", None, 0.3), ("a", "nucleus", 0.3)


@cache
def acoustic(name: str) -> Any:
    voice, networks = voice_and_networks(name)
    return session(acoustic_model(voice, networks["encoder"], networks["decoder"]))


@pytest.fixture(scope="module")
def builtin() -> Any:
    return acoustic("builtin")


def engine_features(phrase: PhrasePerformance, name: str) -> np.ndarray:
    voice, _ = voice_and_networks(name)
    (found,) = to_features(phrase, voice, block_frames=phrase.frames, cancel=CancelToken())
    return np.concatenate((found.envelope, found.aperiodicity), axis=1)


def exported_features(model: Any, inputs: dict[str, Any]) -> np.ndarray:
    return np.asarray(model.run(["mel"], inputs)[0]).reshape(-1, 108)


def sung(language: str, midi: int = 64) -> PhrasePerformance:
    words = {"en": WORDS["en"].split()}.get(language, [char for char in WORDS[language] if char != " "])
    notes = [
        {"start": 1 + place, "duration": 1, "pitch": midi + 2 * (place % 3), "lyric": word}
        for place, word in enumerate(words)
    ]
    notes[-1]["duration"] = 2
    tempo = [{"beat": 0, "bpm": 100}]
    score = {"format": "singer-score", "version": 1, "language": language, "tempo": tempo, "notes": notes}
    voice, _ = voice_and_networks("builtin")
    (phrase,) = perform_song(load_score(json.dumps(score).encode()), voice).performance.phrases
    return still(phrase)


@pytest.mark.parametrize("language", WORDS)
def test_a_phrase_has_the_engines_features(language: str, builtin: Any) -> None:
    phrase, (voice, _) = sung(language), voice_and_networks("builtin")
    found = exported_features(builtin, acoustic_inputs(phrase, voice, liveliness=-1.0))
    np.testing.assert_allclose(found, engine_features(phrase, "builtin"), atol=1e-3)


@pytest.mark.parametrize("name", ["suyin", "tangli", "yaoling", "yansha", "shenlin"])
def test_every_shipped_singer_has_hers(name: str) -> None:
    voice, _ = voice_and_networks(name)
    model = acoustic(name)
    for language, midi in (("zh", 60), ("en", 76)):
        phrase = sung(language, midi)
        found = exported_features(model, acoustic_inputs(phrase, voice, liveliness=-1.0))
        np.testing.assert_allclose(found, engine_features(phrase, name), atol=1e-3)


@pytest.mark.parametrize(
    "spans",
    [
        (VOWEL,),
        (("m", "onset", 0.06), VOWEL, ("n", "coda", 0.08)),
        (SILENCE, VOWEL, ("t", "coda", 0.07), ("SP", None, 0.05), VOWEL, ("SP", None, 0.01)),
        (VOWEL, ("s", "coda", 0.05), SILENCE, ("AP", None, 0.2), VOWEL, SILENCE),
    ],
)
def test_last_sounds_are_sung_out_as_in_the_engine(spans: Any, builtin: Any) -> None:
    phrase, (voice, _) = still(written(spans=spans)), voice_and_networks("builtin")
    phrase.curves["loudness_db"][:] = -0.5  # not quite neutral, or the engine leaves rows below its floor
    found = exported_features(builtin, acoustic_inputs(phrase, voice, liveliness=-1.0))
    np.testing.assert_allclose(found, engine_features(phrase, "builtin"), atol=1e-3)


@pytest.mark.parametrize("control", [name for name in CHARACTER_COLOURS if name != "liveliness"])
def test_speakers_turn_every_control_as_the_engine_does(control: str, builtin: Any) -> None:
    voice, _ = voice_and_networks("builtin")
    phrase = still(written(**{control: 0.7}))
    plain = still(written())
    found = exported_features(builtin, acoustic_inputs(plain, voice, liveliness=-1.0, **{control: 0.7}))
    np.testing.assert_allclose(found, engine_features(phrase, "builtin"), atol=1e-3)


def test_gender_moves_formants_up_and_is_bounded(builtin: Any) -> None:
    voice, _ = voice_and_networks("builtin")
    inputs = plain_inputs("SP zh/a SP", [10, 80, 10], voice)
    centres = band_centres_hz(96)

    def first_formant(gender: float) -> float:
        row = exported_features(builtin, {**inputs, "gender": np.full((1, 100), gender, np.float32)})[
            100, :96
        ]
        near = (centres > 500) & (centres < 1_400)
        return float(centres[near][np.argmax(row[near])])

    assert first_formant(-1.0) < first_formant(0.0) < first_formant(1.0)
    assert first_formant(1.0) / first_formant(0.0) == pytest.approx(2 ** (5 / 12), rel=0.06)
    assert first_formant(2.4) == first_formant(1.0)


def test_energy_is_loudness(builtin: Any) -> None:
    voice, _ = voice_and_networks("builtin")
    inputs = plain_inputs("SP zh/a SP", [10, 80, 10], voice)
    louder = {**inputs, "energy": inputs["energy"] + np.float32(6.0)}
    gain = exported_features(builtin, louder)[100, :30] - exported_features(builtin, inputs)[100, :30]
    np.testing.assert_allclose(gain, 6.0 * np.log(10) / 20, atol=0.04)


@pytest.mark.parametrize("frames", [[8, 4, 8], [0, 3, 0], [1, 1, 1], [8, 12_000, 8]])
def test_tiny_and_long_phrases(frames: list[int], builtin: Any) -> None:
    voice, _ = voice_and_networks("builtin")
    found = builtin.run(None, plain_inputs("SP zh/a SP", frames, voice))[0]
    assert found.shape == (1, sum(frames), 216)
    assert np.isfinite(found).all()


def test_held_vowels_live_as_much_as_in_the_engine(builtin: Any) -> None:
    voice, _ = voice_and_networks("builtin")
    inputs = plain_inputs("SP zh/a SP", [10, 600, 10], voice)
    alive = {**inputs, "spk_embed": np.zeros_like(inputs["spk_embed"])}
    still_row, moving = (exported_features(builtin, each)[120:1_160, 10:80] for each in (inputs, alive))
    moved_db = (moving - still_row) * 20 / np.log(10)
    assert np.sqrt(np.mean(moved_db**2)) == pytest.approx(0.6, rel=0.25)
    again = exported_features(builtin, alive)[120:1_160, 10:80]
    np.testing.assert_array_equal(again, moving)


def told(builtin: Any, first: str, second: str) -> float:
    """Largest difference between two spellings of the same sounds."""
    voice, _ = voice_and_networks("builtin")
    pair = []
    for names in (first, second):
        frames = [20] * len(names.split())
        pair.append(exported_features(builtin, plain_inputs(names, frames, voice)))
    return float(np.abs(pair[0] - pair[1]).max())


@pytest.mark.parametrize(
    ("arpabet", "explicit"),
    [
        ("SP en/s en/t en/r en/ih en/ng SP", "SP en/s- en/t- en/r- en/I en/-ng SP"),
        ("SP en/t en/aa en/k SP", "SP en/th- en/A en/-k SP"),
        ("SP en/iy en/k en/s en/t en/r en/ae SP", "SP en/i en/-k en/s- en/t- en/r- en/ae SP"),
        ("SP en/ih en/ng en/ih en/n en/k en/y en/uw SP", "SP en/I en/-ng en/I en/-n en/kh- en/j en/u SP"),
        ("SP en/s en/v en/eh SP", "SP en/s- en/v- en/E SP"),
    ],
)
def test_english_roles_are_found(arpabet: str, explicit: str, builtin: Any) -> None:
    trained = acoustic("suyin")
    for model in (builtin, trained):
        assert told(model, arpabet, explicit) < 1e-5
    assert told(trained, "SP en/a en/-n SP", "SP en/a en/n- SP") > 1e-2


def test_a_diphthong_ends_in_its_offglide(builtin: Any) -> None:
    voice, _ = voice_and_networks("builtin")
    one = exported_features(builtin, plain_inputs("SP en/ay SP", [10, 50, 10], voice))
    two = exported_features(builtin, plain_inputs("SP en/a en/I_ SP", [10, 41, 9, 10], voice))
    np.testing.assert_allclose(one, two, atol=1e-5)
