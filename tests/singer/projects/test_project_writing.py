"""Scores to project files and back: notes to the tick, drawn pitch to a cent, and what is lost is told."""

from __future__ import annotations

import io
import math
import random
from dataclasses import replace
from itertools import pairwise

import mido
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from singer.errors import OutputError
from singer.note_shapes import Vibrato
from singer.projects.write import save_project, write_project
from singer.score import Note, Score, TempoMap
from singer.score_io import load_score
from singer.song import perform_song
from singer.time_signatures import TimeSignature, TimeSignatures
from voicebanks.load import load_voice

IN_PROCESS = ("ust", "mid", "json")
WITH_PITCH = (*IN_PROCESS, "ustx", "svp", "vsqx")


def song(seed: int, *, rests: bool = True) -> Score:
    """Some notes on odd ticks, most of them with drawn pitch that wanders by a semitone, and two changes of tempo."""
    rng = random.Random(seed)
    notes: list[Note] = []
    tick = rng.choice([0, 480, 481])
    for index in range(12):
        length = rng.randrange(60, 1200)
        lyric = rng.choice("かきくーっん") if index else "か"
        notes.append(Note(tick / 480, length / 480, float(rng.randrange(50, 75)), lyric.replace("ー", "-")))
        tick += length + (rng.choice([0, 0, 7, 240, 700]) if rests else 0)
    lines = []
    for note in notes:
        if rng.random() < 0.7:
            start, end, phase = round(note.start_beat * 480), round(note.end_beat * 480), rng.random() * 6
            ticks = sorted({start, *range(start, end, 10), end})
            lines.append(
                tuple((tick / 480, note.midi + 0.9 * math.sin(tick / 150 + phase)) for tick in ticks)
            )
    tempo = TempoMap(((0.0, 100.0), (notes[3].start_beat or 1.0, 140.5), (notes[7].end_beat, 77.0)))
    return Score(tuple(notes), "ja", tempo, title="Song", drawn_pitch=tuple(lines))


def in_ticks(score: Score) -> list[tuple[int, int, float, str]]:
    return [(round(n.start_beat * 480), round(n.end_beat * 480), n.midi, n.lyric) for n in score.notes]


def pitch_of(score: Score, tick: float) -> float | None:
    beat = tick / 480
    line = next((line for line in score.drawn_pitch if line[0][0] <= beat < line[-1][0]), None)
    return None if line is None else float(np.interp(beat, *np.array(line).T))


def largest_error_cents(score: Score, back: Score) -> float:
    """Over all drawn ticks but the first and the last of each line; infinite where the pitch was lost."""
    worst = 0.0
    for line in score.drawn_pitch:
        for tick in range(round(line[0][0] * 480) + 1, round(line[-1][0] * 480) - 1):
            found = pitch_of(back, tick)
            worst = max(
                worst, math.inf if found is None else abs(found - (pitch_of(score, tick) or 0.0)) * 100
            )
    return worst


def there_and_back(score: Score, name: str) -> tuple[Score, tuple[str, ...]]:
    document, left_out = write_project(score, name)
    return load_score(document, name=f"song.{name}"), left_out


BOUNDS_CENTS = {"ust": 1.0, "mid": 0.2, "json": 0.0, "ustx": 1.0, "svp": 0.01, "vsqx": 0.2}
"""USTX keeps whole cents, UST tenths of a millisecond."""


@pytest.mark.parametrize("name", WITH_PITCH)
def test_round_trip(name: str) -> None:
    for seed in (1, 2, 3, 4) if name in IN_PROCESS else (1,):
        score = song(seed)
        back, _ = there_and_back(score, name)
        assert in_ticks(back) == in_ticks(score)
        assert largest_error_cents(score, back) <= BOUNDS_CENTS[name]
        assert np.allclose(back.tempo.changes, score.tempo.changes)
        assert back.language == "ja"


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), name=st.sampled_from(IN_PROCESS))
def test_round_trip_of_any_song(seed: int, name: str) -> None:
    score = song(seed)
    back, _ = there_and_back(score, name)
    assert in_ticks(back) == in_ticks(score)
    assert largest_error_cents(score, back) <= BOUNDS_CENTS[name]


