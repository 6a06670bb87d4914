"""The speakers of an exported bank: the singer as she is, and each emotion at full weight.

What a speaker embedding holds is no learnt vector but the numbers that the rules go by: for the acoustic model the controls that
are added, for the other models fields of ``Style``. They may be mixed, as the engine mixes emotions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from singer.emotions import EMOTIONS
from singer.performance.note_styles import added_controls, blend
from singer.performance.performance import CURVE_BOUNDS
from singer.performance.style import Style
from voicebanks.openutau_export.graph import Value
from voicebanks.openutau_export.units import SPEAKER_CONTROLS

HIDDEN = 32
"""Width of the encoders' output, and of the embeddings of the models that are not the acoustic one."""

DURATION_STYLE = ("consonant_scale", "onset_limit_s")
PITCH_STYLE = (
    "glide_small_s", "glide_octave_s", "glide_lead_s", "preparation_ratio", "preparation_max_cents", "overshoot_ratio",
    "overshoot_max_cents", "settle_s", "scoop_cents", "scoop_s", "release_fall_cents", "vibrato_depth_cents",
    "vibrato_rate_hz", "vibrato_min_note_s", "vibrato_start", "vibrato_attack_s",
)  # fmt: skip
VARIANCE_STYLE = (
    "breath_db", "arch_db", "arch_peak", "accent_db", "height_db", "attack_db", "attack_s", "release_db",
    "end_breathiness", "attack_breathiness", "height_tension",
)  # fmt: skip


def speakers(name: str) -> dict[str, Mapping[str, float]]:
    """Speaker of a voice called ``name`` to the emotion that it is; the first is the voice as it is."""
    return {name: {}, **{f"{name}-{emotion}": {emotion: 1.0} for emotion in EMOTIONS}}


def control_embedding(emotion: Mapping[str, float], character: Mapping[str, float]) -> NDArray[np.float32]:
    """What a speaker adds to the controls: float32 of ``SPEAKER_CONTROLS``."""
    added = added_controls(emotion)
    values = [
        np.clip(added.get(name, 0.0) + character.get(name, 0.0), *CURVE_BOUNDS[name])
        for name in SPEAKER_CONTROLS
    ]
    return np.array(values, np.float32)


def style_embedding(emotion: Mapping[str, float], names: Sequence[str]) -> NDArray[np.float32]:
    """A speaker's fields of ``Style``: float32 [``HIDDEN``], filled up with 0."""
    style = blend(Style(), emotion)
    values = np.zeros(HIDDEN, np.float32)
    values[: len(names)] = [getattr(style, name) for name in names]
    return values


def style_columns(speaker: Value, names: Sequence[str]) -> dict[str, Value]:
    """The fields of an embedding float32 [X, ``HIDDEN``], by name: float32 [X]."""
    return {name: speaker.at(place, axis=1) for place, name in enumerate(names)}
