"""Where a vowel begins, heard in the audio alone: by the rise of the voice after silence or noise, else by
the change of its colour.

The detector is told an approximate time, what kind of sound goes before, and the pitch; it knows nothing of
the engine's timing. Its own error on teacher recordings with exact alignment is reported beside every result.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Before = Literal["unvoiced", "voiced", "glide", "vowel"]
"""Sound before the vowel; silence and closures count as unvoiced."""

WINDOW_S = 0.100
RATE_HZ = 16_000
STEP_S = 0.002
RISE_DB = 14.0
"""The voice has begun where its low band comes within this of its loudest point in the window."""

CONSONANT_LAG_S = 0.012
"""Out of a voiced consonant the middle bands rise fastest this long before the vowel (median, teacher
recordings)."""

_SPAN_S = 0.024
_BANDS = 24
_MIDDLE = slice(4, 18)


def vowel_onset_s(
    samples: NDArray[np.float32], sample_rate_hz: int, near_s: float, before: Before, f0_hz: float
) -> float | None:
    """Time of the vowel's onset within 100 ms of ``near_s``, in seconds; ``None`` where nothing begins there.

    Args:
        samples: float32 [N], mono.
        sample_rate_hz: of the samples.
        near_s: middle of the search window.
        before: kind of the sound before the vowel.
        f0_hz: pitch of the vowel, about.
    """
    first = max(0, round((near_s - 2 * WINDOW_S) * sample_rate_hz))
    piece = samples[first : round((near_s + 2 * WINDOW_S) * sample_rate_hz)]
    if len(piece) < 2 * WINDOW_S * sample_rate_hz:
        return None
    import soxr

    audio = np.asarray(soxr.resample(piece, sample_rate_hz, RATE_HZ), np.float64)
    start_s = first / sample_rate_hz
    times_s = np.arange(near_s - WINDOW_S, near_s + WINDOW_S, STEP_S)
    inside_s = times_s - start_s
    after_noise = before == "unvoiced"
    found = _rise(audio, inside_s, f0_hz) if after_noise else _colour_change(audio, inside_s, before)
    if found is None:
        return None
    return float(times_s[found]) + (CONSONANT_LAG_S if before in ("voiced", "glide") else 0.0)


def _rise(audio: NDArray[np.float64], times_s: NDArray[np.float64], f0_hz: float) -> int | None:
    """First step at which the band of the lowest harmonics comes near its peak and stays there for 20 ms."""
    from scipy.signal import butter, sosfiltfilt

    band_hz = (max(60.0, 0.7 * f0_hz), min(max(900.0, 2.5 * f0_hz), 0.45 * RATE_HZ))
    low = sosfiltfilt(butter(2, band_hz, "bandpass", fs=RATE_HZ, output="sos"), audio)
    level_db = _level_db(low, times_s, max(0.008, 1.2 / f0_hz))
    near = level_db >= level_db.max() - RISE_DB
    stay = round(0.020 / STEP_S)
    held = np.convolve(near, np.ones(stay), "full")[stay - 1 :] >= stay
    quiet = np.flatnonzero(~near)
    if not len(quiet):
        return None
    after = np.flatnonzero(held & (np.arange(len(near)) > quiet[0]))
    return int(after[0]) if len(after) else None


def _level_db(
    audio: NDArray[np.float64], times_s: NDArray[np.float64], window_s: float
) -> NDArray[np.float64]:
    total = np.concatenate(([0.0], np.cumsum(audio**2)))
    low = np.clip(((times_s - window_s / 2) * RATE_HZ).astype(int), 0, len(audio) - 1)
    high = np.clip(((times_s + window_s / 2) * RATE_HZ).astype(int), 1, len(audio))
    power = (total[high] - total[low]) / np.maximum(high - low, 1)
    return np.asarray(10.0 * np.log10(power + 1e-10))


def _colour_change(audio: NDArray[np.float64], times_s: NDArray[np.float64], before: Before) -> int | None:
    """Step at which the 24 ms after differ most from the 24 ms before: after a consonant by the rise of the
    middle bands, after a vowel by the distance of the spectra, both in dB on mel bands.
    """
    spectra = _mel_db(audio)
    step = round(_SPAN_S / STEP_S)
    total = np.concatenate((np.zeros((1, _BANDS)), np.cumsum(spectra, axis=0)))
    places = np.round(times_s / STEP_S).astype(int)
    usable = (places >= step) & (places + step < len(total))
    if not usable.any():
        return None
    where = np.clip(places, step, len(total) - step - 1)
    change = total[where + step] - 2 * total[where] + total[where - step]
    size = np.linalg.norm(change, axis=1) if before == "vowel" else change[:, _MIDDLE].sum(axis=1)
    return int(np.argmax(np.where(usable, size, -np.inf)))


def _mel_db(audio: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log mel spectra, floored 50 dB below the loudest: float64 [T, 24], one every 2 ms, frame i centred on
    ``i * 2`` ms.
    """
    fft, window, hop = 512, 320, round(STEP_S * RATE_HZ)
    padded = np.pad(audio, fft // 2)
    count = len(audio) // hop
    frames = np.lib.stride_tricks.sliding_window_view(padded, fft)[::hop][:count]
    taper = np.zeros(fft)
    taper[(fft - window) // 2 : (fft + window) // 2] = np.hanning(window)
    power = np.abs(np.fft.rfft(frames * taper, axis=1)) ** 2
    mel = 10.0 * np.log10(power @ _triangles(fft) + 1e-10)
    return np.asarray(np.maximum(mel, mel.max() - 50.0))


def _triangles(fft: int) -> NDArray[np.float64]:
    mel = 2595.0 * np.log10(1.0 + np.fft.rfftfreq(fft, 1 / RATE_HZ) / 700.0)
    edges = np.linspace(2595.0 * np.log10(1 + 150 / 700), 2595.0 * np.log10(1 + 7_000 / 700), _BANDS + 2)
    rise = (mel[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - mel[:, None]) / (edges[2:] - edges[1:-1])
    return np.asarray(np.maximum(0.0, np.minimum(rise, fall)))
