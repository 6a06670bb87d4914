"""Audio to features: the one extractor, shared by training, benchmarks and tests.

The spectral envelope is CheapTrick's (Morise 2015, Speech Communication 67) and the aperiodicity D4C's (Morise 2016, Speech
Communication 84), both from the package pyworld, read on the bands of ``singer.bands``. Above the band that the recording
holds, both are extended by rule so that a voice taught by narrow-band material still has air.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer.bands import (
    AMPLITUDE_FLOOR,
    APERIODICITY_BANDS,
    ENVELOPE_BANDS,
    REFERENCE_RATE_HZ,
    band_centres_hz,
    pooling_matrix,
)
from singer.features import ROWS_PER_FRAME, Features

ROW_PERIOD_MS = 5.0
LOWEST_F0_HZ = 60.0
HIGHEST_F0_HZ = 1_500.0
BAND_EDGE_SHARE = 0.9
"""Share of the Nyquist frequency that is trusted; recordings and resamplers roll off above it."""

D4C_THRESHOLD = 0.85
"""How sure D4C must be that a row has voice."""

_FIT_OCTAVES = 1.0
_STEEPEST_DB_PER_OCTAVE = -24.0
_FLATTEST_DB_PER_OCTAVE = -3.0
_AIR_APERIODICITY = 0.97


def track_f0_hz(
    audio: NDArray[np.float32], sample_rate_hz: int, highest_hz: float = HIGHEST_F0_HZ
) -> NDArray[np.float64]:
    """Pitch by WORLD harvest and StoneMask: float64 [2T] in Hz, a value every 5 ms, 0 where unvoiced."""
    import pyworld

    samples = audio.astype(np.float64)
    f0_hz, times_s = pyworld.harvest(
        samples, sample_rate_hz, f0_floor=LOWEST_F0_HZ, f0_ceil=highest_hz, frame_period=ROW_PERIOD_MS
    )
    refined_hz = np.asarray(pyworld.stonemask(samples, f0_hz, times_s, sample_rate_hz))
    return refined_hz[: len(refined_hz) // ROWS_PER_FRAME * ROWS_PER_FRAME]


def analyse(
    audio: NDArray[np.float32], sample_rate_hz: int, f0_hz: NDArray[np.float64] | None = None
) -> Features:
    """Features of ``audio``.

    Args:
        audio: float32 [N], mono, full scale 1.
        sample_rate_hz: 16 000 or more.
        f0_hz: float64 [2T] pitch where it is known, 0 or NaN where unvoiced; value ``i`` is at
            ``i * 5`` ms. Tracked if not given. D4C decides for itself which of these rows are voiced.

    Returns:
        Features of T frames; T = floor((floor(N / sample_rate_hz * 200) + 1) / 2) if the pitch is tracked.

    Raises:
        ValueError: if the audio is not float32 [N], the rate is too low, or the number of pitch values is odd.
    """
    import pyworld

    if audio.dtype != np.float32 or audio.ndim != 1:
        raise ValueError(f"audio must be float32 [N], found {audio.dtype} {audio.shape}")
    if sample_rate_hz < 16_000:
        raise ValueError(f"sample rate must be at least 16000 Hz, found {sample_rate_hz}")
    samples = audio.astype(np.float64)
    pitch_hz = (
        track_f0_hz(audio, sample_rate_hz) if f0_hz is None else np.nan_to_num(f0_hz.astype(np.float64))
    )
    pitch_hz = np.where((pitch_hz >= LOWEST_F0_HZ) & (pitch_hz <= HIGHEST_F0_HZ), pitch_hz, 0.0)
    times_s = np.arange(len(pitch_hz)) * ROW_PERIOD_MS / 1000.0
    power = pyworld.cheaptrick(samples, pitch_hz, times_s, sample_rate_hz)
    ratio = pyworld.d4c(samples, pitch_hz, times_s, sample_rate_hz, threshold=D4C_THRESHOLD)
    bins_hz = np.linspace(0.0, sample_rate_hz / 2.0, power.shape[1])
    log_amplitude = 0.5 * np.log(np.maximum(power * (REFERENCE_RATE_HZ / sample_rate_hz), AMPLITUDE_FLOOR**2))
    envelope = log_amplitude @ pooling_matrix(ENVELOPE_BANDS, bins_hz)
    aperiodicity = np.clip(ratio, 0.0, 1.0) @ pooling_matrix(APERIODICITY_BANDS, bins_hz)
    edge_hz = BAND_EDGE_SHARE * sample_rate_hz / 2.0
    return Features(
        _extend_envelope(envelope, aperiodicity, edge_hz).astype(np.float32),
        _extend_aperiodicity(aperiodicity, edge_hz).astype(np.float32),
    )


def _extend_envelope(
    envelope: NDArray[np.float64], aperiodicity: NDArray[np.float64], edge_hz: float
) -> NDArray[np.float64]:
    """Continue each frame above ``edge_hz`` along the slope of its last octave: steep for vowels, flatter for noise."""
    centres_hz = band_centres_hz(ENVELOPE_BANDS)
    known = centres_hz <= edge_hz
    if known.all():
        return envelope
    last = np.flatnonzero(known)[-1]
    fit = known & (centres_hz >= edge_hz / 2.0**_FIT_OCTAVES)
    octaves = np.log2(centres_hz[fit] / centres_hz[last])
    centred = octaves - octaves.mean()
    slope = (envelope[:, fit] @ centred) / (centred @ centred)
    db = np.log(10.0) / 20.0
    noisy = aperiodicity[:, band_centres_hz(APERIODICITY_BANDS) <= edge_hz][:, -3:].mean(axis=1)
    flattest = _FLATTEST_DB_PER_OCTAVE - 9.0 * (1.0 - noisy)
    slope = np.clip(slope, _STEEPEST_DB_PER_OCTAVE * db, flattest * db)
    start = envelope[:, fit].mean(axis=1) - slope * octaves.mean()
    extended = envelope.copy()
    beyond = np.log2(centres_hz[~known] / centres_hz[last])
    extended[:, ~known] = start[:, None] + slope[:, None] * beyond[None, :]
    return np.maximum(extended, np.log(AMPLITUDE_FLOOR))


def _extend_aperiodicity(aperiodicity: NDArray[np.float64], edge_hz: float) -> NDArray[np.float64]:
    """Bands above ``edge_hz`` are nearly all noise, as they are in breathy air."""
    extended = aperiodicity.copy()
    beyond = band_centres_hz(APERIODICITY_BANDS) > edge_hz
    extended[:, beyond] = np.maximum(_AIR_APERIODICITY, aperiodicity[:, ~beyond][:, -1:])
    return extended
