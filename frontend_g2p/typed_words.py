"""Readings typed where the lyric should be: ``hang2``, ``hong4``, ``nǐ``, ``L AY1 V``, romaji.

They are recognised by their form and by the line's language: tone digits and tone marks count in Mandarin and
Cantonese lines, ARPAbet needs a stressed vowel, and romaji only counts where a whole Japanese line is
romaji, because "to" and "me" are English words as well.
"""

from __future__ import annotations

import re

from frontend_g2p.markup import FixedReading
from frontend_g2p.phones import Language
from frontend_g2p.romaji import romaji_to_hiragana
from frontend_g2p.scripts import script_of
from frontend_g2p.typed import is_jyutping, is_pinyin, numbered_pinyin

_VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW"
_CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH"
_ARPABET_UNIT = f"(?:(?:{_VOWELS.replace(' ', '|')})[012]?|{_CONSONANTS.replace(' ', '|')})"
_ARPABET = re.compile(rf"(?<![\w'])(?:{_ARPABET_UNIT} )*{_ARPABET_UNIT}(?![\w'])")
_STRESSED = re.compile(r"[A-Z]{2}[012]\b")
_NUMBERED = re.compile(r"(?<![\w'])(?:[a-zü:]+[1-6])+(?![\w'])")
_NUMBERED_SYLLABLE = re.compile(r"[a-zü:]+[1-6]")
_LATIN_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?!\w)")
_ROMAJI_WORD = re.compile(r"[a-zāīūēōâîûêô'-]+")


def find_typed_readings(text: str, language: Language, taken: list[bool]) -> list[FixedReading]:
    """Readings typed as words of ``text`` that touch no character marked in ``taken``."""
    found = _find_arpabet(text)
    if language in ("zh", "yue"):
        found += _find_numbered(text, language)
        found += _find_tone_marked(text)
    if language == "ja":
        found += _find_romaji(text)
    free: list[FixedReading] = []
    for fixed in sorted(found, key=lambda item: item.start):
        after_last = not free or fixed.start >= free[-1].end
        if after_last and not any(taken[fixed.start : fixed.end]):
            free.append(fixed)
    return free


def _find_arpabet(text: str) -> list[FixedReading]:
    return [
        FixedReading(match.start(), match.end(), "en", (match[0],))
        for match in _ARPABET.finditer(text)
        if _STRESSED.search(match[0])
    ]


def _find_numbered(text: str, language: Language) -> list[FixedReading]:
    found: list[FixedReading] = []
    order: tuple[Language, ...] = ("yue", "zh") if language == "yue" else ("zh", "yue")
    for match in _NUMBERED.finditer(text):
        syllables = list(_NUMBERED_SYLLABLE.finditer(text, match.start(), match.end()))
        for candidate in order:
            is_reading = is_pinyin if candidate == "zh" else is_jyutping
            if all(is_reading(syllable[0]) for syllable in syllables):
                found += [FixedReading(item.start(), item.end(), candidate, (item[0],)) for item in syllables]
                break
    return found


def _find_tone_marked(text: str) -> list[FixedReading]:
    return [
        FixedReading(match.start(), match.end(), "zh", (pinyin,))
        for match in _LATIN_WORD.finditer(text)
        if not match[0].isascii() and (pinyin := numbered_pinyin(match[0])) is not None
    ]


def _find_romaji(text: str) -> list[FixedReading]:
    if any(script_of(character) in ("han", "hiragana", "katakana", "digit", "other") for character in text):
        return []
    found: list[FixedReading] = []
    for match in _ROMAJI_WORD.finditer(text):
        pieces = romaji_to_hiragana(match[0])
        if pieces is None:
            return []
        spans = tuple(
            (match.start() + start, match.start() + end) for kana, start, end in pieces for _ in kana
        )
        kana = "".join(kana for kana, _, _ in pieces)
        found.append(FixedReading(match.start(), match.end(), "ja", (kana,), kana_spans=spans))
    covered = sum(fixed.end - fixed.start for fixed in found)
    letters = sum(script_of(character) == "latin" for character in text)
    return found if covered >= letters > 0 else []
