"""Performance to features: rounding, exact joints between blocks, clear errors."""

from dataclasses import replace

import numpy as np
import pytest

from singer.acoustics import to_features
from singer.cancel import CancelToken
from singer.errors import Cancelled, VoicebankError
from singer.performance.performance import PhoneSpan, PhrasePerformance
from singer.phone_track import frame_lengths, phone_track, positions
from singer.phrase_audio import sing_phrase
from singer.voice import Voice
from voicebanks.load import load_voice


@pytest.fixture(scope="module")
def voice() -> Voice:
    return load_voice("builtin")


def phrase(f0_hz: float = 220.0, symbol: str = "n", start_s: float = 1.0) -> PhrasePerformance:
    times_s = [0.0, 0.05, 0.13, 0.9, 1.0]
    names = [("SP", None), (symbol, "onset"), ("i", "nucleus"), ("n", "coda")]
    spans = tuple(
        PhoneSpan(name, role, None if role is None else "zh", start_s + a, start_s + b, 0)
        for (name, role), a, b in zip(names, times_s, times_s[1:], strict=False)
    )
    curves = {name: np.zeros(100, np.float32) for name in ("loudness_db", "breathiness", "tension", "gender")}
    curves["f0_hz"] = np.full(100, f0_hz, np.float32)
    return PhrasePerformance(start_s, spans, curves, dict.fromkeys(curves, "auto"), 0)


def test_lengths_round_cumulated_times_once() -> None:
    ends_s = np.cumsum(np.full(30, 0.0333))
    lengths = frame_lengths(ends_s, 0.0, 100, 100.0)
    assert lengths.sum() == 100
    np.testing.assert_array_equal(np.cumsum(lengths)[:-1], np.floor(ends_s[:-1] * 100 + 0.5))


def test_very_short_phones_keep_one_frame_each() -> None:
    lengths = frame_lengths(np.array([0.001, 0.002, 0.003, 0.1]), 0.0, 10, 100.0)
    np.testing.assert_array_equal(lengths, [1, 1, 1, 7])
    with pytest.raises(ValueError, match="do not fit"):
        frame_lengths(np.arange(11.0), 0.0, 10, 100.0)


def test_positions_by_hand() -> None:
    found = positions(np.array([1, 4]))
    np.testing.assert_allclose(found[:, 0], [0.5, 0.125, 0.375, 0.625, 0.875])
    np.testing.assert_allclose(found[1, 1:], [np.tanh(0.05), np.tanh(0.35)], rtol=1e-6)


def test_a_vowel_held_over_notes_is_one_phone(voice: Voice) -> None:
    plain = phrase()
    silence, onset, vowel, coda = plain.phones
    halves = (replace(vowel, end_s=1.5), replace(vowel, start_s=1.5, note=1))
    split = phone_track(replace(plain, phones=(silence, onset, *halves, coda)), voice)
    whole = phone_track(plain, voice)
    np.testing.assert_array_equal(split.phone, whole.phone)
    np.testing.assert_array_equal(split.frames, whole.frames)


def test_features_do_not_depend_on_the_blocks(voice: Voice) -> None:
    whole = next(to_features(phrase(), voice, block_frames=100, cancel=CancelToken()))
    parts = list(to_features(phrase(), voice, block_frames=7, cancel=CancelToken()))
    np.testing.assert_allclose(np.concatenate([part.envelope for part in parts]), whole.envelope, atol=1e-5)


def test_sound_does_not_depend_on_the_blocks(voice: Voice) -> None:
    def sing(block: int) -> np.ndarray:
        parts = sing_phrase(phrase(), voice, seed=5, block_frames=block, cancel=CancelToken())
        return np.concatenate(list(parts))

    whole = sing(1000)
    assert len(whole) == 44_100
    assert np.abs(whole).max() > 1e-3
    for block in (1, 13, 99):
        np.testing.assert_allclose(sing(block), whole, atol=1e-5)


def test_a_phone_that_the_voice_lacks_is_named(voice: Voice) -> None:
    poorer = replace(voice, phones={name: row for name, row in voice.phones.items() if name != "ʒ"})
    with pytest.raises(VoicebankError, match=r"phrase 0, note 0.*ʒ"):
        phone_track(phrase(symbol="ʒ"), poorer)


def test_cancelling_stops_between_models(voice: Voice) -> None:
    token = CancelToken()
    blocks = sing_phrase(phrase(), voice, seed=0, block_frames=10, cancel=token)
    next(blocks)
    token.cancel()
    with pytest.raises(Cancelled):
        list(blocks)
