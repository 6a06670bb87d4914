"""Style: bounds are kept, and the documentation lists every control with its default, bounds and unit."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from singer.errors import PerformanceError
from singer.performance.phone_timing import DEFAULT_CLASSES, DEFAULT_DURATIONS
from singer.performance.spoken_lengths import SPOKEN_LENGTHS_S
from singer.performance.style import Style

DOCS = (Path(__file__).parents[3] / "docs" / "performance.md").read_text(encoding="utf-8")
CONTROLS = [control for control in fields(Style) if control.metadata]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_bounds_are_kept(control):
    low, high = control.metadata["low"], control.metadata["high"]
    assert low <= control.default <= high
    Style(**{control.name: low})
    Style(**{control.name: high})
    for value in (low - 0.001, high + 0.001, float("nan"), float("inf")):
        with pytest.raises(PerformanceError) as caught:
            Style(**{control.name: value})
        assert (caught.value.code, caught.value.where) == ("style_range", f"style {control.name}")


def test_the_documented_controls_are_the_controls():
    rows = re.findall(r"^\| `(\w+)` \| ([-\d.]+) \| ([-\d.]+) to ([-\d.]+) \| ([^|]+) \|", DOCS, re.MULTILINE)
    documented = {name: (float(a), float(b), float(c), unit.strip()) for name, a, b, c, unit in rows}
    assert documented == {
        control.name: (
            control.default, control.metadata["low"], control.metadata["high"], control.metadata["unit"],
        )
        for control in CONTROLS
    }  # fmt: skip


def test_the_documented_lengths_are_the_lengths():
    rows = re.findall(r"^\| (\w+) \| [^|]+ \| (\d+) \| (\d+) \| (\d+) \|$", DOCS, re.MULTILINE)
    documented = {name: (int(onset), int(coda), int(share)) for name, onset, coda, share in rows}
    assert documented == {
        name: (round(timing.onset_s * 1000), round(timing.coda_s * 1000), round(timing.coda_share * 100))
        for name, timing in DEFAULT_CLASSES.items()
    }


def test_the_documented_spoken_lengths_are_those_that_are_used():
    rows = re.findall(r"^\| (onset|glide|coda) \| (\d+: .+) \|$", DOCS, re.MULTILINE)
    documented = {
        (symbol, role): int(length) / 1000
        for role, lengths in rows
        for length, symbols in (part.split(": ") for part in lengths.split("; "))
        for symbol in symbols.split()
    }
    assert documented == SPOKEN_LENGTHS_S
    assert all(
        DEFAULT_DURATIONS.length_s(*key) == pytest.approx(1.15 * length_s, abs=0.001)
        for key, length_s in SPOKEN_LENGTHS_S.items()
    )
