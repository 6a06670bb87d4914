from math import inf

import pytest

from singer.lyrics import lay_lyrics
from singer.phrases import Phrase
from singer.phrasing import split_phrases
from singer.score import Note, Score, TempoMap


def phrases(*notes: tuple[float, float, str], **fields: object) -> tuple[Phrase, ...]:
    """Phrases of (start, duration, lyric) at 60 beats a minute: beats are seconds."""
    fields.setdefault("tempo", TempoMap(((0.0, 60.0),)))
    score = Score(tuple(Note(start, length, 60.0, lyric) for start, length, lyric in notes), "ja", **fields)  # type: ignore[arg-type]
    return split_phrases(score, lay_lyrics(score))


def test_a_phrase_ends_at_a_rest_of_300_ms() -> None:
    inside = phrases((1, 1, "か"), (2.29, 1, "き"))
    assert [(phrase.start_s, phrase.end_s) for phrase in inside] == [(1, 3.29)]
    apart = phrases((1, 1, "か"), (2.3, 1, "き"), (4, 1, "く"))
    assert [(phrase.start_s, phrase.end_s) for phrase in apart] == [(1, 2), (2.3, 3.3), (4, 5)]
    assert [phrase.room_before_s for phrase in apart] == pytest.approx([1, 0.3, 0.7])
    assert [phrase.room_after_s for phrase in apart] == pytest.approx([0.3, 0.7, inf])
    assert [phrase.index for phrase in apart] == [0, 1, 2]
    assert [phrase.notes[0].index for phrase in apart] == [0, 1, 2]


def test_gaps_too_short_to_hear_are_closed_and_real_ones_are_not() -> None:
    (phrase,) = phrases((0, 0.98, "か"), (1, 0.95, "き"), (2, 1, "く"))
    assert [note.end_s for note in phrase.notes] == pytest.approx([1, 1.95, 3])


def test_a_held_vowel_has_no_gap_before_it() -> None:
    (phrase,) = phrases((0, 0.8, "か"), (1, 1, "-"))
    assert [(note.kind, note.start_s, note.end_s) for note in phrase.notes] == [
        ("sung", 0, 1),
        ("hold", 1, 2),
    ]


def test_notes_never_overlap_and_never_run_backwards() -> None:
    third = 1 / 3
    found = phrases(*((step * third, third, "か") for step in range(200)))
    (phrase,) = found
    for before, after in zip(phrase.notes, phrase.notes[1:], strict=False):
        assert before.start_s < before.end_s <= after.start_s


def test_tempo_changes_are_heard() -> None:
    tempo = TempoMap(((0.0, 60.0), (2.0, 120.0)))
    (phrase,) = phrases((1, 2, "か"), (3, 1, "き"), tempo=tempo)
    assert [(note.start_s, note.end_s) for note in phrase.notes] == [(1, 2.5), (2.5, 3)]


def test_curves_come_in_seconds_and_bend_with_the_tempo() -> None:
    tempo = TempoMap(((0.0, 60.0), (2.0, 120.0)))
    (phrase,) = phrases((0, 4, "か"), tempo=tempo, curves={"pitch_cents": ((0.0, 0.0), (4.0, 100.0))})
    ((name, points),) = phrase.curves
    assert name == "pitch_cents"
    assert points == ((0, 0), (2, 50), (3, 100), (4, 100))


def test_a_phrase_gets_its_part_of_a_curve_and_silent_curves_are_left_out() -> None:
    curve = ((0.0, 0.0), (5.0, 0.0), (6.0, 1.0), (20.0, 1.0), (21.0, 0.0))
    found = phrases((1, 1, "か"), (10, 1, "き"), (30, 1, "く"), curves={"tension": curve})
    assert [dict(phrase.curves) for phrase in found] == [{}, {"tension": ((9, 1), (12, 1))}, {}]


def test_an_edit_elsewhere_leaves_a_phrase_equal() -> None:
    notes = [(float(5 * index), 1.0, "か") for index in range(4)]
    curve = tuple((float(beat), 0.1 * (beat % 3)) for beat in range(20))
    before = phrases(*notes, curves={"tension": curve})
    edited = (*curve[:16], *((beat, 0.9) for beat, _ in curve[16:]))
    after = phrases(*notes[:3], (15, 1, "き"), curves={"tension": edited})
    assert before[:3] == after[:3]
    assert before[3] != after[3]


def test_breaths_are_notes_of_their_phrase() -> None:
    (phrase,) = phrases((0, 1, "か"), (1, 0.5, "AP"), (1.5, 1, "き"))
    assert [(note.kind, len(note.syllables)) for note in phrase.notes] == [
        ("sung", 1),
        ("breath", 0),
        ("sung", 1),
    ]
