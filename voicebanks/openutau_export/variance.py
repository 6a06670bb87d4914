"""The variance model of an exported bank: the rules of ``singer.performance.dynamics`` as a graph.

A graph knows phones and pitch but no notes: the height of a note is read off its pitch, and a phrase begins with its first vowel.
"""

from __future__ import annotations

import numpy as np
import onnx

from singer.performance import dynamics
from singer.performance.performance import CURVE_BOUNDS
from voicebanks.openutau_export import units
from voicebanks.openutau_export.durations import FRAME_S, ROUNDED_UP, encoded
from voicebanks.openutau_export.graph import Graph, Value
from voicebanks.openutau_export.roles import flags
from voicebanks.openutau_export.shapes import FAR_S, bump, latest, rise, soonest_after
from voicebanks.openutau_export.styles import HIDDEN, VARIANCE_STYLE, style_columns
from voicebanks.openutau_export.tokens import BREATH, SILENCE

PREDICTED = ("energy", "breathiness", "tension")
"""In the order of the last axis of ``retake``."""


def variance_model() -> onnx.ModelProto:
    """Phones and pitch to energy, breathiness and tension."""
    graph = Graph("variance")
    tokens, order, _ = encoded(graph)
    frames = graph.input("ph_dur", np.int64, [1, "n_tokens"]).unbatched()
    pitch = graph.input("pitch", np.float32, [1, "n_frames"]).unbatched()
    given = {name: graph.input(name, np.float32, [1, "n_frames"]).unbatched() for name in PREDICTED}
    retake = graph.input("retake", np.bool_, [1, "n_frames", len(PREDICTED)]).unbatched()
    speaker = graph.input("spk_embed", np.float32, [1, "n_frames", HIDDEN]).unbatched()
    steps = graph.input("steps", np.int64, [])
    unused = (steps + order.at(0)).to(np.float32) * 0.0
    found = _Phrase(graph, tokens, frames, pitch + unused, style_columns(speaker, VARIANCE_STYLE))
    curves = {
        "breathiness": found.breathiness() * units.BREATHINESS_DB + units.NEUTRAL_BREATHINESS_DB,
        "tension": found.tension() * units.TENSION_LOGIT,
        "energy": (found.loudness_db() + units.NEUTRAL_ENERGY_DB).clip(*units.ENERGY_BOUNDS_DB),
    }
    for name, curve in curves.items():  # in the order that clients which go by it expect
        wanted = retake.at(PREDICTED.index(name), axis=1)
        graph.output(f"{name}_pred", wanted.where(curve, given[name]).row(), [1, "n_frames"])
    return graph.model()


