"""How the mouth stands at a moment of a stream, from the viseme marks that come ahead of its sound."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from singer.visemes import ARKIT, LIVE2D, VRM, VRM0

Names = Literal["vrm", "vrm0", "arkit", "live2d"]
SHAPES: Mapping[Names, tuple[str, ...]] = {"vrm": VRM, "vrm0": VRM0, "arkit": ARKIT, "live2d": LIVE2D}
"""Each naming set with its shapes; a track answers with all of them."""

FADE_S = 0.06
"""From one mouth to the next, around the moment of the mark; less where a mouth is shorter than that."""
KEPT_S = 1.0
"""What is told for longer than this is forgotten."""
MOST_MARKS = 20_000
"""Beyond this the oldest are forgotten, even if they were never asked for."""

_CLOSURES = ("PP", "FF")


@dataclass(frozen=True, slots=True)
class _Stand:
    """A mouth from ``start_s`` on."""

    start_s: float
    shapes: Mapping[str, Mapping[str, float]]
    volume: float


_BEFORE = _Stand(-math.inf, {}, 0.0)


class MouthTrack:
    """The mouth of one stream.

    Marks may come in pieces and late, by rising sample; times are asked for in rising order, but for a second.

    Attributes:
        offset_ms: positive moves the mouth later than the sound, negative earlier; may be set at any time.
    """

    def __init__(self, sample_rate_hz: int, offset_ms: float = 0.0) -> None:
        if sample_rate_hz <= 0:
            raise ValueError(f"sample rate must be positive, found {sample_rate_hz}")
        self.offset_ms = offset_ms
        self._rate_hz = sample_rate_hz
        self._stands: list[_Stand] = []
        self._told_until_s = math.inf
        self._end_s: float | None = None

    def __len__(self) -> int:
        """How many mouths are remembered."""
        return len(self._stands)

    @property
    def end_s(self) -> float | None:
        """When the mouth closes for good, with the offset; ``None`` while that is not known."""
        return None if self._end_s is None else self._end_s + self.offset_ms / 1000

    def add(self, marks: Iterable[Mapping[str, Any]]) -> None:
        """Take the viseme marks among ``marks``, in the form of ``docs/streaming.md``; a mark at the place of another
        takes its place, and with it all that were to come after.
        """
        for mark in marks:
            if mark["kind"] == "viseme":
                self._add(mark)
        del self._stands[: max(len(self._stands) - MOST_MARKS, 0)]

    def _add(self, mark: Mapping[str, Any]) -> None:
        start_s = mark["sample"] / self._rate_hz
        while self._stands and self._stands[-1].start_s >= start_s:
            self._stands.pop()
        volume = float(mark["weight"])
        if mark["viseme"] in _CLOSURES:  # their weight is that of the lips, not of the voice
            volume = self._stands[-1].volume if self._stands else 0.0
        length = mark["samples"]
        self._told_until_s = math.inf if length is None else start_s + length / self._rate_hz
        self._stands.append(_Stand(start_s, {names: mark[names] for names in SHAPES}, volume))

    def finish(self, sample: int) -> None:
        """The stream ends before ``sample``: from there on the mouth is closed."""
        self._end_s = sample / self._rate_hz
        while self._stands and self._stands[-1].start_s >= self._end_s:
            self._stands.pop()

    def weights(self, time_s: float, names: Names) -> dict[str, float]:
        """The mouth at ``time_s`` of the stream, in all shapes of ``names``.

        Returns:
            shape to weight, 0 to 1; ``ParamMouthForm`` -1 to 1; all 0 before the first mark and after the last.
        """
        before, here, share = self._around(time_s)
        old, new = before.shapes.get(names, {}), here.shapes.get(names, {})
        return {name: _mixed(old.get(name, 0.0), new.get(name, 0.0), share) for name in SHAPES[names]}

    def volume(self, time_s: float) -> float:
        """How loud the voice is at ``time_s``, 0 to 1, as the marks' weights tell it."""
        before, here, share = self._around(time_s)
        return _mixed(before.volume, here.volume, share)

    def _around(self, time_s: float) -> tuple[_Stand, _Stand, float]:
        """Two mouths, and the share of the second."""
        time_s -= self.offset_ms / 1000
        self._forget(time_s)
        place = bisect_right(self._stands, time_s, key=lambda stand: stand.start_s) - 1
        if time_s >= self._closes_s:
            place = len(self._stands)
        here = self._stand(place)
        for before, after, fade_s in (
            (self._stand(place - 1), here, self._fade_s(place)),
            (here, self._stand(place + 1), self._fade_s(place + 1)),
        ):
            into_s = time_s - after.start_s + fade_s / 2
            if 0.0 < into_s < fade_s:
                return before, after, into_s / fade_s
        return here, here, 1.0

    @property
    def _closes_s(self) -> float:
        """When the mouth closes, as far as is known, without the offset."""
        return self._told_until_s if self._end_s is None else min(self._told_until_s, self._end_s)

    def _stand(self, place: int) -> _Stand:
        if place < 0:
            return _BEFORE
        return self._stands[place] if place < len(self._stands) else _Stand(self._closes_s, {}, 0.0)

    def _fade_s(self, place: int) -> float:
        """How long it takes to come to the mouth at ``place`` from the one before."""
        if not 0 <= place <= len(self._stands):
            return 0.0
        starts_s = [self._stand(place + step).start_s for step in (-1, 0, 1)]
        after_s = math.inf if place == len(self._stands) else starts_s[2] - starts_s[1]
        return max(min(FADE_S, starts_s[1] - starts_s[0], after_s), 0.0) if starts_s[1] < math.inf else 0.0

    def _forget(self, time_s: float) -> None:
        """Leave out the mouths that have given way to another one long ago."""
        old = bisect_right(self._stands, time_s - KEPT_S, key=lambda stand: stand.start_s) - 1
        if old > 0:
            del self._stands[:old]


def _mixed(old: float, new: float, share: float) -> float:
    return old + (new - old) * share
