"""Cut a line of lyrics into spans of one language each.

Script decides where it can: hiragana and katakana are Japanese, Latin is English. Han characters belong to
the line's language unless the neighbourhood says otherwise: hiragana claims the Han characters it touches
(月の光), but not those that Japanese does not write with (听, 你); characters of written Cantonese make a run
Cantonese.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from frontend_g2p.phones import Language
from frontend_g2p.scripts import STRONGLY_CANTONESE, Script, is_chinese_only, is_old_form, script_of


@dataclass(frozen=True, slots=True)
class Span:
    """``text[start:end]`` is in ``language``; ``None``: in no script that the front end reads."""

    start: int
    end: int
    language: Language | None


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring characters of one script."""

    start: int
    end: int
    script: Script


def split_spans(text: str, line_language: Language) -> tuple[Span, ...]:
    """Cut normalised ``text`` into spans that cover it without gaps; blanks and punctuation join the span
    before.

    Neighbouring spans differ in language, except around unreadable symbols, which get spans of their own.
    """
    runs = _runs(text)
    languages = _assign(text, runs, line_language)
    spans: list[Span] = []
    for run, language in zip(runs, languages, strict=True):
        if spans and spans[-1].language == language and language is not None:
            spans[-1] = Span(spans[-1].start, run.end, language)
        else:
            spans.append(Span(run.start, run.end, language))
    return tuple(spans)


_NUMBER = re.compile(r"(?:(?<!\S)[-+]|[¥￥$€£])?\d+(?:[.,:/⁄×÷=+-]\d+)*(?:%|‰|°C?)?")


def _scripts(text: str) -> list[Script]:
    """Script of each character; the signs of a number (3.14, -5, 50%, 8°C) count as digits."""
    scripts = [script_of(character) for character in text]
    for match in _NUMBER.finditer(text):
        scripts[match.start() : match.end()] = ["digit"] * len(match[0])
    return scripts


def _runs(text: str) -> list[_Run]:
    runs: list[_Run] = []
    position = 0
    for script, group in itertools.groupby(_scripts(text)):
        length = sum(1 for _ in group)
        runs.append(_Run(position, position + length, script))
        position += length
    return runs


def _assign(text: str, runs: list[_Run], line_language: Language) -> list[Language | None]:
    """Language of each run: letters first, then Han, then digits and marks, which follow their neighbours."""
    languages: list[Language | None] = [None] * len(runs)
    for index, run in enumerate(runs):
        if run.script in ("hiragana", "katakana"):
            languages[index] = "ja"
        elif run.script == "latin":
            languages[index] = "en"
    for first, last in _phrases(runs):
        for index in range(first, last):
            if runs[index].script == "han":
                languages[index] = _han_language(text, runs, index, (first, last), line_language)
    for index, run in enumerate(runs):
        if run.script == "digit":
            languages[index] = _digit_language(runs, languages, index) or line_language
    _assign_marks(text, runs, languages, line_language)
    return languages


def _phrases(runs: list[_Run]) -> list[tuple[int, int]]:
    """Ranges of runs between blanks, punctuation and Latin: what can be one phrase of one East Asian
    language.
    """
    phrases: list[tuple[int, int]] = []
    first = 0
    for index, run in enumerate(runs):
        if run.script in ("mark", "latin", "other"):
            phrases.append((first, index))
            first = index + 1
    phrases.append((first, len(runs)))
    return [phrase for phrase in phrases if phrase[0] < phrase[1]]


def _han_language(
    text: str, runs: list[_Run], index: int, phrase: tuple[int, int], line_language: Language
) -> Language:
    han = text[runs[index].start : runs[index].end]
    base: Language = "zh" if line_language == "en" else line_language
    if any(character in STRONGLY_CANTONESE for character in han):
        return "yue"
    if base == "ja":
        if any(is_chinese_only(character) for character in han):
            return "zh"
        return "ja"
    if _claimed_by_hiragana(text, runs, index, phrase):
        return "ja"
    if base == "zh" and _phrase_is_cantonese(text, runs, phrase):
        return "yue"
    return base


def _claimed_by_hiragana(text: str, runs: list[_Run], index: int, phrase: tuple[int, int]) -> bool:
    run = runs[index]
    han = text[run.start : run.end]
    if any(is_chinese_only(character) or is_old_form(character) for character in han):
        return False
    follows = index + 1 < phrase[1] and runs[index + 1].script == "hiragana"
    precedes = index > phrase[0] and runs[index - 1].script == "hiragana"
    if not follows and not precedes:
        return False
    return not _reads_as_chinese(han, follows)


def _reads_as_chinese(han: str, hiragana_follows: bool) -> bool:
    """Whether a stretch of Han is too long and too Chinese in its small words to be part of a Japanese
    phrase.
    """
    inner = han[:-1] if hiragana_follows else han
    small_words = sum(inner.count(word) for word in ("我", "的", "了", "是", "也", "都", "在", "把", "和"))
    return (len(han) >= 4 and small_words > 0) or len(han) >= 7


def _phrase_is_cantonese(text: str, runs: list[_Run], phrase: tuple[int, int]) -> bool:
    stretch = text[runs[phrase[0]].start : runs[phrase[1] - 1].end]
    return any(character in STRONGLY_CANTONESE for character in stretch)


def _digit_language(runs: list[_Run], languages: list[Language | None], index: int) -> Language | None:
    """Language of the letters that touch a number (MP3, 3月); ``None`` for a number that stands alone."""
    for neighbour in (index + 1, index - 1):
        if (
            0 <= neighbour < len(runs)
            and languages[neighbour] is not None
            and runs[neighbour].script != "mark"
        ):
            return languages[neighbour]
    return None


def _assign_marks(
    text: str, runs: list[_Run], languages: list[Language | None], line_language: Language
) -> None:
    """Blanks and punctuation join the language before them, so that a sentence stays one span."""
    previous: Language | None = None
    for index, run in enumerate(runs):
        if run.script == "mark":
            languages[index] = previous or _next_language(languages, index) or line_language
        elif run.script != "other":
            previous = languages[index]


def _next_language(languages: list[Language | None], index: int) -> Language | None:
    return next((language for language in languages[index:] if language is not None), None)
