"""The singer's controls as operations on features: bounded, per frame, without retraining, on every voice.

Breathiness and tension act on the noise share as well as on the spectral tilt, and power on tilt and level, as vocal effort does
(Sundberg 1987, The Science of the Singing Voice, chapters 3-4); gender moves the formants by stretching the frequency axis of
the envelope, mouth opening the first one alone, and articulation raises all of them. Growl, vocal fry and whisper act behind
the vocoder's network, in ``singer.phonation``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from singer.bands import (
    AMPLITUDE_FLOOR,
    APERIODICITY_BANDS,
    ENVELOPE_BANDS,
    band_centres_hz,
    hz_to_mel,
    interpolation_matrix,
)
from singer.controls import FEATURE_COLOURS
from singer.features import Features
from singer.relief import relief_matrix

DB = float(np.log(10.0) / 20.0)
POWER_DB = 5.0
"""Louder by this much at power 1, softer at -1."""
POWER_TILT_DB = 1.5
"""Gain per octave from 500 Hz to 8 kHz at power 1, beside what the acoustic model knows of effort: its takes reach less far."""
ARTICULATION_RELIEF = 0.25
"""Formants stand out by this share more at articulation 1 and less at -1, beside what the acoustic model knows."""
GENDER_FORMANT_SHARE = 0.18
"""Formants move by this share at gender 1 (down, a longer vocal tract) and up at -1."""
TENSION_TILT_DB = 4.0
"""Tilt per octave around 1 kHz at tension 1 over three octaves, in total dB at 8 kHz = 3 times this."""
BREATH_TILT_DB = 2.0
LOUDNESS_TILT = 0.04
"""Louder singing is brighter: dB of tilt per octave for each dB of loudness."""
BRIGHTNESS_DB = 9.0
"""Gain from 4 kHz up at brightness 1; it falls to 0 at 1 kHz, evenly over the octaves."""
MOUTH_OCTAVES = 0.4
"""The first formant moves up by this much at mouth opening 1 and down at -1."""
FALSETTO_H2_DB = 10.0
"""The second harmonic and those above are this much weaker against the first one at falsetto 1."""
FALSETTO_TILT_DB = 2.0
"""Further loss per octave above the second harmonic, over three octaves."""
FALSETTO_GAIN_DB = 5.0
"""What the first harmonic gains at falsetto 1, against the loss of the others."""
FALSETTO_BREATH = 0.3
"""Breathiness that comes with falsetto 1."""
FALSETTO_OCTAVES = 3.0
MOUTH_REACH = ((100.0, 300.0, 1_000.0, 2_500.0), (0.0, 1.0, 1.0, 0.0))
"""Frequencies in Hz and how much of the shift acts there."""
PIVOT_HZ = 1_000.0
LOWEST_TILT_HZ = 500.0
HIGHEST_TILT_HZ = 8_000.0


def express(features: Features, curves: Mapping[str, NDArray[np.float32]]) -> Features:
    """Apply loudness, breathiness, tension, gender, brightness, mouth opening, falsetto, power and articulation.

    Args:
        features: T frames.
        curves: the names of ``singer.controls.COLOURS``, float32 [2T], and ``f0_hz`` where ``falsetto`` is used; a name that is
            left out is neutral, as 0 is.

    Returns:
        T frames; the same object if every curve is neutral.
    """
    if not any(curves[name].any() for name in FEATURE_COLOURS if name in curves):
        return features
    still = np.zeros(len(features.envelope), np.float32)
    loudness, breath, tension, gender, brightness, mouth, falsetto, power, articulation = (
        curves.get(name, still) for name in FEATURE_COLOURS
    )
    loudness = loudness + POWER_DB * power
    envelope = _stretch(features.envelope, gender) if gender.any() else features.envelope
    if mouth.any():
        envelope = _open_mouth(envelope, mouth)
    if articulation.any():
        envelope = _articulated(envelope, articulation)
    octaves = np.log2(np.clip(band_centres_hz(ENVELOPE_BANDS), LOWEST_TILT_HZ, HIGHEST_TILT_HZ) / PIVOT_HZ)
    tilt_db = TENSION_TILT_DB * tension - BREATH_TILT_DB * np.maximum(breath, 0.0) + LOUDNESS_TILT * loudness
    envelope = envelope + DB * (loudness[:, None] + tilt_db[:, None] * octaves.astype(np.float32))
    if power.any():
        above = np.maximum(octaves - np.log2(LOWEST_TILT_HZ / PIVOT_HZ), 0.0).astype(np.float32)
        envelope = envelope + DB * POWER_TILT_DB * power[:, None] * above
    if brightness.any():
        envelope = envelope + brightness[:, None] * brighter()
    amount = breath - 0.3 * tension
    if falsetto.any():
        envelope = envelope + falsetto[:, None] * _thinner(features.aperiodicity, curves["f0_hz"])
        amount = amount + FALSETTO_BREATH * falsetto
    envelope = np.maximum(envelope, np.log(AMPLITUDE_FLOOR))
    return Features(envelope.astype(np.float32), _breathe(features.aperiodicity, amount))


def _articulated(envelope: NDArray[np.float32], amount: NDArray[np.float32]) -> NDArray[np.float32]:
    """Raise or flatten the formants of each row and keep its power."""
    change = ARTICULATION_RELIEF * amount[:, None] * (envelope @ relief_matrix())
    weight = np.exp(2.0 * (envelope - envelope.max(axis=1, keepdims=True)))
    grown = (weight * np.exp(2.0 * change)).sum(axis=1) / weight.sum(axis=1)
    result: NDArray[np.float32] = envelope + change - 0.5 * np.log(grown)[:, None]
    return result


def brighter() -> NDArray[np.float32]:
    """Log gain of each band at brightness 1: float32 [96]. The low harmonics, which carry the loudness, stay."""
    octaves = np.log2(np.maximum(band_centres_hz(ENVELOPE_BANDS), PIVOT_HZ) / PIVOT_HZ)
    gain: NDArray[np.float32] = (DB * BRIGHTNESS_DB * np.minimum(octaves / 2.0, 1.0)).astype(np.float32)
    return gain


def _thinner(ratio: NDArray[np.float32], f0_hz: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log gain of each band at falsetto 1: float32 [R, 96]; voiceless sounds keep their colour.

    In the light mechanism the folds close softly and briefly, so that the first harmonic stands out and the source falls
    off more steeply (Sundberg & Hogset 2001, Voice source differences between falsetto and modal registers in counter
    tenors, tenors and baritones, Logopedics Phoniatrics Vocology 26; H1-H2 as Klatt & Klatt 1990, J. Acoust. Soc. Am. 87).
    """
    centres_hz = np.maximum(band_centres_hz(ENVELOPE_BANDS), 1.0).astype(np.float32)
    octaves = np.log2(centres_hz / f0_hz[:, None])
    loss_db = FALSETTO_H2_DB * np.clip(octaves, 0.0, 1.0)
    loss_db += FALSETTO_TILT_DB * np.clip(octaves - 1.0, 0.0, FALSETTO_OCTAVES)
    spread = interpolation_matrix(APERIODICITY_BANDS, band_centres_hz(ENVELOPE_BANDS))
    voiced = 1.0 - np.clip(ratio, 0.0, 1.0) @ spread
    gain: NDArray[np.float32] = (DB * (FALSETTO_GAIN_DB - loss_db) * voiced).astype(np.float32)
    return gain


