"""Readings typed where the lyric should be: ``hang2``, ``hong4``, ``nǐ``, ``L AY1 V``, romaji.

They are recognised by their form and by the line's language: tone digits and tone marks count in Mandarin and
Cantonese lines, ARPAbet needs a stressed vowel, romaji counts in Japanese lines (see
:mod:`frontend_g2p.romaji_words`). No reading runs on from one note into the next, or from letters into Han or
kana.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from frontend_g2p.markup import FixedReading
from frontend_g2p.phones import Language
from frontend_g2p.romaji import romaji_to_hiragana
from frontend_g2p.romaji_words import find_romaji_words
from frontend_g2p.typed import is_jyutping, is_pinyin, numbered_pinyin

_VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW"
_CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH"
_ARPABET_UNIT = f"(?:(?:{_VOWELS.replace(' ', '|')})[012]?|{_CONSONANTS.replace(' ', '|')})"
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_BEGINS, _ENDS = rf"(?<![{_LATIN}0-9_'])", rf"(?![{_LATIN}0-9_'])"
_ARPABET = re.compile(rf"{_BEGINS}(?:{_ARPABET_UNIT} )*{_ARPABET_UNIT}{_ENDS}")
_STRESSED = re.compile(r"[A-Z]{2}[012]\b", re.ASCII)
_NUMBERED = re.compile(rf"{_BEGINS}(?:[a-zü:]+[1-6])+{_ENDS}")
_NUMBERED_SYLLABLE = re.compile(r"[a-zü:]+[1-6]")
_NOT_READ = "-+,.;:!?()\"'，。、；：！？"
_LATIN_WORD = re.compile(rf"{_BEGINS}[{_LATIN}]+{_ENDS}")


def find_typed_readings(
    text: str, language: Language, taken: list[bool], starts: Sequence[int] = (0,)
) -> list[FixedReading]:
    """Readings typed as words of ``text`` that touch no character marked in ``taken``.

    Args:
        text: a normalised line without markup.
        language: language of the line.
        taken: for each character, whether a reading is given for it already.
        starts: where the lyric of each note begins.
    """
    found: list[FixedReading] = []
    for start, end in pairwise((*starts, len(text))):
        for fixed in _find_in_note(text[start:end], language):
            found.append(replace(fixed, start=fixed.start + start, end=fixed.end + start))
    if language == "ja":
        found += [_romaji_reading(text, *span) for span in find_romaji_words(text, starts)]
    free: list[FixedReading] = []
    for fixed in sorted(found, key=lambda item: item.start):
        after_last = not free or fixed.start >= free[-1].end
        if after_last and not any(taken[fixed.start : fixed.end]):
            free.append(fixed)
    return free


def numbered_language(text: str) -> Language | None:
    """Language of a text that is numbered pinyin (``ni3 hao3``) or else numbered Jyutping throughout, or ``None``."""
    tokens = [token.strip(_NOT_READ) for token in text.split()]
    syllables: list[str] = []
    for token in filter(None, tokens):
        if not _NUMBERED.fullmatch(token):
            return None
        syllables += _NUMBERED_SYLLABLE.findall(token)
    if not syllables:
        return None
    if all(map(is_pinyin, syllables)):
        return "zh"
    return "yue" if all(map(is_jyutping, syllables)) else None


def _find_in_note(text: str, language: Language) -> Iterator[FixedReading]:
    yield from _find_arpabet(text)
    if language in ("zh", "yue"):
        yield from _find_numbered(text, language)
        yield from _find_tone_marked(text)


def _find_arpabet(text: str) -> Iterator[FixedReading]:
    for match in _ARPABET.finditer(text):
        if _STRESSED.search(match[0]):
            yield FixedReading(match.start(), match.end(), "en", (match[0],))


def _find_numbered(text: str, language: Language) -> Iterator[FixedReading]:
    order: tuple[Language, ...] = ("yue", "zh") if language == "yue" else ("zh", "yue")
    for match in _NUMBERED.finditer(text):
        syllables = list(_NUMBERED_SYLLABLE.finditer(text, match.start(), match.end()))
        for candidate in order:
            is_reading = is_pinyin if candidate == "zh" else is_jyutping
            if all(is_reading(syllable[0]) for syllable in syllables):
                for item in syllables:
                    yield FixedReading(item.start(), item.end(), candidate, (item[0],))
                break


def _find_tone_marked(text: str) -> Iterator[FixedReading]:
    for match in _LATIN_WORD.finditer(text):
        if not match[0].isascii() and (pinyin := numbered_pinyin(match[0])) is not None:
            yield FixedReading(match.start(), match.end(), "zh", (pinyin,))


def _romaji_reading(text: str, start: int, end: int) -> FixedReading:
    pieces = romaji_to_hiragana(text[start:end]) or []
    spans = tuple((start + first, start + last) for kana, first, last in pieces for _ in kana)
    kana = "".join(kana for kana, _, _ in pieces)
    return FixedReading(start, end, "ja", (kana,), kana_spans=spans)
