"""The singer's controls: one table of names, units, ranges, defaults and meanings.

Scores, performances, their JSON Schemas, ``docs/controls.md`` and the command line all read it from here. What a control
does is written where it is done: pitch in ``singer.performance``, envelope and aperiodicity in ``singer.expression``,
filters and pulses in ``singer.phonation``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that can be turned.

    Attributes:
        unit: unit of the value.
        lowest, highest: range; both ends are allowed, and the effect at them is bounded.
        default: value that is used where none is given; ``None`` if the meaning says what happens then.
        meaning: what it does.
    """

    unit: str
    lowest: float
    highest: float
    default: float | None
    meaning: str

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest value."""
        return self.lowest, self.highest

    def refusal(self, name: str, value: float) -> str | None:
        """What is wrong with ``value``, in a message that calls it ``name``; ``None`` if it is in range."""
        if math.isfinite(value) and self.lowest <= value <= self.highest:
            return None
        return f"found {name} {value:g}; {self.lowest:g} to {self.highest:g} are allowed"


def _table(**controls: Control) -> Mapping[str, Control]:
    return MappingProxyType(controls)


def _share(lowest: float, meaning: str) -> Control:
    return Control("share", lowest, 1.0, 0.0, meaning)


CONTROLS = _table(
    pitch_cents=Control("cents", -2400.0, 2400.0, 0.0, "Added to the pitch."),
    loudness_db=Control("dB", -24.0, 12.0, 0.0, "Added to the loudness; louder singing is brighter, too."),
    breathiness=_share(-1.0, "0 is the voice's own, 1 very breathy, -1 none."),
    tension=_share(-1.0, "0 is the voice's own, 1 pressed, -1 lax."),
    gender=_share(-1.0, "0 is the voice's own, 1 a larger body, -1 a smaller one."),
    brightness=_share(-1.0, "Strength of the sound above 1 kHz: 0 is the voice's own, 1 bright, -1 dark."),
    mouth_opening=_share(-1.0, "Place of the first formant: 0 is the voice's own, 1 wide open, -1 closed."),
    falsetto=_share(0.0, "From the voice's own register (0) to a thin, flutelike one (1)."),
    growl=_share(0.0, "Pulses of the voice get uneven in strength: from even (0) to a rough growl (1)."),
    vocal_fry=_share(0.0, "Pulses get lost in part, and early or late: from none (0) to a creak (1)."),
    whisper=_share(0.0, "From the voice (0) to a whisper without pitch (1)."),
    power=_share(-1.0, "Vocal effort: 0 is the voice's own, 1 powerful, -1 soft."),
    articulation=_share(-1.0, "How fully vowels are formed: 0 is the voice's own, 1 distinct, -1 slack."),
    liveliness=_share(
        -1.0, "Movement of the sound in held vowels: 0 is the voice's own, 1 twice that, -1 none."
    ),
)
"""Controls that change along a song: curves of a score, added up where several act at once. All are neutral at 0."""

COLOURS: tuple[str, ...] = tuple(name for name in CONTROLS if name != "pitch_cents")
"""Controls that are curves of a performance under their own name; ``pitch_cents`` is a part of ``f0_hz`` there."""

NOTE_COLOURS: tuple[str, ...] = tuple(name for name in COLOURS if name != "loudness_db")
"""Controls under the key ``controls`` of a note; its loudness is a key of the note itself."""

STYLE_COLOURS: tuple[str, ...] = ("power", "articulation")
"""Controls that the acoustic model takes in, in this order."""

FEATURE_COLOURS: tuple[str, ...] = (
    "loudness_db", "breathiness", "tension", "gender", "brightness", "mouth_opening", "falsetto", "power",
    "articulation",
)  # fmt: skip
"""Controls that act on features."""

CHARACTER_COLOURS: tuple[str, ...] = (*FEATURE_COLOURS, "liveliness")
"""Controls for which a voice may have settings of its own, its character."""

VIBRATO = _table(
    depth_cents=Control("cents", 0.0, 200.0, None, "Peak deviation; 0 switches vibrato off. Must be given."),
    rate_hz=Control("Hz", 2.0, 9.0, 5.5, "Cycles per second."),
    start=Control("share of the note", 0.0, 1.0, 0.4, "Part of the note that passes before it begins."),
    attack_s=Control("s", 0.0, 2.0, 0.4, "Time in which it grows to full depth."),
    shape=_share(-1.0, "Form of its wave: 0 is a sine, -1 a triangle, 1 nearly a trill."),
)
"""Vibrato of one note."""

PORTAMENTO = _table(
    time_s=Control("s", 0.02, 1.0, None, "Length; either note gives up to 35 % for it. Must be given."),
    shape=_share(-1.0, "Where it is steepest: 0 is the middle, -1 early, 1 late."),
)
"""The glide into one note."""

BREATH = _table(
    length_s=Control("s", 0.1, 3.0, None, "Length, counted from its end; if left out, as long as the note."),
    loudness_db=Control("dB", -40.0, 6.0, None, "Level against the singing; if left out, the style's."),
)
"""The breath of an ``AP`` note."""
