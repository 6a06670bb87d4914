"""Phones and syllables: what the front end gives to the engine. Pure text, no audio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["onset", "glide", "nucleus", "coda"]
Language = Literal["zh", "yue", "en", "ja"]
Source = Literal["dictionary", "rule", "network", "user", "typed"]

LANGUAGES: tuple[Language, ...] = ("zh", "yue", "en", "ja")
ROLES: tuple[Role, ...] = ("onset", "glide", "nucleus", "coda")


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone of the shared inventory, an IPA symbol such as ``tsʰ``, with its role in the syllable."""

    symbol: str
    role: Role


@dataclass(frozen=True, slots=True)
class Syllable:
    """One syllable (Japanese: one mora) as it will be sung.

    Attributes:
        text: the characters of the lyric that it covers; the texts of a word's syllables partition the word, so a
            syllable that no character is left for has ``""`` (the second syllable of "7").
        language: language it was read in.
        reading: pinyin with tone digit, Jyutping, ARPAbet with stress (blank-separated) or hiragana; typing it as a
            lyric gives this syllable again.
        phones: in sung order: onset*, glide?, nucleus, coda*; exactly one nucleus.
        start, end: code-point span of ``text`` in the line as the caller gave it.
        word: index of the word in the line; the syllables of one word share it.
        source: how the reading was found; ``network`` is a guess and is reported to the user.
    """

    text: str
    language: Language
    reading: str
    phones: tuple[Phone, ...]
    start: int
    end: int
    word: int
    source: Source

    def __post_init__(self) -> None:
        order = [ROLES.index(phone.role) for phone in self.phones]
        nuclei = sum(phone.role == "nucleus" for phone in self.phones)
        if nuclei != 1 or order != sorted(order):
            raise ValueError(
                f"phones of {self.reading!r} are not onset*, glide?, nucleus, coda*: {self.phones}"
            )
        if not 0 <= self.start <= self.end:
            raise ValueError(f"span of {self.reading!r} is not a span: {self.start}..{self.end}")
