"""Readings of polyphones by the characters around them, from rule files in ``data/``.

A line of a rule file is ``reading<TAB>left<target>right``: the target is read so where the regular expression
``left`` ends before it and ``right`` begins after it. The first rule that fits wins. With ``!`` before the reading a
rule also speaks inside a dictionary word of two or three characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from frontend_g2p.scripts import script_of

BOUNDARY = "，"
"""What stands in a context for blanks and punctuation, and for the ends of the line."""
FOREIGN = "Ａ"
"""What stands in a context for a letter, a digit or a quote."""

_QUOTES = frozenset("\"'“”‘’《》〈〉「」『』")

_WINDOW = 12
_LONGEST_OPEN_WORD = 3


@dataclass(frozen=True)
class Rule:
    """``target`` is read ``reading`` where ``left`` ends before it and ``right`` begins after it.

    ``inside_words``: also inside a dictionary word of two or three characters.
    """

    reading: str
    target: str
    left: str
    right: str
    inside_words: bool

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """Left and right as compiled patterns; compiling all of them at once would take a fifth of a second."""
        return re.compile(f"(?:{self.left})\\Z"), re.compile(self.right)


def in_context(text: str) -> str:
    """Give a text as the rules see it: Han as it is, letters, digits and quotes alike, all else a boundary."""
    return "".join(map(_context_character, text))


@cache
def _context_character(character: str) -> str:
    script = script_of(character)
    if script == "han":
        return character
    return BOUNDARY if script in ("mark", "other") and character not in _QUOTES else FOREIGN


@cache
def load_rules(file_name: str) -> Mapping[str, tuple[Rule, ...]]:
    """Rules of a file for each first character of a target, in the order in which they are tried."""
    text = files("frontend_g2p").joinpath("data", file_name).read_text(encoding="utf-8")
    rules: dict[str, list[Rule]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            rule = parse_rule(line)
            rules.setdefault(rule.target[0], []).append(rule)
    return {character: tuple(found) for character, found in rules.items()}


def parse_rule(line: str) -> Rule:
    """Parse ``reading<TAB>left<target>right``."""
    reading, _, pattern = line.partition("\t")
    match = re.fullmatch(r"(.*)<([^<>!=]+)>(.*)", pattern)
    if match is None:
        raise ValueError(f"rule without a target: {line!r}")
    left, target, right = match.groups()
    return Rule(reading.removeprefix("!"), target, left, right, reading.startswith("!"))


def apply_rules(
    rules: Mapping[str, tuple[Rule, ...]], text: str, readings: Sequence[str], word_lengths: Sequence[int]
) -> list[str]:
    """Correct the readings of a text from :func:`in_context`.

    ``word_lengths`` has the length of the dictionary word that each character is in; longer ones are left alone.
    """
    corrected = list(readings)
    padded = BOUNDARY * 2 + text + BOUNDARY * 2
    position = 0
    while position < len(text):
        rule = next(
            (
                rule
                for rule in rules.get(text[position], ())
                if _is_open(rule, position, word_lengths) and _fits(rule, padded, position + 2)
            ),
            None,
        )
        length = len(rule.target) if rule else 1
        if rule:
            corrected[position : position + length] = [rule.reading] * length
        position += length
    return corrected


def _is_open(rule: Rule, position: int, word_lengths: Sequence[int]) -> bool:
    length = word_lengths[position]
    return length == 1 or (rule.inside_words and length <= _LONGEST_OPEN_WORD)


def _fits(rule: Rule, padded: str, place: int) -> bool:
    if not padded.startswith(rule.target, place):
        return False
    left, right = rule.patterns
    return (
        right.match(padded, place + len(rule.target)) is not None
        and left.search(padded[max(place - _WINDOW, 0) : place]) is not None
    )
