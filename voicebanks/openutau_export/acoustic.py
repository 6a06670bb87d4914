"""The acoustic model of an exported bank: tokens, durations and curves to the features that the engine would make of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx

from singer.controls import STYLE_COLOURS
from singer.features import ROWS_PER_FRAME
from singer.performance.performance import CURVE_BOUNDS
from singer.voice import Voice
from voicebanks.openutau_export import sung_features, units
from voicebanks.openutau_export.graph import Graph, Value
from voicebanks.openutau_export.held_vowels import (
    held_weight,
    owners,
    positions,
    sonorant_weight,
    twice,
)
from voicebanks.openutau_export.told_phones import Told, tell


def acoustic_model(voice: Voice, encoder: onnx.ModelProto, decoder: onnx.ModelProto) -> onnx.ModelProto:
    """The whole way from tokens to features as one graph.

    Args:
        voice: whose tables and timbre are used; its character is in the speaker embeddings.
        encoder: its network from phones to hidden vectors.
        decoder: its network from those to features.
    """
    graph = Graph("acoustic")
    tokens = graph.input("tokens", np.int64, [1, "n_tokens"]).unbatched()
    durations = graph.input("durations", np.int64, [1, "n_tokens"]).unbatched()
    f0_hz = graph.input("f0", np.float32, [1, "n_frames"]).unbatched()
    curves = _curves(graph)
    steps = graph.input("steps", np.int64, [])
    f0_hz = f0_hz.clip(*CURVE_BOUNDS["f0_hz"]) + steps.to(np.float32) * 0.0

    told = tell(graph, tokens, durations, voice)
    envelope, ratio, sonorant = _modelled(graph, told, f0_hz, curves, (voice, encoder, decoder))
    alive, first_knot = _alive(graph, tokens, durations, told)

    at_rows = {name: sung_features.rows(graph, curve) for name, curve in curves.items()}
    at_rows["f0_hz"] = sung_features.rows(graph, f0_hz)
    envelope = sung_features.deepen_closures(envelope)
    envelope = sung_features.tune_first_formant(envelope, at_rows["f0_hz"])
    envelope = sung_features.even_out(envelope, at_rows["f0_hz"], sonorant)
    envelope = sung_features.move(envelope, alive * (at_rows["liveliness"] + 1.0), first_knot)
    envelope, ratio = sung_features.express(envelope, ratio, at_rows)
    features = graph.concat(envelope, ratio, axis=1).reshape(1, -1, units.MEL_BINS)
    graph.output("mel", features, [1, "n_frames", units.MEL_BINS])
    return graph.model()


def _curves(graph: Graph) -> dict[str, Value]:
    """Every control of ``SPEAKER_CONTROLS`` in each frame: the speaker's and the curves' together, float32 [T]."""
    shape: tuple[int | str, ...] = (1, "n_frames")
    energy, breathiness, tension, gender = (
        graph.input(name, np.float32, shape).unbatched()
        for name in ("energy", "breathiness", "tension", "gender")
    )
    speaker = graph.input("spk_embed", np.float32, [*shape, len(units.SPEAKER_CONTROLS)]).unbatched()
    added = {
        "loudness_db": energy - units.NEUTRAL_ENERGY_DB,
        "breathiness": (breathiness - units.NEUTRAL_BREATHINESS_DB) / units.BREATHINESS_DB,
        "tension": tension / units.TENSION_LOGIT,
        "gender": gender.clip(-1.0, 1.0) * units.GENDER_AT_1,
    }
    bounds = {**CURVE_BOUNDS, "gender": (-units.WIDEST_GENDER, units.WIDEST_GENDER)}
    found = {}
    for place, name in enumerate(units.SPEAKER_CONTROLS):
        own = speaker.at(place, axis=1)
        found[name] = (own + added[name] if name in added else own).clip(*bounds[name])
    return found


def _modelled(
    graph: Graph,
    told: Told,
    f0_hz: Value,
    curves: Mapping[str, Value],
    models: tuple[Voice, onnx.ModelProto, onnx.ModelProto],
) -> tuple[Value, Value, Value]:
    """The networks' envelope and aperiodicity, and the weight of voiced runs: [2T, 96], [2T, 12] and [2T].

    What is told may be longer than the phrase; the networks hear all of it, and what lies behind the phrase is cut off.
    """
    voice, encoder, decoder = models
    given = {"phone": told.phone, "role": told.role, "language": told.language, "frames": told.frames}
    hidden = graph.insert(encoder, "encoder/", given)["hidden"]
    owner, passed, lengths, total = owners(graph, told.frames)
    here = graph.count(total).least(f0_hz.size() - 1)
    found = graph.insert(
        decoder,
        "decoder/",
        {
            "hidden": hidden.at(owner),
            "position": positions(passed, lengths),
            "log_f0": f0_hz.apply("Log").at(here),
            "style": graph.stack(*(curves[name].at(here) for name in STYLE_COLOURS)),
            "timbre": graph.value(voice.timbre),
        },
    )
    rows = f0_hz.size() * ROWS_PER_FRAME
    sonorant = sonorant_weight(twice(told.sonorant.at(owner)))
    return found["envelope"].cut(0, rows), found["aperiodicity"].cut(0, rows), sonorant.cut(0, rows)


def _alive(graph: Graph, tokens: Value, durations: Value, told: Told) -> tuple[Value, Value]:
    """How far each row is inside a held vowel [2T], and where its movement begins in the table: int64 [1], of the content."""
    owner, passed, _, _ = owners(graph, durations)
    own = told.own_frames.at(owner)
    held = told.held.to(np.int64).at(owner) * (passed < own).to(np.int64)
    name = ((tokens * 31 + durations) * (graph.count(tokens.size()) % 97 + 1)).sum(0, keep=True)
    return held_weight(passed, own, held), name % sung_features.LIVELINESS_KNOTS
