"""Readings that songs use and analysers do not: 故郷 ふるさと, 父母 ちちはは, 夏は来ぬ なつはきぬ.

``data/japanese_song_readings.tsv`` has one reading a line: a surface, and its reading in hiragana as spelled (は stays
は). A surface with a bracket is a regular expression whose whole match is read so, with look-behind and look-ahead for
the context. At one place a pattern wins over a plain surface of the same length, and the longest match wins.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_LOOK_BEHIND = re.compile(r"\(\?<[=!](?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True, slots=True)
class SongReading:
    """A stretch [start, end) of a text and the hiragana that it is sung as."""

    start: int
    end: int
    reading: str


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Plain surfaces, and patterns by the first character of what they match."""

    surfaces: dict[str, str]
    longest: int
    patterns: dict[str, list[tuple[str, str]]]


@cache
def _load_lexicon() -> _Lexicon:
    text = files("frontend_g2p").joinpath("data", "japanese_song_readings.tsv").read_text(encoding="utf-8")
    surfaces: dict[str, str] = {}
    patterns: dict[str, list[tuple[str, str]]] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        surface, reading = line.split("\t")[:2]
        if "(" in surface:
            patterns.setdefault(_LOOK_BEHIND.sub("", surface)[0], []).append((surface, reading))
        else:
            surfaces[surface] = reading
    return _Lexicon(surfaces, max(map(len, surfaces)), patterns)


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    # Compiled when its first character is met: all of them at once would cost 0.2 s.
    return re.compile(pattern)


def find_song_readings(text: str, boundaries: Collection[int]) -> list[SongReading]:
    """Non-overlapping song readings of a text, from left to right.

    Args:
        text: what is read.
        boundaries: places between the analyser's words; a single kanji counts only if it is a word of its own (薄, but
            not in 薄れ or 薄明).
    """
    lexicon = _load_lexicon()
    result: list[SongReading] = []
    position = 0
    while position < len(text):
        item = _match_pattern(lexicon, text, position)
        longer = _match_surface(lexicon, text, position, boundaries)
        if longer is not None and (item is None or longer.end > item.end):
            item = longer
        if item is not None:
            result.append(item)
        position = item.end if item is not None else position + 1
    return result


def _match_pattern(lexicon: _Lexicon, text: str, position: int) -> SongReading | None:
    best: SongReading | None = None
    for pattern, reading in lexicon.patterns.get(text[position], ()):
        match = _compile(pattern).match(text, position)
        if match and match.end() > (best.end if best is not None else position):
            best = SongReading(position, match.end(), reading)
    return best


def _match_surface(
    lexicon: _Lexicon, text: str, position: int, boundaries: Collection[int]
) -> SongReading | None:
    for length in range(min(lexicon.longest, len(text) - position), 0, -1):
        end = position + length
        reading = lexicon.surfaces.get(text[position:end])
        if reading is not None and _is_own_word(text, position, end, boundaries):
            return SongReading(position, end, reading)
    return None


def _is_own_word(text: str, start: int, end: int, boundaries: Collection[int]) -> bool:
    """Whether a surface is no part of a longer word.

    Between kanji (平城 in 平城京) the analyser must see a boundary. A single kanji must also be a word of the analyser's,
    with no kanji, katakana or digit beside it (薄, but not in 薄れ; 色, but not in ガラス色).
    """
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if end - start == 1:
        return {start, end} <= set(boundaries) and not any(map(_joins, before + after))
    joined_before = _is_kanji(before) and _is_kanji(text[start]) and start not in boundaries
    joined_after = _is_kanji(after) and _is_kanji(text[end - 1]) and end not in boundaries
    return not joined_before and not joined_after


def _is_kanji(char: str) -> bool:
    return "一" <= char <= "鿿" or char == "々"


def _joins(char: str) -> bool:
    return _is_kanji(char) or "ァ" <= char <= "ー" or char.isdigit()
