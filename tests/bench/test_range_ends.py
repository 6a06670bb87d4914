"""Pitch at both ends of the range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.material import C2, C6
from bench.options import Options
from bench.pitch import EDGE_S, Heard, cents
from bench.range_ends import ENDS, in_manner, table_rows, voices_for
from bench.sung import load_voice
from bench.trackers import LOW_RANGE_HZ, TRACKERS, track


def test_every_voice_must_reach_the_targets_at_an_end_of_the_range() -> None:
    asked_hz = np.full(1000, 1000.0)
    good = Heard(asked_hz, np.full(1000, 1.0))
    sharp = Heard(asked_hz, np.full(1000, 4.0))
    lost = Heard(asked_hz, np.where(np.arange(1000) < 20, np.nan, 1.0))
    for voices, verdicts in (
        ({"a": good, "b": good}, [True, True]),
        ({"a": good, "b": sharp}, [False, True]),
        ({"a": good, "b": lost}, [True, False]),
    ):
        rows = table_rows(ENDS[1], "praat", voices)
        assert [row.passed for row in rows] == verdicts
        assert all(f"{name} " in row.measured for row in rows for name in voices)


def test_voices_sing_the_ends_that_they_have(toy_options: Options) -> None:
    low, high = ENDS
    assert [voice.name for voice in voices_for(high, toy_options)] == ["builtin"]
    whole = replace(toy_options, toy=False)
    assert {"suyin", "tangli", "yaoling"} <= {voice.name for voice in voices_for(high, whole)}
    assert [voice.name for voice in voices_for(low, whole)] == ["shenlin"]
    assert all(voice.highest_midi >= C6 for voice in voices_for(high, whole))
    assert all(voice.lowest_midi <= C2 for voice in voices_for(low, whole))


def test_a_pitch_below_c3_is_heard() -> None:
    rate_hz, f0_hz = 44_100, 70.0
    times_s = np.arange(rate_hz) / rate_hz
    tone = sum(np.cos(2 * np.pi * f0_hz * number * times_s) / number for number in range(1, 30))
    for tracker in TRACKERS:
        heard = track(tracker, (0.05 * np.asarray(tone)).astype(np.float32), rate_hz, LOW_RANGE_HZ)
        middle = np.abs(heard.times_s - 0.5) < 0.3
        assert np.abs(cents(heard.f0_hz[middle], f0_hz)).max() < 3.0


def test_frames_keep_half_a_window_from_other_sounds() -> None:
    low, high = ENDS
    assert low.edge_s == 1.5 / LOW_RANGE_HZ[0] > high.edge_s == EDGE_S


def test_a_manner_is_added_to_the_character_and_stays_in_range() -> None:
    voice = replace(load_voice("builtin"), character={"tension": 0.8, "gender": 0.2})
    pressed = in_manner(voice, {"tension": 0.5}).character
    assert pressed == {"tension": 1.0, "gender": 0.2}
    assert in_manner(voice, {}).character == voice.character
