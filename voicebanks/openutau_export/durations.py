"""The duration model of an exported bank: the rules of ``singer.performance.joints`` as a graph.

A word of OpenUtau runs from a vowel to the next one: nucleus, coda, and the consonants before the next beat.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx

from frontend_g2p.phones import Role
from singer.performance.joints import CODA_SHARE, FULL_LENGTH_NOTE_S, LOWEST_PACE, ONSET_SHARE
from singer.performance.lengths import FLOOR_S, NUCLEUS_FLOOR_S
from singer.performance.phone_timing import DEFAULT_DURATIONS
from voicebanks.openutau_export.graph import Graph, Value
from voicebanks.openutau_export.roles import Roles, flags, roles, token_column
from voicebanks.openutau_export.styles import DURATION_STYLE, HIDDEN, style_columns
from voicebanks.openutau_export.tokens import BREATH, SILENCE, Token

HOP_SAMPLES = 512
"""Hop of all models but the acoustic one, since clients take it for granted there."""
FRAME_S = HOP_SAMPLES / 44_100
ROUNDED_UP = 0.5
"""Clients round boundaries up to frames: they lie this much before their frame, on average."""


def encode(graph: Graph, tokens: Value, *columns: Value) -> None:
    """Give the outputs of an encoder: what later models need to know of each of N tokens, as numbers."""
    known = graph.stack(tokens.to(np.float32), *(column.to(np.float32) for column in columns))
    wide = known.padded(0, HIDDEN - 1 - len(columns), axis=1, rank=2)
    graph.output("encoder_out", wide.row(), [1, "n_tokens", HIDDEN])
    graph.output("x_masks", (tokens == 0).row(), [1, "n_tokens"])


def encoded(graph: Graph) -> tuple[Value, Value, Value]:
    """The input ``encoder_out``: tokens int64 [N], number of each one's word int64 [N], and its length in frames float32 [N]."""
    hidden = graph.input("encoder_out", np.float32, [1, "n_tokens", HIDDEN]).unbatched()
    tokens, word = (hidden.at(place, axis=1).apply("Round").to(np.int64) for place in (0, 1))
    return tokens, word, hidden.at(2, axis=1)


def word_encoder() -> onnx.ModelProto:
    """Tokens, and the lengths of words: each token with its word."""
    graph = Graph("linguistic")
    tokens = graph.input("tokens", np.int64, [1, "n_tokens"]).unbatched()
    word_div = graph.input("word_div", np.int64, [1, "n_words"]).unbatched()
    word_dur = graph.input("word_dur", np.int64, [1, "n_words"]).unbatched()
    word = graph.steps_at(word_div.running(), tokens.size())
    encode(graph, tokens, word, word_dur.at(word))
    return graph.model()


def duration_model() -> onnx.ModelProto:
    """Lengths of phones that fill each word."""
    graph = Graph("dur")
    tokens, word, frames = encoded(graph)
    masks = graph.input("x_masks", np.bool_, [1, "n_tokens"]).unbatched()
    midi = graph.input("ph_midi", np.int64, [1, "n_tokens"]).unbatched()
    speaker = graph.input("spk_embed", np.float32, [1, "n_speakers", HIDDEN]).unbatched()
    style = style_columns(speaker, DURATION_STYLE)
    length_s = _lengths_s(graph, tokens, word, frames * FRAME_S, style)
    found = masks.where(0.0, length_s / FRAME_S) + midi.to(np.float32) * 0.0
    graph.output("ph_dur_pred", found.row(), [1, "n_tokens"])
    return graph.model()


def _lengths_s(graph: Graph, tokens: Value, word: Value, word_s: Value, style: dict[str, Value]) -> Value:
    """Length of every phone: float32 [N]; ``word_s`` is the length of its word."""
    found = roles(graph, tokens)
    count = word.at(word.size() - 1) + 1

    def whole(values: Value) -> Value:
        return graph.sums(values, word, count).at(word)

    silent = flags(graph, tokens, lambda token: token.name in (SILENCE, BREATH))
    after_silence = whole(silent.where(1.0, 0.0)) > 0.0
    pace = (
        after_silence.where(1.0, (word_s / FULL_LENGTH_NOTE_S).clip(LOWEST_PACE, 1.0))
        * style["consonant_scale"]
    )
    opening, closing = found.opens.where(1.0, 0.0), found.closes.where(1.0, 0.0)
    floor_onset_s, floor_coda_s = whole(opening) * FLOOR_S, whole(closing) * FLOOR_S

    wanted_s = _table_s(graph, tokens, found) * pace
    onset_s = whole(wanted_s * opening)
    limit_s = style["onset_limit_s"].least(after_silence.where(1.0, ONSET_SHARE) * word_s)
    onset_s = onset_s.least(limit_s).most(floor_onset_s).least(word_s - floor_coda_s - NUCLEUS_FLOOR_S)
    onset_s = onset_s.most(0.0)
    own_s = word_s - onset_s
    share = token_column(graph, tokens, _coda_share, np.float32)
    capped_s = wanted_s.least(share * own_s).most(FLOOR_S) * closing
    room_s = (own_s * CODA_SHARE).least(own_s - NUCLEUS_FLOOR_S).most(floor_coda_s)
    coda_s = whole(capped_s).least(room_s)

    fitted_s = opening * _fitted(wanted_s * opening, onset_s, whole) + closing * _fitted(
        capped_s, coda_s, whole
    )
    beside = found.opens | found.closes
    heads = whole(beside.where(0.0, 1.0)).most(1.0)
    head_s = ((word_s - whole(fitted_s)) / heads).most(FLOOR_S)
    return beside.where(fitted_s, head_s)


def _fitted(wanted_s: Value, total_s: Value, whole: Callable[[Value], Value]) -> Value:
    """Lengths in the proportions of ``wanted_s`` that sum to ``total_s`` in each word, but for a floor under each."""
    return (wanted_s * total_s / whole(wanted_s).most(1e-6)).most(FLOOR_S)


def _table_s(graph: Graph, tokens: Value, found: Roles) -> Value:
    """Length that each consonant asks for; what is no consonant asks for 0."""

    def opening(token: Token) -> float:
        return 0.0 if token.role in (None, "nucleus", "coda") else _length_s(token.symbol, token.role)

    def closing(token: Token) -> float:
        symbol = token.closing or token.symbol
        return _length_s(symbol, "coda") if token.role == "coda" or token.is_open else 0.0

    first, last = (token_column(graph, tokens, of, np.float32) for of in (opening, closing))
    return found.closes.where(last, first)


def _length_s(symbol: str, role: Role | None) -> float:
    return 0.0 if role is None else DEFAULT_DURATIONS.length_s(symbol, role)


def _coda_share(token: Token) -> float:
    symbol = token.closing or token.symbol
    return DEFAULT_DURATIONS.coda_share(symbol) if token.role == "coda" or token.is_open else 0.0
