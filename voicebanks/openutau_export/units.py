"""How OpenUtau's curves and the engine's controls stand for each other in an exported bank.

OpenUtau adds what a user draws to what the bank predicts: at most 12 dB of energy and breathiness, and 5 of tension. Nothing
looks at the absolute numbers but the bank's own acoustic model, so neutral ones are chosen in the middle of their ranges.
"""

from __future__ import annotations

import numpy as np

from singer.controls import CHARACTER_COLOURS
from singer.expression import GENDER_FORMANT_SHARE

NEUTRAL_ENERGY_DB = -24.0
"""Energy at loudness 0 dB; a dB is a dB."""
ENERGY_BOUNDS_DB = -96.0, 0.0
NEUTRAL_BREATHINESS_DB, BREATHINESS_DB = -40.0, 12.0
"""Breathiness in dB at control 0, and how many dB a control of 1 is."""
TENSION_LOGIT = 5.0
"""Tension at control 1; it is 0 at 0."""
KEY_SHIFT_SEMITONES = 5.0
"""Formants move up by this at gender 1, and down by it at -1."""
GENDER_AT_1 = -KEY_SHIFT_SEMITONES / float(12.0 * np.log2(1.0 + GENDER_FORMANT_SHARE))
"""The engine's gender control at OpenUtau's gender 1."""
WIDEST_GENDER = 2.0
"""OpenUtau asks for more than the engine's own range of 1."""

SPEAKER_CONTROLS = CHARACTER_COLOURS
"""What the numbers of a speaker embedding are: controls that are added to every frame."""
FEATURE_WIDTH = 96 + 12
"""Numbers in a row of features; a frame of ``mel`` is two rows, each envelope and aperiodicity."""
MEL_BINS = 2 * FEATURE_WIDTH
