"""Rows of English words drawn for their rare phones: consonants that sentences of everyday words seldom hold."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from itertools import pairwise

import numpy as np

from frontend_g2p.english.arpabet import syllabify
from frontend_g2p.english.words import dictionary_words, find_word
from singer.training.corpus.material import CorpusSyllable, Line, english_phones

_EVERY = 8
"""One word in this many of the dictionary is taken: thousands of words, still quickly read."""
_LETTERS = (3, 9)
_SYLLABLES = 3
_COMMON = 3
"""Words of the list that hold a pair of phones which counts as English; fewer are foreign names."""


@cache
def _words() -> tuple[tuple[CorpusSyllable, ...], ...]:
    """Words of one to three syllables with one stress."""
    low, high = _LETTERS
    plain = [
        word for word in dictionary_words() if low <= len(word) <= high and word.isalpha() and word.islower()
    ]
    found = []
    for word in plain[::_EVERY]:
        entry = find_word(word)
        phones = entry.readings[0] if entry else ()
        parts = syllabify(phones)
        if sum(phone.endswith("1") for phone in phones) == 1 and len(parts) <= _SYLLABLES:
            # A few foreign names end a syllable in a sound that no English one ends in.
            with suppress(ValueError):
                found.append(_syllables(parts))
    return tuple(found)


def _syllables(parts: tuple[tuple[str, ...], ...]) -> tuple[CorpusSyllable, ...]:
    return tuple(
        CorpusSyllable(
            "en",
            " ".join(part),
            english_phones(part),
            stressed=any(symbol.endswith("1") for symbol in part),
            ends_word=place == len(parts) - 1,
        )
        for place, part in enumerate(parts)
    )


@cache
def _holders() -> tuple[tuple[int, ...], ...]:
    """For every phone the places of the words that hold it."""
    holders: dict[str, list[int]] = {}
    for place, word in enumerate(_words()):
        for symbol in sorted({phone.symbol for syllable in word for phone in syllable.phones}):
            holders.setdefault(symbol, []).append(place)
    return tuple(tuple(holders[symbol]) for symbol in sorted(holders))


@cache
def pair_holders() -> Mapping[tuple[str, str], tuple[tuple[CorpusSyllable, ...], ...]]:
    """Neighbouring phones inside words to the words that hold them; pairs that only one or two words hold are left out."""
    holders: dict[tuple[str, str], list[tuple[CorpusSyllable, ...]]] = {}
    for word in _words():
        symbols = [phone.symbol for syllable in word for phone in syllable.phones]
        for pair in sorted(set(pairwise(symbols))):
            holders.setdefault(pair, []).append(word)
    return {pair: tuple(words) for pair, words in holders.items() if len(words) >= _COMMON}


def word_line(count: int, rng: np.random.Generator) -> Line:
    """Whole words of together at least ``count`` syllables: each time a phone is drawn, then a word that holds it."""
    row: list[CorpusSyllable] = []
    while len(row) < count:
        places = _holders()[int(rng.integers(len(_holders())))]
        row += _words()[places[int(rng.integers(len(places)))]]
    return Line(tuple(row), "")
