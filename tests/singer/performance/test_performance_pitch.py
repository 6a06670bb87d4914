"""Pitch, part by part: each test leaves one control on and looks at what it does."""

from dataclasses import replace

import numpy as np
import pytest
from phrase_builders import phrase

from singer.note_shapes import Vibrato
from singer.performance.perform import perform_phrase
from singer.performance.pitch import pitch_targets
from singer.performance.style import Style
from singer.performance.vibrato import automatic_vibrato

PLAIN = Style(
    breaths=False, preparation_ratio=0, overshoot_ratio=0, scoop_cents=0, release_fall_cents=0,
    vibrato_depth_cents=0, drift_cents=0, fluctuation_cents=0,
)  # fmt: skip


def pitch(rows, style=PLAIN, **options):
    """Times in seconds and pitch in cents above MIDI 0."""
    performed = perform_phrase(phrase(rows, **options), style)
    times_s = performed.start_s + np.arange(performed.frames) / 100
    return times_s, 6900 + 1200 * np.log2(performed.curves["f0_hz"].astype(float) / 440)


def at(times_s, cents, time_s):
    return float(np.interp(time_s, times_s, cents))


def test_without_any_control_the_pitch_is_the_score():
    _, cents = pitch([("m a", 1.0, 69), ("n a", 1.0, 69)])
    assert np.abs(cents - 6900).max() < 0.01


@pytest.mark.parametrize(("interval", "length_s"), [(2, 0.07), (12, 0.12), (-12, 0.12), (19, 0.12)])
def test_glide_is_centred_on_the_note_and_monotone(interval, length_s):
    times_s, cents = pitch([("m a", 1.0, 60), ("n a", 1.0, 60 + interval)])
    assert at(times_s, cents, 2.0) == pytest.approx(6000 + 50 * interval, abs=0.5)
    steps = np.diff(cents) * np.sign(interval)
    assert steps.min() > -0.01
    moving = times_s[1:][steps > 0.01]
    assert moving[0] >= 2.0 - length_s / 2 - 1e-6
    assert moving[-1] <= 2.0 + length_s / 2 + 0.01
    assert len(moving) >= length_s * 100 - 2


def test_glides_of_fast_notes_leave_the_middle_of_the_note():
    times_s, cents = pitch([("m a", 0.5, 60), ("n a", 0.08, 72), ("m a", 0.5, 60)])
    assert at(times_s, cents, 1.54) == pytest.approx(7200, abs=1)


def test_glide_lead_moves_the_centre():
    times_s, cents = pitch([("m a", 1.0, 60), ("n a", 1.0, 62)], replace(PLAIN, glide_lead_s=0.05))
    assert at(times_s, cents, 1.95) == pytest.approx(6100, abs=0.5)


@pytest.mark.parametrize("interval", [5, -5])
def test_preparation_goes_against_the_glide_and_overshoot_beyond_it(interval):
    rows = [("m a", 1.0, 60), ("n a", 1.0, 60 + interval)]
    sign = np.sign(interval)
    times_s, cents = pitch(rows, replace(PLAIN, preparation_ratio=0.04))
    before = (times_s > 1.5) & (times_s < 2.5)
    assert (sign * (cents[before] - 6000)).min() == pytest.approx(-20, abs=4)
    assert (sign * (cents - 6000 - 100 * interval)).max() < 0.01
    times_s, cents = pitch(rows, replace(PLAIN, overshoot_ratio=0.04))
    assert (sign * (cents - 6000 - 100 * interval)).max() == pytest.approx(20, abs=4)
    assert (sign * (cents - 6000)).min() > -0.01
    settled = times_s > 2.0 + 0.06 + PLAIN.settle_s
    assert np.abs(cents[settled] - 6000 - 100 * interval).max() < 0.01


def test_preparation_and_overshoot_are_bounded():
    rows = [("m a", 1.0, 60), ("n a", 1.0, 84)]
    _, cents = pitch(rows, replace(PLAIN, overshoot_ratio=0.3, preparation_ratio=0.3))
    assert cents.max() <= 8400 + 25.01
    assert cents.min() >= 6000 - 20.01


