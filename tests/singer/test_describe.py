import pytest

from singer.describe import describe_file, describe_score
from singer.errors import ScoreError
from singer.score import Note, Score, TempoMap
from tests.singer.make_import_examples import EXAMPLES
from tests.singer.score_files import Sung, midi_file, midi_track


def test_a_score_is_described_by_what_it_holds() -> None:
    notes = (
        Note(4, 2, 60.0, "好"),
        Note(6, 1, 64.25, "-"),
        Note(7, 1, 0.0, "AP"),
        Note(8, 1, 57.0, "ok"),
        Note(9, 1, 57.0, "か"),
    )
    score = Score(notes, "zh", TempoMap(((0.0, 120.0), (8.0, 60.0))), "t", "v", {"tension": ((0.0, 0.1),)})
    assert describe_score(score) == {
        "title": "t", "voice": "v", "language": "zh", "languages": ["zh", "en", "ja"],
        "notes": 5, "held": 1, "breaths": 1,
        "lowest": "A3", "highest": "E4+25c", "lowest_midi": 57.0, "highest_midi": 64.25,
        "first_note_s": 2.0, "duration_s": 6.0, "bars": 3, "time_signatures": [{"beat": 0.0, "signature": "4/4"}],
        "tempo": [{"beat": 0.0, "bpm": 120.0}, {"beat": 8.0, "bpm": 60.0}], "curves": ["tension"],
    }  # fmt: skip


def test_a_file_is_described_with_its_tracks() -> None:
    described = describe_file(EXAMPLES / "imports" / "amazing_grace.mid")
    assert described["format"] == "midi"
    assert described["problem"] is None
    assert described["score"]["notes"] == 32
    assert described["tracks"] == [
        {"number": 1, "name": "Voice", "notes": 32, "syllables": 28},
        {"number": 2, "name": "Bass", "notes": 15, "syllables": 0},
    ]
    assert describe_file(EXAMPLES / "imports" / "amazing_grace.musicxml")["tracks"] == described["tracks"]


def test_a_file_without_a_clear_track_still_shows_its_tracks() -> None:
    described = describe_file(midi_file(midi_track([Sung(0, 1, 60)], name="Flute")))
    assert described["score"] is None
    assert "no lyric" in described["problem"]
    assert [track["name"] for track in described["tracks"]] == ["Flute"]


def test_a_broken_score_is_an_error() -> None:
    with pytest.raises(ScoreError):
        describe_file(b"{}")
