"""How one note is sung, where its writer says so: vibrato, the glide into it, the breath of an ``AP`` note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from singer.controls import BREATH, PORTAMENTO, VIBRATO, Control
from singer.errors import ScoreError


@dataclass(frozen=True, slots=True)
class Vibrato:
    """Vibrato of one note, in place of the automatic one.

    Attributes:
        depth_cents: peak deviation, 0-200; 0 switches vibrato off.
        rate_hz: 2-9.
        start: share of the note that passes before it begins, 0-1.
        attack_s: time in which it grows to full depth, 0-2.
        shape: 0 is a sine, -1 a triangle, 1 nearly a trill.
    """

    depth_cents: float
    rate_hz: float = 5.5
    start: float = 0.4
    attack_s: float = 0.4
    shape: float = 0.0

    def __post_init__(self) -> None:
        _check(self, "vibrato", VIBRATO)


@dataclass(frozen=True, slots=True)
class Portamento:
    """The glide into one note, in place of the rules' one.

    Attributes:
        time_s: length, 0.02-1; at most 35 % of either note on its side.
        shape: where it is steepest: 0 is the middle, -1 early, 1 late.
    """

    time_s: float
    shape: float = 0.0

    def __post_init__(self) -> None:
        _check(self, "portamento", PORTAMENTO)


@dataclass(frozen=True, slots=True)
class Breath:
    """The breath of an ``AP`` note.

    Attributes:
        length_s: 0.1-3, counted from its end; silence takes what is left of the note. ``None``: all of the note.
        loudness_db: level against the singing, -40 to 6; ``None``: the style's.
    """

    length_s: float | None = None
    loudness_db: float | None = None

    def __post_init__(self) -> None:
        _check(self, "breath", BREATH)


def _check(shape: Vibrato | Portamento | Breath, code: str, table: Mapping[str, Control]) -> None:
    for name, control in table.items():
        value = getattr(shape, name)
        refusal = None if value is None else control.refusal(name, value)
        if refusal:
            raise ScoreError(code, refusal, "")
