"""Which take is what. Number and timbre of a take decide all about it, so that any order of work gives the same corpus."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.phones import LANGUAGES, Language
from singer.training.corpus.completion import missing_lines
from singer.training.corpus.english_words import word_line
from singer.training.corpus.material import (
    Line,
    balanced_line,
    english_lines,
    more_english_lines,
    shuffled_line,
)

Kind = Literal["spoken", "sung", "breath"]

_ROUND: tuple[tuple[Language, Kind], ...] = (
    ("zh", "spoken"),
    ("en", "sung"),
    ("yue", "spoken"),
    ("ja", "sung"),
    ("en", "spoken"),
    ("zh", "sung"),
    ("ja", "spoken"),
    ("yue", "sung"),
)
_BREATH_ROUND = 2
_SECOND_ROUND: tuple[tuple[Language, Kind], ...] = (
    ("en", "spoken"),
    ("en", "sung"),
    ("zh", "sung"),
    ("en", "spoken"),
    ("yue", "sung"),
    ("en", "sung"),
    ("ja", "sung"),
    ("en", "spoken"),
)
_FIRST_TAKES = 20 * (_BREATH_ROUND * len(_ROUND) + 1)
_SECOND_PART = range(_FIRST_TAKES, _FIRST_TAKES + 21 * len(_SECOND_ROUND))
"""Takes that go after rare phones; before this part and after the third every language has its turn."""
_THIRD_ENGLISH = 5
_THIRD_OTHERS: tuple[Language, ...] = ("zh", "yue", "ja")
_THIRD_PART = range(_SECOND_PART.stop, _SECOND_PART.stop + 88 * (_THIRD_ENGLISH + 1))
"""Spoken takes: five English sentences, then a row of syllables of another language."""
_FOURTH_START = _THIRD_PART.stop
"""From here on spoken takes with what the timbre's takes before this one lack; how many depends on the timbre."""
_SPOKEN_SYLLABLES = (11, 16)
_SUNG_SYLLABLES = (8, 12)
_MORAE_EXTRA = 3
_LISTED_TAKES = 24
"""After this many takes of a language and kind, every second one is drawn for its rare phones."""


@dataclass(frozen=True, slots=True)
class Script:
    """What one take says.

    Attributes:
        name: file stem, unique in its timbre.
        timbre: name of the blend.
        kind: spoken, sung or breath.
        language: language, ``None`` for breaths.
        line: its syllables; none for breaths.
        heldout: kept for testing, never trained on.
        seed: of everything random in the take.
    """

    name: str
    timbre: str
    kind: Kind
    language: Language | None
    line: Line
    heldout: bool
    seed: int


def script_at(timbre: str, number: int) -> Script:
    """The take ``number`` (from 0) of a timbre.

    Eight takes make a round with every language spoken once and sung once; each second round ends with breaths. Takes
    340 to 507 are in rounds of two spoken and two sung rows of English words and one sung take of each other language, all drawn
    for rare phones, and one English sentence that is held out. Takes 508 to 1035 are spoken: five in six are English sentences
    that come once each. The takes from 1036 on complete what the ones before cover: all
    syllables, and all pairs of phones in English words.
    """
    if number in _SECOND_PART:
        return _rare_script(timbre, number)
    if number in _THIRD_PART:
        return _spoken_script(timbre, number)
    passed = number
    if number >= _FOURTH_START:
        completing = _completing(timbre)
        place = number - _FOURTH_START
        if place < len(completing):
            language, line = completing[place]
            name = f"{number:05d}-{language}-spoken"
            return Script(name, timbre, "spoken", language, line, False, _seed(timbre, number))
        passed -= len(_SECOND_PART) + len(_THIRD_PART) + len(completing)
    turn, place = divmod(passed, len(_ROUND) * _BREATH_ROUND + 1)
    seed = _seed(timbre, number)
    if place == len(_ROUND) * _BREATH_ROUND:
        return Script(f"{number:05d}-breath", timbre, "breath", None, Line((), ""), False, seed)
    language, kind = _ROUND[place % len(_ROUND)]
    count = turn * _BREATH_ROUND + place // len(_ROUND)
    heldout = _is_heldout(kind, language, count)
    line = _line(timbre, language, kind, count, heldout)
    name = f"{number:05d}-{language}-{kind}"
    return Script(name, timbre, kind, language, line, heldout, seed)


