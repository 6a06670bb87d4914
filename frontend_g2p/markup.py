"""Readings that the user writes into a lyric, taken out of the text before it is read.

``行{hang2}`` gives a reading to the character (or, with several syllables, the characters) before the braces,
``故郷{ふるさと}`` to a run of kanji, ``live{L AY1 V}`` to a word; ``[n i]`` stands for one syllable of
explicit phones, and ``好{[x ɑ u̯]}`` gives explicit phones to a character.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from frontend_g2p.errors import ReadingError
from frontend_g2p.normalise import PlainText
from frontend_g2p.phones import Language, Source
from frontend_g2p.scripts import script_of
from frontend_g2p.typed import explicit_phones, is_jyutping, is_pinyin, numbered_pinyin

PLACEHOLDER = "\ufffc"
"""Stands in the text for a syllable of explicit phones."""

_ARPABET = re.compile(r"[A-Z]{1,2}[012]?(?: +[A-Z]{1,2}[012]?)*")
_PHONES = re.compile(r"\[[^\[\]]*\](?: *\[[^\[\]]*\])*")
_KANA = re.compile(r"[ぁ-ゖァ-ヺー・ ]+")


@dataclass(frozen=True, slots=True)
class FixedReading:
    """A reading that is given, not found, for ``text[start:end]``.

    ``readings`` has one item per syllable: pinyin, Jyutping or ``[phones]``; for Japanese it is one string
    of kana, for English one string of ARPAbet, which the readers of those languages cut into syllables.
    ``kana_spans`` says for each of the kana which characters of the text it stands for, where that is known
    (romaji).
    """

    start: int
    end: int
    language: Language
    readings: tuple[str, ...]
    source: Source = "typed"
    kana_spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A normalised text without its markup.

    Attributes:
        text: what is to be read.
        spans: for each character of ``text``, its span in the caller's text.
        fixed: the readings that the markup gave, in order, without overlap.
        starts: where each note's lyric begins in ``text``, by rising place; a line is one.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    fixed: tuple[FixedReading, ...]
    starts: tuple[int, ...] = (0,)


def parse_markup(plain: PlainText, line: str, language: Language) -> MarkedText:
    """Take the markup out of a normalised line; ``line`` is the caller's text, for error messages.

    Raises:
        ReadingError: ``bad_reading`` for brackets without their partner, without a reading, or without text
        to read.
    """
    return _Parser(plain, line, language).parse()


class _Parser:
    def __init__(self, plain: PlainText, line: str, language: Language) -> None:
        self._plain = plain
        self._line = line
        self._language = language
        self._characters: list[str] = []
        self._spans: list[tuple[int, int]] = []
        self._fixed: list[FixedReading] = []

    def parse(self) -> MarkedText:
        text = self._plain.text
        position = 0
        while position < len(text):
            character = text[position]
            if character == "[":
                position = self._take_phones(position)
            elif character == "{":
                position = self._take_reading(position)
            elif character in "]}":
                raise self._error(position, position + 1, f"{character!r} without its partner before it")
            elif character == PLACEHOLDER:
                raise self._error(position, position + 1, "U+FFFC stands for no text", "unknown_symbol")
            else:
                self._characters.append(character)
                self._spans.append(self._plain.spans[position])
                position += 1
        return MarkedText("".join(self._characters), tuple(self._spans), tuple(self._fixed))

    def _error(self, start: int, end: int, message: str, code: str = "bad_reading") -> ReadingError:
        source_start, source_end = self._plain.source_span(start, end)
        return ReadingError(code, message, self._line[source_start:source_end], source_start, source_end)

    def _closing(self, opening: int, partner: str) -> int:
        closing = self._plain.text.find(partner, opening)
        if closing < 0:
            found = self._plain.text[opening]
            raise self._error(
                opening, len(self._plain.text), f"{found!r} without its partner {partner!r} after it"
            )
        return closing

    def _take_phones(self, opening: int) -> int:
        closing = self._closing(opening, "]")
        content = self._plain.text[opening + 1 : closing]
        try:
            explicit_phones(content)
        except ValueError as error:
            raise self._error(opening, closing + 1, f"{error} (brackets hold phones: [n i])") from error
        place = len(self._characters)
        self._characters.append(PLACEHOLDER)
        self._spans.append(self._plain.source_span(opening, closing + 1))
        self._fixed.append(
            FixedReading(place, place + 1, self._language, (f"[{' '.join(content.split())}]",))
        )
        return closing + 1

    def _take_reading(self, opening: int) -> int:
        closing = self._closing(opening, "}")
        content = self._plain.text[opening + 1 : closing].strip()
        try:
            language, readings = parse_reading(content, self._language)
            start = self._base_start(language, readings)
        except ValueError as error:
            raise self._error(opening, closing + 1, str(error)) from error
        self._fixed.append(FixedReading(start, len(self._characters), language, readings))
        return closing + 1

    def _base_start(self, language: Language, readings: tuple[str, ...]) -> int:
        """Where the text begins that a reading in braces is for."""
        before = "".join(self._characters)
        free = self._fixed[-1].end if self._fixed else 0
        if len(before) == free:
            raise ValueError("a reading in braces comes after the text it is for, such as 行{hang2}")
        if script_of(before[-1]) == "digit":
            return _run_start(before, free, lambda character: script_of(character) == "digit")
        if language == "en" or script_of(before[-1]) == "latin":
            return _run_start(before, free, lambda c: script_of(c) == "latin" or c == "'")
        if language == "ja":
            return _run_start(before, free, lambda character: script_of(character) == "han")
        return self._han_base_start(before, free, readings)

    def _han_base_start(self, before: str, free: int, readings: tuple[str, ...]) -> int:
        is_erhua = before[-1] in "儿兒" and len(readings) > 0 and _is_rhotic(readings[-1])
        start = len(before) - len(readings) - (1 if is_erhua else 0)
        if start < free or not all(script_of(character) == "han" for character in before[start:]):
            raise ValueError(
                f"{len(readings)} syllables in braces ({' '.join(readings)}) need {len(readings)} characters "
                "before them: 银行{yin2 hang2}"
            )
        return start


def _run_start(text: str, free: int, belongs: Callable[[str], bool]) -> int:
    start = len(text)
    while start > free and belongs(text[start - 1]):
        start -= 1
    if start == len(text):
        raise ValueError("a reading in braces comes after the text it is for, such as 故郷{ふるさと}")
    return start


def _is_rhotic(reading: str) -> bool:
    return reading[-2:-1] == "r" and reading[:2] != "er" and len(reading) > 2


def parse_reading(content: str, language: Language) -> tuple[Language, tuple[str, ...]]:
    """Give the language and the syllables of a typed reading, checked as far as it can be without the
    readers.

    Raises:
        ValueError: it is none of: phones in brackets, kana, ARPAbet, pinyin, Jyutping.
    """
    if content.startswith("["):
        if not _PHONES.fullmatch(content):
            raise ValueError(
                f"{content!r} is not phones in brackets, one pair for each syllable: [n i] [x ɑ u̯]"
            )
        groups = re.findall(r"\[([^\[\]]*)\]", content)
        for group in groups:
            explicit_phones(group)
        return language, tuple(f"[{' '.join(group.split())}]" for group in groups)
    if content and _KANA.fullmatch(content):
        return "ja", (content.replace(" ", ""),)
    if _ARPABET.fullmatch(content):
        return "en", (" ".join(content.split()),)
    tokens = [numbered_pinyin(token) or token for token in content.split()]
    order: tuple[Language, ...] = ("yue", "zh") if language == "yue" else ("zh", "yue")
    for candidate in order:
        is_reading = is_pinyin if candidate == "zh" else is_jyutping
        if tokens and all(map(is_reading, tokens)):
            return candidate, tuple(tokens)
    raise ValueError(
        f"{content!r} is no reading: write pinyin or Jyutping with tone digits (hang2, hong4), kana "
        "(ふるさと), ARPAbet (L AY1 V) or phones ([n i])"
    )
