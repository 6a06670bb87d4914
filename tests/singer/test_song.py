"""A score for a voice: range, guesses and compromises are told with their notes."""

from __future__ import annotations

import pytest

from singer.errors import LyricsError, ScoreError
from singer.score import BREATH, Note, Score
from singer.song import perform_song
from singer.voice import Voice
from voicebanks.load import load_voice


@pytest.fixture(scope="module")
def voice() -> Voice:
    return load_voice("builtin")


def score(*notes: Note) -> Score:
    return Score(notes, title="test")


def test_performance_is_for_the_voice_and_covers_the_song(voice: Voice) -> None:
    song = perform_song(score(Note(1.0, 1.0, 64.0, "好"), Note(2.0, 2.0, 67.0, "-")), voice)
    assert song.performance.voice == "builtin"
    assert song.performance.title == "test"
    assert song.performance.duration_s >= 2.0
    assert [lyric.kind for lyric in song.laid.lyrics] == ["sung", "hold"]
    assert song.warnings == ()


@pytest.mark.parametrize("midi", [35.0, 94.0])
@pytest.mark.parametrize("lyric", ["好", "-"])
def test_notes_outside_the_range_name_the_note(voice: Voice, midi: float, lyric: str) -> None:
    with pytest.raises(ScoreError) as caught:
        perform_song(score(Note(0.0, 1.0, 60.0, "你"), Note(1.0, 1.0, midi, lyric)), voice)
    assert caught.value.code == "outside_range"
    assert caught.value.where == f'note 1 "{lyric}" (bar 1)'
    assert "C2 to A6" in caught.value.message


@pytest.mark.parametrize("midi", [36.0, 93.0])
def test_the_ends_of_the_range_are_sung(voice: Voice, midi: float) -> None:
    assert perform_song(score(Note(1.0, 1.0, midi, "好")), voice).performance.phrases


def test_a_breath_has_no_pitch(voice: Voice) -> None:
    notes = (Note(0.0, 1.0, 60.0, "你"), Note(1.0, 0.5, 0.0, BREATH), Note(2.0, 1.0, 60.0, "好"))
    assert perform_song(score(*notes), voice).performance.phrases


def test_unreadable_lyrics_name_the_note(voice: Voice) -> None:
    with pytest.raises(LyricsError) as caught:
        perform_song(score(Note(0.0, 1.0, 60.0, "你"), Note(1.0, 1.0, 60.0, "Ω")), voice)
    assert caught.value.where == 'note 1 "Ω" (bar 1)'


def test_a_first_note_without_room_is_told(voice: Voice) -> None:
    song = perform_song(score(Note(0.0, 1.0, 60.0, "好")), voice)
    assert any("note 0" in warning for warning in song.warnings)
