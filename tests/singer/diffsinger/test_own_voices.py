"""``.ds`` files sung by the engine's own voices, and performances written as ``.ds``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from frontend_g2p.inventory import INVENTORY
from singer.diffsinger.ds_io import read_ds
from singer.diffsinger.ds_write import ds_text
from singer.diffsinger.from_performance import from_performance
from singer.diffsinger.phone_names import own_phones
from singer.diffsinger.to_performance import to_performance
from singer.errors import ScoreError, SingerError
from singer.performance_io import document_to_performance, performance_to_document
from singer.quality import QualityMeter
from singer.render import render
from singer.score import Note, Score
from singer.song import perform_song
from singer.voice import Voice
from tests.singer.diffsinger.songs import PLAIN, segments
from voicebanks.load import load_voice

LENGTHS = "0.25 0.08 0.42 0.1 0.5 0.35 0.08 0.82 0.31"
F0 = 220.0 + 20.0 * np.sin(np.arange(700) / 30.0)
GIVEN: dict[str, Any] = {
    **PLAIN, "ph_dur": LENGTHS, "f0_seq": " ".join(f"{value:.3f}" for value in F0), "f0_timestep": "0.005",
}  # fmt: skip


@pytest.fixture(scope="module")
def voice() -> Voice:
    return load_voice("builtin")


def test_lengths_and_pitch_are_kept_exactly(voice: Voice) -> None:
    performance, warnings = to_performance(segments({**GIVEN, "offset": 1.003}), voice.name)
    assert not warnings
    (phrase,) = performance.phrases
    ends_s = 1.003 + np.cumsum([float(each) for each in LENGTHS.split()])
    found = [span.end_s for span in phrase.phones]
    assert all(np.abs(np.array(found) - end_s).min() < 1e-6 for end_s in ends_s[:-1])
    when = phrase.start_s + np.arange(phrase.frames) / 100 - 1.003
    assert phrase.curves["f0_hz"] == pytest.approx(np.interp(when, np.arange(700) * 0.005, F0), abs=1e-2)
    assert [span.symbol for span in phrase.phones] == [
        "SP",
        "n",
        "i",
        "x",
        "ɑ",
        "u̯",
        "AP",
        "tʰ",
        "j",
        "ɛ",
        "n",
        "SP",
    ]
    assert [span.role for span in phrase.phones][7:11] == ["onset", "glide", "nucleus", "coda"]


def test_it_is_sung_in_tune(voice: Voice) -> None:
    performance, _ = to_performance(segments(GIVEN, {**GIVEN, "offset": 4.0}), voice.name)
    assert document_to_performance(performance_to_document(performance)) is not None
    audio = render(performance, voice)
    meter = QualityMeter(performance, audio.sample_rate_hz)
    meter.listen(audio.samples)
    assert meter.result().is_good
    assert meter.result().points > 10


def test_silences_may_overlap_and_sounds_may_not(voice: Voice) -> None:
    performance, _ = to_performance(segments(GIVEN, {**GIVEN, "offset": 2.5}), voice.name)
    assert performance.phrases[1].start_s == pytest.approx(2.6, abs=0.01)
    with pytest.raises(ScoreError, match="only SP may overlap") as caught:
        to_performance(segments(GIVEN, {**GIVEN, "offset": 2.2}), voice.name)
    assert caught.value.where == "segment 1, offset"
    begun, _ = to_performance(segments({**GIVEN, "offset": -0.1}), voice.name)
    assert begun.phrases[0].start_s == 0.0


def test_notes_give_the_pitch_where_there_is_no_curve(voice: Voice) -> None:
    performance, _ = to_performance(segments({**PLAIN, "ph_dur": LENGTHS}), voice.name)
    f0 = performance.phrases[0].curves["f0_hz"]
    assert f0[50] == pytest.approx(261.63, abs=0.1)
    assert f0[110] == pytest.approx(329.63, abs=0.1)
    assert f0.max() == pytest.approx(376.5, abs=0.5)  # F#4 and 30 cents


def test_what_it_has_no_curve_for_is_told(voice: Voice) -> None:
    more = {
        "energy": "-30",
        "energy_timestep": "1",
        "velocity": "1.2 1",
        "velocity_timestep": "1",
        "gender": 0.5,
    }
    performance, warnings = to_performance(segments({**GIVEN, **more}), voice.name)
    assert "energy, velocity" in warnings[0]
    assert np.all(performance.phrases[0].curves["gender"] == -0.5)


@pytest.mark.parametrize("phone", ["ko/g", "zh/qq", "de/ax", "Q1"])
def test_a_phoneme_that_is_not_known_is_named(voice: Voice, phone: str) -> None:
    with pytest.raises(ScoreError) as caught:
        to_performance(
            segments({**GIVEN, "ph_seq": f"SP zh/n {phone} zh/h zh/ao AP zh/t zh/ian SP"}), voice.name
        )
    assert caught.value.code == "unknown_phone"
    assert caught.value.where == "segment 0, ph_seq, phoneme 2"


@pytest.mark.parametrize("length", ["1e-9", "0.001"])
def test_what_is_too_short_is_refused(voice: Voice, length: str) -> None:
    given = segments({**GIVEN, "ph_dur": f"{length} " * 9})
    with pytest.raises(SingerError):
        render(to_performance(given, voice.name)[0], voice)


def test_lengths_must_be_given(voice: Voice) -> None:
    with pytest.raises(ScoreError, match="a bank predicts them"):
        to_performance(segments(PLAIN), voice.name)


def test_names_of_banks_are_sounds_of_the_inventory() -> None:
    finals = (
        "a ai an ang ao e ei en eng er i i0 ir ia ian iang iao ie in ing iong iu o ong ou u ua uai uan uang ui un uo v van "
        "ve vn E En"
    )
    initials = "b p m f d t n l g k h j q x zh ch sh r z c s y w"
    romaji = "a i u e o N cl k s sh t ch ts n h f m y r w g z j d b p ky gy ny hy my ry by py"
    english = (
        "aa ae ah ao aw ay b ch d dh eh er ey f g hh ih iy jh k l m n ng ow oy p r s sh t th uh uw v w y z zh"
    )
    jyutping = (
        "b p m f d t n l g k ng h gw kw w z c s j aa aai aau aam aan aang aap aat aak ai au am an ang e eng ek i iu im in "
        "ing o oi on ong u ui un ung oe oeng eoi eon yu yun yut"
    )
    for language, names in (
        ("zh", f"{initials} {finals}"),
        ("ja", romaji),
        ("en", english),
        ("yue", jyutping),
    ):
        for name in names.split():
            found = own_phones(name, language)
            assert found, (language, name)
            assert set(found) <= set(INVENTORY)
            assert own_phones(f"{language}/{name}", None) == found
    assert own_phones("zh/uang", None) == ("w", "ɑ", "ŋ")
    assert own_phones("ch", "ja") == ("tɕ",)


def test_a_performance_written_as_ds_is_sung_again_as_it_was(voice: Voice) -> None:
    notes = tuple(
        Note(1.0 + place, 1.0, 60.0 + place, lyric)
        for place, lyric in enumerate(("你", "好", "-", "hello", "か"))
    )
    performance = perform_song(Score(notes, language="zh"), voice).performance
    text = ds_text(from_performance(performance))
    assert '"ph_set": "singer"' in text
    again, warnings = to_performance(read_ds(text.encode()), voice.name)
    assert not warnings
    for one, two in zip(performance.phrases, again.phrases, strict=True):
        assert [span.symbol for span in one.phones] == [span.symbol for span in two.phones]
        starts = [[span.start_s for span in each.phones] for each in (one, two)]
        assert starts[0] == pytest.approx(starts[1], abs=2e-5)
        assert one.curves["f0_hz"] == pytest.approx(two.curves["f0_hz"], abs=1e-3)
        assert [span.role for span in one.phones] == [span.role for span in two.phones]
