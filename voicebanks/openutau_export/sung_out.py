"""In the graph: what stands in for the beginning of a silence, so that the last sound before it is sung out.

Twin of ``singer.last_sounds``, which says why.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from frontend_g2p.inventory import INVENTORY
from singer.last_sounds import (
    AFTER_CONSONANT,
    AFTER_STOP,
    CLOSURE_FRAMES,
    CONSONANT_FRAMES,
    EARLY_FRAMES,
    NO_LIMIT,
    SHORTEST_FRAMES,
    SILENCE_FRAMES,
    VOWEL_FRAMES,
)
from voicebanks.openutau_export.graph import Graph, Value
from voicebanks.openutau_export.roles import flags
from voicebanks.openutau_export.tokens import BREATH, SILENCE, Token

(PUFF, _VOWEL_AFTER_PUFF), (VOWEL_AFTER,) = AFTER_STOP, AFTER_CONSONANT
"""Symbol, role and frames of what follows a last sound."""


@dataclass(frozen=True, slots=True)
class SungOut:
    """What becomes of each of N tokens that ends before a silence, in frames: int64 [N] each, 0 for all other tokens.

    Attributes:
        change: how much longer it is told to be; a stop ends early.
        puff: length of the puff of air after it.
        vowel: length of the vowel after that.
    """

    change: Value
    puff: Value
    vowel: Value

    @property
    def taken(self) -> Value:
        """What all of it takes from the silence."""
        return self.change + self.puff + self.vowel


def last_token(tokens: Value) -> Value:
    """Which token is the last one: bool [N]."""
    return (tokens * 0).later(-1, 1) == 1


def sung_out(graph: Graph, tokens: Value, durations: Value) -> SungOut:
    """What follows each token before a silence; tokens and durations in frames are int64 [N]."""
    silence = flags(graph, tokens, lambda token: token.name == SILENCE)
    sounds = flags(graph, tokens, lambda token: token.name not in (SILENCE, BREATH))
    last = last_token(tokens)
    next_silent = silence.to(np.int64).later(-1, 1) == 1
    next_last = last.to(np.int64).later(-1, 1) == 1
    space = (durations.later(-1) - SILENCE_FRAMES).most(0)
    ends = sounds & next_silent
    room = ends.where((last | next_last).where(NO_LIMIT, space, np.int64), 0, np.int64)

    def of_class(*classes: str) -> Value:
        return ends & flags(graph, tokens, lambda token: _last_class(token) in classes)

    stop, vowel = of_class("stop", "affricate"), of_class("vowel", "syllabic")
    other = ends & ~stop & ~vowel & ~of_class("unreleased")
    early = stop.where((durations - CLOSURE_FRAMES).clip(0, EARLY_FRAMES), 0, np.int64)
    longest = vowel.where(VOWEL_FRAMES, other.where(CONSONANT_FRAMES, 0, np.int64), np.int64)
    ending = longest.least(room)
    puff = stop.where(_enough((room + early).least(PUFF[2])), 0, np.int64)
    left = room + early - ending - puff
    wanted = stop.where(_VOWEL_AFTER_PUFF[2], other.where(VOWEL_AFTER[2], 0, np.int64), np.int64)
    return SungOut(ending - early, puff, _enough(wanted.least(left)))


def _enough(frames: Value) -> Value:
    return (frames >= SHORTEST_FRAMES).where(frames, 0, np.int64)


def _last_class(token: Token) -> str:
    return INVENTORY[token.offglide or token.symbol].phone_class
