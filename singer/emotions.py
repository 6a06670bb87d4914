"""Emotions: named bundles of the controls and of the rules' numbers, to be blended.

Each emotion says where it moves the style of performance to (fields of ``singer.performance.style.Style``) and what it adds
to the controls (``singer.controls.CONTROLS``), both at weight 1. The directions follow what is known of how performers
express emotions (P. N. Juslin, P. Laukka 2003: Communication of emotions in vocal expression and music performance,
Psychological Bulletin 129, 770-814; J. Sundberg, J. Iwarsson, H. Hagegard 1995: A singer's expression of emotions in sung
performance, in Vocal Fold Physiology, 217-229); the sizes are ours. ``docs/controls.md`` has the table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Emotion:
    """One emotion at weight 1.

    Attributes:
        meaning: what it sounds like.
        style: field of ``Style`` to the value that it moves to. ``release_s`` is never among them: two phrases that share a
            rest must agree on it.
        controls: name of a control to what is added to it.
    """

    meaning: str
    style: Mapping[str, float]
    controls: Mapping[str, float]


EMOTIONS: Mapping[str, Emotion] = MappingProxyType(
    {
        "tender": Emotion(
            "Soft, breathy and dark; long glides, slow light vibrato, gentle starts.",
            {
                "glide_small_s": 0.1,
                "glide_octave_s": 0.18,
                "scoop_cents": 35.0,
                "vibrato_depth_cents": 25.0,
                "vibrato_rate_hz": 5.0,
                "vibrato_start": 0.5,
                "attack_db": 10.0,
                "attack_s": 0.08,
                "accent_db": 0.2,
                "arch_db": 3.0,
                "end_breathiness": 0.4,
                "attack_breathiness": 0.2,
            },
            {"loudness_db": -4.0, "breathiness": 0.3, "tension": -0.2, "brightness": -0.2, "power": -0.5},
        ),
        "bright": Emotion(
            "Clear and open, with quick glides and a lively vibrato.",
            {
                "glide_small_s": 0.05,
                "glide_octave_s": 0.09,
                "vibrato_rate_hz": 6.0,
                "accent_db": 1.5,
                "end_breathiness": 0.1,
                "attack_breathiness": 0.0,
            },
            {
                "loudness_db": 1.0,
                "breathiness": -0.2,
                "brightness": 0.5,
                "mouth_opening": 0.3,
                "articulation": 0.2,
            },
        ),
        "powerful": Emotion(
            "Loud, pressed and open, with wide vibrato, strong accents and firm starts.",
            {
                "vibrato_depth_cents": 60.0,
                "vibrato_start": 0.25,
                "overshoot_ratio": 0.12,
                "overshoot_max_cents": 35.0,
                "height_db": 5.0,
                "height_tension": 0.25,
                "accent_db": 2.5,
                "attack_db": 2.0,
                "attack_s": 0.02,
                "arch_db": 1.0,
                "end_breathiness": 0.0,
                "attack_breathiness": 0.0,
                "breath_db": -6.0,
            },
            {
                "loudness_db": 4.0,
                "breathiness": -0.3,
                "tension": 0.5,
                "brightness": 0.2,
                "mouth_opening": 0.4,
                "power": 0.6,
            },
        ),
        "melancholic": Emotion(
            "Soft and dark, with slow glides, late slow vibrato and phrases that fall away.",
            {
                "glide_small_s": 0.12,
                "glide_octave_s": 0.2,
                "glide_lead_s": -0.03,
                "scoop_cents": 50.0,
                "scoop_s": 0.12,
                "release_fall_cents": 40.0,
                "vibrato_depth_cents": 40.0,
                "vibrato_rate_hz": 4.8,
                "vibrato_start": 0.5,
                "arch_db": 4.0,
                "accent_db": 0.2,
                "release_db": 8.0,
                "end_breathiness": 0.35,
            },
            {
                "loudness_db": -2.0,
                "breathiness": 0.15,
                "tension": -0.1,
                "brightness": -0.4,
                "mouth_opening": -0.2,
                "power": -0.3,
            },
        ),
        "playful": Emotion(
            "Light and crisp: quick glides that come early, strong accents, little vibrato.",
            {
                "consonant_scale": 0.85,
                "glide_small_s": 0.04,
                "glide_octave_s": 0.08,
                "glide_lead_s": 0.02,
                "scoop_cents": 60.0,
                "scoop_s": 0.06,
                "overshoot_ratio": 0.12,
                "overshoot_max_cents": 40.0,
                "vibrato_depth_cents": 15.0,
                "accent_db": 3.0,
                "attack_db": 3.0,
                "attack_s": 0.02,
                "release_db": 8.0,
                "end_breathiness": 0.1,
            },
            {"brightness": 0.3, "gender": -0.1, "mouth_opening": 0.2, "articulation": 0.4},
        ),
        "plain": Emotion(
            "Simple and even: a trace of vibrato, hardly any dynamics.",
            {
                "scoop_cents": 10.0,
                "release_fall_cents": 5.0,
                "vibrato_depth_cents": 8.0,
                "vibrato_start": 0.5,
                "arch_db": 0.5,
                "accent_db": 0.3,
                "height_db": 1.5,
                "end_breathiness": 0.05,
                "attack_breathiness": 0.0,
                "height_tension": 0.05,
            },
            {},
        ),
        "machine-like": Emotion(
            "Exact and flat: pitch in steps, no vibrato, drift, breath noise or dynamics.",
            {
                "glide_small_s": 0.02,
                "glide_octave_s": 0.02,
                "preparation_ratio": 0.0,
                "overshoot_ratio": 0.0,
                "scoop_cents": 0.0,
                "release_fall_cents": 0.0,
                "vibrato_depth_cents": 0.0,
                "drift_cents": 0.0,
                "fluctuation_cents": 0.0,
                "arch_db": 0.0,
                "accent_db": 0.0,
                "height_db": 0.0,
                "attack_db": 0.0,
                "release_db": 0.0,
                "end_breathiness": 0.0,
                "attack_breathiness": 0.0,
                "height_tension": 0.0,
            },
            {"breathiness": -0.4},
        ),
    }
)


def refusal_of(emotion: Mapping[str, float]) -> str | None:
    """What is wrong with a blend (name of ``EMOTIONS`` to weight), ``None`` if it is in order."""
    for name, weight in emotion.items():
        if name not in EMOTIONS:
            return f'found emotion "{name[:20]}"; allowed are {", ".join(EMOTIONS)}'
        if not (math.isfinite(weight) and 0.0 <= weight <= 1.0):
            return f"found {name} {weight:g}; weights from 0 to 1 are allowed"
    return None


def shares(emotion: Mapping[str, float]) -> dict[str, float]:
    """Weights of a blend that sum to 1 at most: divided by their sum where that is more, so that no effect exceeds its own."""
    total = max(1.0, sum(emotion.values()))
    return {name: weight / total for name, weight in emotion.items() if weight}