@pytest.mark.parametrize("name", ["json", "mid", "musicxml", "ustx", "svp", "vsqx"])
def test_time_signatures_stay_where_they_are(name: str) -> None:
    changes = (TimeSignature(0.0, 3, 4), TimeSignature(6.0, 6, 8), TimeSignature(12.0, 5, 4))
    score = replace(song(6), time_signatures=TimeSignatures(changes))
    back, left_out = there_and_back(score, name)
    assert back.time_signatures.changes == changes
    assert in_ticks(back) == in_ticks(score)
    assert np.allclose(back.tempo.changes, score.tempo.changes)
    assert not any("time signature" in text for text in left_out)


@pytest.mark.parametrize("name", ["mid", "musicxml", "ustx", "svp", "vsqx", "ust"])
def test_a_bar_that_is_cut_moves_no_note(name: str) -> None:
    cut = TimeSignatures((TimeSignature(0.0, 4, 4), TimeSignature(5.0, 3, 4)))
    score = replace(song(7), time_signatures=cut)
    back, left_out = there_and_back(score, name)
    assert in_ticks(back) == in_ticks(score)
    if name in ("mid", "musicxml"):
        assert back.time_signatures == cut
    else:
        assert any("time signatures" in text or "inside a bar" in text for text in left_out)


def test_loudness_goes_through_midi() -> None:
    score = replace(song(8), curves={"loudness_db": ((1.0, 0.0), (3.0, -12.0), (4.0, 3.0))})
    back, left_out = there_and_back(score, "mid")
    beats = np.arange(0.0, 4.0, 0.01)
    curves = [np.array(each.curves["loudness_db"]).T for each in (score, back)]
    asked, found = (np.interp(beats, *curve) for curve in curves)
    assert np.abs(np.minimum(asked, 0.0) - found).max() < 0.4
    assert any("above 0 dB" in text for text in left_out)


def test_vibrato_goes_to_synthesizer_v() -> None:
    notes = (Note(1.0, 4.0, 60.0, "か", vibrato=Vibrato(40.0, 5.0, 0.25, 0.2)), Note(5.0, 1.0, 62.0, "き"))
    score = Score(notes, "ja", TempoMap(((0.0, 120.0),)))
    back, left_out = there_and_back(score, "svp")
    assert not left_out
    held = [pitch_of(back, tick) or 60.0 for tick in range(round(2.5 * 480), round(4.2 * 480))]
    assert (max(held) - 60.0, 60.0 - min(held)) == pytest.approx((0.4, 0.4), abs=0.05)
    above = [value > 60.0 for value in held]
    crossings = sum(one != other for one, other in pairwise(above))
    assert crossings == pytest.approx(2 * 5.0 * 1.7 / 2, abs=1)
    assert pitch_of(back, 2.0 * 480 - 30) is None or abs((pitch_of(back, 1.5 * 480) or 60.0) - 60.0) < 0.02


def test_musicxml_keeps_notes_and_says_that_it_has_no_pitch() -> None:
    score = song(5)
    back, left_out = there_and_back(score, "musicxml")
    assert in_ticks(back) == in_ticks(score)
    assert np.allclose(back.tempo.changes, score.tempo.changes)
    assert any("drawn pitch" in text for text in left_out)


def test_a_performance_is_written_as_drawn_pitch() -> None:
    score = Score(tuple(Note(1.0 + beat, 1.0, 60.0 + beat, "か") for beat in range(3)), "ja")
    performance = perform_song(score, load_voice("builtin")).performance
    document, _ = write_project(score, "mid", performance)
    back = load_score(document)
    phrase = performance.phrases[0]
    times = phrase.start_s + np.arange(phrase.frames) / 100
    for tick in range(490, 1900, 20):
        sung = np.interp(tick / 480 * 0.5, times, 69 + 12 * np.log2(phrase.curves["f0_hz"] / 440))
        assert pitch_of(back, tick) == pytest.approx(sung, abs=0.01)


