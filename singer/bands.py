"""The frequency axes of the features: 96 envelope bands and 12 aperiodicity bands, the same at every sample rate."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

ENVELOPE_BANDS = 96
APERIODICITY_BANDS = 12
TOP_HZ = 20_000.0
REFERENCE_RATE_HZ = 44_100
"""Envelopes are amplitudes of a filter that shapes unit-variance white noise at this sample rate."""

AMPLITUDE_FLOOR = 1e-5
"""Envelopes do not fall below this amplitude, some 100 dB under full scale."""

_MEL_BREAK_HZ = 700.0
_TOP_MEL = 2595.0 * math.log10(1.0 + TOP_HZ / _MEL_BREAK_HZ)


def hz_to_mel(frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mel of O'Shaughnessy (1987): ``2595 log10(1 + f / 700)``."""
    return 2595.0 * np.log10(1.0 + frequency_hz / _MEL_BREAK_HZ)


def mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse of ``hz_to_mel``."""
    return _MEL_BREAK_HZ * (10.0 ** (mel / 2595.0) - 1.0)


def band_centres_hz(count: int) -> NDArray[np.float64]:
    """Centres of ``count`` bands from 0 Hz to ``TOP_HZ``, evenly spaced in mel: float64 [count]."""
    return mel_to_hz(np.linspace(0.0, _TOP_MEL, count))


def interpolation_matrix(count: int, frequencies_hz: NDArray[np.float64]) -> NDArray[np.float32]:
    """Weights that read bands at ``frequencies_hz`` by straight lines on the mel axis: float32 [count, len(frequencies_hz)].

    ``bands [T, count] @ matrix`` gives values [T, F]; above ``TOP_HZ`` the last band holds.
    """
    position = hz_to_mel(np.minimum(frequencies_hz, TOP_HZ)) / _TOP_MEL * (count - 1)
    low = np.clip(np.floor(position).astype(int), 0, count - 2)
    share = position - low
    matrix = np.zeros((count, len(frequencies_hz)), np.float32)
    columns = np.arange(len(frequencies_hz))
    matrix[low, columns] = 1.0 - share
    matrix[low + 1, columns] += share
    return matrix


def pooling_matrix(count: int, frequencies_hz: NDArray[np.float64]) -> NDArray[np.float32]:
    """Weights that average values at evenly spaced ``frequencies_hz`` into bands: float32 [F, count], columns sum to 1.

    A band is a triangle of the band spacing; where no frequency falls inside it the two nearest are interpolated, so
    narrow low bands read a smooth curve at their centre.
    """
    centres = band_centres_hz(count)
    position = hz_to_mel(np.minimum(frequencies_hz, TOP_HZ)) / _TOP_MEL * (count - 1)
    weights = np.maximum(0.0, 1.0 - np.abs(position[:, None] - np.arange(count)[None, :]))
    step_hz = frequencies_hz[1] - frequencies_hz[0]
    nearest = np.maximum(0.0, 1.0 - np.abs(frequencies_hz[:, None] - centres[None, :]) / step_hz)
    narrow = weights.sum(axis=0) < 1.5
    weights[:, narrow] = nearest[:, narrow]
    total = weights.sum(axis=0)
    reachable = total > 0
    weights[:, reachable] /= total[reachable]
    return weights.astype(np.float32)
