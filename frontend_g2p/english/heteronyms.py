"""Words spelled alike and read differently (live, read, tear, wind, close ...), told apart by their neighbours.

``data/english_heteronyms.tsv`` holds context rules for the words that songs use; any other word whose dictionary
entry depends on its part of speech is decided by a few sure neighbours and then by the tagger.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from frontend_g2p.english.tables import read_rows, word_list, word_set
from frontend_g2p.english.tagger import tag_words
from frontend_g2p.english.words import Pronunciation, WordEntry

_CLASSES = ("modal", "future", "subject", "object")
_COARSE_TAGS = {"VB": "VERB", "NN": "NOUN", "JJ": "ADJ", "RB": "ADV"}


@dataclass(frozen=True, slots=True)
class _Rule:
    readings: tuple[Pronunciation, ...]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None


def _compile(pattern: str, frame: str) -> re.Pattern[str] | None:
    for name in _CLASSES:
        pattern = pattern.replace(f"{{{name.upper()}}}", "|".join(word_list(name)))
    if pattern.startswith("(?!"):
        pattern += ".*"
    return re.compile(frame.format(pattern)) if pattern else None


@cache
def _load_rules() -> dict[str, list[tuple[str, str, str]]]:
    rules: dict[str, list[tuple[str, str, str]]] = {}
    for row in read_rows("heteronyms"):
        word, reading, before, after = [*row, "", ""][:4]
        rules.setdefault(word, []).append((reading, before, after))
    return rules


@cache
def _rules_of(word: str) -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            tuple(tuple(option.split()) for option in reading.split(" / ")),
            _compile(before, r"(?:^|\s)(?:{})$"),
            _compile(after, r"(?:{})(?:\s|$)"),
        )
        for reading, before, after in _load_rules().get(word, ())
    )


def read_by_rules(words: Sequence[str], index: int) -> tuple[Pronunciation, ...] | None:
    """Readings of ``words[index]`` (lower-case words of the line) by the first context rule that holds, or None."""
    rules = _rules_of(words[index])
    if not rules:
        return None
    # Eight words each way are enough for every rule, and keep a line of 2 000 words linear.
    before = " ".join(["<s>", *words[:index]] if index < 8 else words[index - 8 : index])
    after = " ".join([*words[index + 1 : index + 9], "</s>"])
    for rule in rules:
        if rule.before is not None and not rule.before.search(before):
            continue
        if rule.after is None or rule.after.match(after):
            return rule.readings
    return None


def _tag_by_neighbours(words: Sequence[str], index: int) -> str | None:
    """VERB or NOUN where the neighbours leave no doubt, else None."""
    before = words[index - 1] if index else ""
    after = words[index + 1] if index + 1 < len(words) else ""
    if before not in ("not", "always", "please") and before in word_set("modal") | word_set("future"):
        return "VERB"
    if before in word_set("subject"):
        return "VERB"
    if not before:
        return "VERB" if after in word_set("object") or after in word_set("after_imperative") else None
    if before in word_set("determiners") and (not after or after in word_set("prepositions")):
        return "NOUN"
    return None


def read_by_tag(words: Sequence[str], index: int, entry: WordEntry) -> Pronunciation:
    """The reading of a dictionary entry that depends on the part of speech of ``words[index]`` in its line."""
    tag = _tag_by_neighbours(words, index)
    if tag is None:
        start = max(0, index - 20)
        tag = tag_words(words[start : index + 20])[index - start]
    if tag == "VB" and "VBP" in entry.by_tag and "VERB" not in entry.by_tag:
        return entry.readings[0]
    return entry.by_tag.get(tag) or entry.by_tag.get(_COARSE_TAGS.get(tag[:2], "")) or entry.readings[0]
