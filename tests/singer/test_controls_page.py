"""The page of the controls says what the tables in the code say."""

import re
from pathlib import Path

from singer.controls import BREATH, CONTROLS, PORTAMENTO, VIBRATO
from singer.emotions import EMOTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "controls.md").read_text(encoding="utf-8")


def test_the_documented_controls_are_the_controls() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| ([^|]+) \| ([-\d.]+) to ([-\d.]+) \| ([-\d.]+) \| ([^|]+) \|$", PAGE, re.MULTILINE
    )
    documented = [
        (name, unit, float(low), float(high), None if default == "-" else float(default), meaning)
        for name, unit, low, high, default, meaning in rows
    ]
    assert documented == [
        (name, control.unit, control.lowest, control.highest, control.default, control.meaning)
        for table in (CONTROLS, VIBRATO, PORTAMENTO, BREATH)
        for name, control in table.items()
    ]


def test_the_documented_emotions_are_the_emotions() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    documented = {
        name: (meaning, numbers(style), numbers(controls)) for name, meaning, style, controls in rows
    }
    documented = {name: entry for name, entry in documented.items() if name in EMOTIONS}
    assert documented == {
        name: (emotion.meaning, dict(emotion.style), dict(emotion.controls))
        for name, emotion in EMOTIONS.items()
    }


def numbers(cell: str) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"`(\w+)` ([-+\d.]+)", cell)}
