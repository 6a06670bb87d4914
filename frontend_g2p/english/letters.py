"""Acronyms and single letters: which words are read letter by letter, and what the letters are called."""

from __future__ import annotations

import re
from collections.abc import Callable

from frontend_g2p.english.tables import word_list, word_set
from frontend_g2p.english.words import Pronunciation

_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def letter_name(letter: str) -> Pronunciation:
    """What a letter a-z, of either case, is called; ValueError for any other character."""
    return tuple(word_list("letter_names")[_ALPHABET.index(letter.lower())].split())


def spell(letters: str) -> Pronunciation:
    """Names of letters a-z, one after the other."""
    return tuple(phone for letter in letters for phone in letter_name(letter))


def is_spelled(word: str, shouted: bool, is_word: Callable[[str], bool]) -> bool:
    """Whether a word is an acronym that is read letter by letter.

    Args:
        word: as written, in letters a-z and dots.
        shouted: the whole line is in capitals, so that capitals mean nothing.
        is_word: whether a dictionary has a lower-case word.
    """
    letters = word.replace(".", "")
    lower = letters.lower()
    if not lower.isascii() or not lower.isalpha() or len(letters) < 2:
        return False
    if "." in word:
        return True
    in_capitals = letters.isupper() and not shouted
    if lower in word_set("spelled") and (in_capitals or lower not in word_set("not_spelled_in_lower_case")):
        return not (shouted and lower in word_set("not_spelled_in_lower_case"))
    if in_capitals:
        return lower in word_set("spelled_in_capitals") or (len(letters) < 6 and not is_word(lower))
    return (
        not re.search("[aeiouy]", lower) and len(letters) < 5 and len(set(lower)) > 1 and not is_word(lower)
    )
