"""Which Latin words of a Japanese line are romaji, because "to", "home" and "one" are English words as well.

A line of Latin letters alone is romaji if every word of it is. In a line with kana or kanji each note is decided
for itself: a note that is romaji throughout is romaji, unless it is an everyday English word
(``data/english_lists.tsv``, ``also_romaji``). Of those, the ones of one mora (to, no, me) are English only beside
English notes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from frontend_g2p.romaji import romaji_to_hiragana
from frontend_g2p.scripts import script_of

_WORD = re.compile(r"[a-zāīūēōâîûêô'-]+")
_JAPANESE = ("han", "hiragana", "katakana")
_SMALL_KANA = "ゃゅょぁぃぅぇぉ"


def find_romaji_words(text: str, starts: Sequence[int]) -> list[tuple[int, int]]:
    """Spans of the romaji words of a Japanese line whose notes begin at ``starts``."""
    if not has_kana_or_kanji(text):
        return _romaji_spans(text, 0, len(text))
    notes = list(pairwise((*starts, len(text))))
    spans = [_romaji_spans(text, start, end) for start, end in notes]
    words = [text[start:end].strip() for start, end in notes]
    clearly_english = [
        _is_latin(word) and (not found or (is_also_english(word) and _morae(word) > 1))
        for word, found in zip(words, spans, strict=True)
    ]
    romaji: list[tuple[int, int]] = []
    for first, last in _latin_runs(words):
        run_is_english = any(clearly_english[first:last])
        for note in range(first, last):
            if not clearly_english[note] and not (run_is_english and is_also_english(words[note])):
                romaji += spans[note]
    return romaji


def is_also_english(lyric: str) -> bool:
    """Whether a note's lyric is romaji, but each word of it is an everyday English word as well."""
    from frontend_g2p.english.tables import word_set

    words = lyric.split()
    return bool(words) and all(word in word_set("also_romaji") for word in words)


def has_kana_or_kanji(text: str) -> bool:
    """Whether a normalised line has Japanese writing, so that its romaji is read note by note."""
    return any(script_of(character) in _JAPANESE for character in text)


def _romaji_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the words of a stretch if all of its letters are romaji, else none."""
    stretch = text[start:end]
    scripts = [script_of(character) for character in stretch]
    found = [match.span() for match in _WORD.finditer(stretch)]
    letters = sum(script == "latin" for script in scripts)
    if not letters or any(script in (*_JAPANESE, "digit", "other") for script in scripts):
        return []
    if any(romaji_to_hiragana(stretch[first:last]) is None for first, last in found):
        return []
    if sum(last - first for first, last in found) < letters:
        return []
    return [(start + first, start + last) for first, last in found]


def _is_latin(word: str) -> bool:
    scripts = {script_of(character) for character in word}
    return "latin" in scripts and not scripts & set(_JAPANESE)


def _morae(word: str) -> int:
    return sum(kana not in _SMALL_KANA for piece, _, _ in romaji_to_hiragana(word) or [] for kana in piece)


def _latin_runs(words: Sequence[str]) -> list[tuple[int, int]]:
    """Ranges of neighbouring notes that are in Latin letters."""
    runs: list[tuple[int, int]] = []
    for index, word in enumerate(words):
        if not _is_latin(word):
            continue
        if runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((index, index + 1))
    return runs
