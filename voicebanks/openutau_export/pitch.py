"""The pitch model of an exported bank: the rules of ``singer.performance.pitch`` as a graph.

Glides, preparation, overshoot, scoops, the fall at the end and vibrato are the engine's. What is left out: drift and fluctuation,
which are random there; and a note that is held on one pitch over a bar line begins its vibrato anew, as a graph is not told that
nothing new is sung.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import onnx

from singer.controls import VIBRATO
from singer.performance.performance import SLACK_S
from singer.performance.pitch import FALL_S, LONGEST_GLIDE_SHARE, LONGEST_SETTLE_SHARE, SCOOP_LEAD_S
from singer.performance.vibrato import EARLIEST_S, FADE_S, FULL_DEPTH_NOTE_S, RATE_SLACK
from voicebanks.openutau_export.durations import FRAME_S, ROUNDED_UP, encode
from voicebanks.openutau_export.graph import Graph, Value
from voicebanks.openutau_export.shapes import bump, rise
from voicebanks.openutau_export.styles import HIDDEN, PITCH_STYLE, style_columns

_SHORTEST_S = 1e-3


@dataclass(frozen=True, slots=True)
class _Notes:
    """The notes, [M] each: pitch in cents, length in seconds, 1 if nothing is sung, and 1 if it is the last that is sung."""

    cents: Value
    length_s: Value
    rest: Value
    last: Value


def phone_encoder() -> onnx.ModelProto:
    """Tokens and their lengths: what the pitch and variance models need of them."""
    graph = Graph("linguistic")
    tokens = graph.input("tokens", np.int64, [1, "n_tokens"]).unbatched()
    lengths = graph.input("ph_dur", np.int64, [1, "n_tokens"]).unbatched()
    encode(graph, tokens, graph.count(tokens.size()), lengths)
    return graph.model()


def pitch_model() -> onnx.ModelProto:
    """Notes to pitch."""
    graph = Graph("pitch")
    hidden = graph.input("encoder_out", np.float32, [1, "n_tokens", HIDDEN])
    phone_frames = graph.input("ph_dur", np.int64, [1, "n_tokens"])
    midi = graph.input("note_midi", np.float32, [1, "n_notes"]).unbatched()
    rest = graph.input("note_rest", np.bool_, [1, "n_notes"]).unbatched().to(np.float32)
    frames = graph.input("note_dur", np.int64, [1, "n_notes"]).unbatched()
    pitch = graph.input("pitch", np.float32, [1, "n_frames"]).unbatched()
    expression = graph.input("expr", np.float32, [1, "n_expr"]).unbatched()
    retake = graph.input("retake", np.bool_, [1, "n_frames"]).unbatched()
    speaker = graph.input("spk_embed", np.float32, [1, "n_frames", HIDDEN]).unbatched()
    steps = graph.input("steps", np.int64, [])
    unused = steps + graph.op("ReduceMax", phone_frames, keepdims=0)
    unused_too = graph.op("ReduceMax", hidden, keepdims=0)

    sung = 1.0 - rest
    last = sung * (sung.running() == sung.sum(0, keep=True)).where(1.0, 0.0)
    notes = _Notes(midi * 100.0, (frames.to(np.float32) * FRAME_S).most(_SHORTEST_S), rest, last)
    found = _Curve(graph, notes, frames, pitch.size(), style_columns(speaker, PITCH_STYLE))
    cents = found.glided() + expression * (found.turns() + found.vibrato() + found.edges())
    semitones = cents / 100.0 + (unused.to(np.float32) + unused_too) * 0.0
    graph.output("pitch_pred", retake.where(semitones, pitch).row(), [1, "n_frames"])
    return graph.model()


class _Curve:
    """Every frame with its note and the notes beside it; each method gives a part of the pitch in cents, float32 [T]."""

    def __init__(
        self, graph: Graph, notes: _Notes, frames: Value, total: Value, style: dict[str, Value]
    ) -> None:
        self._notes, self._style = notes, style
        self._last = frames.size() - 1
        ends = frames.running()
        self._here = graph.steps_at(ends, total).least(self._last)
        start = (ends - frames).at(self._here)
        self._since_s = ((graph.count(total) - start).to(np.float32) + ROUNDED_UP) * FRAME_S
        self._length_s = notes.length_s.at(self._here)
        self._left_s = self._length_s - self._since_s

    def _of(self, column: Value, step: int) -> Value:
        """A column [M] of the notes at the note ``step`` after each frame's; beyond the ends the outermost note's."""
        return column.at((self._here + step).most(0).least(self._last))

    def _joint(self, step: int) -> tuple[Value, Value, Value]:
        """Of the boundary into the note ``step`` after: interval in cents, half of the glide and its lead in seconds."""
        style = self._style
        before, after = (self._of(self._notes.cents, place) for place in (step - 1, step))
        interval = after - before
        size = (interval.apply("Abs") / 1200.0).least(1.0)
        glide_s = style["glide_small_s"] + (style["glide_octave_s"] - style["glide_small_s"]) * size
        before_s, after_s = (self._of(self._notes.length_s, place) for place in (step - 1, step))
        limit_s = before_s.least(after_s) * LONGEST_GLIDE_SHARE
        return interval, (glide_s * 0.5).least(limit_s), style["glide_lead_s"].least(limit_s)

    def glided(self) -> Value:
        """Notes joined by glides."""
        cents = self._of(self._notes.cents, 0)
        for step, at_s, sign in ((0, self._since_s, -1.0), (1, -self._left_s, 1.0)):
            interval, half_s, lead_s = self._joint(step)
            share = rise((at_s + lead_s + half_s) / (half_s * 2.0))
            cents = cents + interval * sign * (share if step else 1.0 - share)
        return cents

    def turns(self) -> Value:
        """Preparation before glides and overshoot after them."""
        style, total = self._style, self._since_s * 0.0
        for step, at_s in ((0, self._since_s), (1, -self._left_s)):
            interval, half_s, lead_s = self._joint(step)
            sung = (1.0 - self._of(self._notes.rest, step - 1)) * (1.0 - self._of(self._notes.rest, step))
            away_s = half_s + style["settle_s"]
            early_s = away_s.least(self._of(self._notes.length_s, step - 1) * LONGEST_SETTLE_SHARE)
            late_s = away_s.least(self._of(self._notes.length_s, step) * LONGEST_SETTLE_SHARE)
            dip = _bounded(interval * style["preparation_ratio"], style["preparation_max_cents"])
            beyond = _bounded(interval * style["overshoot_ratio"], style["overshoot_max_cents"])
            shape = beyond * bump((at_s + lead_s) / late_s) - dip * bump((at_s + lead_s + early_s) / early_s)
            total = total + sung * shape
        return total

    def vibrato(self) -> Value:
        """The automatic vibrato of long notes."""
        style, length_s = self._style, self._length_s
        shortest_s = style["vibrato_min_note_s"]
        slowest_hz, fastest_hz = VIBRATO["rate_hz"].bounds
        low_hz = (style["vibrato_rate_hz"] * (1.0 - RATE_SLACK)).most(slowest_hz)
        high_hz = (style["vibrato_rate_hz"] * (1.0 + RATE_SLACK)).least(fastest_hz)
        room_s = length_s - (style["vibrato_start"] * length_s).most(EARLIEST_S)
        cycles = (room_s * high_hz + SLACK_S).apply("Floor")
        has = (length_s >= shortest_s - FRAME_S * 0.5) & (cycles >= 1.0)
        rate_hz = high_hz.least(low_hz.most(cycles / room_s.most(_SHORTEST_S)))
        fullness = ((length_s - shortest_s) / (FULL_DEPTH_NOTE_S - shortest_s).most(1e-9)).clip(0.0, 1.0)
        depth = style["vibrato_depth_cents"] * (fullness * 0.5 + 0.5)
        since_s = (self._since_s - (length_s - cycles / rate_hz).most(0.0)).most(0.0)
        grown = rise(since_s / style["vibrato_attack_s"].most(_SHORTEST_S))
        wave = (since_s * rate_hz * float(2.0 * np.pi)).apply("Sin")
        sung = 1.0 - self._of(self._notes.rest, 0)
        return has.where(sung * depth * grown * rise(self._left_s / FADE_S) * wave, 0.0)

    def edges(self) -> Value:
        """The scoop into a note after a rest, and the fall of the last one."""
        style, rest = self._style, self._notes.rest
        here, before, after = (self._of(rest, step) for step in (0, -1, 1))
        first = (self._here == 0).where(1.0, before)
        over_s, next_over_s = (
            style["scoop_s"].least(self._of(self._notes.length_s, step) * LONGEST_GLIDE_SHARE)
            for step in (0, 1)
        )
        into = (1.0 - here) * first * (1.0 - rise((self._since_s + SCOOP_LEAD_S) / (over_s + SCOOP_LEAD_S)))
        ahead = 1.0 - rise((SCOOP_LEAD_S - self._left_s) / (next_over_s + SCOOP_LEAD_S))
        ahead = here * (1.0 - after) * ahead * rise(self._since_s / self._length_s)
        fall_s, past_fall_s = (
            (self._of(self._notes.length_s, step) * LONGEST_GLIDE_SHARE).least(FALL_S) for step in (0, -1)
        )
        falling = self._of(self._notes.last, 0) * rise((fall_s - self._left_s) / (fall_s * 2.0))
        fallen = (
            here * self._of(self._notes.last, -1) * rise((self._since_s + past_fall_s) / (past_fall_s * 2.0))
        )
        return -style["scoop_cents"] * (into + ahead) - style["release_fall_cents"] * (falling + fallen)


def _bounded(value: Value, most: Value) -> Value:
    return value.least(most).most(-most)