def test_scoop_after_silence_only():
    rows = [("m a", 1.0, 60), ("m a", 1.0, 60), ("rest", 0.2, 0), ("m a", 1.0, 60)]
    times_s, cents = pitch(rows, replace(PLAIN, scoop_cents=50))
    assert cents[0] == pytest.approx(5950, abs=0.1)
    assert at(times_s, cents, 1.08) == pytest.approx(6000, abs=0.5)
    assert np.abs(cents[(times_s > 1.1) & (times_s < 3.0)] - 6000).max() < 0.1
    assert cents[(times_s > 3.1) & (times_s < 3.2)].min() < 5960
    assert at(times_s, cents, 3.3) == pytest.approx(6000, abs=0.5)


def test_the_end_of_the_phrase_falls():
    times_s, cents = pitch([("m a", 1.0, 60), ("m a", 1.0, 60)], replace(PLAIN, release_fall_cents=40))
    assert cents[-1] == pytest.approx(5960, abs=0.5)
    assert np.abs(cents[times_s < 2.9] - 6000).max() < 0.1


class TestVibrato:
    def test_short_notes_have_none(self):
        _, cents = pitch([("m a", 0.59, 60)], replace(PLAIN, vibrato_depth_cents=50))
        assert np.abs(cents - 6000).max() < 0.01

    def test_it_starts_late_and_grows(self):
        times_s, cents = pitch([("m a", 2.0, 60)], replace(PLAIN, vibrato_depth_cents=50))
        away = np.abs(cents - 6000)
        assert away[times_s < 1.65].max() < 3
        assert 5 < away[(times_s > 1.7) & (times_s < 1.9)].max() < 35
        assert away[(times_s > 2.2) & (times_s < 2.8)].max() == pytest.approx(50, abs=3)
        assert away[times_s > 3.0].max() < 0.01

    @pytest.mark.parametrize("length_s", [0.6, 0.8, 1.0, 1.7, 3.3])
    def test_rate_lies_between_5_and_6_hz(self, length_s):
        found = automatic_vibrato(length_s, Style())
        assert 5.0 <= found.rate_hz <= 6.0
        cycles = found.rate_hz * length_s * (1 - found.start)
        assert cycles == pytest.approx(round(cycles), abs=1e-6)
        assert found.start * length_s >= 0.25 - 1e-9

    def test_each_of_tied_notes_is_centred(self):
        rows = [("m a", 1.0, 60), ("-", 0.5, 60), ("-", 0.7, 60), ("-", 1.3, 60)]
        times_s, cents = pitch(rows, replace(PLAIN, vibrato_depth_cents=100, drift_cents=10))
        for start_s, length_s in ((1.0, 1.0), (2.0, 0.5), (2.5, 0.7), (3.2, 1.3)):
            middle = (times_s >= start_s + length_s / 4) & (times_s < start_s + length_s * 3 / 4)
            assert abs(np.median(cents[middle]) - 6000) < 0.5
        assert np.abs(np.diff(cents)).max() < 40

    def test_it_is_centred_on_the_note(self):
        times_s, cents = pitch([("m a", 2.0, 60)], replace(PLAIN, vibrato_depth_cents=80))
        middle = (times_s >= 1.5) & (times_s < 2.5)
        assert abs(np.mean(cents[middle]) - 6000) < 3

    def test_a_note_may_ask_for_its_own(self):
        own = {"vibrato": Vibrato(depth_cents=100, rate_hz=4.0, start=0.0, attack_s=0.0)}
        times_s, cents = pitch([("m a", 0.5, 60, own), ("m a", 2.0, 60)], PLAIN)
        # at 4 Hz the first crest comes after 1/16 s, the trough after 3/16 s
        assert at(times_s, cents, 1.06) == pytest.approx(6100, abs=2)
        assert at(times_s, cents, 1.19) == pytest.approx(5900, abs=2)
        assert np.abs(cents[times_s > 1.5] - 6000).max() < 0.01

    def test_a_later_start_is_a_later_swing(self):
        for start in (0.0, 0.2, 0.45, 0.7):
            own = {"vibrato": Vibrato(depth_cents=100, rate_hz=4.3, start=start, attack_s=0.0)}
            times_s, cents = pitch([("m a", 2.0, 60, own)])
            away = np.abs(cents - 6000)
            assert away[times_s < 1.0 + 2.0 * start].max() < 0.01
            assert times_s[np.argmax(away > 20)] == pytest.approx(1.0 + 2.0 * start, abs=0.03)
            crest_s = 1.0 + 2.0 * start + 0.25 / 4.3
            assert at(times_s, cents, crest_s) == pytest.approx(6100, abs=4)

    @pytest.mark.parametrize("attack_s", [0.3, 0.6, 1.2])
    def test_it_grows_as_long_as_its_attack(self, attack_s):
        own = {"vibrato": Vibrato(depth_cents=100, rate_hz=9.0, start=0.2, attack_s=attack_s)}
        times_s, cents = pitch([("m a", 2.5, 60, own)])
        away = np.abs(cents - 6000)
        crests = np.flatnonzero((away[1:-1] > away[:-2]) & (away[1:-1] >= away[2:])) + 1
        since_s, height = times_s[crests] - 1.5, away[crests]
        growing = since_s < attack_s
        assert np.diff(height[growing]).min() > -5
        assert height[growing][0] < 30
        assert np.interp(attack_s / 2, since_s, height) == pytest.approx(50, abs=10)
        full = (since_s > attack_s) & (since_s < 1.8)
        assert height[full] == pytest.approx(100, abs=8)

    def test_depth_0_switches_it_off(self):
        off = {"vibrato": Vibrato(depth_cents=0)}
        _, cents = pitch([("m a", 2.0, 60, off)], replace(PLAIN, vibrato_depth_cents=50))
        assert np.abs(cents - 6000).max() < 0.01

    def test_tied_notes_share_one_vibrato(self):
        tied = phrase([("m a", 1.0, 60), ("-", 1.0, 60), ("-", 1.0, 62)])
        assert [(t.start_s, t.end_s, t.cents) for t in pitch_targets(tied.notes)] == [
            (1.0, 3.0, 6000.0),
            (3.0, 4.0, 6200.0),
        ]


