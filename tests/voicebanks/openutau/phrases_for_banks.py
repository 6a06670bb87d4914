"""Phrases of the engine as the inputs of an exported bank, and sessions for its models."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import onnx
import onnxruntime

from singer.performance.performance import PhrasePerformance
from singer.phone_track import phone_track
from singer.voice import Voice
from voicebanks.load import find_voice, load_folder
from voicebanks.openutau_export import units
from voicebanks.openutau_export.styles import control_embedding
from voicebanks.openutau_export.tokens import token_ids, token_name

ROLES = ("encoder", "decoder", "vocoder")


@cache
def voice_and_networks(name: str) -> tuple[Voice, dict[str, onnx.ModelProto]]:
    found = find_voice(name)
    networks = {role: onnx.load(found.folder_of(role) / found.manifest.files[role].path) for role in ROLES}
    return load_folder(found), networks


def session(model: onnx.ModelProto | bytes) -> Any:
    content = model if isinstance(model, bytes) else model.SerializeToString()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def still(phrase: PhrasePerformance) -> PhrasePerformance:
    """Without the movement of held vowels, which the engine names by a hash."""
    return replace(phrase, curves={**phrase.curves, "liveliness": np.full(phrase.frames, -1.0, np.float32)})


def tokens_of(phrase: PhrasePerformance) -> list[str]:
    """Names of the tokens of a phrase whose vowels are not held over notes."""
    return [
        span.symbol if span.role is None else token_name(span.language, span.symbol, span.role)
        for span in phrase.phones
    ]


def acoustic_inputs(phrase: PhrasePerformance, voice: Voice, **more: float) -> dict[str, Any]:
    """What the acoustic model takes for a phrase; ``more`` are controls of the speaker in place of its own."""
    ids, curves = token_ids(), phrase.curves
    embedding = control_embedding({}, {**voice.character, **more})
    return {
        "tokens": np.array([[ids[name] for name in tokens_of(phrase)]]),
        "durations": phone_track(phrase, voice).frames[None],
        "f0": curves["f0_hz"][None],
        "energy": curves["loudness_db"][None] + np.float32(units.NEUTRAL_ENERGY_DB),
        "breathiness": (curves["breathiness"][None] * 12 - 40).astype(np.float32),
        "tension": (curves["tension"][None] * 5).astype(np.float32),
        "gender": np.zeros((1, phrase.frames), np.float32),
        "spk_embed": np.tile(embedding, (1, phrase.frames, 1)),
        "steps": np.array([20]),
    }


def plain_inputs(names: str, frames: list[int], voice: Voice, f0_hz: float = 220.0) -> dict[str, Any]:
    """Inputs of the acoustic model for tokens by name, everything neutral and still."""
    shape = (1, sum(frames))
    embedding = control_embedding({}, {**voice.character, "liveliness": -1.0})
    return {
        "tokens": np.array([[token_ids()[name] for name in names.split()]]),
        "durations": np.array([frames]),
        "f0": np.full(shape, f0_hz, np.float32),
        "energy": np.full(shape, units.NEUTRAL_ENERGY_DB, np.float32),
        "breathiness": np.full(shape, units.NEUTRAL_BREATHINESS_DB, np.float32),
        "tension": np.zeros(shape, np.float32),
        "gender": np.zeros(shape, np.float32),
        "spk_embed": np.tile(embedding, (*shape, 1)),
        "steps": np.array(20),
    }
