"""In the graph: from tokens and durations to the phones that the acoustic model is told of.

Diphthongs that are one token become two phones, and the last sounds before a silence are sung out, as ``singer.last_sounds``
does it. Every token has four places, most of which stay empty: itself, its offglide, and two phones that stand in for the
beginning of a silence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import Role
from singer.performance.joints import FULL_LENGTH_NOTE_S, LOWEST_PACE, OFFGLIDE_NOTE_S
from singer.performance.performance import FRAME_RATE_HZ
from singer.performance.phone_timing import DEFAULT_DURATIONS
from singer.phone_track import SONORANT_CLASSES, role_row
from singer.voice import Voice
from voicebanks.openutau_export.graph import Graph, Value
from voicebanks.openutau_export.roles import Roles, flags, roles, token_column
from voicebanks.openutau_export.sung_out import PUFF, VOWEL_AFTER, last_token, sung_out
from voicebanks.openutau_export.tokens import SILENCE, Token


@dataclass(frozen=True, slots=True)
class Told:
    """The phones that the model is told of, and the vowels that are really sung.

    Attributes:
        phone, role, language, frames: int64 [P] as the encoder takes them.
        sonorant: int64 [P], 1 for phones that are voiced all through.
        own_frames: int64 [N], length of each token without its offglide.
        held: bool [N], whether the token is a voiced nucleus.
    """

    phone: Value
    role: Value
    language: Value
    frames: Value
    sonorant: Value
    own_frames: Value
    held: Value


@dataclass(frozen=True, slots=True)
class _Places:
    """Columns int64 [N] of one of the four places."""

    phone: Value
    role: Value
    frames: Value
    sonorant: Value


def tell(graph: Graph, tokens: Value, durations: Value, voice: Voice) -> Told:
    """Phones to tell of.

    Args:
        graph: where nodes are added.
        tokens: int64 [N].
        durations: int64 [N], frames of 10 ms.
        voice: whose tables the rows belong to.
    """
    found = roles(graph, tokens)
    offglide = _offglide_frames(graph, tokens, durations)
    split, own = offglide > 0, durations - offglide
    after = sung_out(graph, tokens, durations)
    shorter = flags(graph, tokens, lambda token: token.name == SILENCE) & ~last_token(tokens)
    shortened = own - shorter.where(after.taken.later(1), 0, np.int64)
    places = (
        _Places(
            _sung_as(graph, tokens, voice, found),
            _role(graph, tokens, found.closes),
            shortened + split.where(0, after.change, np.int64),
            token_column(graph, tokens, lambda token: int(_is_sonorant(token.symbol))),
        ),
        _Places(
            token_column(graph, tokens, lambda token: voice.phones.get(token.offglide, 0)),
            tokens * 0 + role_row("coda"),
            split.where(offglide + after.change, 0, np.int64),
            tokens * 0 + 1,
        ),
        _stand_in(tokens, PUFF, after.puff, voice),
        _stand_in(tokens, VOWEL_AFTER, after.vowel, voice),
    )
    language = token_column(graph, tokens, lambda token: voice.languages.get(token.language or "", 0))
    kept = graph.stack(tokens * 0 + 1, *(place.frames for place in places[1:])).reshape(-1) > 0

    def laid(*columns: Value) -> Value:
        return graph.op("Compress", graph.stack(*columns).reshape(-1), kept, axis=0)

    nucleus = flags(graph, tokens, lambda token: token.role == "nucleus" and _is_sonorant(token.symbol))
    return Told(
        laid(*(place.phone for place in places)),
        laid(*(place.role for place in places)),
        laid(*(language for _ in places)),
        laid(*(place.frames for place in places)),
        laid(*(place.sonorant for place in places)),
        own,
        nucleus,
    )


def _stand_in(tokens: Value, what: tuple[str, Role, int], frames: Value, voice: Voice) -> _Places:
    symbol, role, _ = what
    nothing = tokens * 0
    return _Places(
        nothing + voice.phones.get(symbol, 0), nothing + role_row(role), frames, nothing + int(symbol != "h")
    )


def _is_sonorant(symbol: str) -> bool:
    return INVENTORY[symbol].phone_class in SONORANT_CLASSES


def _sung_as(graph: Graph, tokens: Value, voice: Voice, found: Roles) -> Value:
    """Row of each token's phone."""

    def column(symbol_of: Callable[[Token], str]) -> Value:
        return token_column(graph, tokens, lambda token: voice.phones.get(symbol_of(token), 0))

    opening, closing = column(lambda token: token.symbol), column(lambda token: token.closing or token.symbol)
    after_s = column(lambda token: token.after_s or token.symbol)
    closed = found.closes.where(closing, opening, np.int64)
    return found.after_s.where(after_s, closed, np.int64)


def _role(graph: Graph, tokens: Value, closes: Value) -> Value:
    said = token_column(graph, tokens, lambda token: role_row(token.role))
    return closes.where(role_row("coda"), said, np.int64)


def _offglide_frames(graph: Graph, tokens: Value, durations: Value) -> Value:
    """Frames of each token that belong to its offglide: as ``singer.performance.joints`` fits a coda, in whole frames."""
    length_s = token_column(
        graph,
        tokens,
        lambda token: DEFAULT_DURATIONS.length_s(token.offglide, "coda") if token.offglide else 0.0,
        np.float32,
    )
    share = token_column(
        graph,
        tokens,
        lambda token: DEFAULT_DURATIONS.coda_share(token.offglide) if token.offglide else 0.0,
        np.float32,
    )
    frames = durations.to(np.float32)
    pace = (frames / (FULL_LENGTH_NOTE_S * FRAME_RATE_HZ)).clip(LOWEST_PACE, 1.0)
    wanted = (length_s * FRAME_RATE_HZ * pace).least(share * frames).apply("Round").to(np.int64)
    return (durations >= round(OFFGLIDE_NOTE_S * FRAME_RATE_HZ)).where(wanted, 0, np.int64)
