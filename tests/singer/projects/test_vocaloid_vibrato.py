"""Vibrato of VOCALOID's notes: hand-written files of both kinds against values reckoned from Cadencii's scale."""

from __future__ import annotations

import io
import json
import math
import zipfile

import numpy as np
import pytest

from singer.note_shapes import Vibrato
from singer.projects.vocaloid_vibrato import depth_cents, depth_of, rate_hz, rate_of
from singer.projects.write import write_project
from singer.score import Note, Score
from singer.score_io import load_score
from tests.singer.projects.sources import vpr, vsqx

PERIOD_S = 2 * math.exp(5.24 - 1.07e-2 * 50) / 1000


def shaken_vsqx(depths: str, *, bent: bool = False) -> Score:
    """The song of ``sources`` with vibrato in the last three quarters of one note: 720 ticks, or 360 of the bent one."""
    style = (
        f'<v id="vibLen">75</v><v id="vibType">1</v><seq id="vibDep">{depths}</seq>'
        '<seq id="vibRate"><cc><p>16384</p><v>50</v></cc></seq></nStyle>'
    )
    pieces = vsqx().decode().split("</nStyle>")
    ends = ["</nStyle>"] * 4
    ends[0 if bent else 3] = style
    joined = "".join(piece + end for piece, end in zip(pieces, [*ends, ""], strict=True))
    return load_score(joined.encode(), name="song.vsqx")


def shaken_vpr(vibrato: object) -> Score:
    """The song of ``sources`` with vibrato of its last note, which has 960 ticks."""
    with zipfile.ZipFile(io.BytesIO(vpr())) as archive:
        sequence = json.loads(archive.read("Project/sequence.json"))
    sequence["tracks"][0]["parts"][1]["notes"][0]["vibrato"] = vibrato
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Project/sequence.json", json.dumps(sequence))
    return load_score(packed.getvalue(), name="song.vpr")


def test_steady_vibrato_is_the_notes_own() -> None:
    constant = {
        "type": 1,
        "duration": 720,
        "depths": [{"pos": 0, "value": 64}],
        "rates": [{"pos": 0, "value": 50}],
    }
    for score in (shaken_vsqx("<cc><p>16384</p><v>64</v></cc>"), shaken_vpr(constant)):
        found = score.notes[3].vibrato
        assert found is not None
        assert found.depth_cents == pytest.approx(250 * 64 / 127 / 2)
        assert found.rate_hz == pytest.approx(1 / PERIOD_S)
        assert found.start == pytest.approx(0.25)
        assert found.attack_s == pytest.approx(0.2 * 720 / 480 * 60 / 140)
        assert [note.vibrato for note in score.notes[:3]] == [None] * 3
        assert "vibrato" not in "\n".join(score.warnings)


def test_vibrato_that_changes_is_drawn() -> None:
    """Depth 32, from the middle of the note on 96: crests as high as these, and as far apart as a period."""
    depths = [{"pos": 0, "value": 32}, {"pos": 240, "value": 96}]
    in_ticks = {"type": 1, "duration": 720, "depths": depths, "rates": [{"pos": 0, "value": 50}]}
    in_parts = "<cc><p>16384</p><v>32</v></cc><cc><p>32768</p><v>96</v></cc>"
    for score in (shaken_vsqx(in_parts), shaken_vpr(in_ticks)):
        assert score.notes[3].vibrato is None
        (line,) = [line for line in score.drawn_pitch if line[0][0] > 4]
        assert line[0] == (4.5, 67.0)
        assert line[-1][0] == 6.0
        begun_s = np.array([(beat - 4.5) * 60 / 140 for beat, _ in line])
        cents = np.array([midi - 67 for _, midi in line]) * 100
        depth = np.where(begun_s < 0.5 * 60 / 140, 32, 96) * 250 / 127 / 2
        full_s = 1.5 * 60 / 140
        ramp = np.minimum(1, np.minimum(begun_s, full_s - begun_s) / (0.2 * full_s))
        assert np.allclose(cents, depth * ramp * np.sin(2 * np.pi * begun_s / PERIOD_S), atol=0.5)


def test_vibrato_lies_on_top_of_a_bend() -> None:
    """か is bent by 50 cents from tick 600 to 720, and shakes from tick 600 to 960."""
    plain, shaken = load_score(vsqx()), shaken_vsqx("<cc><p>16384</p><v>64</v></cc>", bent=True)
    assert shaken.notes[0].vibrato is None
    before, after = np.array(plain.drawn_pitch[0]).T, np.array(shaken.drawn_pitch[0]).T
    beats = np.arange(480, 960, 5) / 480
    difference = np.interp(beats, *after) - np.interp(beats, *before)
    assert np.all(difference[beats < 1.25] == 0)
    crest = depth_cents(64) / 100
    assert 0.9 * crest < difference.max() <= crest
    assert -crest <= difference.min() < -0.9 * crest


def test_vibrato_goes_to_vsqx_and_back() -> None:
    own = Vibrato(depth_cents=40.0, rate_hz=5.5, start=0.4, attack_s=0.12)
    document, left_out = write_project(Score((Note(0.0, 2.0, 60.0, "か", vibrato=own),), "ja"), "vsqx")
    found = load_score(document, name="song.vsqx").notes[0].vibrato
    assert found is not None
    assert found.depth_cents == pytest.approx(40, abs=0.5)
    assert found.rate_hz == pytest.approx(5.5, rel=0.006)
    assert (found.start, found.attack_s) == pytest.approx((0.4, 0.12))
    assert not any("vibrato" in text for text in left_out)


def test_the_scales_have_inverses() -> None:
    for value in range(128):
        assert depth_of(depth_cents(value)) == value
        assert rate_of(rate_hz(value)) == value
    assert (depth_of(200.0), rate_of(2.0), rate_of(11.0)) == (127, 0, 127)


def test_what_is_no_vibrato_is_none() -> None:
    for vibrato in (
        None,
        {"type": 0, "duration": 0},
        {"type": 1, "duration": 720, "depths": [{"pos": 0, "value": 0}]},
    ):
        score = shaken_vpr(vibrato)
        assert score.notes[3].vibrato is None
        assert all(line[-1][0] <= 4 for line in score.drawn_pitch)
