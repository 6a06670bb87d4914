"""Phones as mouths: the viseme of every sound, and what it is in the shapes that avatars have.

A mouth is told by few numbers: how far it stands open, whether its lips are spread or rounded, which of the five vowel
mouths of a VRM avatar it is nearest to, and what else it does (a closure, a lip bitten, a tongue shown). The names of
VRM 1.0 and 0.x, ARKit and Live2D follow from them. The table below is the only one; ``docs/timeline.md`` shows it.

Visemes are the fifteen of the OVR lip sync, which name p-b-m, f-v, th, t-d, k-g, ch-j-sh, s-z, n-l, r and five vowels; where
each phone belongs is by its place of articulation, the numbers are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.inventory import INVENTORY
from singer.errors import PerformanceError

Viseme = Literal[
    "sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou"
]  # fmt: skip
VISEMES: tuple[Viseme, ...] = get_args(Viseme)
VOWEL_VISEMES: tuple[Viseme, ...] = ("aa", "E", "ih", "oh", "ou")

VrmShape = Literal["aa", "ih", "ou", "ee", "oh"]
VRM: tuple[VrmShape, ...] = get_args(VrmShape)
Vrm0Shape = Literal["A", "I", "U", "E", "O"]
VRM0: tuple[Vrm0Shape, ...] = get_args(Vrm0Shape)
"""The same mouths in the same order as ``VRM``."""

ArkitShape = Literal[
    "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthStretchLeft", "mouthStretchRight",
    "mouthSmileLeft", "mouthSmileRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft",
    "mouthUpperUpRight", "mouthPressLeft", "mouthPressRight", "mouthRollLower", "mouthRollUpper", "cheekPuff",
    "tongueOut",
]  # fmt: skip
ARKIT: tuple[ArkitShape, ...] = get_args(ArkitShape)

Live2dShape = Literal["ParamMouthOpenY", "ParamMouthForm"]
LIVE2D: tuple[Live2dShape, ...] = get_args(Live2dShape)

_NONE: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mouth:
    """How the mouth stands for a sound at full strength.

    Attributes:
        viseme: the nearest of ``VISEMES``.
        opening: between the lips, 0 closed to 1 as wide as a sung a.
        lips: -1 rounded to 1 spread.
        vowels: VRM 1.0 mouth to its weight, 0-1.
        own: ARKit shape (both sides: without Left and Right) to what the sound adds to those of opening and lips.
        strength: what the viseme's weight is multiplied with, 0-1.
        yields: how much its lips are those of the vowel beside it, 0 to 1; at 1 it has no mouth of its own.
    """

    viseme: Viseme
    opening: float
    lips: float
    vowels: Mapping[str, float] = field(default_factory=lambda: _NONE)
    own: Mapping[str, float] = field(default_factory=lambda: _NONE)
    strength: float = 1.0
    yields: float = 0.0

    @property
    def firmness(self) -> float:
        """Share of the weight that soft singing does not take away: lips must meet for a p, however soft."""
        if self.viseme in ("PP", "FF"):
            return 1.0
        return 0.0 if self.viseme in ("sil", "kk", *VOWEL_VISEMES) else 0.5


_SHUT = {"mouthClose": 0.1, "mouthRollLower": 0.25, "mouthRollUpper": 0.2}
_HUMMED = {**_SHUT, "mouthPress": 0.25}
_BURST = {**_SHUT, "mouthPress": 0.45, "cheekPuff": 0.15}
_BITTEN = {"mouthRollLower": 0.5, "mouthUpperUp": 0.15}
_TEETH = {"mouthLowerDown": 0.15, "mouthUpperUp": 0.1}

MOUTHS: Mapping[str, Mouth] = MappingProxyType(
    {
        "p pʰ b": Mouth("PP", 0.0, 0.0, own=_BURST),
        "m m̩ p̚": Mouth("PP", 0.0, 0.0, own=_HUMMED),
        "f v": Mouth("FF", 0.08, 0.1, {"ih": 0.15}, _BITTEN),
        "ɸ": Mouth("FF", 0.08, -0.35, {"ou": 0.4}),
        "θ ð": Mouth("TH", 0.2, 0.1, {"ih": 0.2, "ee": 0.1}, {"tongueOut": 0.4}, yields=0.1),
        "t tʰ d t̚ ɾ": Mouth("DD", 0.18, 0.1, {"ih": 0.25}, yields=0.4),
        "n n̩ l": Mouth("nn", 0.2, 0.05, {"ih": 0.25}, yields=0.4),
        "ɴ": Mouth("nn", 0.12, 0.0, {"ih": 0.15}, yields=0.4),
        "k kʰ ɡ k̚ ŋ ŋ̩": Mouth("kk", 0.25, 0.0, {"aa": 0.25}, yields=0.6),
        "x h": Mouth("kk", 0.45, 0.0, {"aa": 0.45}, strength=0.6, yields=1.0),
        "ʔ Q": Mouth("kk", 0.2, 0.0, {"aa": 0.2}, strength=0.4, yields=1.0),
        "ts tsʰ s z": Mouth("SS", 0.08, 0.35, {"ih": 0.25}, _TEETH, yields=0.4),
        "tʃ dʒ ʃ ʒ": Mouth("CH", 0.14, -0.5, {"ou": 0.35}, {"mouthFunnel": 0.35}, yields=0.1),
        "ʈʂ ʈʂʰ ʂ": Mouth("CH", 0.12, -0.25, {"ou": 0.2, "ih": 0.15}, {"mouthFunnel": 0.25}, yields=0.2),
        "tɕ tɕʰ dʑ ɕ ç": Mouth("CH", 0.12, 0.45, {"ih": 0.35}, _TEETH, yields=0.2),
        "ɹ": Mouth("RR", 0.18, -0.45, {"ou": 0.3}, yields=0.2),
        "ɻ": Mouth("RR", 0.2, -0.2, {"ou": 0.2, "ih": 0.1}, yields=0.3),
        "j": Mouth("ih", 0.2, 0.6, {"ih": 0.7}),
        "ɥ": Mouth("ou", 0.14, -0.85, {"ou": 0.6, "ih": 0.25}),
        "w": Mouth("ou", 0.14, -1.0, {"ou": 0.9}),
        "i̯": Mouth("ih", 0.3, 0.5, {"ih": 0.75}),
        "y̑": Mouth("ou", 0.22, -0.6, {"ou": 0.5, "ih": 0.3}),
        "u̯": Mouth("ou", 0.27, -0.75, {"ou": 0.75}),
        "a": Mouth("aa", 1.0, 0.1, {"aa": 1.0}),
        "ɑ": Mouth("aa", 1.0, 0.0, {"aa": 1.0}),
        "ɐ": Mouth("aa", 0.75, 0.05, {"aa": 0.8}),
        "ʌ": Mouth("aa", 0.65, 0.0, {"aa": 0.7}),
        "æ": Mouth("aa", 0.85, 0.4, {"aa": 0.65, "ee": 0.35}),
        "ə": Mouth("E", 0.5, 0.0, {"aa": 0.4, "ee": 0.25}, strength=0.75),
        "ɤ": Mouth("E", 0.45, 0.15, {"ee": 0.35, "aa": 0.25}),
        "ɛ": Mouth("E", 0.65, 0.35, {"ee": 0.85, "aa": 0.15}),
        "e": Mouth("E", 0.5, 0.5, {"ee": 1.0}),
        "ɪ": Mouth("ih", 0.38, 0.5, {"ih": 0.8, "ee": 0.15}),
        "i": Mouth("ih", 0.3, 0.8, {"ih": 1.0}),
        "ɿ": Mouth("ih", 0.18, 0.6, {"ih": 0.65}, _TEETH),
        "ʅ": Mouth("ih", 0.22, 0.1, {"ih": 0.5, "ou": 0.15}),
        "y": Mouth("ou", 0.22, -0.85, {"ou": 0.6, "ih": 0.35}),
        "œ": Mouth("oh", 0.55, -0.5, {"oh": 0.6, "ee": 0.3}),
        "ɵ": Mouth("oh", 0.4, -0.5, {"oh": 0.5, "ou": 0.3}),
        "ɔ": Mouth("oh", 0.7, -0.55, {"oh": 0.85, "aa": 0.15}),
        "o": Mouth("oh", 0.5, -0.8, {"oh": 1.0}),
        "ʊ": Mouth("ou", 0.34, -0.7, {"ou": 0.8, "oh": 0.15}),
        "u": Mouth("ou", 0.26, -1.0, {"ou": 1.0}),
        "ɯ": Mouth("ou", 0.26, -0.4, {"ou": 0.8, "ih": 0.1}),
        "ɚ": Mouth("RR", 0.42, -0.35, {"oh": 0.3, "ou": 0.2}),
        "SP": Mouth("sil", 0.0, 0.0, strength=0.0),
        "AP": Mouth("aa", 0.35, 0.0, {"aa": 0.35}, strength=0.6),
    }
)
"""Blank-separated phones to the mouth that they have in common; every phone of the inventory is in it once."""

_WEIGHT_AT_0_DB = 0.8
_DB_PER_DECADE = 40.0
"""The weight goes with the square root of the amplitude: 12 dB are a factor of 2."""
_OPENING_SHARE = 0.4
"""What the control ``mouth_opening`` at 1 adds to the weight."""


@cache
def _by_symbol() -> Mapping[str, Mouth]:
    return MappingProxyType(
        {symbol: mouth for symbols, mouth in MOUTHS.items() for symbol in symbols.split()}
    )


def mouth_of(symbol: str) -> Mouth:
    """The mouth of a phone that stands alone.

    Raises:
        PerformanceError: ``unknown_phone``, if the inventory does not hold it.
    """
    known = _by_symbol()
    if symbol not in known:
        raise PerformanceError("unknown_phone", f"found {symbol!r}; allowed are {' '.join(INVENTORY)}")
    return known[symbol]


def mouth_beside(mouth: Mouth, vowel: Mouth) -> Mouth:
    """``mouth`` as it is beside a vowel: lips are rounded for the s of "soon" and spread for that of "see".

    Returns:
        as open as ``mouth`` (or as the vowel, if that is less open and ``mouth`` yields to it altogether), with the lips
        and vowel mouths drawn to those of ``vowel`` by ``mouth.yields``.
    """
    share = mouth.yields
    if share == 0.0:
        return mouth
    opening = mouth.opening
    if share == 1.0:
        opening, mouth = min(opening, vowel.opening), replace(mouth, viseme=vowel.viseme)
    amount = min(sum(mouth.vowels.values()), sum(vowel.vowels.values()))
    mixed = _mixed(_scaled(mouth.vowels, amount), _scaled(vowel.vowels, amount), share)
    return replace(mouth, opening=opening, lips=_between(mouth.lips, vowel.lips, share), vowels=mixed)


def loudness_weight(
    loudness_db: NDArray[np.float32], mouth_opening: NDArray[np.float32]
) -> NDArray[np.float64]:
    """How strong a mouth is made, frame by frame: 0.8 at the voice's own level, more if louder or more open.

    Args:
        loudness_db: float32 [T], against the voice's own level.
        mouth_opening: float32 [T], the control of that name, -1 to 1.

    Returns:
        float64 [T], 0 to 1.
    """
    loud = _WEIGHT_AT_0_DB * 10.0 ** (loudness_db.astype(np.float64) / _DB_PER_DECADE)
    return np.clip(loud * (1.0 + _OPENING_SHARE * mouth_opening), 0.0, 1.0)


def viseme_weight(mouth: Mouth, loudness: float) -> float:
    """Weight of a viseme, 0 to 1, at a ``loudness_weight``."""
    return mouth.strength * (mouth.firmness + (1.0 - mouth.firmness) * loudness)


def shapes_of(mouth: Mouth, weight: float) -> dict[str, dict[str, float]]:
    """A mouth at ``weight`` (0-1) in the names of each kind of avatar; a shape that is not named is 0.

    Returns:
        ``vrm``, ``vrm0`` and ``arkit``: shape to its weight, 0 to 1; ``live2d``: both of ``LIVE2D``.
    """
    vrm = {name: mouth.vowels[name] * weight for name in VRM if name in mouth.vowels}
    lips = mouth.lips * (0.5 + 0.5 * weight) if weight else 0.0
    return {
        "vrm": _told(vrm),
        "vrm0": _told({VRM0[VRM.index(name)]: value for name, value in vrm.items()}),
        "arkit": _told(_arkit(mouth, weight, lips)),
        "live2d": {"ParamMouthOpenY": round(mouth.opening * weight, 3), "ParamMouthForm": round(lips, 3)},
    }


def _arkit(mouth: Mouth, weight: float, lips: float) -> dict[ArkitShape, float]:
    spread, rounded, opening = max(lips, 0.0), max(-lips, 0.0), mouth.opening * weight
    shapes = {
        "jawOpen": 0.8 * opening,
        "mouthPucker": rounded * (1.0 - mouth.opening),
        "mouthFunnel": rounded * (0.2 + mouth.opening),
        "mouthStretch": 0.5 * spread,
        "mouthSmile": 0.35 * spread,
        "mouthLowerDown": 0.35 * opening * (1.0 - rounded),
        "mouthUpperUp": 0.15 * opening * (1.0 - rounded) + 0.15 * spread,
    }
    for name, value in mouth.own.items():
        shapes[name] = shapes.get(name, 0.0) + value * weight
    shapes["jawOpen"] += shapes.get("mouthClose", 0.0)  # lips that meet before a jaw that stays a little open
    return {
        shape: min(value, 1.0)
        for shape in ARKIT
        if (value := shapes.get(shape.removesuffix("Left").removesuffix("Right"), 0.0))
    }


def _told(shapes: Mapping[Any, float]) -> dict[str, float]:
    return {name: brief for name, value in shapes.items() if (brief := round(value, 3))}


def _scaled(vowels: Mapping[str, float], amount: float) -> dict[str, float]:
    total = sum(vowels.values())
    return {name: value * amount / total for name, value in vowels.items()} if total else {}


def _mixed(first: Mapping[str, float], second: Mapping[str, float], share: float) -> dict[str, float]:
    names = [name for name in VRM if name in first or name in second]
    return {name: _between(first.get(name, 0.0), second.get(name, 0.0), share) for name in names}


def _between(first: float, second: float, share: float) -> float:
    return first + (second - first) * share