def test_the_midi_file_says_what_others_can_read() -> None:
    score = Score((Note(1.0, 1.0, 60.0, "好"),), "zh", drawn_pitch=(((1.0, 60.5), (2.0, 60.5)),))
    track = mido.MidiFile(file=io.BytesIO(write_project(score, "mid")[0])).tracks[1]
    assert [message.value for message in track if message.type == "control_change"][:3] == [0, 0, 24]
    bends = [message.pitch for message in track if message.type == "pitchwheel"]
    assert round(8192 * 0.5 / 24) in bends
    assert bends[-1] == 0
    (lyric,) = [message.text for message in track if message.type == "lyrics"]
    assert lyric.encode("latin-1").decode() == "好"


@pytest.mark.parametrize("name", ["ustx", "ust"])
def test_vibrato_goes_along(name: str) -> None:
    vibrato = Vibrato(depth_cents=40.0, rate_hz=5.0, start=0.25, attack_s=0.3)
    back, _ = there_and_back(Score((Note(0.0, 2.0, 60.0, "か", vibrato=vibrato),), "ja"), name)
    found = back.notes[0].vibrato
    assert found is not None
    assert (found.depth_cents, found.rate_hz, found.start) == pytest.approx((40.0, 5.0, 0.25))
    assert found.attack_s == pytest.approx(0.3)


def test_a_note_after_drawn_pitch_keeps_its_vibrato_in_ustx() -> None:
    vibrato = Vibrato(depth_cents=40.0, rate_hz=5.0, start=0.25, attack_s=0.3)
    notes = (Note(0.0, 1.0, 60.0, "か"), Note(1.0, 2.0, 64.0, "き", vibrato=vibrato))
    back, _ = there_and_back(Score(notes, "ja", drawn_pitch=(((0.0, 60.4), (1.0, 60.4)),)), "ustx")
    assert [(line[0][0], line[-1][0]) for line in back.drawn_pitch] == [(0.0, 1.0)]
    found = back.notes[1].vibrato
    assert found is not None
    assert (found.depth_cents, found.rate_hz) == (40.0, 5.0)


@pytest.mark.parametrize("name", ["ust", "ustx", "vsqx", "mid"])
def test_a_breath_does_not_change_the_language(name: str) -> None:
    """UTAU's sign for a breath is a Chinese character, VOCALOID's is a phoneme."""
    words = ("this", "AP", "night", "-")
    notes = tuple(Note(float(beat), 1.0, 60.0, word) for beat, word in enumerate(words))
    back, _ = there_and_back(Score(notes, "en", title="Night"), name)
    assert back.language == "en"
    assert [note.lyric for note in back.notes] == list(words)
    assert back.title == "Night"


def test_controls_go_along() -> None:
    curves = {
        "loudness_db": ((0.0, 0.0), (2.0, -6.0)),
        "gender": ((0.0, 0.5), (4.0, -0.5)),
        "growl": ((0.0, 0.5),),
    }
    score = Score(tuple(Note(float(beat), 1.0, 60.0, "か") for beat in range(4)), "ja", curves=curves)
    back, left_out = there_and_back(score, "ustx")
    for beat in (0.5, 1.5, 3.0):
        for name, error in (("loudness_db", 0.1), ("gender", 0.01)):
            known, found = (
                np.interp(beat, *np.array(curves[name]).T) for curves in (score.curves, back.curves)
            )
            assert found == pytest.approx(known, abs=error)
    assert left_out == ("left out: curves growl",)


def test_what_a_format_cannot_hold_is_told() -> None:
    notes = (Note(0.0, 1.0, 60.3, "か", loudness_db=3.0), Note(1.0001, 1.0, 62.0, "き", phones="k i"))
    _, left_out = write_project(Score(notes, "ja", emotion={"tender": 0.5}), "svp")
    told = "\n".join(left_out)
    for word in ("rounded to 1/480", "between keys", "emotions", "loudness_db of 1", "phones of 1"):
        assert word in told


def test_files_are_whole_or_not_there(tmp_path: object) -> None:
    with pytest.raises(OutputError, match="scores are written as"):
        save_project(song(1), f"{tmp_path}/song.xyz")
    with pytest.raises(OutputError):
        save_project(song(1), f"{tmp_path}/nowhere/song.svp")


def test_the_same_score_is_the_same_file() -> None:
    for name in WITH_PITCH:
        assert write_project(song(3), name)[0] == write_project(song(3), name)[0]