def _breathe(ratio: NDArray[np.float32], amount: NDArray[np.float32]) -> NDArray[np.float32]:
    """More noise for amount > 0, less for < 0; high bands move first. Keeps 0 and 1 where they are."""
    reach = np.linspace(0.4, 1.0, APERIODICITY_BANDS, dtype=np.float32)
    exponent = np.exp2(-2.0 * amount[:, None] * reach)
    lifted: NDArray[np.float32] = np.clip(ratio, 1e-4, 1.0).astype(np.float32) ** exponent.astype(np.float32)
    return lifted


def _stretch(envelope: NDArray[np.float32], gender: NDArray[np.float32]) -> NDArray[np.float32]:
    """Read each frame at frequencies divided by its formant factor."""
    centres_hz = band_centres_hz(ENVELOPE_BANDS)
    factor = (1.0 + GENDER_FORMANT_SHARE) ** gender[:, None].astype(np.float64)
    return _read_at(envelope, centres_hz * factor)


def _open_mouth(envelope: NDArray[np.float32], opening: NDArray[np.float32]) -> NDArray[np.float32]:
    """Move the first formant, which the jaw governs, and leave those above 2.5 kHz where they are.

    Lindblom & Sundberg (1971), Acoustical consequences of lip, tongue, jaw, and larynx movement, J. Acoust. Soc. Am. 50.
    The frequency axis is shifted between 100 Hz and 2.5 kHz; it stays in order, as the shift changes by less than half an
    octave per octave.
    """
    centres_hz = band_centres_hz(ENVELOPE_BANDS)
    shift_octaves = MOUTH_OCTAVES * np.interp(centres_hz, *MOUTH_REACH)
    return _read_at(envelope, centres_hz * np.exp2(-opening[:, None].astype(np.float64) * shift_octaves))


def _read_at(envelope: NDArray[np.float32], frequencies_hz: NDArray[np.float64]) -> NDArray[np.float32]:
    """Values of each row (float32 [R, 96]) at its frequencies (float64 [R, 96]), on straight lines over mel."""
    centres_hz = band_centres_hz(ENVELOPE_BANDS)
    top_mel = float(hz_to_mel(centres_hz[-1:])[0])
    position = hz_to_mel(np.minimum(frequencies_hz, centres_hz[-1])) / top_mel * (ENVELOPE_BANDS - 1)
    low = np.clip(position.astype(int), 0, ENVELOPE_BANDS - 2)
    share = (position - low).astype(np.float32)
    rows = np.arange(len(envelope))[:, None]
    moved: NDArray[np.float32] = envelope[rows, low] * (1.0 - share) + envelope[rows, low + 1] * share
    return moved
