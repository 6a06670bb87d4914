"""Syllables that the corpus is made of: every pinyin and Jyutping body, every mora, and English sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.inventory import INVENTORY, unit_map, with_roles
from frontend_g2p.phones import Language, Phone

HELDOUT_EVERY = 5
"""One English sentence in this many is kept for testing."""

_MORAE: dict[str, str] = {
    **dict.fromkeys(["k", "n", "m", "r", "g", "b", "p", "sh", "ch", "j", "ts", "f", "v"], "aiueo"),
    **dict.fromkeys(["ky", "gy", "ny", "my", "ry", "by", "py", "hy"], "auo"),
    **dict.fromkeys(["ty", "dy"], "u"),
    **dict.fromkeys(["fy", "vy"], "u"),
    **dict.fromkeys(["kw", "gw"], "a"),
    "": "aiueo",
    "s": "aiueo",
    "z": "aiueo",
    "t": "aiueo",
    "d": "aiueo",
    "h": "aieo",
    "y": "aueo",
    "w": "aieo",
}
_HELD_ONSETS = frozenset(["p", "t", "k", "s", "ts", "tɕ", "ɕ", "b", "d", "ɡ", "dʑ"])
_UNASPIRATED = {"P", "T", "K"}


@dataclass(frozen=True, slots=True)
class CorpusSyllable:
    """One syllable, or mora, of the material.

    Attributes:
        language: its language.
        reading: pinyin or Jyutping body, OpenJTalk units or ARPAbet.
        phones: onset*, glide?, nucleus, coda*.
        stressed: primary stress of an English word.
        tone: Mandarin tone 1 to 4, 0 if none.
        ends_word: last of its word.
    """

    language: Language
    reading: str
    phones: tuple[Phone, ...]
    stressed: bool = False
    tone: int = 0
    ends_word: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A row of syllables and its text, empty where it has no meaning."""

    syllables: tuple[CorpusSyllable, ...]
    text: str


@cache
def syllables(language: Language) -> tuple[CorpusSyllable, ...]:
    """Every syllable of Mandarin or Cantonese, or every mora of Japanese.

    Raises:
        ValueError: for English, whose syllables come from sentences.
    """
    if language in ("zh", "yue"):
        bodies = unit_map("pinyin" if language == "zh" else "jyutping")
        return tuple(CorpusSyllable(language, body, with_roles(phones)) for body, phones in bodies.items())
    if language == "ja":
        return tuple(_mora(onset, vowel) for onset, vowels in _MORAE.items() for vowel in vowels)
    raise ValueError(f"no syllable list for {language!r}; allowed are zh, yue, ja")


def _mora(onset: str, vowel: str) -> CorpusSyllable:
    units = unit_map("openjtalk")
    phones = (units[onset] if onset else ()) + units[vowel]
    if onset == "hy" or (onset == "h" and vowel == "i"):
        phones = ("ç", *units[vowel])
    return CorpusSyllable("ja", f"{onset} {vowel}".strip(), with_roles(phones))


@cache
def english_lines(*, heldout: bool) -> tuple[Line, ...]:
    """English sentences of the corpus, those kept for testing or the others."""
    return tuple(
        line
        for place, line in enumerate(_lines("english_sentences.tsv"))
        if (place % HELDOUT_EVERY == HELDOUT_EVERY - 1) == heldout
    )


@cache
def more_english_lines() -> tuple[Line, ...]:
    """English sentences of the third part of the corpus, read as the engine reads them; none is kept for testing."""
    return _lines("english_more_sentences.tsv")


def _lines(name: str) -> tuple[Line, ...]:
    text = files("singer.training.corpus").joinpath(name).read_text("utf-8")
    rows = [row.split("\t") for row in text.splitlines()]
    return tuple(Line(tuple(_english_syllables(words)), sentence) for sentence, words in rows)


