"""Loudness, breathiness, tension and gender."""

from dataclasses import replace

import numpy as np
import pytest
from phrase_builders import phrase

from singer.performance.perform import perform_phrase
from singer.performance.style import Style

FLAT = Style(
    breaths=False, arch_db=0, accent_db=0, height_db=0, attack_db=0, end_breathiness=0, attack_breathiness=0,
    height_tension=0, release_db=0,
)  # fmt: skip
ROWS = [("m a", 1.0, 60), ("m a", 1.0, 60), ("m a", 1.0, 60)]


def curve(name, rows=ROWS, style=FLAT, **options):
    performed = perform_phrase(phrase(rows, **options), style)
    return performed.start_s + np.arange(performed.frames) / 100, performed.curves[name]


def at(found, time_s):
    return float(np.interp(time_s, *found))


def test_neutral_singing_is_0_db_and_silence_is_not_heard():
    times_s, level = curve("loudness_db")
    assert np.abs(level[(times_s >= 0.93) & (times_s < 4.0)]).max() < 1e-6
    assert level[0] <= -59
    assert level[-1] <= -50
    release = level[times_s >= 4.0]
    assert (np.diff(release) < 0).all()


def test_small_rests_are_silent_and_consonants_are_not():
    times_s, level = curve("loudness_db", [("m a", 1.0, 60), ("rest", 0.25, 0), ("k a", 1.0, 60)])
    assert at((times_s, level), 2.1) <= -55
    assert np.abs(level[(times_s >= 2.19) & (times_s < 3.2)]).max() < 1e-6


def test_arch():
    found = curve("loudness_db", style=replace(FLAT, arch_db=4.0, arch_peak=0.6))
    assert at(found, 1.0) == pytest.approx(-4.0, abs=0.1)
    assert at(found, 1.0 + 0.6 * 3) == pytest.approx(0.0, abs=0.01)
    assert at(found, 1.9) == pytest.approx(-1.0, abs=0.05)
    assert at(found, 3.99) == pytest.approx(-4.0, abs=0.1)


def test_accents_mark_syllables_and_not_held_notes():
    found = curve(
        "loudness_db", [("m a", 1.0, 60), ("-", 1.0, 62), ("m a", 1.0, 60)], replace(FLAT, accent_db=3.0)
    )
    assert at(found, 3.03) == pytest.approx(3.0, abs=0.1)
    assert at(found, 3.2) == pytest.approx(0.0, abs=0.01)
    assert at(found, 2.03) == pytest.approx(0.0, abs=0.01)


def test_high_notes_are_louder_and_tenser():
    rows = [("m a", 1.0, 60), ("m a", 1.0, 72)]
    loud = curve("loudness_db", rows, replace(FLAT, height_db=3.0))
    assert at(loud, 1.5) == pytest.approx(-1.5, abs=0.01)
    assert at(loud, 2.5) == pytest.approx(1.5, abs=0.01)
    tense = curve("tension", rows, replace(FLAT, height_tension=0.2))
    assert at(tense, 1.5) == pytest.approx(-0.1, abs=0.001)
    assert at(tense, 2.5) == pytest.approx(0.1, abs=0.001)


def test_the_last_note_is_let_go():
    found = curve("loudness_db", style=replace(FLAT, release_db=6.0))
    assert at(found, 3.87) == pytest.approx(0.0, abs=0.01)
    assert at(found, 3.94) == pytest.approx(-3.0, abs=0.1)
    assert at(found, 4.0) == pytest.approx(-6.0, abs=0.1)


def test_attack_after_silence_only():
    found = curve("loudness_db", style=replace(FLAT, attack_db=12.0, attack_s=0.05))
    assert at(found, 0.92) == pytest.approx(-12.0, abs=0.2)
    assert at(found, 0.98) == pytest.approx(0.0, abs=0.1)
    assert at(found, 1.93) == pytest.approx(0.0, abs=0.01)


def test_note_loudness_steps_smoothly_at_the_note():
    rows = [("m a", 1.0, 60), ("m a", 1.0, 60, {"loudness_db": 6.0}), ("m a", 1.0, 60)]
    times_s, level = found = curve("loudness_db", rows)
    assert at(found, 1.5) == pytest.approx(0.0, abs=1e-6)
    assert at(found, 2.0) == pytest.approx(3.0, abs=0.01)
    assert at(found, 2.5) == pytest.approx(6.0, abs=1e-6)
    assert at(found, 3.5) == pytest.approx(0.0, abs=1e-6)
    sung = (times_s >= 1.0) & (times_s < 3.9)
    assert np.abs(np.diff(level[sung])).max() < 2.5


def test_breaths_are_softer_and_swell():
    performed = perform_phrase(phrase(ROWS, start_s=3.0), replace(FLAT, breaths=True, breath_db=-12.0))
    breath = next(span for span in performed.phones if span.symbol == "AP")
    times_s = performed.start_s + np.arange(performed.frames) / 100
    level = performed.curves["loudness_db"]
    inside = level[(times_s >= breath.start_s) & (times_s < breath.end_s)]
    assert inside.max() == pytest.approx(-12.0, abs=0.2)
    assert inside[0] < -20
    assert inside[-1] < -20
    before_s = performed.phones[0].end_s
    assert level[times_s < before_s].max() <= -59
    between = (times_s >= breath.end_s) & (times_s < breath.end_s + 0.01)
    assert level[between].max() <= -50


@pytest.mark.parametrize("name", ["loudness_db", "breathiness", "tension", "gender"])
def test_score_curves_are_followed_and_bounded(name):
    value = -6.0 if name == "loudness_db" else 0.5
    found = curve(name, curves=[(name, ((1.0, 0.0), (2.0, value)))])
    assert at(found, 1.5) == pytest.approx(value / 2, abs=0.01)
    assert at(found, 3.0) == pytest.approx(value, abs=1e-5)
    if name != "loudness_db":
        _, values = curve(name, curves=[(name, ((1.0, 5.0),))])
        assert values.max() == 1.0


def test_the_phrase_ends_and_starts_breathy():
    found = curve("breathiness", style=replace(FLAT, end_breathiness=0.4, attack_breathiness=0.1))
    assert at(found, 1.0) == pytest.approx(0.1, abs=0.01)
    assert at(found, 2.0) == pytest.approx(0.0, abs=0.001)
    assert at(found, 3.6) == pytest.approx(0.0, abs=0.001)
    assert at(found, 4.0) == pytest.approx(0.4, abs=0.001)
