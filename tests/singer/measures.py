"""Correlates of how a voice is used, measured on sound: what the tests of the controls compare."""

from __future__ import annotations

import numpy as np
import parselmouth
from numpy.typing import NDArray
from parselmouth.praat import call

Sound = NDArray[np.float32]


def spectrum_db(sound: Sound, rate_hz: int, low_hz: float, high_hz: float) -> float:
    """Level of a band in dB."""
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    bins_hz = np.fft.rfftfreq(len(sound), 1.0 / rate_hz)
    return float(10.0 * np.log10(power[(bins_hz >= low_hz) & (bins_hz < high_hz)].sum() + 1e-30))


def level_db(sound: Sound) -> float:
    """Root mean square in dBFS."""
    return float(10.0 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-30))


def tilt_db(sound: Sound, rate_hz: int) -> float:
    """Level of 2 to 8 kHz against that below 1 kHz."""
    return spectrum_db(sound, rate_hz, 2_000, 8_000) - spectrum_db(sound, rate_hz, 0, 1_000)


def centroid_hz(sound: Sound, rate_hz: int) -> float:
    """Centre of gravity of the amplitude spectrum up to 10 kHz."""
    size = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    bins_hz = np.fft.rfftfreq(len(sound), 1.0 / rate_hz)
    inside = bins_hz < 10_000
    return float(np.average(bins_hz[inside], weights=size[inside]))


def harmonic_db(sound: Sound, rate_hz: int, f0_hz: float, number: float) -> float:
    """Level of one multiple of the fundamental (0.5 is the subharmonic an octave below)."""
    return spectrum_db(sound, rate_hz, (number - 0.12) * f0_hz, (number + 0.12) * f0_hz)


def h1_h2_db(sound: Sound, rate_hz: int, f0_hz: float) -> float:
    """First harmonic against the second (Klatt & Klatt 1990)."""
    return harmonic_db(sound, rate_hz, f0_hz, 1) - harmonic_db(sound, rate_hz, f0_hz, 2)


def subharmonics_db(sound: Sound, rate_hz: int, f0_hz: float) -> float:
    """Components half-way between the first harmonics against those harmonics."""
    between = [harmonic_db(sound, rate_hz, f0_hz, number + 0.5) for number in range(1, 9)]
    on = [harmonic_db(sound, rate_hz, f0_hz, number) for number in range(1, 9)]
    return float(np.mean(between) - np.mean(on))


def harmonics_to_noise_db(sound: Sound, rate_hz: int) -> float:
    """Praat's harmonicity (Boersma 1993), median over voiced frames; -200 where there is no voice."""
    praat = parselmouth.Sound(sound.astype(np.float64), rate_hz)
    values = praat.to_harmonicity_cc(0.01, 75.0, 0.1, 1.0).values
    voiced = values[values > -199]
    return float(np.median(voiced)) if len(voiced) else -200.0


def band_levels_db(sound: Sound, rate_hz: int) -> NDArray[np.float64]:
    """Level in each of 24 equal bands up to 4.8 kHz, against their mean."""
    levels = np.array([spectrum_db(sound, rate_hz, 200 * band, 200 * (band + 1)) for band in range(24)])
    return levels - levels.mean()


def first_formant_hz(sound: Sound, rate_hz: int) -> float:
    """Praat's first formant, median."""
    praat = parselmouth.Sound(sound.astype(np.float64), rate_hz)
    formants = praat.to_formant_burg(0.01, 5.0, 5_500.0, 0.03)
    times_s = np.arange(0.05, len(sound) / rate_hz - 0.05, 0.01)
    return float(np.nanmedian([formants.get_value_at_time(1, time_s) for time_s in times_s]))


def pitch_track_hz(sound: Sound, rate_hz: int) -> NDArray[np.float64]:
    """Praat's pitch by autocorrelation every 10 ms, 0 where unvoiced."""
    praat = parselmouth.Sound(sound.astype(np.float64), rate_hz)
    track: NDArray[np.float64] = praat.to_pitch_ac(0.01, 75.0, pitch_ceiling=1_000.0).selected_array[
        "frequency"
    ]
    return track


def perturbation(sound: Sound, rate_hz: int, f0_hz: float) -> tuple[float, float]:
    """Praat's local jitter and shimmer, shares."""
    praat = parselmouth.Sound(sound.astype(np.float64), rate_hz)
    lowest, highest = 0.7 * f0_hz, 1.4 * f0_hz
    points = call(praat, "To PointProcess (periodic, cc)", lowest, highest)
    limits = (0, 0, 0.5 / highest, 2.0 / lowest, 1.5)
    jitter = call(points, "Get jitter (local)", *limits)
    return jitter, call([praat, points], "Get shimmer (local)", *limits, 3.0)
