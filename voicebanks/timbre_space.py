"""The space of timbres: five named axes, each a linear map to settings of the controls and a shift of the range.

A singer is a point with a value from -1 to 1 on each axis; 0 everywhere is the voice that the singer is made from. What
each pole adds was chosen by measuring sung sound, so that steps along an axis are about even (``bench/timbre_axes.py``; the
table is in ``docs/voices.md``). What all axes together can add to a control stays inside its range, so that nothing is cut off.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from singer.errors import VoicebankError

LOWEST, HIGHEST = -1.0, 1.0


@dataclass(frozen=True, slots=True)
class Pole:
    """One end of an axis.

    Attributes:
        meaning: what the voice is like there.
        settings: name of a control to what is added to it.
        range_semitones: how far the range moves.
    """

    meaning: str
    settings: Mapping[str, float]
    range_semitones: float = 0.0


@dataclass(frozen=True, slots=True)
class Axis:
    """A direction that a person can name: linear from 0 to either pole.

    Attributes:
        low, high: the poles at -1 and 1.
    """

    low: Pole
    high: Pole


SPACE: Mapping[str, Axis] = MappingProxyType(
    {
        "sweet": Axis(
            Pole("stern: firm closing of the folds, open vowels", {"tension": 0.3, "mouth_opening": 0.3}),
            Pole("sweet: soft closing, small vowels", {"falsetto": 0.25, "mouth_opening": -0.3}),
        ),
        "young": Axis(
            Pole(
                "grown: a longer vocal tract, darker, some breath",
                {"gender": 0.35, "brightness": -0.25, "breathiness": 0.1},
                -3.0,
            ),
            Pole(
                "young: a shorter vocal tract, clear and light",
                {"gender": -0.4, "brightness": 0.25, "breathiness": -0.2},
                2.0,
            ),
        ),
        "feminine": Axis(
            Pole("masculine: a longer vocal tract", {"gender": 0.6}, -7.0),
            Pole("feminine: a shorter vocal tract", {"gender": -0.6}, 2.0),
        ),
        "bright": Axis(
            Pole("dark: weak above 1 kHz", {"brightness": -0.7}),
            Pole("bright: strong above 1 kHz", {"brightness": 0.7}),
        ),
        "husky": Axis(
            Pole("clear: hardly any noise", {"breathiness": -0.45}),
            Pole("husky: much noise", {"breathiness": 0.35}),
        ),
    }
)
"""Every axis, by name."""

AXES: tuple[str, ...] = tuple(SPACE)


def axis_refusal(name: str, value: float) -> str | None:
    """What is wrong with ``value`` on the axis ``name``; ``None`` if it is a place in the space."""
    if name not in SPACE:
        return f"found axis {name[:40]!r}; known are {', '.join(AXES)}"
    if math.isfinite(value) and LOWEST <= value <= HIGHEST:
        return None
    return f"found {name} {value:g}; {LOWEST:g} to {HIGHEST:g} are allowed"


def check_axes(axes: Mapping[str, float]) -> None:
    """Raise ``VoicebankError`` (``axis``) for an axis that is unknown or a value that is out of range."""
    for name, value in axes.items():
        if refusal := axis_refusal(name, value):
            raise VoicebankError("axis", refusal, f"axis {name[:40]}")


def character_of(axes: Mapping[str, float]) -> dict[str, float]:
    """Settings of the controls at a point of the space; axes that are left out are 0, and controls at 0 are left out.

    Raises:
        VoicebankError: an axis is unknown or out of range.
    """
    check_axes(axes)
    settings: dict[str, float] = {}
    for name in AXES:
        for control, amount in _pole(name, axes).settings.items():
            settings[control] = settings.get(control, 0.0) + abs(axes.get(name, 0.0)) * amount
    return {control: rounded for control, amount in settings.items() if (rounded := round(amount, 4))}


def range_shift_semitones(axes: Mapping[str, float]) -> float:
    """How far the range moves at a point of the space, in whole semitones.

    Raises:
        VoicebankError: an axis is unknown or out of range.
    """
    check_axes(axes)
    shift = sum(abs(axes.get(name, 0.0)) * _pole(name, axes).range_semitones for name in AXES)
    return float(math.floor(shift + 0.5))


def _pole(name: str, axes: Mapping[str, float]) -> Pole:
    return SPACE[name].high if axes.get(name, 0.0) >= 0.0 else SPACE[name].low
