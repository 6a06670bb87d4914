"""The performance: who sings which phone when, at which pitch and how: the editable document between score and sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.phones import Language, Role
from singer.errors import PerformanceError

FRAME_RATE_HZ = 100.0
CURVES: tuple[str, ...] = ("f0_hz", "loudness_db", "breathiness", "tension", "gender")
Mark = Literal["auto", "edited"]


@dataclass(frozen=True, slots=True)
class PhoneSpan:
    """One phone in time.

    Attributes:
        symbol: inventory symbol, or ``SP`` (silence) or ``AP`` (breath).
        role: role in the syllable; ``None`` for SP and AP.
        language: language of the syllable; ``None`` for SP and AP.
        start_s, end_s: absolute seconds; spans of a phrase join without gaps and start at the phrase's ``start_s``.
        note: index in the score of the note that it belongs to; ``None`` for SP that belongs to none.
    """

    symbol: str
    role: Role | None
    language: Language | None
    start_s: float
    end_s: float
    note: int | None


@dataclass(frozen=True, slots=True)
class PhrasePerformance:
    """One phrase, ready to be sung.

    Attributes:
        start_s: absolute time of frame 0, a whole number of frames (10 ms) from beat 0.
        phones: at least one; they cover ``start_s`` to ``end_s`` (= start_s + T / 100) without gaps.
        curves: every name of ``CURVES`` to float32 [T] at 100 frames/s: ``f0_hz`` is positive in every frame (what an unvoiced
            phone does with it is the voice's business), ``loudness_db`` is relative to the voice's own level, the rest run from -1 to 1.
        marks: curve name to ``auto`` (made by the rules) or ``edited`` (by hand: kept when the phrase is performed again).
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
        if set(self.curves) != set(CURVES):
            raise PerformanceError("curves", f"found curves {sorted(self.curves)}; needed are {sorted(CURVES)}", where)
        for name, values in self.curves.items():
            if values.dtype != np.float32 or values.ndim != 1 or len(values) != self.frames:
                raise PerformanceError("curve_shape", f"{name} must be float32 [{self.frames}]", where)
            if not np.isfinite(values).all():
                raise PerformanceError("curve_finite", f"{name} holds values that are not finite", where)
        if self.frames == 0 or not self.phones:
            raise PerformanceError("empty_phrase", "a phrase needs phones and frames", where)
        if (self.curves["f0_hz"] <= 0).any():
            raise PerformanceError("f0_positive", "f0_hz must be above 0 in every frame", where)


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
