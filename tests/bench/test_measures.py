from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import nsf_hifigan
from bench.acoustic import Compared, compared, distortion_db, table_rows
from bench.english_wer import lyrics_of
from bench.phone_recogniser import sung_from
from bench.readings import character_languages, fold_kana, plain, score_rows, span_languages
from bench.speed import other_factor
from bench.stream import largest_difference
from bench.vocoder import copy, filled_f0_hz, log_spectral_distance_db, pesq_wb
from bench.vocoder import table_rows as vocoder_rows
from bench.word_listener import OTHER_WORDS, WordListener, vocabulary, word_errors, words_of
from frontend_g2p.phonemize import read_line
from singer.onnx_model import OnnxModel


def test_distortion_ignores_level_and_reads_a_cosine_at_its_rms() -> None:
    """A difference of A cos over the bands, in dB, has a root mean square of A / sqrt 2."""
    flat = np.zeros((3, 96), np.float32)
    assert distortion_db(flat, flat + 1.5) == pytest.approx(np.zeros(3), abs=1e-4)
    nepers = 6.0 * np.log(10) / 20
    wave = nepers * np.cos(np.pi * 4 * (np.arange(96) + 0.5) / 96)
    found = distortion_db(flat, np.broadcast_to(wave, (3, 96)).astype(np.float32))
    assert found == pytest.approx(np.full(3, 6.0 / np.sqrt(2)), rel=1e-4)


def test_distortion_leaves_out_what_24_coefficients_cannot_show() -> None:
    fine = np.cos(np.pi * 40 * (np.arange(96) + 0.5) / 96)[None].astype(np.float32)
    assert distortion_db(np.zeros((1, 96), np.float32), fine) == pytest.approx([0.0], abs=1e-4)


def test_acoustic_targets_hold_in_every_language() -> None:
    good, far, flat = Compared(3.0, 1.0), Compared(3.9, 1.0), Compared(3.0, 0.85)
    assert [row.passed for row in table_rows(good, {"en": good, "zh": good}, 2)] == [True, True]
    assert [row.passed for row in table_rows(good, {"en": good, "zh": far}, 2)] == [False, True]
    assert [row.passed for row in table_rows(good, {"en": flat, "zh": good}, 2)] == [True, False]
    lively = Compared(3.0, 1.15)
    assert [row.passed for row in table_rows(good, {"en": lively}, 1)] == [True, False]


def test_variance_kept_is_a_share_of_variance() -> None:
    true = np.random.default_rng(0).standard_normal((500, 96)).astype(np.float32)
    found = compared([(true[:200] * 0.9, true[:200]), (true[200:] * 0.9, true[200:])])
    assert found.variance_kept == pytest.approx(0.81, rel=1e-4)


def test_log_spectral_distance_of_a_gain_is_the_gain() -> None:
    noise = np.random.default_rng(0).standard_normal(24_000).astype(np.float32) * 0.1
    assert log_spectral_distance_db(noise, noise, 24_000) == 0.0
    assert log_spectral_distance_db(noise, noise * 2, 24_000) == pytest.approx(6.02, abs=0.05)


def test_pitch_gaps_are_bridged_in_log_pitch() -> None:
    found = filled_f0_hz(np.array([0.0, 100.0, 0.0, 400.0, 0.0]))
    assert found == pytest.approx([100.0, 100.0, 200.0, 400.0, 400.0], rel=1e-5)
    assert (filled_f0_hz(np.zeros(4)) == 200.0).all()


def test_copy_synthesis_keeps_its_place_and_pesq_hears_noise(toy_options) -> None:
    from bench.corpus import held_out_speech
    from bench.sung import load_voice

    item = held_out_speech(toy_options, 1)[0]
    voice = load_voice("builtin")
    copied = copy(item.samples, item.sample_rate_hz, voice)
    assert abs(len(copied) / voice.spec.sample_rate_hz - len(item.samples) / item.sample_rate_hz) < 0.08
    speech = item.samples[: 2 * 24_000 : 3].repeat(2)[:16_000].copy()
    worse = speech + np.random.default_rng(0).standard_normal(len(speech)).astype(np.float32) * 0.05
    assert pesq_wb(speech, speech) > 4.5 > 3.0 > pesq_wb(speech, worse)


def test_vocoder_is_judged_by_timbres_that_the_voice_never_heard(toy_options) -> None:
    from bench.corpus import held_out_speech, unseen_speech

    unseen = unseen_speech(toy_options, 2)
    assert {item.timbre for item in unseen} == {"eval1", "eval2"}
    assert {item.language for item in unseen} == {"zh", "yue", "en", "ja"}
    assert {item.timbre for item in held_out_speech(toy_options, 2)} == {"builtin"}
    with pytest.raises(FileNotFoundError, match="nobody"):
        held_out_speech(replace(toy_options, timbre="nobody"), 1)
    with pytest.raises(FileNotFoundError, match="eval"):
        unseen_speech(replace(toy_options, corpus=toy_options.corpus / "builtin"), 1)

    def verdict(ours: float, world: float, own: float) -> bool | None:
        lsd = {"lsd_ours": 7.0, "lsd_world": 7.5}
        unseen = {"eval1/a": {"pesq_ours": ours - 0.2, "pesq_world": world} | lsd}
        unseen |= {"eval2/b": {"pesq_ours": ours + 0.2, "pesq_world": world} | lsd}
        rows = vocoder_rows(unseen, {"suyin/c": {"pesq_ours": own, "pesq_world": 3.0} | lsd})
        assert [row.passed for row in rows[1:]] == [None, None]
        assert f"eval1 {ours - 0.2:.2f}, eval2 {ours + 0.2:.2f}" in rows[0].measured
        return rows[0].passed

    assert verdict(3.75, 3.0, 1.0)
    assert not verdict(3.65, 3.0, 4.0)
    assert not verdict(3.75, 3.8, 4.0)


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("a b c", "a b c", 0),
        ("a b c", "a x c", 1),
        ("a b c", "a c", 1),
        ("a b c", "a b b c", 1),
        ("a b", "", 2),
    ],
)
def test_word_errors(said: str, heard: str, errors: int) -> None:
    assert word_errors(said.split(), heard.split()) == errors


