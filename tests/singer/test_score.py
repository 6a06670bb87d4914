import math
from dataclasses import replace

import pytest

from singer.errors import ScoreError
from singer.note_shapes import Vibrato
from singer.score import Note, Score, TempoMap, check_range
from singer.time_signatures import TimeSignature, TimeSignatures


def song(*notes: Note, **fields: object) -> Score:
    return Score(notes, **fields)  # type: ignore[arg-type]


DO, RE = Note(0.0, 1.0, 60.0, "do"), Note(1.0, 1.0, 62.0, "re")


def refused(*notes: Note, **fields: object) -> ScoreError:
    with pytest.raises(ScoreError) as caught:
        song(*notes, **fields)
    return caught.value


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"start_beat": -0.5}, "start_range"),
        ({"start_beat": math.nan}, "start_range"),
        ({"start_beat": 1e9}, "start_range"),
        ({"duration_beats": 0.0}, "duration_range"),
        ({"duration_beats": -1.0}, "duration_range"),
        ({"duration_beats": math.inf}, "duration_range"),
        ({"duration_beats": math.nan}, "duration_range"),
        ({"duration_beats": 0.001}, "note_too_short"),
        ({"duration_beats": 1000.0}, "note_too_long"),
        ({"midi": -1.0}, "pitch_range"),
        ({"midi": 128.0}, "pitch_range"),
        ({"midi": math.nan}, "pitch_range"),
        ({"lyric": ""}, "empty_lyric"),
        ({"lyric": " \t"}, "empty_lyric"),
        ({"lyric": "a" * 201}, "long_lyric"),
        ({"language": "fr"}, "language"),
        ({"phones": " "}, "empty_phones"),
        ({"lyric": "-", "phones": "a"}, "phones_without_syllable"),
        ({"loudness_db": 13.0}, "loudness_range"),
        ({"loudness_db": -math.inf}, "loudness_range"),
    ],
)
def test_a_bad_note_is_refused_with_its_place(change: dict[str, object], code: str) -> None:
    error = refused(DO, replace(RE, **change))
    assert error.code == code
    assert error.where.startswith("note 1 ")
    assert str(error).startswith(error.where)


def test_the_place_names_note_lyric_and_bar() -> None:
    score = song(
        *(Note(beat, 1.0, 60.0, lyric) for beat, lyric in enumerate(["a", "b", "c", "ki"])),
        time_signatures=TimeSignatures((TimeSignature(0.0, 3, 4),)),
    )
    assert score.where(3) == 'note 3 "ki" (bar 2)'


def test_the_place_shows_no_control_characters() -> None:
    assert song(Note(0.0, 1.0, 60.0, "\x1b[31mred")).where(0) == 'note 0 "�[31mred" (bar 1)'


def test_an_overlap_names_both_notes() -> None:
    error = refused(DO, replace(RE, start_beat=0.5))
    assert error.code == "note_overlap"
    assert error.where == 'note 1 "re" (bar 1)'
    assert 'note 0 "do" (bar 1)' in error.message


def test_thirds_of_a_beat_do_not_overlap() -> None:
    third = 1 / 3
    notes = tuple(Note(step * third, third, 60.0, "la") for step in range(300))
    assert len(song(*notes).notes) == 300


def test_notes_must_come_by_rising_start() -> None:
    assert refused(RE, DO).code == "note_order"


@pytest.mark.parametrize("lyric", ["-", "+"])
def test_the_first_note_needs_a_syllable(lyric: str) -> None:
    error = refused(replace(DO, lyric=lyric))
    assert (error.code, error.where) == ("nothing_to_hold", f'note 0 "{lyric}" (bar 1)')


def test_a_score_needs_notes_and_has_a_most_of_them() -> None:
    assert refused().code == "no_notes"
    assert refused(*(DO,) * 100_001).code == "too_many_notes"


def test_a_score_of_more_than_four_hours_is_refused() -> None:
    error = refused(DO, Note(4 * 3600 * 2.0, 1.0, 60.0, "la"))
    assert error.code == "too_long"


@pytest.mark.parametrize(
    ("change", "key"),
    [({"depth_cents": 201.0}, "depth_cents"), ({"rate_hz": 1.0}, "rate_hz"), ({"start": 1.5}, "start"),
     ({"attack_s": math.nan}, "attack_s")],
)  # fmt: skip
def test_vibrato_has_bounds(change: dict[str, float], key: str) -> None:
    with pytest.raises(ScoreError, match=key):
        Vibrato(**{"depth_cents": 30.0, **change})


@pytest.mark.parametrize(
    ("curves", "code"),
    [
        ({"pitch": ((0.0, 0.0),)}, "curve_name"),
        ({"tension": ()}, "curve_empty"),
        ({"tension": ((0.0, 1.1),)}, "curve_value"),
        ({"tension": ((0.0, math.nan),)}, "curve_value"),
        ({"tension": ((-1.0, 0.0),)}, "curve_beat"),
        ({"tension": ((0.0, 0.0), (2.0, 0.1), (2.0, 0.2))}, "curve_order"),
    ],
)
def test_bad_curves_are_refused_with_their_place(curves: dict[str, object], code: str) -> None:
    error = refused(DO, curves=curves)
    assert error.code == code
    assert error.where.startswith(f"curve {next(iter(curves))}")


def test_tempo_maps_beats_to_seconds_and_back() -> None:
    tempo = TempoMap(((0.0, 60.0), (4.0, 120.0), (8.0, 30.0)))
    assert [tempo.seconds_at(beat) for beat in (0, 2, 4, 6, 8, 9)] == [0, 2, 4, 5, 6, 8]
    for beat in (0.0, 0.3, 4.0, 5.7, 8.0, 100.25):
        assert tempo.beat_at(tempo.seconds_at(beat)) == pytest.approx(beat, abs=1e-12)


@pytest.mark.parametrize(
    ("changes", "code"),
    [((), "tempo_start"), (((1.0, 60.0),), "tempo_start"), (((0.0, 9.0),), "tempo_range"),
     (((0.0, math.nan),), "tempo_range"), (((0.0, 60.0), (4.0, 80.0), (4.0, 90.0)), "tempo_order")],
)  # fmt: skip
def test_bad_tempo_is_refused(changes: tuple[tuple[float, float], ...], code: str) -> None:
    with pytest.raises(ScoreError) as caught:
        TempoMap(changes)
    assert caught.value.code == code


def test_a_voice_range_takes_its_ends_and_no_more() -> None:
    check_range(song(DO, RE), "Suyin", 60.0, 62.0)
    with pytest.raises(ScoreError) as caught:
        check_range(song(DO, RE), "Suyin", 61.0, 80.0)
    assert caught.value.where == 'note 0 "do" (bar 1)'
    assert (
        "C4 is outside the range of Suyin, C#4 to G#5; transpose the song by +1 semitones"
        in caught.value.message
    )


def test_a_song_too_high_is_moved_down_and_a_song_too_wide_is_not_moved() -> None:
    with pytest.raises(ScoreError, match="transpose the song by -7"):
        check_range(song(DO, RE), "Suyin", 40.0, 55.0)
    with pytest.raises(ScoreError, match="spans 2 semitones"):
        check_range(song(DO, RE), "Suyin", 61.0, 62.0)


def test_breaths_have_no_pitch_to_check() -> None:
    check_range(song(DO, Note(1.0, 1.0, 0.0, "AP")), "Suyin", 60.0, 62.0)