@cache
def _completing(timbre: str) -> tuple[tuple[Language, Line], ...]:
    """Language and line of each take of the fourth part."""
    earlier = [script_at(timbre, number) for number in range(_FOURTH_START)]
    found: list[tuple[Language, Line]] = []
    for language in LANGUAGES:
        lines = [script.line for script in earlier if script.language == language and not script.heldout]
        found += [(language, line) for line in missing_lines(language, lines)]
    return tuple(found)


def _rare_script(timbre: str, number: int) -> Script:
    turn, place = divmod(number - _SECOND_PART.start, len(_SECOND_ROUND))
    language, kind = _SECOND_ROUND[place]
    rng = np.random.default_rng(_seed(timbre, f"rare {number}"))
    heldout = place == len(_SECOND_ROUND) - 1
    low, high = _SPOKEN_SYLLABLES if kind == "spoken" else _SUNG_SYLLABLES
    length = int(rng.integers(low, high + 1))
    if heldout:
        lines, order = _english_order(timbre, heldout=True)
        unused = [index for index in range(len(lines)) if not _is_heldout("spoken", "en", index)]
        line = lines[int(order[unused[turn % len(unused)]])]
    else:
        line = word_line(length, rng) if language == "en" else balanced_line(language, length, rng)
    return Script(
        f"{number:05d}-{language}-{kind}", timbre, kind, language, line, heldout, _seed(timbre, number)
    )


def _spoken_script(timbre: str, number: int) -> Script:
    turn, place = divmod(number - _THIRD_PART.start, _THIRD_ENGLISH + 1)
    language: Language = "en"
    if place < _THIRD_ENGLISH:
        lines = more_english_lines()
        order = np.random.default_rng(_seed(timbre, "more english")).permutation(len(lines))
        line = lines[int(order[(turn * _THIRD_ENGLISH + place) % len(lines)])]
    else:
        language = _THIRD_OTHERS[turn % len(_THIRD_OTHERS)]
        rng = np.random.default_rng(_seed(timbre, f"spoken {number}"))
        line = balanced_line(language, int(rng.integers(_SPOKEN_SYLLABLES[0], _SPOKEN_SYLLABLES[1] + 1)), rng)
    return Script(
        f"{number:05d}-{language}-spoken", timbre, "spoken", language, line, False, _seed(timbre, number)
    )


def _english_order(timbre: str, *, heldout: bool) -> tuple[tuple[Line, ...], NDArray[np.int64]]:
    lines = english_lines(heldout=heldout)
    return lines, np.random.default_rng(_seed(timbre, f"english {heldout}")).permutation(len(lines))


def _is_heldout(kind: Kind, language: Language, count: int) -> bool:
    """One spoken take in six and one sung take in twenty, at different places for each language."""
    shift = LANGUAGES.index(language)
    return count % 6 == 1 + shift if kind == "spoken" else count % 20 == 3 + shift


def _line(timbre: str, language: Language, kind: Kind, count: int, heldout: bool) -> Line:
    rng = np.random.default_rng(_seed(timbre, f"{language} {kind} {count}"))
    if language == "en":
        lines, order = _english_order(timbre, heldout=heldout)
        chosen = lines[int(order[count % len(lines) if kind == "spoken" else -1 - count % len(lines)])]
        return chosen if kind == "spoken" else _part(chosen, rng)
    low, high = _SPOKEN_SYLLABLES if kind == "spoken" else _SUNG_SYLLABLES
    length = int(rng.integers(low, high + 1))
    if language == "ja" and kind == "spoken":
        length += _MORAE_EXTRA
    if count >= _LISTED_TAKES and count % 2:
        return balanced_line(language, length, rng)
    # Spoken takes go through one order of the list, sung takes through another.
    return shuffled_line(language, length, count * low, _seed(timbre, f"{language} {kind}"), rng)


def _part(line: Line, rng: np.random.Generator) -> Line:
    """A run of whole words of a sentence, short enough to be sung in one take."""
    length = int(rng.integers(_SUNG_SYLLABLES[0], _SUNG_SYLLABLES[1] + 1))
    starts = [0] + [place + 1 for place, item in enumerate(line.syllables[:-1]) if item.ends_word]
    fitting = [start for start in starts if start + length <= len(line.syllables)] or [0]
    start = int(rng.choice(fitting))
    chosen = list(line.syllables[start : start + length])
    while not chosen[-1].ends_word:
        chosen.append(line.syllables[start + len(chosen)])
    return Line(tuple(chosen), "")


def _seed(timbre: str, what: object) -> int:
    return int.from_bytes(hashlib.sha256(f"{timbre} {what}".encode()).digest()[:6], "big")
