"""The performance: which phone when, at which pitch and how: the editable document before the sound."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.phones import LANGUAGES, ROLES, Language, Role
from singer.controls import COLOURS, CONTROLS
from singer.errors import PerformanceError

FRAME_RATE_HZ = 100.0
CURVES: tuple[str, ...] = ("f0_hz", *COLOURS)
FIRST_CURVES: tuple[str, ...] = ("f0_hz", "loudness_db", "breathiness", "tension", "gender")
LATER_CURVES: tuple[str, ...] = tuple(name for name in CURVES if name not in FIRST_CURVES)
"""Controls that came to the format later: a performance without one of them has it neutral."""
CURVE_BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {name: CONTROLS[name].bounds for name in COLOURS}
    | {"f0_hz": (20.0, 5000.0), "loudness_db": (-96.0, 24.0)}
)
"""Lowest and highest value of each curve."""

Mark = Literal["auto", "edited"]
MARKS: tuple[Mark, ...] = ("auto", "edited")
SLACK_S = 1e-6
"""Times this close are the same. A song moved in time differs by float error, and must not fall to the other side
of a limit."""


@dataclass(frozen=True, slots=True)
class PhoneSpan:
    """One phone in time.

    Attributes:
        symbol: inventory symbol, or ``SP`` (silence) or ``AP`` (breath).
        role: role in the syllable; ``None`` for SP and AP.
        language: language of the syllable; ``None`` for SP and AP.
        start_s, end_s: absolute seconds; spans of a phrase join without gaps and start at the phrase's
            ``start_s``.
        note: index in the score of the note that it belongs to; ``None`` for SP that belongs to none.
        sung_as: phoneme of the imported bank that the performance was made for, ``-`` where the one before is held on; then
            ``symbol`` is the nearest sound of the inventory. ``None`` in performances for the engine's own voices.
    """

    symbol: str
    role: Role | None
    language: Language | None
    start_s: float
    end_s: float
    note: int | None
    sung_as: str | None = None


@dataclass(frozen=True, slots=True)
class PhrasePerformance:
    """One phrase, ready to be sung.

    Attributes:
        start_s: absolute time of frame 0, a whole number of frames (10 ms) from beat 0.
        phones: at least one; they cover ``start_s`` to ``end_s`` (= start_s + T / 100, to half a frame)
            without gaps.
        curves: every name of ``CURVES`` to float32 [T] at 100 frames/s: ``f0_hz`` is positive in every frame
            (what an unvoiced phone does with it is the voice's business), ``loudness_db`` is relative to the
            voice's own level, the rest are the controls of ``singer.controls``. Those of ``LATER_CURVES`` may
            be left out when a phrase is made; it then has them neutral.
        marks: curve name to ``auto`` (made by the rules) or ``edited`` (by hand: kept when the phrase is
            performed again).
        index: number of the phrase in the song.
    """

    start_s: float
    phones: tuple[PhoneSpan, ...]
    curves: Mapping[str, NDArray[np.float32]]
    marks: Mapping[str, Mark]
    index: int

    @property
    def frames(self) -> int:
        """Number of frames T."""
        return len(self.curves["f0_hz"])

    @property
    def end_s(self) -> float:
        """Absolute end in seconds."""
        return self.start_s + self.frames / FRAME_RATE_HZ

    def __post_init__(self) -> None:
        where = f"phrase {self.index}"
        _check_curves(self.curves, where)
        still = np.zeros(self.frames, np.float32)
        object.__setattr__(self, "curves", {name: self.curves.get(name, still) for name in CURVES})
        object.__setattr__(self, "marks", dict.fromkeys(LATER_CURVES, "auto") | dict(self.marks))
        if set(self.marks) != set(CURVES) or not set(self.marks.values()) <= set(MARKS):
            message = f"found marks {dict(self.marks)}; each of {', '.join(CURVES)} is {' or '.join(MARKS)}"
            raise PerformanceError("marks", message, where)
        if not self.phones:
            raise PerformanceError("empty_phrase", "a phrase needs at least one phone", where)
        frame = self.start_s * FRAME_RATE_HZ
        if not (0 <= frame < math.inf) or abs(frame - round(frame)) > SLACK_S * FRAME_RATE_HZ:
            message = (
                f"found start_s {self.start_s}; it must be 0 or more and a whole number of frames (0.01 s)"
            )
            raise PerformanceError("phrase_start", message, where)
        _check_spans(self.phones, self.start_s, self.end_s, where)


@dataclass(frozen=True, slots=True)
class Performance:
    """A performed song: phrases by rising start, none overlapping.

    Attributes:
        voice: name of the voice it was made for.
        title: title of the song.
        duration_s: length of the song in seconds, at least the end of the last phrase.
        phrases: may be empty only for a song without sung notes.
    """

    voice: str
    title: str
    duration_s: float
    phrases: tuple[PhrasePerformance, ...]


def _check_curves(curves: Mapping[str, NDArray[np.float32]], where: str) -> None:
    if not set(FIRST_CURVES) <= set(curves) <= set(CURVES):
        message = f"found curves {sorted(curves)}; needed are {sorted(FIRST_CURVES)}"
        raise PerformanceError("curves", f"{message}, allowed {sorted(LATER_CURVES)}", where)
    frames = len(curves["f0_hz"])
    if frames == 0:
        raise PerformanceError("empty_phrase", "a phrase needs at least one frame", where)
    for name, values in curves.items():
        if values.dtype != np.float32 or values.shape != (frames,):
            message = (
                f"found {values.dtype} {list(values.shape)}; it must be float32 [{frames}], as long as f0_hz"
            )
            raise PerformanceError("curve_shape", message, f"{where}, {name}")
        low, high = CURVE_BOUNDS[name]
        bad = ~((values >= low) & (values <= high))
        if bad.any():
            frame = int(np.argmax(bad))
            message = f"found {values[frame]}; {low:g} to {high:g} are allowed"
            raise PerformanceError("curve_range", message, f"{where}, {name}, frame {frame}")


def _check_spans(spans: Sequence[PhoneSpan], start_s: float, end_s: float, where: str) -> None:
    """Each phone has a role and a language or neither, and starts where the one before ends."""
    reached_s = start_s
    for place, span in enumerate(spans):
        here = f'{where}, phone {place} "{span.symbol}"'
        if span.role not in (None, *ROLES):
            raise PerformanceError(
                "phone_role", f"found role {span.role}; allowed are {', '.join(ROLES)}", here
            )
        if (span.language is None) != (span.role is None) or span.language not in (None, *LANGUAGES):
            allowed = "none" if span.role is None else f"one of {', '.join(LANGUAGES)}"
            raise PerformanceError(
                "phone_language", f"found language {span.language}; allowed is {allowed}", here
            )
        if not abs(span.start_s - reached_s) <= SLACK_S:
            message = (
                f"it starts at {span.start_s} s; it must start at {reached_s} s, where the one before ends"
            )
            raise PerformanceError("phone_gap", message, here)
        if not span.end_s > span.start_s:
            raise PerformanceError("phone_length", f"it ends at {span.end_s} s, before it starts", here)
        reached_s = span.end_s
    if not abs(reached_s - end_s) <= 0.5 / FRAME_RATE_HZ + SLACK_S:
        message = f"the phones end at {reached_s} s, the curves at {end_s:.2f} s; both must cover the phrase"
        raise PerformanceError("phone_cover", message, where)
