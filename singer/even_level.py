"""Weak vowels are lifted, so that loudness stays even from note to note, as trained singers keep it.

A note sounds as loud as the envelope is high at its harmonics: high notes on closed vowels and nasals drop by 15 dB and more
against open vowels (Sundberg 1987, The Science of the Singing Voice, chapter 4). Half of what is missing to a reference level
is given back inside sonorant phones, within a bound; loud vowels stay, since the balance of vowels and consonants is part of
what makes words clear. What the score asks for is added later and kept whole.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer.bands import ENVELOPE_BANDS, TOP_HZ, hz_to_mel

REFERENCE_DB = -24.0
"""Level, re full scale, up to which vowels are lifted."""
SHARE = 0.5
MOST_DB = 10.0
HIGHEST_HZ = 4_000.0
SILENT_DB = -60.0
"""Rows below this are no vowel, whatever the phone is; they are left alone, with a ramp of 10 dB above."""
REFERENCE_RATE_HZ = 44_100.0


def harmonic_level_db(envelope: NDArray[np.float32], f0_hz: NDArray[np.float32]) -> NDArray[np.float32]:
    """Level of the harmonics below 4 kHz.

    Args:
        envelope: float32 [R, 96], natural log of amplitude.
        f0_hz: float32 [R], positive.

    Returns:
        float32 [R], dB re a full-scale square wave.
    """
    count = int(np.ceil(HIGHEST_HZ / float(f0_hz.min())))
    harmonics_hz = np.arange(1, count + 1) * f0_hz[:, None].astype(np.float64)
    top_mel = float(hz_to_mel(np.array([TOP_HZ]))[0])
    place = hz_to_mel(np.minimum(harmonics_hz, TOP_HZ)) / top_mel * (ENVELOPE_BANDS - 1)
    low = np.clip(place.astype(int), 0, ENVELOPE_BANDS - 2)
    share = place - low
    rows = np.arange(len(envelope))[:, None]
    log_amplitude = envelope[rows, low] * (1.0 - share) + envelope[rows, low + 1] * share
    heard = (harmonics_hz <= HIGHEST_HZ) | (np.arange(count) == 0)
    power = (
        np.sum(np.where(heard, np.exp(2.0 * log_amplitude), 0.0), axis=1) * 2.0 * f0_hz / REFERENCE_RATE_HZ
    )
    level: NDArray[np.float32] = (10.0 * np.log10(power + 1e-12)).astype(np.float32)
    return level


def even_level(
    envelope: NDArray[np.float32], f0_hz: NDArray[np.float32], weight: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Lift sonorant rows towards the reference level.

    Args:
        envelope: float32 [R, 96], natural log of amplitude.
        f0_hz: float32 [R], positive.
        weight: float32 [R], 1 inside sonorants, 0 elsewhere.

    Returns:
        float32 [R, 96], nowhere below ``envelope``.
    """
    level_db = harmonic_level_db(envelope, f0_hz)
    gain_db = np.clip(SHARE * (REFERENCE_DB - level_db), 0.0, MOST_DB) * weight
    gain_db = gain_db * np.clip((level_db - SILENT_DB) / 10.0, 0.0, 1.0)
    lifted: NDArray[np.float32] = envelope + (gain_db * (np.log(10.0) / 20.0)).astype(np.float32)[:, None]
    return lifted