def test_vocabulary_is_the_songs_own_words_and_200_others() -> None:
    words = vocabulary(["Don’t fly, little bird!"])
    assert {"don't", "fly", "little", "bird"} <= set(words)
    assert len(words) == OTHER_WORDS + 4
    assert len(set(words)) == len(words)


def test_listener_takes_words_that_its_dictionary_lacks_and_refuses_unknown_ones() -> None:
    listener = WordListener(["sun", "zwolch"], {"zwolch": "Z W AA L CH"})
    assert set(listener.hear(np.zeros(16_000, np.float32), 16_000)) <= {"sun", "zwolch"}
    with pytest.raises(KeyError):
        WordListener(["sun", "zwolch"], {})


def test_lyrics_have_one_note_per_syllable() -> None:
    text = "The quiet village, it's open."
    assert words_of(text) == ("the", "quiet", "village", "it's", "open")
    assert len(lyrics_of(text)) == sum(len(read_line(word, "en")) for word in words_of(text))


def test_song_of_an_item_has_its_phones(toy_options) -> None:
    from bench.corpus import held_out_speech

    for item in held_out_speech(toy_options, 1):
        score = sung_from(item)
        sung = " ".join(note.phones or "" for note in score.notes).split()
        assert sung == [span.symbol for span in item.phones if span.role]
        assert len(score.notes) == 3


def test_readings_are_compared_without_tone_and_in_one_spelling() -> None:
    assert plain("lü4", "zh") == plain("lv4", "zh")
    assert plain("HH AA1 T", "en") == plain("HH AO T", "en")
    assert fold_kana("トウキョウ") == fold_kana("とーきょー") == "とーきょー"
    assert fold_kana("おねえさんを つづく") == "おねーさんおつずく"
    assert fold_kana("ここあ") != fold_kana("ここー")


def test_language_spans_are_counted_by_character() -> None:
    wanted = span_languages("你OK吗, OK", "zh:你|en:OK|zh:吗|en:OK")
    assert wanted == {0: "zh", 1: "en", 2: "en", 3: "zh", 6: "en", 7: "en"}
    assert character_languages(3, read_line("你好", "zh")) == ["zh", "zh", None]


def test_wrong_and_unreadable_lines_lose_their_points() -> None:
    right = {"id": "1", "input": "银行", "start": "1", "end": "2", "expected": "hang2"}
    wrong = right | {"expected": "xing2"}
    unreadable = right | {"input": "银Ж"}
    score = score_rows([right, wrong, unreadable], "zh")
    assert (score.right, score.total) == (1.0, 3.0)
    line = {"id": "2", "input": "银行", "expected": "yin xing/hang"}
    assert score_rows([line], "zh").share == 1.0
    assert score_rows([line | {"expected": "yin xing"}], "zh").share == 0.5


def test_streams_that_lose_samples_differ_infinitely() -> None:
    whole = np.zeros(10, np.float32)
    assert largest_difference(whole, whole[:9]) == float("inf")
    assert largest_difference(np.full(10, np.nan, np.float32), whole) == float("inf")
    assert largest_difference(whole + 0.5, whole) == 0.5


def test_the_other_network_has_the_size_it_is_said_to_have(tmp_path: Path) -> None:
    parameters = nsf_hifigan.write_model(tmp_path / "other.onnx")
    assert parameters == pytest.approx(14e6, rel=0.03)
    model = OnnxModel(tmp_path / "other.onnx")
    found = model.run(mel=np.zeros((1, 128, 9), np.float32), f0_hz=np.full((1, 1, 9), 220.0, np.float32))
    assert found["audio"].shape == (1, 1, 9 * 512)
    assert other_factor(model, 0.1) > 0


def test_where_harvest_is_astray_the_pitch_of_speech_is_praats(monkeypatch: pytest.MonkeyPatch) -> None:
    from bench import vocoder

    rate_hz, f0_hz = 24_000, 180.0
    times_s = np.arange(rate_hz) / rate_hz
    tone = np.sum([np.cos(2 * np.pi * f0_hz * k * times_s) / k for k in range(1, 20)], axis=0)
    sound = (0.1 * tone).astype(np.float32)
    right_hz = vocoder.track_f0_hz(sound, rate_hz, 600.0)
    astray_hz = right_hz.copy()
    astray_hz[60:120] *= 1.5
    astray_hz[150:] = 0.0
    monkeypatch.setattr(vocoder, "track_f0_hz", lambda *_: astray_hz)
    found_hz = vocoder.spoken_f0_hz(sound, rate_hz)
    np.testing.assert_allclose(found_hz[20:180], f0_hz, rtol=2e-3)
    np.testing.assert_array_equal(found_hz[20:60], right_hz[20:60], "where they agree, harvest's")
