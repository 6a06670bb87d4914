"""What controls and emotions are judged by: every one has a correlate, and a wrong direction is seen."""

from __future__ import annotations

import numpy as np
import pytest

from bench.control_correlates import CORRELATES, Take
from bench.controls import MOST_CENTS, control_row, emotion_row, felt, still
from bench.phrase_correlates import EMOTION_CORRELATES, EMOTION_MEASURES, NOTE_CONTROLS, emotion_phrase
from bench.sung import load_voice, sing
from bench.timbre_axes import vowels
from singer.controls import BREATH, CONTROLS, PORTAMENTO, VIBRATO
from singer.emotions import EMOTIONS

NOT_JUDGED = {
    "vibrato start", "vibrato attack_s", "vibrato shape", "portamento shape", "breath length_s",
}  # fmt: skip
"""Controls of single notes that act on the place or the form of something, not on its amount."""


def test_every_control_has_a_correlate() -> None:
    """A new control needs an entry in ``bench.control_correlates.CORRELATES``."""
    assert set(CORRELATES) == set(CONTROLS)


def test_every_control_of_single_notes_is_judged_or_known_not_to_be() -> None:
    tables = {"vibrato": VIBRATO, "portamento": PORTAMENTO, "breath": BREATH}
    known = {f"{group} {name}" for group, table in tables.items() for name in table}
    assert set(NOTE_CONTROLS) | NOT_JUDGED == known
    assert not set(NOTE_CONTROLS) & NOT_JUDGED


def test_every_emotion_has_correlates_that_are_measured() -> None:
    assert set(EMOTION_CORRELATES) == set(EMOTIONS)
    for least in EMOTION_CORRELATES.values():
        assert least
        assert set(least) <= set(EMOTION_MEASURES)
        assert all(least.values())


@pytest.mark.parametrize("name", CONTROLS)
def test_values_are_in_range_and_rise(name: str) -> None:
    low, middle, high = CORRELATES[name].values
    assert low < middle < high
    for value in (low, middle, high):
        assert CONTROLS[name].refusal(name, value) is None
    assert CORRELATES[name].least != 0


def test_a_wrong_way_a_small_step_and_a_wrong_pitch_fail() -> None:
    rising, falling = CORRELATES["tension"], CORRELATES["breathiness"]
    assert control_row("tension", rising, [-30.0, -25.0, -20.0], 0.5).passed
    assert not control_row("tension", rising, [-30.0, -25.0, -25.5], 0.5).passed
    assert not control_row("tension", rising, [-20.0, -25.0, -30.0], 0.5).passed
    assert not control_row("tension", rising, [-30.0, -29.5, -20.0], 0.5).passed
    assert not control_row("tension", rising, [-30.0, -25.0, -20.0], MOST_CENTS + 0.1).passed
    assert not control_row("tension", rising, [-30.0, -25.0, -20.0], float("nan")).passed
    assert not control_row("tension", rising, [-30.0, float("nan"), -20.0], 0.5).passed
    assert control_row("breathiness", falling, [25.0, 20.0, 10.0], 0.5).passed
    assert not control_row("breathiness", falling, [10.0, 20.0, 25.0], 0.5).passed
    rough = control_row("growl", CORRELATES["growl"], [-30.0, -20.0, -10.0], None)
    assert rough.passed
    assert "pitch not judged" in rough.measured


def test_a_singer_at_the_end_of_a_control_needs_to_move_less() -> None:
    gender = CORRELATES["gender"]
    assert not control_row("gender", gender, [2.0, 0.0, -10.0], 0.5).passed
    young = control_row("gender", gender, [2.0, 0.0, -10.0], 0.5, own=-0.84)
    assert young.passed
    assert "reaches -1, -0.84, 0.16" in young.measured
    assert not control_row("gender", gender, [0.5, 0.0, -10.0], 0.5, own=-0.84).passed
    assert "reaches" not in control_row("falsetto", CORRELATES["falsetto"], [1.0, 4.0, 7.0], 0.5).measured


def test_an_emotion_must_move_each_of_its_correlates() -> None:
    before = dict.fromkeys(EMOTION_MEASURES, 100.0)
    after = before | {name: 100.0 + 2 * least for name, least in EMOTION_CORRELATES["tender"].items()}
    assert emotion_row("tender", before, after, 0.5).passed
    assert not emotion_row("tender", before, after, 5.0).passed
    for name in EMOTION_CORRELATES["tender"]:
        row = emotion_row("tender", before, after | {name: 100.0}, 0.5)
        assert not row.passed
        assert row.measured.count("(!)") == 1


def test_measures_hear_what_is_there() -> None:
    """A vowel phrase of the builtin voice beside itself, louder, and an octave of vibrato-free notes."""
    voice = load_voice("builtin")
    take = Take(sing(still(vowels(True)), voice))
    assert len(take.held) == 2
    assert take.heights_hz == pytest.approx([220.0, 220.0], rel=0.01)
    assert take.pitch_cents < 10
    for name, correlate in CORRELATES.items():
        found = correlate.measure(take, take)
        assert np.isfinite(found), name
        if name in ("gender", "mouth_opening", "pitch_cents"):
            assert found == 0.0, "beside itself nothing has moved"
    breath = Take(sing(NOTE_CONTROLS["breath loudness_db"].score(0.0), voice))
    assert breath.pitch_cents < 10, "what a tracker hears in a breath is no error"
    numbers = felt(Take(sing(emotion_phrase({}), voice)))
    assert 20 < numbers["vibrato"] < 45
    assert 10 < numbers["glide"] < 150
    assert numbers["fall"] < 0