def test_drift_is_small_slow_and_seeded_by_content():
    style = replace(PLAIN, drift_cents=2.5, fluctuation_cents=1.2)
    _, cents = pitch([("m a", 8.0, 60)], style)
    away = cents - 6000
    assert 1.0 < away.std() < 4.5
    assert np.abs(away).max() < 12
    assert np.abs(np.diff(away)).max() < 2
    _, elsewhere = pitch([("m a", 8.0, 60)], style, start_s=31.0)
    assert np.array_equal(cents, elsewhere)
    _, other = pitch([("n a", 8.0, 60)], style)
    assert not np.array_equal(cents, other)


def test_drift_survives_edits_of_expression():
    style = replace(PLAIN, drift_cents=2.5)
    _, cents = pitch([("m a", 2.0, 60)], style)
    _, louder = pitch([("m a", 2.0, 60, {"loudness_db": 6.0})], style)
    assert np.array_equal(cents, louder)


def test_the_scores_pitch_curve_is_added():
    curve = ("pitch_cents", ((1.5, 0.0), (2.0, 200.0), (2.5, -100.0)))
    times_s, cents = pitch([("m a", 2.0, 60)], curves=[curve])
    assert at(times_s, cents, 1.2) == pytest.approx(6000, abs=0.1)
    assert at(times_s, cents, 1.75) == pytest.approx(6100, abs=0.1)
    assert at(times_s, cents, 2.0) == pytest.approx(6200, abs=0.1)
    assert at(times_s, cents, 2.9) == pytest.approx(5900, abs=0.1)


def test_small_rests_change_pitch_in_silence():
    times_s, cents = pitch([("m a", 0.5, 60), ("rest", 0.2, 0), ("a", 0.5, 72)])
    assert at(times_s, cents, 1.5) == pytest.approx(6000, abs=0.5)
    assert at(times_s, cents, 1.6) == pytest.approx(6600, abs=1)
    assert at(times_s, cents, 1.7) == pytest.approx(7200, abs=0.5)


def test_a_phrase_of_breath_alone_has_a_pitch():
    _, cents = pitch([("AP", 0.5, 60)])
    assert np.abs(cents - 6000).max() < 0.01


def test_extreme_pitch_is_kept_in_bounds():
    performed = perform_phrase(phrase([("m a", 0.5, 127)], curves=[("pitch_cents", ((0.0, 2400.0),))]))
    assert performed.curves["f0_hz"].max() == 5000
