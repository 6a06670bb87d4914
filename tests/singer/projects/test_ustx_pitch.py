"""Drawn pitch in USTX files as OpenUtau itself samples it: every fifth tick, from any tick on."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import numpy as np
import pytest
import yaml

from singer.projects.write import write_project
from singer.score import Note, Score, TempoMap
from singer.score_io import load_score
from tests.singer.projects.test_project_writing import largest_error_cents, pitch_of

GRID = 5


def song(seed: int) -> Score:
    """Short and long notes, touching or some ticks apart; vibrato of up to 90 cents on most; two changes of tempo."""
    rng = random.Random(seed)
    notes: list[Note] = []
    lines = []
    tick = rng.choice([0, 480, 481, 3])
    for _ in range(14):
        length = rng.choice([rng.randrange(12, 40), rng.randrange(40, 900)])
        note = Note(tick / 480, length / 480, float(rng.randrange(50, 75)), "か")
        notes.append(note)
        if rng.random() < 0.75:
            phase, width, depth = rng.random() * 6, rng.choice([150, 40, 28]), rng.choice([0.9, 0.5, 0.3])
            ticks = sorted({tick, *range(tick, tick + length, 2), tick + length})
            lines.append(tuple((at / 480, note.midi + depth * math.sin(at / width + phase)) for at in ticks))
        tick += length + rng.choice([0, 0, 0, 1, 2, 3, 4, 7, 700])
    tempo = TempoMap(((0.0, 100.0), (notes[3].start_beat or 1.0, 140.5), (notes[7].end_beat, 77.0)))
    return Score(tuple(notes), "ja", tempo, drawn_pitch=tuple(lines))


def sampled(document: bytes, tempo: TempoMap, begin: int) -> dict[int, float]:
    """MIDI numbers at every fifth tick from ``begin`` on, by the steps of OpenUtau's renderer.

    Keys hold up to the end of each note; pitch points, joined by lines, change them, beginning with the last sample
    before the first point, against the key of the note before while that lasts; then the curve is added.
    """
    part = yaml.safe_load(document)["voice_parts"][0]
    notes = part["notes"]
    ends = [note["position"] + note["duration"] for note in notes]
    cents = [0.0] * ((ends[-1] - begin) // GRID + 1)
    index = 0
    for note, end in zip(notes, ends, strict=True):
        while begin + index * GRID < end and index < len(cents):
            cents[index] = note["tone"] * 100
            index += 1
    for number, note in enumerate(notes):
        at_s = tempo.seconds_at(note["position"] / 480)
        points = [
            (round(tempo.beat_at(max(at_s + point["x"] / 1000, 0.0)) * 480), point["y"] * 10 + note["tone"] * 100, point["shape"])
            for point in note["pitch"]["data"]
        ]  # fmt: skip
        points.append((ends[number], points[-1][1], "l"))
        index = max(0, int((points[0][0] - begin) / GRID))
        for (x0, y0, shape), (x1, y1, _) in pairwise(points):
            while (x := begin + index * GRID) < x1 and index < len(cents):
                share = (x - x0) / (x1 - x0) if x1 > x0 else 1.0
                eased = (1 - math.cos(math.pi * min(max(share, 0.0), 1.0))) / 2 if shape == "io" else share
                before = number > 0 and x < ends[number - 1]
                cents[index] += y0 + (y1 - y0) * eased - notes[number - before]["tone"] * 100
                index += 1
    (curve,) = [curve for curve in part["curves"] if curve["abbr"] == "pitd"]
    bends = np.interp([begin + place * GRID for place in range(len(cents))], curve["xs"], curve["ys"])
    return {begin + place * GRID: (each + bends[place]) / 100 for place, each in enumerate(cents)}


@pytest.mark.parametrize("seed", range(12))
def test_openutau_sings_drawn_pitch_to_a_cent(seed: int) -> None:
    score = song(seed)
    document, left_out = write_project(score, "ustx")
    assert not left_out
    for begin in range(-GRID + 1, 1):
        samples = sampled(document, score.tempo, begin)
        worst = 0.0
        for line in score.drawn_pitch:
            first, last = round(line[0][0] * 480), round(line[-1][0] * 480)
            inside = [tick for tick in samples if first <= tick < last]
            worst = max(
                [worst, *(abs(samples[tick] - (pitch_of(score, tick) or 0.0)) * 100 for tick in inside)]
            )
        assert worst <= 1.0, begin


@pytest.mark.parametrize("seed", [100, 101, 102])
def test_short_and_close_notes_come_back_to_a_cent(seed: int) -> None:
    score = song(seed)
    back = load_score(write_project(score, "ustx")[0], name="song.ustx")
    assert largest_error_cents(score, back) <= 1.0
