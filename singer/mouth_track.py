"""The mouth along a phrase: from phones in time to mouths that an eye can follow.

Mouths are those of ``singer.visemes``, drawn to the vowels beside them. A vowel's mouth begins when the vowel is heard and keeps
its shape, mouths too short to be seen are left out, and lips that must meet do so long enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.inventory import INVENTORY
from singer.performance.performance import FRAME_RATE_HZ, SLACK_S, PhoneSpan, PhrasePerformance
from singer.visemes import Mouth, loudness_weight, mouth_beside, mouth_of, viseme_weight
from singer.voice_onset import voice_lag_s

SHORTEST_MOUTH_S = 0.04
"""A consonant or silence that is shorter leaves the mouth as it was: from one mouth to the next takes longer."""
SHORTEST_CLOSURE_S = 0.03
"""Lips of PP and FF meet this long at least; what is missing is taken from the sound before."""
STEP_S = 0.1
WEIGHT_STEP = 0.08
"""A held vowel whose weight moves by more than this is told anew, every ``STEP_S`` at most."""

_CLOSURES = ("PP", "FF")


@dataclass(frozen=True, slots=True)
class MouthSpan:
    """One mouth in time.

    Attributes:
        start_s, end_s: absolute seconds; the spans of a phrase join without gaps.
        mouth: how it stands.
        weight: of its viseme, 0 to 1.
    """

    start_s: float
    end_s: float
    mouth: Mouth
    weight: float


@dataclass(frozen=True, slots=True)
class _Part:
    """A mouth in time whose weight is not known yet."""

    start_s: float
    end_s: float
    mouth: Mouth
    is_vowel: bool

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


def mouth_track(phrase: PhrasePerformance) -> tuple[MouthSpan, ...]:
    """The mouths of a phrase, by rising start, from its first phone to its last.

    Raises:
        PerformanceError: ``unknown_phone``.
    """
    weights = loudness_weight(phrase.curves["loudness_db"], phrase.curves["mouth_opening"])
    parts = _closed_long_enough(_seen(_joined(_parts(phrase.phones))))
    return tuple(span for part in parts for span in _weighed(part, phrase.start_s, weights))


def is_vowel(span: PhoneSpan) -> bool:
    """Whether a phone is what its note is held on."""
    return span.role == "nucleus" and INVENTORY[span.symbol].phone_class in ("vowel", "syllabic")


def _parts(spans: Sequence[PhoneSpan]) -> Iterator[_Part]:
    starts_s = [_heard_s(spans, place) for place in range(len(spans))]
    ends_s = [*starts_s[1:], spans[-1].end_s]
    for place, (start_s, end_s) in enumerate(zip(starts_s, ends_s, strict=True)):
        yield _Part(start_s, end_s, _mouth_at(spans, place), is_vowel(spans[place]))


def _heard_s(spans: Sequence[PhoneSpan], place: int) -> float:
    """When a phone is heard to begin; a vowel is heard in its first half."""
    span = spans[place]
    if place == 0 or not is_vowel(span):
        return span.start_s
    lag_s = voice_lag_s(spans[place - 1].symbol, span.symbol)
    return span.start_s + min(lag_s, 0.5 * (span.end_s - span.start_s))


def _mouth_at(spans: Sequence[PhoneSpan], place: int) -> Mouth:
    span = spans[place]
    mouth = mouth_of(span.symbol)
    after = spans[place + 1].symbol if place + 1 < len(spans) else "SP"
    if span.symbol == "Q" and not (spans[place + 1 :] and is_vowel(spans[place + 1])) and after != "SP":
        return mouth_of(after)  # the next consonant, held
    if span.symbol == "ɴ" and mouth_of(after).viseme == "PP":
        return mouth_of("m")
    vowel = _vowel_beside(spans, place) if mouth.yields else None
    return mouth_beside(mouth, vowel) if vowel else mouth


def _vowel_beside(spans: Sequence[PhoneSpan], place: int) -> Mouth | None:
    """The vowel of a consonant's syllable: that before a coda, that after an onset; none across a silence."""
    ordered = reversed(spans[:place]) if spans[place].role == "coda" else iter(spans[place + 1 :])
    for span in ordered:
        if span.role is None:
            return None
        if is_vowel(span) or INVENTORY[span.symbol].phone_class in ("glide", "offglide"):
            return mouth_of(span.symbol)
    return None


def _joined(parts: Iterator[_Part]) -> list[_Part]:
    """Neighbours of the same mouth as one, but for vowels: each begins where its note does."""
    joined: list[_Part] = []
    for part in parts:
        if joined and joined[-1].mouth == part.mouth and not part.is_vowel and not joined[-1].is_vowel:
            joined[-1] = replace(joined[-1], end_s=part.end_s)
        else:
            joined.append(part)
    return joined


def _seen(parts: Sequence[_Part]) -> list[_Part]:
    """The parts without those that are too short to be seen: the mouth before them goes on.

    Vowels, closures and the two ends of the phrase stay.
    """
    seen: list[_Part] = []
    for part in parts:
        needed = part.is_vowel or part.mouth.viseme in _CLOSURES or not seen or part is parts[-1]
        if needed or part.length_s > SHORTEST_MOUTH_S - SLACK_S:
            seen.append(part)
        else:
            seen[-1] = replace(seen[-1], end_s=part.end_s)
    return seen


def _closed_long_enough(parts: Sequence[_Part]) -> list[_Part]:
    """The parts with short closures begun earlier, by at most half of what is before them."""
    parts = list(parts)
    for place in range(len(parts) - 1, 0, -1):
        before, part = parts[place - 1], parts[place]
        missing_s = SHORTEST_CLOSURE_S - part.length_s
        if part.mouth.viseme in _CLOSURES and missing_s > 0:
            start_s = part.start_s - min(missing_s, 0.5 * before.length_s)
            parts[place - 1] = replace(before, end_s=start_s)
            parts[place] = replace(part, start_s=start_s)
    return parts


def _weighed(part: _Part, start_s: float, weights: NDArray[np.float64]) -> Iterator[MouthSpan]:
    """A part with its weight; a vowel as several spans where its weight moves."""
    first = min(round((part.start_s - start_s) * FRAME_RATE_HZ), len(weights) - 1)
    own = weights[first : max(round((part.end_s - start_s) * FRAME_RATE_HZ), first + 1)]
    cells = max(1, round(len(own) / (STEP_S * FRAME_RATE_HZ))) if part.is_vowel else 1
    begun_s, place, group = part.start_s, first, np.zeros(0)
    for cell in np.array_split(own, cells):
        if len(group) and abs(cell.mean() - group.mean()) > WEIGHT_STEP:
            reached_s = start_s + place / FRAME_RATE_HZ
            yield MouthSpan(begun_s, reached_s, part.mouth, viseme_weight(part.mouth, float(group.mean())))
            begun_s, group = reached_s, np.zeros(0)
        group = np.concatenate([group, cell])
        place += len(cell)
    yield MouthSpan(begun_s, part.end_s, part.mouth, viseme_weight(part.mouth, float(group.mean())))
