"""The singer's controls as operations on features: bounded, per frame, without retraining, on every voice.

Breathiness and tension act on both the noise share and the spectral tilt, as vocal effort does (Sundberg 1987, The Science of the
Singing Voice, chapters 3-4); gender moves the formants by stretching the frequency axis of the envelope.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from singer.bands import AMPLITUDE_FLOOR, APERIODICITY_BANDS, ENVELOPE_BANDS, band_centres_hz, hz_to_mel
from singer.features import Features

DB = float(np.log(10.0) / 20.0)
GENDER_FORMANT_SHARE = 0.18
"""Formants move by this share at gender 1 (down, a longer vocal tract) and up at -1."""
TENSION_TILT_DB = 4.0
"""Tilt per octave around 1 kHz at tension 1 over three octaves, in total dB at 8 kHz = 3 times this."""
BREATH_TILT_DB = 2.0
LOUDNESS_TILT = 0.04
"""Louder singing is brighter: dB of tilt per octave for each dB of loudness."""
_PIVOT_HZ = 1_000.0
_LOWEST_TILT_HZ = 500.0
_HIGHEST_TILT_HZ = 8_000.0


def express(features: Features, curves: Mapping[str, NDArray[np.float32]]) -> Features:
    """Apply loudness, breathiness, tension and gender.

    Args:
        features: T frames.
        curves: ``loudness_db``, ``breathiness``, ``tension`` and ``gender``, float32 [2T]; neutral is 0.

    Returns:
        T frames; the same object if every curve is neutral.
    """
    loudness, breath = curves["loudness_db"], curves["breathiness"]
    tension, gender = curves["tension"], curves["gender"]
    if not (loudness.any() or breath.any() or tension.any() or gender.any()):
        return features
    envelope = _stretch(features.envelope, gender) if gender.any() else features.envelope
    octaves = np.log2(np.clip(band_centres_hz(ENVELOPE_BANDS), _LOWEST_TILT_HZ, _HIGHEST_TILT_HZ) / _PIVOT_HZ)
    tilt_db = TENSION_TILT_DB * tension - BREATH_TILT_DB * np.maximum(breath, 0.0) + LOUDNESS_TILT * loudness
    envelope = envelope + DB * (loudness[:, None] + tilt_db[:, None] * octaves.astype(np.float32))
    envelope = np.maximum(envelope, np.log(AMPLITUDE_FLOOR))
    return Features(envelope.astype(np.float32), _breathe(features.aperiodicity, breath - 0.3 * tension))


def _breathe(ratio: NDArray[np.float32], amount: NDArray[np.float32]) -> NDArray[np.float32]:
    """More noise for amount > 0, less for < 0; high bands move first. Keeps 0 and 1 where they are."""
    reach = np.linspace(0.4, 1.0, APERIODICITY_BANDS, dtype=np.float32)
    exponent = np.exp2(-2.0 * amount[:, None] * reach)
    lifted: NDArray[np.float32] = np.clip(ratio, 1e-4, 1.0).astype(np.float32) ** exponent.astype(np.float32)
    return lifted


def _stretch(envelope: NDArray[np.float32], gender: NDArray[np.float32]) -> NDArray[np.float32]:
    """Read each frame at frequencies divided by its formant factor."""
    centres_hz = band_centres_hz(ENVELOPE_BANDS)
    top_mel = float(hz_to_mel(centres_hz[-1:])[0])
    factor = (1.0 + GENDER_FORMANT_SHARE) ** gender[:, None].astype(np.float64)
    position = hz_to_mel(np.minimum(centres_hz * factor, centres_hz[-1])) / top_mel * (ENVELOPE_BANDS - 1)
    low = np.clip(position.astype(int), 0, ENVELOPE_BANDS - 2)
    share = (position - low).astype(np.float32)
    rows = np.arange(len(envelope))[:, None]
    moved: NDArray[np.float32] = envelope[rows, low] * (1.0 - share) + envelope[rows, low + 1] * share
    return moved
