"""Marks: on the song's clock, in order, true to the performance, and mouths that an eye can follow."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontend_g2p.inventory import INVENTORY
from singer.errors import PerformanceError
from singer.mouth_track import mouth_track
from singer.performance.performance import Performance, PhrasePerformance
from singer.score import Note, Score, TempoMap
from singer.score_io import load_score
from singer.song import PerformedSong, perform_song
from singer.timeline import (
    KINDS,
    Mark,
    closed_mouth,
    is_voiced,
    mark_document,
    phrase_marks,
    song_marks,
    sung_notes,
)
from singer.visemes import mouth_of, shapes_of
from singer.voice_onset import voice_lag_s
from tests.singer.performances import Spans, phrase, song
from voicebanks.load import load_voice

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("four_languages", "jasmine")


@pytest.fixture(scope="module", params=NAMES)
def sung(request: pytest.FixtureRequest) -> tuple[Score, PerformedSong]:
    score = load_score(EXAMPLES / f"{request.param}.json")
    return score, perform_song(score, load_voice("builtin"))


def of_kind(marks: tuple[Mark, ...], kind: str) -> list[Mark]:
    return [mark for mark in marks if mark.kind == kind]


def visemes(made: PhrasePerformance) -> list[tuple[str, float, float]]:
    """Viseme, start and end of each mark of a phrase that starts at 0."""
    marks = phrase_marks(made, ("viseme",), None)
    return [(mark.values["viseme"], round(mark.time_s, 3), round(mark.end_s or 0.0, 3)) for mark in marks]


def a_song(*notes: Note, bpm: float = 60.0) -> tuple[Score, PerformedSong]:
    score = Score(notes, "en", TempoMap(((0.0, bpm),)))
    return score, perform_song(score, load_voice("builtin"))


# --- the whole timeline


def test_marks_come_in_order_inside_the_song(sung: tuple[Score, PerformedSong]) -> None:
    score, performed = sung
    marks = song_marks(performed.performance, KINDS, score, performed.laid)
    assert {mark.kind for mark in marks} == set(KINDS)
    times_s = [mark.time_s for mark in marks]
    assert times_s == sorted(times_s)
    assert times_s[0] >= 0.0
    for mark in marks:
        assert mark.time_s <= (mark.end_s or mark.time_s) <= performed.performance.duration_s + 1e-6


def test_a_song_has_the_marks_of_its_phrases(sung: tuple[Score, PerformedSong]) -> None:
    score, performed = sung
    kinds = tuple(kind for kind in KINDS if kind != "viseme")
    of_phrases = [
        mark
        for each in performed.performance.phrases
        for mark in phrase_marks(each, kinds, score, performed.laid)
    ]
    assert list(song_marks(performed.performance, kinds, score, performed.laid)) == of_phrases


def test_only_the_kinds_asked_for_are_told() -> None:
    made = phrase()
    assert {mark.kind for mark in phrase_marks(made, ("f0", "phone"), None)} == {"f0", "phone"}
    assert phrase_marks(made, (), None) == ()
    with pytest.raises(PerformanceError, match="found marks 'mouth'; allowed are phone, viseme"):
        phrase_marks(made, ("mouth",), None)


# --- mouths


def test_the_mouth_of_a_vowel_begins_with_the_voice_of_the_vowel(sung: tuple[Score, PerformedSong]) -> None:
    _, performed = sung
    marks = song_marks(performed.performance, ("viseme",), None)
    at = {mark.time_s: mark.values["viseme"] for mark in marks}
    vowels = 0
    for each in performed.performance.phrases:
        for before, span in pairwise(each.phones):
            if span.role == "nucleus" and INVENTORY[span.symbol].phone_class == "vowel":
                heard_s = span.start_s + voice_lag_s(before.symbol, span.symbol)
                assert at[heard_s] == mouth_of(span.symbol).viseme
                vowels += 1
    assert vowels >= len(load_score(EXAMPLES / "four_languages.json").notes)


def test_mouths_cover_the_song_without_gaps_and_end_closed(sung: tuple[Score, PerformedSong]) -> None:
    _, performed = sung
    marks = song_marks(performed.performance, ("viseme",), None)
    assert marks[0].time_s == 0.0
    assert marks[-1].end_s == pytest.approx(performed.performance.duration_s)
    assert marks[0].values["viseme"] == marks[-1].values["viseme"] == "sil"
    for before, after in pairwise(marks):
        assert before.end_s == pytest.approx(after.time_s, abs=1e-9)
        assert (before.values["viseme"], after.values["viseme"]) != ("sil", "sil")


def test_the_mouth_closes_between_phrases_that_end_on_a_vowel() -> None:
    spans: Spans = (("m", "onset", 0.1), ("a", "nucleus", 0.4))
    made = song(phrase(0.5, spans=spans), phrase(2.0, spans=spans, index=1), duration_s=3.0)
    marks = song_marks(made, ("viseme",), None)
    assert [(mark.values["viseme"], round(mark.time_s, 3)) for mark in marks] == [
        ("sil", 0.0), ("PP", 0.5), ("aa", 0.6), ("sil", 1.0), ("PP", 2.0), ("aa", 2.1), ("sil", 2.5),
    ]  # fmt: skip


def test_a_closed_mouth_has_no_shape() -> None:
    values = closed_mouth(1.0, 2.0).values
    assert (values["viseme"], values["weight"], values["vrm"], values["arkit"]) == ("sil", 0.0, {}, {})
    assert values["live2d"] == {"ParamMouthOpenY": 0.0, "ParamMouthForm": 0.0}


def test_louder_and_more_open_singing_makes_larger_mouths() -> None:
    def weight(**curves: float) -> float:
        marks = phrase_marks(phrase(**curves), ("viseme",), None)  # type: ignore[arg-type]
        return next(float(mark.values["weight"]) for mark in marks if mark.values["viseme"] == "aa")

    assert weight(loudness_db=-12.0) < weight() < weight(loudness_db=2.0)
    assert weight(mouth_opening=-0.5) < weight() < weight(mouth_opening=0.5)
    assert weight() == 0.8
    assert weight(loudness_db=24.0, mouth_opening=1.0) == 1.0


@given(st.floats(-96.0, 24.0), st.floats(-1.0, 1.0))
def test_weights_are_bounded_at_any_loudness(loudness_db: float, mouth_opening: float) -> None:
    made = phrase(loudness_db=loudness_db, mouth_opening=mouth_opening)
    for mark in phrase_marks(made, ("viseme",), None):
        assert 0.0 <= mark.values["weight"] <= 1.0


def test_an_even_vowel_is_one_mouth_and_a_swelling_one_grows() -> None:
    spans: Spans = (("SP", None, 0.1), ("a", "nucleus", 2.0), ("SP", None, 0.1))
    even = phrase(spans=spans)
    assert [name for name, _, _ in visemes(even)] == ["sil", "aa", "sil"]
    swelling = np.interp(np.arange(even.frames), [10, 210], [-24.0, 0.0]).astype(np.float32)
    marks = phrase_marks(replace(even, curves={**even.curves, "loudness_db": swelling}), ("viseme",), None)
    grown = [mark for mark in marks if mark.values["viseme"] == "aa"]
    weights = [mark.values["weight"] for mark in grown]
    assert len(weights) > 3
    assert weights == sorted(weights)
    assert min((mark.end_s or 0.0) - mark.time_s for mark in grown) >= 0.09
    shapes = [mark.values["vrm"]["aa"] / mark.values["weight"] for mark in grown]
    assert shapes == pytest.approx([shapes[0]] * len(shapes), abs=0.01)


def test_sounds_too_short_to_see_leave_the_mouth_as_it_is() -> None:
    spans: Spans = (
        ("SP", None, 0.1), ("a", "nucleus", 0.3), ("d", "onset", 0.02), ("i", "nucleus", 0.3), ("SP", None, 0.1),
    )  # fmt: skip
    assert visemes(phrase(spans=spans)) == [
        ("sil", 0.0, 0.1), ("aa", 0.1, 0.42), ("ih", 0.42, 0.72), ("sil", 0.72, 0.82),
    ]  # fmt: skip


def test_the_short_silence_after_a_breath_does_not_close_the_mouth() -> None:
    spans: Spans = (
        ("SP", None, 0.1),
        ("AP", None, 0.2),
        ("SP", None, 0.03),
        ("t", "onset", 0.08),
        ("a", "nucleus", 0.3),
    )
    assert [name for name, _, _ in visemes(phrase(spans=spans))] == ["sil", "aa", "DD", "aa"]


@given(st.sampled_from(["p", "b", "m", "f", "v"]), st.integers(1, 12))
def test_lips_meet_long_enough_until_the_vowel_after_is_heard(symbol: str, hundredths: int) -> None:
    spans: Spans = (("a", "nucleus", 0.3), (symbol, "onset", hundredths / 100), ("i", "nucleus", 0.3))
    track = mouth_track(phrase(spans=spans))
    closed = next(span for span in track if span.mouth.viseme in ("PP", "FF"))
    assert closed.end_s - closed.start_s >= 0.03 - 1e-9
    assert closed.end_s == pytest.approx(0.3 + hundredths / 100 + (0.008 if symbol in "pf" else 0.0))
    assert [before.end_s for before in track[:-1]] == [after.start_s for after in track[1:]]


@pytest.mark.parametrize(
    ("before", "vowel", "lag_s"),
    [
        ("tʰ", "i", 0.016),
        ("h", "u", 0.016),
        ("k", "i", 0.008),
        ("tʰ", "a", 0.006),
        ("s", "a", 0.0),
        ("n", "i", 0.0),
        ("b", "u", 0.0),
    ],
)
def test_the_mouth_of_a_vowel_begins_when_its_voice_does(before: str, vowel: str, lag_s: float) -> None:
    spans: Spans = (("SP", None, 0.1), (before, "onset", 0.1), (vowel, "nucleus", 0.3), ("SP", None, 0.1))
    made = phrase(spans=spans)
    assert visemes(made)[2][1:] == (pytest.approx(0.2 + lag_s), 0.5)
    assert [mark.time_s for mark in phrase_marks(made, ("phone",), None)][2] == pytest.approx(0.2)


def test_a_short_vowel_is_seen_for_half_of_its_length_at_least() -> None:
    spans: Spans = (("SP", None, 0.1), ("tʰ", "onset", 0.1), ("i", "nucleus", 0.02), ("SP", None, 0.1))
    assert mouth_track(phrase(spans=spans))[2].start_s == pytest.approx(0.21)


def test_japanese_geminates_and_moraic_nasals_have_the_mouth_of_what_follows() -> None:
    spans: Spans = (
        ("a", "nucleus", 0.2), ("Q", "coda", 0.1), ("p", "onset", 0.06), ("a", "nucleus", 0.2), ("ɴ", "nucleus", 0.2),
        ("p", "onset", 0.06), ("o", "nucleus", 0.2), ("ɴ", "nucleus", 0.2), ("SP", None, 0.1),
    )  # fmt: skip
    names = [name for name, _, _ in visemes(phrase(spans=spans))]
    assert names == ["aa", "PP", "aa", "PP", "PP", "oh", "nn", "sil"]


def test_a_silence_at_the_end_closes_the_mouth_however_short() -> None:
    spans: Spans = (("a", "nucleus", 0.3), ("SP", None, 0.02))
    assert visemes(phrase(spans=spans)) == [("aa", 0.0, 0.3), ("sil", 0.3, 0.32)]


def test_lips_know_nothing_of_what_comes_after_a_silence() -> None:
    spans: Spans = (("i", "nucleus", 0.3), ("s", "onset", 0.1), ("SP", None, 0.1), ("u", "nucleus", 0.3))
    marks = phrase_marks(phrase(spans=spans), ("viseme",), None)
    alone = mouth_of("s")
    assert marks[1].values["arkit"] == shapes_of(alone, marks[1].values["weight"])["arkit"]


def test_lips_are_rounded_before_a_rounded_vowel_and_after_one_in_a_coda() -> None:
    spans: Spans = (
        ("s", "onset", 0.1), ("u", "nucleus", 0.3), ("n", "coda", 0.1), ("s", "onset", 0.1), ("i", "nucleus", 0.3),
    )  # fmt: skip
    form = [
        mark.values["live2d"]["ParamMouthForm"]
        for mark in phrase_marks(phrase(spans=spans), ("viseme",), None)
    ]
    assert [value < 0.0 for value in form] == [True, True, True, False, False]


# --- notes and lyrics


def test_notes_start_and_end_where_the_score_says(sung: tuple[Score, PerformedSong]) -> None:
    score, performed = sung
    marks = song_marks(performed.performance, ("note",), score)
    assert [mark.values["note"] for mark in marks] == list(range(len(score.notes)))
    for mark, note in zip(marks, score.notes, strict=True):
        assert mark.time_s == pytest.approx(score.tempo.seconds_at(note.start_beat), abs=0.001)
        assert mark.end_s == pytest.approx(score.tempo.seconds_at(note.end_beat), abs=0.061)
        assert (mark.values["midi"], mark.values["lyric"]) == (note.midi, note.lyric)


def test_without_a_score_notes_tell_the_pitch_that_is_sung(sung: tuple[Score, PerformedSong]) -> None:
    score, performed = sung
    marks = song_marks(performed.performance, ("note", "lyric"), None)
    assert not of_kind(marks, "lyric")
    for mark, note in zip(marks, score.notes, strict=True):
        assert mark.values["midi"] == pytest.approx(note.midi, abs=0.5)
        assert mark.values["lyric"] == ""


def test_syllables_are_told_at_their_vowels_and_holds_are_not() -> None:
    score, performed = a_song(
        Note(2, 1, 60, "together"), Note(3, 1, 62, "+"), Note(4, 1, 64, "-"), Note(5, 1, 65, "+"),
        Note(6, 1, 65, "live{L AY1 V}"),
    )  # fmt: skip
    (made,) = performed.performance.phrases
    told = [
        (mark.time_s, mark.values["note"], mark.values["text"], mark.values["word_start"])
        for mark in phrase_marks(made, ("lyric",), score, performed.laid)
    ]
    assert told == [
        (2.0, 0, "to", True), (3.0, 1, "ge", False), (5.0, 3, "ther", False), (6.0, 4, "live", True),
    ]  # fmt: skip
    whole = [mark.values["text"] for mark in phrase_marks(made, ("lyric",), score)]
    assert whole == ["together", "", "", "live"]


def test_a_second_word_on_a_plus_begins_a_word() -> None:
    score, performed = a_song(Note(2, 1, 60, "Hello, world"), Note(3, 1, 62, "+"), Note(4, 1, 64, "+"))
    marks = song_marks(performed.performance, ("lyric",), score, performed.laid)
    assert [(mark.values["text"], mark.values["word_start"]) for mark in marks] == [
        ("Hel", True), ("lo,", False), ("world", True),
    ]  # fmt: skip


def test_a_score_that_lacks_the_notes_is_refused(sung: tuple[Score, PerformedSong]) -> None:
    score, performed = sung
    other = replace(score, notes=score.notes[:3])
    for kind in ("note", "lyric"):
        with pytest.raises(PerformanceError, match=r"phrase 0: it sings note 3, and the score has 3 notes"):
            song_marks(performed.performance, (kind,), other)


def test_a_breath_is_no_note() -> None:
    score, performed = a_song(Note(2, 1, 60, "la"), Note(3, 1, 60, "AP"), Note(4, 1, 60, "la"))
    marks = song_marks(performed.performance, ("note", "lyric", "breath"), score)
    assert [mark.values["note"] for mark in of_kind(marks, "note")] == [0, 2]
    assert [mark.values["note"] for mark in of_kind(marks, "lyric")] == [0, 2]
    (inside,) = [mark for mark in of_kind(marks, "breath") if mark.time_s > 2.0]
    assert 3.0 <= inside.time_s < (inside.end_s or 0.0) <= 4.0
    (first, *_) = sung_notes(performed.performance.phrases[0].phones)
    assert first.end_s <= inside.time_s


def test_breaths_are_the_performances(sung: tuple[Score, PerformedSong]) -> None:
    _, performed = sung
    spans = [span for each in performed.performance.phrases for span in each.phones if span.symbol == "AP"]
    marks = song_marks(performed.performance, ("breath",), None)
    assert [(mark.time_s, mark.end_s) for mark in marks] == [(span.start_s, span.end_s) for span in spans]
    assert all(-40.0 < mark.values["loudness_db"] < 0.0 for mark in marks)


# --- curves


def test_f0_is_the_curve_where_a_phone_is_voiced(sung: tuple[Score, PerformedSong]) -> None:
    _, performed = sung
    for each in performed.performance.phrases:
        marks = phrase_marks(each, ("f0",), None)
        assert all(0 < len(mark.values["hz"]) <= 50 for mark in marks)
        values = [value for mark in marks for value in mark.values["hz"]]
        assert len(values) == each.frames
        for frame, value in enumerate(values):
            middle_s = each.start_s + frame / 100 + 0.005
            span = next((one for one in each.phones if middle_s < one.end_s), each.phones[-1])
            assert (value is None) == (not is_voiced(span.symbol))
            assert value is None or np.float32(value) == each.curves["f0_hz"][frame]
        starts = [mark.time_s for mark in marks]
        assert starts == pytest.approx([each.start_s + 0.5 * place for place in range(len(marks))])


def test_loudness_is_the_curve(sung: tuple[Score, PerformedSong]) -> None:
    _, performed = sung
    for each in performed.performance.phrases:
        values = [value for mark in phrase_marks(each, ("loudness",), None) for value in mark.values["db"]]
        assert np.array_equal(np.array(values, np.float32), each.curves["loudness_db"])


def test_voiced_phones_are_those_that_phonetics_calls_so() -> None:
    unvoiced = (
        "p pʰ t tʰ k kʰ ts tsʰ ʈʂ ʈʂʰ tɕ tɕʰ tʃ f θ s ʃ ʂ ɕ x h ç ɸ ʔ p̚ t̚ k̚ Q SP AP".split()  # noqa: SIM905
    )
    assert {symbol for symbol in INVENTORY if not is_voiced(symbol)} == set(unvoiced)


# --- as documents


@pytest.mark.parametrize("rate", [44_100, 48_000, 22_050])
def test_lengths_are_differences_of_rounded_times(sung: tuple[Score, PerformedSong], rate: int) -> None:
    _, performed = sung
    for each in performed.performance.phrases:
        documents = [mark_document(mark, rate) for mark in phrase_marks(each, ("phone",), None)]
        for before, after in pairwise(documents):
            assert before["sample"] + before["samples"] == after["sample"]
        total = documents[-1]["sample"] + documents[-1]["samples"] - documents[0]["sample"]
        assert total == pytest.approx((each.phones[-1].end_s - each.phones[0].start_s) * rate, abs=1.0)


def test_documents_have_the_keys_of_the_protocol(sung: tuple[Score, PerformedSong]) -> None:
    score, performed = sung
    keys: dict[str, str] = {
        "phone": "phone role language note samples", "viseme": "viseme weight vrm vrm0 arkit live2d samples",
        "note": "note midi lyric samples", "lyric": "note text word_start", "f0": "step_samples hz",
        "loudness": "step_samples db", "breath": "samples loudness_db",
    }  # fmt: skip
    marks = song_marks(performed.performance, KINDS, score, performed.laid)
    documents: list[dict[str, Any]] = [mark_document(mark, 48_000) for mark in marks]
    for document in documents:
        assert set(document) == {"kind", "sample", *keys[document["kind"]].split()}
        assert type(document["sample"]) is int
        assert type(document.get("samples", 0)) is int
        assert document.get("step_samples", 480) == 480


def test_a_mark_falls_on_the_nearest_sample() -> None:
    mark = Mark("breath", 1.00001, {"loudness_db": -12.0}, 1.5)
    assert mark_document(mark, 44_100) == {
        "kind": "breath", "sample": 44_100, "loudness_db": -12.0, "samples": 22_050,
    }  # fmt: skip
    steps = {
        rate: mark_document(Mark("f0", 0.0, {"hz": [None]}), rate)["step_samples"]
        for rate in (44_100, 22_050)
    }
    assert steps == {44_100: 441, 22_050: 220.5}


def test_a_song_without_phrases_is_silence() -> None:
    marks = song_marks(Performance("builtin", "", 2.0, ()), KINDS, None)
    assert [(mark.values["viseme"], mark.time_s, mark.end_s) for mark in marks] == [("sil", 0.0, 2.0)]