def _english_syllables(words: str) -> list[CorpusSyllable]:
    result = []
    for word in words.split():
        parts = word.split(".")
        for place, part in enumerate(parts):
            symbols = part.split("-")
            result.append(
                CorpusSyllable(
                    "en",
                    part.replace("-", " "),
                    english_phones(symbols),
                    stressed=any(symbol.endswith("1") for symbol in symbols),
                    ends_word=place == len(parts) - 1,
                )
            )
    return result


def english_phones(symbols: Sequence[str]) -> tuple[Phone, ...]:
    """Phones of one ARPAbet syllable with stress digits; P T K are unaspirated after S and in the coda."""
    units = unit_map("arpabet")
    phones: list[str] = []
    past_nucleus = False
    for place, symbol in enumerate(symbols):
        bare = symbol.rstrip("012")
        if symbol != bare:
            past_nucleus = True
            phones += units.get(symbol, units.get(bare, ()))
        elif bare in _UNASPIRATED and (past_nucleus or (place > 0 and symbols[place - 1] == "S")):
            phones += units[f"{bare}/_S,coda"]
        else:
            phones += units[bare]
    return with_roles(phones)


def shuffled_line(language: Language, count: int, place: int, seed: int, rng: np.random.Generator) -> Line:
    """``count`` syllables from place ``place`` on of an endless row that goes through the whole list again and again.

    Args:
        language: zh, yue or ja.
        count: number of syllables; Japanese gets moraic nasals, held consonants and long vowels besides.
        place: how many syllables of the row came before.
        seed: orders the row.
        rng: tones and the extra morae.
    """
    table = syllables(language)
    row: list[CorpusSyllable] = []
    for index in range(place, place + count):
        order = np.random.default_rng([seed, index // len(table)]).permutation(len(table))
        chosen = table[int(order[index % len(table)])]
        if language == "zh":
            chosen = replace(chosen, tone=int(rng.integers(0, 5)))
        row.append(chosen)
    return Line(tuple(_with_special_morae(row, rng)) if language == "ja" else tuple(row), "")


def balanced_line(language: Language, count: int, rng: np.random.Generator) -> Line:
    """``count`` syllables drawn so that phones which few syllables hold come as often as the others nearly do.

    Args:
        language: zh, yue or ja.
        count: number of syllables.
        rng: draws them.
    """
    table = syllables(language)
    drawn = rng.choice(len(table), size=count, p=_phone_weights(language))
    row = [
        replace(table[int(place)], tone=int(rng.integers(0, 5)) if language == "zh" else 0) for place in drawn
    ]
    return Line(tuple(_with_special_morae(row, rng)) if language == "ja" else tuple(row), "")


@cache
def _phone_weights(language: Language) -> NDArray[np.float64]:
    """Chance of each syllable: the sum of one over the number of syllables that share each of its phones."""
    table = syllables(language)
    counts = Counter(phone.symbol for item in table for phone in item.phones)
    weights = np.array([sum(1.0 / counts[phone.symbol] for phone in item.phones) for item in table])
    return np.asarray(weights / weights.sum(), np.float64)


def _with_special_morae(row: Sequence[CorpusSyllable], rng: np.random.Generator) -> list[CorpusSyllable]:
    result: list[CorpusSyllable] = []
    for place, mora in enumerate(row):
        result.append(mora)
        follows = row[place + 1].phones[0].symbol if place + 1 < len(row) else ""
        draw = rng.random()
        if draw < 0.08:
            result.append(CorpusSyllable("ja", "N", (Phone("ɴ", "nucleus"),)))
        elif draw < 0.15 and follows in _HELD_ONSETS:
            result.append(CorpusSyllable("ja", "cl", (Phone("Q", "nucleus"),)))
        elif draw > 0.93:
            vowel = mora.phones[-1].symbol
            if INVENTORY[vowel].phone_class == "vowel":
                result.append(CorpusSyllable("ja", "long", (Phone(vowel, "nucleus"),)))
    return result
