"""Pitch drawn by hand: what a score refuses, and that it is what is sung."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from api.server.live.show import from_note_on
from api.server.live.state import Manner
from singer.drawn_pitch import MIDI_RANGE, transposed_from
from singer.errors import ScoreError
from singer.score import Note, Score, TempoMap
from singer.score_io import load_score
from singer.score_json import write_score_json
from singer.song import perform_song
from voicebanks.load import load_voice

NOTES = tuple(
    Note(float(beat), 1.0, midi, lyric)
    for beat, midi, lyric in ((1, 60.0, "ma1"), (2, 64.0, "mi3"), (3, 62.0, "-"))
)
LINE = ((1.5, 60.0), (2.0, 62.5), (2.25, 62.5), (3.5, 66.0))
SCORE = Score(NOTES, tempo=TempoMap(((0.0, 120.0), (2.0, 90.0))), drawn_pitch=(LINE,))


def sung_midi(score: Score, beats: np.ndarray) -> np.ndarray:
    """MIDI numbers of a performance at some beats, straight between frames."""
    phrases = perform_song(score, load_voice("builtin")).performance.phrases
    times = np.concatenate([phrase.start_s + np.arange(phrase.frames) / 100.0 for phrase in phrases])
    f0_hz = np.concatenate([phrase.curves["f0_hz"] for phrase in phrases])
    return np.interp(
        [score.tempo.seconds_at(beat) for beat in beats], times, 69 + 12 * np.log2(f0_hz / 440.0)
    )


def test_a_drawn_line_is_sung_to_a_cent_and_nothing_else_moves() -> None:
    on_line = np.array([1.52, 1.75, 1.98, 2.2, 2.4, 2.9, 3.4])
    wanted = np.interp(on_line, *np.array(LINE).T)
    assert np.abs(sung_midi(SCORE, on_line) - wanted).max() < 0.01
    far = np.array([1.2, 1.3, 3.7, 3.8])
    assert sung_midi(SCORE, far) == pytest.approx(sung_midi(replace(SCORE, drawn_pitch=()), far), abs=1e-6)


def test_it_survives_json() -> None:
    assert load_score(write_score_json(SCORE).encode()) == SCORE


def test_it_goes_with_a_change_of_key_and_a_late_start() -> None:
    later = transposed_from((LINE,), 2.0, 3.0)
    assert later == (((1.5, 60.0), (2.0, 62.5)), ((2.0, 65.5), (2.25, 65.5), (3.5, 69.0)))
    assert transposed_from((LINE,), 0.0, 100.0) == (tuple((beat, MIDI_RANGE[1]) for beat, _ in LINE),)
    score, skipped = from_note_on(SCORE, 1, Manner(semitones=-2.0))
    assert skipped == 1
    assert score.drawn_pitch == (((0.5, 58.0), (1.0, 60.5), (1.25, 60.5), (2.5, 64.0)),)


@pytest.mark.parametrize(
    ("lines", "code", "where"),
    [
        ((((1.0, 60.0),),), "drawn_pitch_line", "line 0"),
        ((((1.0, 60.0), (1.0, 61.0)),), "drawn_pitch_order", "line 0, point 1"),
        ((LINE, ((3.4, 60.0), (4.0, 60.0))), "drawn_pitch_order", "line 1, point 0"),
        ((((1.0, 60.0), (2.0, 128.0)),), "drawn_pitch_value", "point 1"),
        ((((1.0, float("nan")), (2.0, 60.0)),), "drawn_pitch_value", "point 0"),
        ((((-1.0, 60.0), (2.0, 60.0)),), "drawn_pitch_beat", "point 0"),
    ],
)
def test_what_is_refused(lines: tuple, code: str, where: str) -> None:
    with pytest.raises(ScoreError) as caught:
        Score(NOTES, drawn_pitch=lines)
    assert caught.value.code == code
    assert where in caught.value.where
