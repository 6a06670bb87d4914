"""The most probable words of a Mandarin text: a unigram model over the lexicon, solved by dynamic programming."""

from __future__ import annotations

import math
from dataclasses import dataclass

from frontend_g2p.mandarin.lexicon import words_starting_with

_LONGEST = 12
_SINGLE_CHARACTER_COST = 3.0
"""Added to words of one character, whose corpus counts include pieces of unknown words (tuned on the dev set)."""
_UNKNOWN_COST = 21.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A word ``text[start:end]`` with the reading of each character; ``readings`` is empty for what is not known."""

    start: int
    end: int
    readings: tuple[str, ...]


def segment(text: str) -> list[Segment]:
    """Cut a simplified text into words."""
    best = [0.0] + [math.inf] * len(text)
    last: list[Segment | None] = [None] * (len(text) + 1)
    for start, character in enumerate(text):
        words = words_starting_with(character)
        reach = range(start + 1, min(start + _LONGEST, len(text)) + 1) if len(words) > 1 else [start + 1]
        for end in reach:
            word = words.get(text[start:end])
            if word is not None:
                cost = word.cost + (_SINGLE_CHARACTER_COST if end == start + 1 else 0.0)
            elif end == start + 1:
                cost = _UNKNOWN_COST
            else:
                continue
            if best[start] + cost < best[end]:
                best[end] = best[start] + cost
                last[end] = Segment(start, end, word.readings if word else ())
    segments: list[Segment] = []
    position = len(text)
    while position > 0:
        found = last[position]
        if found is None:
            raise AssertionError("every character is at least a segment of its own")
        segments.append(found)
        position = found.start
    return segments[::-1]