class _Phrase:
    """Every frame with its phone; each method gives one control, float32 [T]."""

    def __init__(
        self, graph: Graph, tokens: Value, frames: Value, pitch: Value, style: dict[str, Value]
    ) -> None:
        self._style, self._pitch = style, pitch
        is_silence = flags(graph, tokens, lambda token: token.name == SILENCE)
        is_breath = flags(graph, tokens, lambda token: token.name == BREATH)
        is_vowel = flags(graph, tokens, lambda token: token.role == "nucleus")
        sounds = 1.0 - is_silence.where(1.0, is_breath.where(1.0, 0.0))
        ends = frames.running()
        end_s, length_s = ends.to(np.float32) * FRAME_S, frames.to(np.float32) * FRAME_S
        start_s = end_s - length_s
        self._owner = graph.steps_at(ends, pitch.size()).least(tokens.size() - 1)
        self._time_s = (graph.count(pitch.size()).to(np.float32) + ROUNDED_UP) * FRAME_S

        vowel_s = is_vowel.where(start_s, FAR_S)
        self._first_s = graph.op("ReduceMin", vowel_s, keepdims=1)
        self._end_s = graph.op("ReduceMax", sounds * end_s, keepdims=1)
        last_s = graph.op("ReduceMax", is_vowel.where(start_s, 0.0), keepdims=1)
        self._last_note_s = (self._end_s - last_s).most(FRAME_S)
        self._since_vowel_s = self._time_s - latest(is_vowel.where(start_s, -FAR_S)).at(self._owner)
        self._until_vowel_s = soonest_after(vowel_s).at(self._owner) - self._time_s

        self._silence, self._breath = (
            flag.where(1.0, 0.0).at(self._owner) for flag in (is_silence, is_breath)
        )
        self._sounds, self._vowel = sounds.at(self._owner), is_vowel.where(1.0, 0.0).at(self._owner)
        self._after_sound, self._before_sound = (sounds.later(step).at(self._owner) for step in (1, -1))
        self._length_s = length_s.at(self._owner).most(FRAME_S)
        self._since_s = self._time_s - start_s.at(self._owner)
        self._left_s = self._length_s - self._since_s

    def _height(self) -> Value:
        """Octaves above the mean pitch of the vowels, -1 to 1."""
        count = self._vowel.sum(0, keep=True).most(1.0)
        mean = (self._pitch * self._vowel).sum(0, keep=True) / count
        return ((self._pitch - mean) / 12.0).clip(-1.0, 1.0)

    def tension(self) -> Value:
        """High notes are tense."""
        return (self._style["height_tension"] * self._height()).clip(*CURVE_BOUNDS["tension"])

    def breathiness(self) -> Value:
        """Phrases begin and end breathy."""
        over_s = (self._last_note_s * 0.5).least(dynamics.END_S)
        end = self._style["end_breathiness"] * rise((self._time_s - self._end_s + over_s) / over_s)
        passed = rise((self._time_s - self._first_s) / dynamics.BREATHY_START_S)
        start = self._style["attack_breathiness"] * (1.0 - passed)
        return (end + start).clip(*CURVE_BOUNDS["breathiness"])

    def loudness_db(self) -> Value:
        """Arch, height, accents, attacks, silences, breaths and the release."""
        style = self._style
        over_s = (self._last_note_s * 0.5).least(dynamics.LETTING_GO_S)
        released = style["release_db"] * rise((self._time_s - self._end_s + over_s) / over_s)
        attack_s = style["attack_s"].most(1e-4)
        attacked = self._sounds * (1.0 - self._after_sound) * (1.0 - rise(self._since_s / attack_s))
        swell = (self._since_s / self._length_s * float(np.pi)).apply("Sin")
        breath = self._breath * (style["breath_db"] - (1.0 - swell) * dynamics.BREATH_SWELL_DB)
        level_db = self._arch_db() + style["height_db"] * self._height() + style["accent_db"] * self._accent()
        level_db = level_db - released - style["attack_db"] * attacked + breath
        level_db = level_db + self._silence * self._silenced() * dynamics.SILENCE_DB
        return level_db.clip(*CURVE_BOUNDS["loudness_db"])

    def _arch_db(self) -> Value:
        peak = self._style["arch_peak"]
        share = ((self._time_s - self._first_s) / (self._end_s - self._first_s).most(FRAME_S)).clip(0.0, 1.0)
        reach = (share < peak).where(peak, 1.0 - peak).most(1e-6)
        away = ((share - peak).apply("Abs") / reach).least(1.0)
        return -self._style["arch_db"] * away * away

    def _accent(self) -> Value:
        before_s = dynamics.ACCENT_S / 3
        after = bump((self._since_vowel_s + before_s) / dynamics.ACCENT_S)
        ahead = bump((before_s - self._until_vowel_s) / dynamics.ACCENT_S)
        return after.most(ahead)

    def _silenced(self) -> Value:
        """How far a silence is silent: it fades from and to the sounds beside it, as in the engine."""
        edge_s = (self._length_s * 0.5).least(dynamics.SILENCE_EDGE_S)
        fade_s = self._before_sound * edge_s + (1.0 - self._before_sound) * self._length_s
        out = self._after_sound * rise(self._since_s / fade_s) + (1.0 - self._after_sound)
        back = self._before_sound * rise(self._left_s / edge_s) + (1.0 - self._before_sound)
        return out.least(back)
