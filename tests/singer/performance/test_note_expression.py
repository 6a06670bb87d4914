"""Portamento, the form of vibrato, breaths and controls of single notes."""

import numpy as np
import pytest
from phrase_builders import phrase, spans_of

from singer.note_shapes import Breath, Portamento, Vibrato
from singer.performance.perform import perform_phrase
from singer.performance.style import Style

STILL = Style(
    breaths=False, drift_cents=0, fluctuation_cents=0, vibrato_depth_cents=0, preparation_ratio=0, overshoot_ratio=0,
    scoop_cents=0, release_fall_cents=0,
)  # fmt: skip


def cents(performed, reference_midi):
    return 1200 * np.log2(performed.curves["f0_hz"].astype(float) / 440) + 6900 - 100 * reference_midi


def glided(portamento):
    """Share of the way from C4 to G4 in every frame, the second note starting on frame 0."""
    rows = [("m a", 1.5, 60), ("m a", 1.5, 67, {"portamento": portamento})]
    performed = perform_phrase(phrase(rows, start_s=1.0), STILL)
    way = cents(performed, 60) / 700
    return way, round((2.5 - performed.start_s) * 100)


def first_at(way, share):
    return int(np.argmax(way >= share))


def test_portamento_time_is_the_length_of_the_glide():
    lengths = []
    for time_s in (0.05, 0.2, 0.5, 1.0):
        way, start = glided(Portamento(time_s))
        lengths.append(first_at(way, 0.9) - first_at(way, 0.1))
        assert way[start] == pytest.approx(0.5, abs=0.02)
        assert way[start - 70] == pytest.approx(0.0, abs=1e-6)
        assert way[start + 70] == pytest.approx(1.0, abs=1e-6)
    assert lengths == sorted(lengths)
    assert lengths[-1] > 8 * lengths[0]


def test_portamento_shape_moves_its_steepest_place():
    steepest = [int(np.argmax(np.diff(glided(Portamento(0.6, shape))[0]))) for shape in (-1, -0.5, 0, 0.5, 1)]
    assert steepest == sorted(steepest)
    assert steepest[-1] - steepest[0] > 15


def test_portamento_leaves_the_middle_of_short_notes():
    rows = [("m a", 0.4, 60), ("m a", 0.4, 67, {"portamento": Portamento(1.0, 1.0)}), ("m a", 0.4, 60)]
    performed = perform_phrase(phrase(rows, start_s=1.0), STILL)
    first = round((1.5 - performed.start_s) * 100)
    assert np.median(cents(performed, 67)[first : first + 20]) == pytest.approx(0.0, abs=8)


def test_vibrato_shape_fills_its_depth():
    """Root mean square against the peak: 0.58 for a triangle, 0.71 for a sine, towards 1 for a trill."""
    found = []
    for shape in (-1.0, -0.5, 0.0, 0.5, 1.0):
        vibrato = Vibrato(100.0, 5.0, 0.0, 0.0, shape)
        performed = perform_phrase(phrase([("a", 2.0, 60, {"vibrato": vibrato})], start_s=1.0), STILL)
        first = round((1.0 - performed.start_s) * 100)
        wave = cents(performed, 60)[first + 20 : first + 180]
        assert np.abs(wave).max() <= 100.01
        assert abs(wave.mean()) < 1.0
        found.append(float(np.sqrt(np.mean(wave**2)) / 100))
    assert found[0] == pytest.approx(3**-0.5, abs=0.02)
    assert found[2] == pytest.approx(2**-0.5, abs=0.02)
    assert np.diff(found).min() > 0.02


@pytest.mark.parametrize("length_s", [0.15, 0.3, None])
def test_a_breath_lasts_as_long_as_it_says(length_s):
    rows = [("m a", 0.6, 60), ("AP", 0.8, 60, {"breath": Breath(length_s=length_s)}), ("a", 0.6, 60)]
    performed = perform_phrase(phrase(rows, start_s=1.0), STILL)
    (breath,) = [span for span in performed.phones if span.symbol == "AP"]
    assert breath.end_s == pytest.approx(2.4, abs=1e-6)
    assert breath.end_s - breath.start_s == pytest.approx(length_s or 0.8, abs=1e-6)
    before = performed.phones[performed.phones.index(breath) - 1]
    assert before.symbol == ("SP" if length_s else "a")


def test_a_breath_at_the_start_may_be_short_too():
    rows = [("AP", 0.8, 60, {"breath": Breath(length_s=0.2)}), ("m a", 0.6, 60)]
    performed = perform_phrase(phrase(rows, start_s=1.0), STILL)
    symbols = [span.symbol for span in performed.phones]
    assert symbols[:3] == ["SP", "SP", "AP"]
    assert len(spans_of(performed, "nucleus")) == 1


def test_breath_loudness_is_that_of_its_middle():
    found = []
    for loudness_db in (-30.0, -10.0, 0.0):
        rows = [
            ("m a", 0.6, 60),
            ("AP", 0.6, 60, {"breath": Breath(loudness_db=loudness_db)}),
            ("a", 0.6, 60),
        ]
        performed = perform_phrase(phrase(rows, start_s=1.0), Style(arch_db=0))
        middle = round((1.9 - performed.start_s) * 100)
        found.append(performed.curves["loudness_db"][middle])
    assert found == pytest.approx([-30.0, -10.0, 0.0], abs=0.3)


@pytest.mark.parametrize("name", ["growl", "whisper", "brightness"])
def test_controls_of_a_note_act_on_it_alone(name):
    rows = [("m a", 1.0, 60), ("m a", 1.0, 62, {"controls": {name: 0.6}}), ("m a", 1.0, 60)]
    curve = (name, ((0.0, 0.3), (10.0, 0.3)))
    performed = perform_phrase(phrase(rows, start_s=1.0, curves=[curve]), STILL)
    at = [performed.curves[name][round((time_s - performed.start_s) * 100)] for time_s in (1.5, 2.5, 3.5)]
    assert at == pytest.approx([0.3, 0.9, 0.3], abs=1e-6)
    assert np.abs(np.diff(performed.curves[name])).max() < 0.3
