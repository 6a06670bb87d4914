"""In the graph: which tokens open a syllable and which close one.

Most tokens say it themselves. English as OpenUtau reads it is a row of ARPAbet without syllables: there a consonant opens the
next syllable if it stands before a vowel, or before a consonant that does and that it may be followed by (the longest onset
that English allows, as in ``frontend_g2p.english.arpabet``, but without the ends of words, which a graph does not see).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from frontend_g2p.english.codec import CONSONANTS
from frontend_g2p.english.tables import word_set
from voicebanks.openutau_export.graph import Graph, Value
from voicebanks.openutau_export.tokens import BREATH, SILENCE, Token, token_table

_LONGEST_ONSET = 3


@dataclass(frozen=True, slots=True)
class Roles:
    """What is known of N tokens, bool [N] each.

    Attributes:
        opens: the phone stands before its vowel; false for vowels, codas and silences.
        closes: the phone stands after its vowel.
        after_s: a P, T or K of open role that follows S in one onset.
    """

    opens: Value
    closes: Value
    after_s: Value


def token_column(graph: Graph, tokens: Value, of: Callable[[Token], Any], dtype: Any = np.int64) -> Value:
    """What ``of`` says of each token (int64 [N]): a look-up in a table; 0 for padding."""
    table = [0, *(of(token) for token in token_table().values())]
    return graph.value(np.array(table, dtype), dtype).at(tokens)


def flags(graph: Graph, tokens: Value, of: Callable[[Token], bool]) -> Value:
    """The same for questions: bool [N]."""
    return token_column(graph, tokens, lambda token: int(of(token))) == 1


def roles(graph: Graph, tokens: Value) -> Roles:
    """Roles of tokens int64 [N]."""
    is_open = flags(graph, tokens, lambda token: token.is_open)
    vowel = flags(graph, tokens, lambda token: token.role == "nucleus")
    silent = flags(graph, tokens, lambda token: token.name in (SILENCE, BREATH))
    alone = flags(graph, tokens, lambda token: token.is_open and token.symbol != "ŋ")
    said = flags(graph, tokens, lambda token: not token.is_open and token.role in ("onset", "glide"))
    kind = token_column(graph, tokens, _consonant)
    joined = _pairs(graph, kind, kind.later(-1))
    opens = said | (alone & _beside(vowel, -1))
    for _ in range(_LONGEST_ONSET - 1):
        opens = opens | (is_open & joined & _beside(opens, -1))
    first = is_open & _beside(silent, 1, beyond=1)
    for _ in range(_LONGEST_ONSET):
        first = first | (is_open & _beside(first, 1))
    opens = opens | first
    after = (kind.later(1) == _number("S")) & _beside(opens, 1)
    closes = flags(graph, tokens, lambda token: token.role == "coda") | (is_open & ~opens)
    return Roles(opens, closes, is_open & opens & after)


def _beside(flag: Value, steps: int, beyond: int = 0) -> Value:
    """The flag of the token ``steps`` before each one (behind it if negative); ``beyond`` the ends."""
    return flag.to(np.int64).later(steps, beyond) == 1


def _number(consonant: str) -> int:
    return 1 + CONSONANTS.index(consonant)


def _consonant(token: Token) -> int:
    """Number of an ARPAbet consonant token, else 0."""
    name = token.name.removeprefix("en/").upper()
    return _number(name) if token.name == f"en/{name.lower()}" and name in CONSONANTS else 0


def _pairs(graph: Graph, first: Value, second: Value) -> Value:
    """Whether English begins syllables with both: bool [N]."""
    size = len(CONSONANTS) + 1
    allowed = np.zeros((size, size), np.int64)
    pairs = [*word_set("onsets_of_two"), *(f"{head} Y" for head in word_set("before_y"))]
    for head, tail in (pair.split() for pair in pairs):
        allowed[_number(head), _number(tail)] = 1
    return graph.ints(allowed.reshape(-1)).at(first * size + second) == 1
