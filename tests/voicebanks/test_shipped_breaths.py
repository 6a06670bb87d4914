"""Breaths of the shipped singers can be heard, short ones as well, and are noise."""

import numpy as np
import pytest
from numpy.typing import NDArray

from singer.note_shapes import Breath
from singer.render import render
from singer.score import BREATH, Note, Score, TempoMap
from singer.song import perform_song
from voicebanks.load import load_voice

SINGERS = ("suyin", "tangli", "yaoling", "yansha", "shenlin")


def level_db(sound: NDArray[np.float32]) -> float:
    return float(10.0 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-20))


def breath_and_vowel(name: str, length_s: float, breath: Breath | None) -> tuple[NDArray[np.float32], ...]:
    """Middle half of a breath, and of the vowel after it; 60 beats a minute."""
    voice = load_voice(name)
    midi = round((voice.lowest_midi + voice.highest_midi) / 2)
    notes = (Note(0.0, length_s, float(midi), BREATH, breath=breath), Note(1.0, 1.0, float(midi), "la"))
    performance = perform_song(Score(notes, "ja", TempoMap(((0.0, 60.0),)), "breath"), voice).performance
    audio = render(performance, voice)
    found = []
    for symbol in ("AP", "a"):
        span = next(
            phone
            for phrase in performance.phrases
            for phone in phrase.phones
            if phone.symbol == symbol or (symbol == "a" and phone.role == "nucleus")
        )
        quarter_s = (span.end_s - span.start_s) / 4
        first, last = span.start_s + quarter_s, span.end_s - quarter_s
        found.append(audio.samples[round(first * audio.sample_rate_hz) : round(last * audio.sample_rate_hz)])
    return tuple(found)


@pytest.mark.parametrize("name", SINGERS)
@pytest.mark.parametrize("length_s", [0.15, 0.6])
def test_a_breath_at_the_level_of_the_singing_is_in_its_neighbourhood(name: str, length_s: float) -> None:
    breath, vowel = breath_and_vowel(name, length_s, Breath(loudness_db=0.0))
    assert level_db(vowel) - 18.0 < level_db(breath) < level_db(vowel) + 8.0


@pytest.mark.parametrize("name", SINGERS)
def test_a_breath_of_its_own_accord_is_soft_but_heard(name: str) -> None:
    breath, vowel = breath_and_vowel(name, 0.4, None)
    assert level_db(vowel) - 30.0 < level_db(breath) < level_db(vowel) - 4.0


def test_a_breath_has_no_hum() -> None:
    breath, _ = breath_and_vowel("suyin", 0.6, None)
    power = np.abs(np.fft.rfft(breath * np.hanning(len(breath)))) ** 2
    hz = np.fft.rfftfreq(len(breath), 1.0 / 44_100)
    assert power[hz < 400.0].sum() < 0.25 * power.sum()
