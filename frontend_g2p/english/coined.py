"""Unknown words that still have a shape: sung syllables ("nanana") and names built like Japanese ("Shinagawa")."""

from __future__ import annotations

import re

from frontend_g2p.english.morphology import Readings
from frontend_g2p.english.tables import word_list

_ROMAJI_WORD = re.compile(
    r"(?:(?:[kgsztdnhbpmrw]|[kgnhbmpr]y|sh|ch|ts|j|f|y)?(?:ai|ei|ou|uu|oo|[aiueo])n?(?![aiueo]{2}))+",
    re.ASCII,
)
_ROMAJI_SYLLABLE = re.compile(r"([^aiueo]*?)(ai|ei|ou|uu|oo|[aiueo])(n(?![aiueo]))?")
_VOCABLE = re.compile(r"((?:[bdfhklmnprstvwyz]|sh)[aou])\1+h?", re.ASCII)
_VOCABLE_VOWELS = {"a": "AA1", "o": "OW1", "u": "UW1"}


def _table(name: str) -> dict[str, list[str]]:
    pairs = (item.split("=") for item in word_list(name))
    return {letters: phones.split() for letters, phones in pairs}


def read_vocable(word: str) -> Readings:
    """One sung syllable repeated ("lalala", "dododo"), or ()."""
    match = _VOCABLE.fullmatch(word)
    if not match:
        return ()
    unit = match[1]
    phones = (*_table("romaji_consonants")[unit[:-1]], _VOCABLE_VOWELS[unit[-1]])
    return (phones * (len(word) // len(unit)),)


def read_romaji_name(word: str) -> Readings:
    """A word of three or more Japanese-looking syllables in English sounds, stressed on the last but one, or ()."""
    if len(word) < 5 or not _ROMAJI_WORD.fullmatch(word):
        return ()
    consonants, vowels = _table("romaji_consonants"), _table("romaji_vowels")
    phones: list[str] = []
    nuclei: list[int] = []
    for onset, vowel, nasal in _ROMAJI_SYLLABLE.findall(word):
        phones += consonants.get(onset, [])
        nuclei.append(len(phones))
        phones += [vowels[vowel][0] + "0", *(["N"] if nasal else [])]
    if len(nuclei) < 3:
        return ()
    phones[nuclei[-2]] = phones[nuclei[-2]][:-1] + "1"
    if phones[-1] == "AA0":
        phones[-1] = "AH0"
    return (tuple(phones),)
