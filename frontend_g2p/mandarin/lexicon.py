"""The Mandarin words that ship with the front end: readings of words, and how common each word is.

The file is one text, compressed; its words stand in blocks by first character, and a block is parsed when its
character is first met, so that opening costs a few milliseconds. ``build_lexicon.py`` writes it.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

FILE_NAME = "mandarin_words.zlib"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the lexicon: pinyin with tone digit for each character, and its cost in nats, -ln(frequency)."""

    readings: tuple[str, ...]
    cost: float


@cache
def _blocks() -> Mapping[str, str]:
    packed = files("frontend_g2p").joinpath("data", FILE_NAME).read_bytes()
    blocks = zlib.decompress(packed).decode("utf-8").split("\n\n")
    return {block[0]: block for block in blocks}


@cache
def words_starting_with(character: str) -> Mapping[str, Word]:
    """Words that begin with a simplified ``character``, itself included where it is known."""
    words: dict[str, Word] = {}
    for line in _blocks().get(character, "").splitlines():
        word, readings, decinats = line.split("\t")
        words[word] = Word(tuple(readings.split(" ")), int(decinats) / 10)
    return MappingProxyType(words)
