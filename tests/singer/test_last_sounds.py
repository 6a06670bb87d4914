"""Last sounds before a silence are sung out: the model is told that they go on. They used to be silent in every song."""

from itertools import pairwise

import numpy as np
import pytest

from frontend_g2p.inventory import INVENTORY
from singer.last_sounds import CLOSURE_FRAMES, CONSONANT_FRAMES, EARLY_FRAMES, VOWEL_FRAMES, sung_out
from singer.phone_track import SONORANT_CLASSES, PhoneTrack, role_row
from singer.render import render
from singer.score import Note, Score
from singer.song import perform_song
from singer.voice import Voice
from voicebanks.load import load_voice


@pytest.fixture(scope="module")
def voice() -> Voice:
    return load_voice("builtin")


def track_of(voice: Voice, *phones: tuple[str, str, int]) -> PhoneTrack:
    symbols = tuple(symbol for symbol, _, _ in phones)
    return PhoneTrack(
        symbols,
        np.array([voice.phones[symbol] for symbol in symbols]),
        np.array([role_row(role) for _, role, _ in phones]),
        np.ones(len(phones), np.int64),
        np.array([frames for _, _, frames in phones]),
        np.array([INVENTORY[symbol].phone_class in SONORANT_CLASSES for symbol in symbols]),
    )


def told(track: PhoneTrack) -> list[tuple[str, int]]:
    return list(zip(track.symbols, track.frames.tolist(), strict=True))


def test_a_vowel_goes_on(voice: Voice) -> None:
    found = sung_out(track_of(voice, ("n", "onset", 8), ("a", "nucleus", 40), ("SP", "", 9)), voice)
    assert told(found) == [("n", 8), ("a", 40 + VOWEL_FRAMES), ("SP", 9)]


def test_a_consonant_goes_on_before_a_vowel(voice: Voice) -> None:
    found = sung_out(track_of(voice, ("a", "nucleus", 40), ("n", "coda", 9), ("SP", "", 9)), voice)
    assert told(found)[:3] == [("a", 40), ("n", 9 + CONSONANT_FRAMES), ("ə", 12)]
    assert found.sonorant.tolist() == [True, True, True, False]


@pytest.mark.parametrize(("frames", "early"), [(8, EARLY_FRAMES), (5, 5 - CLOSURE_FRAMES), (2, 0)])
def test_a_stop_is_released_early_as_far_as_it_can(voice: Voice, frames: int, early: int) -> None:
    found = sung_out(track_of(voice, ("a", "nucleus", 40), ("t", "coda", frames), ("SP", "", 9)), voice)
    assert [symbol for symbol, _ in told(found)] == ["a", "t", "h", "ə", "SP"]
    assert found.frames[1] == frames - early


def test_a_phrase_without_a_silence_at_its_end_is_sung_out_as_well(voice: Voice) -> None:
    found = sung_out(track_of(voice, ("a", "nucleus", 40)), voice)
    assert told(found) == [("a", 40 + VOWEL_FRAMES)]


@pytest.mark.parametrize("silence", [1, 2, 3, 6, 12, 25])
@pytest.mark.parametrize("last", ["a", "n", "s", "t"])
def test_inside_a_phrase_the_next_sound_starts_when_it_did(voice: Voice, last: str, silence: int) -> None:
    before = track_of(
        voice,
        ("i", "nucleus", 30),
        (last, "coda", 8),
        ("SP", "", silence),
        ("m", "onset", 7),
        ("a", "nucleus", 30),
    )
    found = sung_out(before, voice)
    assert found.frames[: found.symbols.index("m")].sum() == before.frames[:3].sum()
    assert found.frames.min() >= 1
    assert found.frames[found.symbols.index("SP")] >= min(silence, 2)


@pytest.mark.parametrize(
    "phones", [("SP", "a", "t̚", "SP"), ("AP", "SP", "a", "n", "a"), ("SP", "AP", "SP", "m", "a")]
)
def test_breaths_silences_and_unreleased_stops_stay(voice: Voice, phones: tuple[str, ...]) -> None:
    before = track_of(voice, *((symbol, "", 10) for symbol in phones))
    after = told(sung_out(before, voice))
    expected = [(symbol, 10) for symbol in phones]
    assert after[:-1] == expected[:-1]


@pytest.mark.parametrize(
    ("word", "language", "within_db"),
    [
        ("rain", "en", 20),
        ("home", "en", 20),
        ("all", "en", 20),
        ("my", "en", 20),
        ("爱", "zh", 20),
        ("心", "zh", 20),
    ],
)
def test_suyin_sings_the_last_sound_of_a_phrase(word: str, language: str, within_db: float) -> None:
    """It used to lie 40 dB and more below the vowel."""
    suyin = load_voice("suyin")
    score = Score((Note(1, 2, 62, word),), language=language)
    song = perform_song(score, suyin).performance
    audio = render(song, suyin)
    spans = song.phrases[0].phones
    vowel, last = next((a, b) for a, b in pairwise(spans) if a.role == "nucleus" and b.role == "coda")

    def level_db(start_s: float, end_s: float) -> float:
        part = audio.samples[int(start_s * audio.sample_rate_hz) : int(end_s * audio.sample_rate_hz)]
        return float(10 * np.log10(np.mean(part**2) + 1e-12))

    middle_s = (vowel.start_s + vowel.end_s) / 2
    assert level_db(last.start_s, last.end_s) > level_db(middle_s - 0.1, middle_s + 0.1) - within_db


@pytest.mark.parametrize("word", ["night", "back", "deep"])
def test_suyin_releases_the_last_stop_of_a_phrase(word: str) -> None:
    """A burst of air ends the stop; it used to end in silence (below -90 dBFS)."""
    suyin = load_voice("suyin")
    song = perform_song(Score((Note(1, 2, 62, word),), language="en"), suyin).performance
    audio = render(song, suyin)
    stop = song.phrases[0].phones[-2]
    assert INVENTORY[stop.symbol].phone_class == "stop"
    rate = audio.sample_rate_hz
    release = audio.samples[int((stop.end_s - 0.02) * rate) : int((stop.end_s + 0.03) * rate)]
    assert 20 * np.log10(np.sqrt(np.mean(release**2))) > -75
