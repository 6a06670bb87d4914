"""Time signatures: where the bars of a song begin."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from singer.errors import ScoreError

LONGEST_BEATS = 128
UNITS = (1, 2, 4, 8, 16, 32, 64)
BAR_RANGE_BEATS = (0.25, 64.0)
LATEST_BEAT = 100_000.0
SIGNATURE_PATTERN = r"^[0-9]{1,3}/[0-9]{1,2}$"
_SLACK_BEATS = 1e-6


@dataclass(frozen=True, slots=True)
class TimeSignature:
    """A signature that holds from a beat on.

    Attributes:
        beat: in quarter notes from the start of the song; a bar begins there.
        beats: how many beats a bar has, the upper number.
        unit: what part of a whole note a beat is, the lower number.
    """

    beat: float = 0.0
    beats: int = 4
    unit: int = 4

    @property
    def bar_beats(self) -> float:
        """Length of a bar in quarter notes."""
        return self.beats * 4 / self.unit

    @classmethod
    def parse(cls, beat: float, signature: str) -> TimeSignature:
        """Of a text such as ``6/8``, which must match ``SIGNATURE_PATTERN``."""
        beats, unit = map(int, signature.split("/"))
        return cls(beat, beats, unit)

    def __str__(self) -> str:
        return f"{self.beats}/{self.unit}"

    def problem(self) -> str | None:
        """What is wrong with the signature, ``None`` if nothing is."""
        shortest, longest = BAR_RANGE_BEATS
        if not (math.isfinite(self.beat) and 0 <= self.beat <= LATEST_BEAT):
            return f"found beat {self.beat:g}; 0 to {LATEST_BEAT:g} are allowed"
        if not (1 <= self.beats <= LONGEST_BEATS and self.unit in UNITS):
            return f"found {self}; 1 to {LONGEST_BEATS} beats of 1/1, 1/2, 1/4, 1/8, 1/16, 1/32 or 1/64 are allowed"
        if not shortest <= self.bar_beats <= longest:
            return f"found {self}; a bar lasts {shortest:g} to {longest:g} quarter notes"
        return None


@dataclass(frozen=True, slots=True)
class TimeSignatures:
    """Changes of time signature by rising beat, the first one at beat 0. A change cuts the bar that it comes in.

    Raises:
        ScoreError: none, the first one after beat 0, out of order, or not a signature.
    """

    changes: tuple[TimeSignature, ...] = (TimeSignature(),)
    _first_bars: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.changes or self.changes[0].beat != 0:
            raise ScoreError(
                "time_signature_start", "the first time signature must be at beat 0", "time signature 0"
            )
        for index, change in enumerate(self.changes):
            problem = change.problem()
            if problem:
                raise ScoreError("time_signature_range", problem, f"time signature {index}")
        first_bars = [0]
        for index, (before, after) in enumerate(pairwise(self.changes), start=1):
            if after.beat <= before.beat:
                raise ScoreError(
                    "time_signature_order",
                    f"beat {after.beat:g} does not come after beat {before.beat:g}; list changes by rising beat",
                    f"time signature {index}",
                )
            first_bars.append(first_bars[-1] + _bars(after.beat - before.beat, before.bar_beats))
        object.__setattr__(self, "_first_bars", tuple(first_bars))

    @classmethod
    def of(cls, found: Iterable[TimeSignature]) -> TimeSignatures:
        """What a file gives, without what is no signature and what changes nothing; 4/4 until the first one."""
        sane = {each.beat: each for each in found if each.problem() is None}
        kept = [sane.get(0.0, TimeSignature())]
        for beat in sorted(sane):
            before, after = kept[-1], sane[beat]
            same = (before.beats, before.unit) == (after.beats, after.unit)
            if beat > 0 and not (same and _at_bar_line(beat - before.beat, before.bar_beats)):
                kept.append(after)
        return cls(tuple(kept))

    @classmethod
    def of_bars(cls, found: Iterable[tuple[int, int, int]]) -> TimeSignatures:
        """The same, from (bar from 0, beats, unit)."""
        beat, bar, current = 0.0, 0, TimeSignature()
        placed: list[TimeSignature] = []
        for at, beats, unit in sorted(found, key=lambda change: change[0]):
            beat += (max(at, 0) - bar) * current.bar_beats
            bar = max(at, 0)
            change = TimeSignature(beat, beats, unit)
            if change.problem() is None:
                current = change
                placed.append(change)
        return cls.of(placed)

    def bar_at(self, beat: float) -> int:
        """Number, from 1, of the bar in which ``beat`` is; beats before the song are in the first."""
        if not math.isfinite(beat) or beat <= 0:
            return 1
        index = bisect_right(self.changes, beat, key=lambda change: change.beat) - 1
        change = self.changes[index]
        return self._first_bars[index] + int((beat - change.beat) // change.bar_beats) + 1

    def beat_of_bar(self, bar: int) -> float:
        """Where the bar of a number, from 0, begins."""
        index = bisect_right(self._first_bars, max(bar, 0)) - 1
        change = self.changes[index]
        return change.beat + (max(bar, 0) - self._first_bars[index]) * change.bar_beats

    def bars_until(self, end_beat: float) -> int:
        """How many bars begin before ``end_beat``."""
        return sum(1 for _ in self.bars(end_beat))

    def bars(self, end_beat: float) -> Iterator[tuple[float, TimeSignature]]:
        """First beat of each bar that begins before ``end_beat``, with the signature in force."""
        ends = [change.beat for change in self.changes[1:]]
        for change, until in zip(self.changes, [*ends, math.inf], strict=True):
            stop = min(until, end_beat) - _SLACK_BEATS
            count = max(math.ceil((stop - change.beat) / change.bar_beats), 0)
            yield from ((change.beat + bar * change.bar_beats, change) for bar in range(count))

    def by_bar(self) -> list[tuple[int, TimeSignature]]:
        """The bar, from 0, with which each change begins."""
        return list(zip(self._first_bars, self.changes, strict=True))

    @property
    def cuts(self) -> int:
        """How many changes come before their bar's end, which many editors cannot hold."""
        return sum(
            not _at_bar_line(after.beat - before.beat, before.bar_beats)
            for before, after in pairwise(self.changes)
        )


def _bars(length_beats: float, bar_beats: float) -> int:
    return max(math.ceil((length_beats - _SLACK_BEATS) / bar_beats), 1)


def _at_bar_line(length_beats: float, bar_beats: float) -> bool:
    return abs(length_beats - round(length_beats / bar_beats) * bar_beats) <= _SLACK_BEATS
