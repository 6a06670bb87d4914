"""Vowel onsets in streamed audio: after voiceless stops and fricatives the sound below 1 kHz rises from nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from frontend_g2p.phones import Language
from singer.score import Note, Score, TempoMap
from singer.voice_onset import is_voiceless

_SYLLABLES: dict[Language, tuple[str, ...]] = {
    "en": ("ta", "so", "pa", "she", "to", "car", "fa", "tea"),
    "zh": ("他", "搜", "趴", "卡", "发", "踏", "沙", "怕"),
}
_BAND_HZ = 1_000.0
_STEP_SAMPLES = 44
_LOOK_S = 0.09
"""How far from a mark its vowel is looked for."""
_BELOW_DB = 8.0
"""The vowel starts where the sound is this much below its steady level."""
_REST_EVERY = 16


def long_song_of_stops(notes: int, language: Language) -> Score:
    """Notes of half a second, each after a voiceless consonant, with a rest of a second after every sixteen."""
    words = _SYLLABLES[language]
    made = tuple(
        Note(
            float(place + 2 * (place // _REST_EVERY)), 0.9, 57.0 + (5 * place) % 12, words[place % len(words)]
        )
        for place in range(notes)
    )
    return Score(made, language=language, tempo=TempoMap(((0.0, 120.0),)))


def vowel_errors_s(marks: Sequence[dict[str, Any]], samples: NDArray[np.int16], rate_hz: int) -> list[float]:
    """For every viseme that a vowel begins after a voiceless stop or fricative: the onset heard minus the mark, seconds.

    A vowel that is not heard counts as off by ``_LOOK_S``.
    """
    level_db = _low_level_db(samples, rate_hz)
    phones = [mark for mark in marks if mark["kind"] == "phone"]
    changes = [mark["sample"] for mark in marks if mark["kind"] == "viseme"]
    found = []
    for before, here in pairwise(phones):
        if here["role"] == "nucleus" and is_voiceless(before["phone"]):
            change = changes[bisect_left(changes, here["sample"])]
            found.append(_late_s(level_db, change, _STEP_SAMPLES / rate_hz))
    return found


def _low_level_db(samples: NDArray[np.int16], rate_hz: int) -> NDArray[np.float64]:
    """Level below 1 kHz every ``_STEP_SAMPLES``, smoothed over 8 ms, dB."""
    low = sosfilt(butter(4, _BAND_HZ, "low", fs=rate_hz, output="sos"), samples.astype(np.float32) / 32_768.0)
    power = np.add.reduceat(low * low, np.arange(0, len(low), _STEP_SAMPLES)) / _STEP_SAMPLES
    smooth = np.convolve(power, np.hanning(10)[1:-1] / np.hanning(10).sum(), mode="same")
    return np.asarray(10.0 * np.log10(smooth + 1e-10))


def _late_s(level_db: NDArray[np.float64], mark: int, step_s: float) -> float:
    """How long after sample ``mark`` the vowel rises."""
    place = mark / _STEP_SAMPLES
    first, last = (max(round(place + away_s / step_s), 0) for away_s in (-_LOOK_S, _LOOK_S))
    steady_db = float(np.median(level_db[round(place + 0.08 / step_s) : round(place + 0.2 / step_s)]))
    part = level_db[first:last]
    quiet = np.flatnonzero(part < steady_db - _BELOW_DB)
    if not len(quiet) or quiet[-1] + 1 >= len(part):
        return _LOOK_S
    return float((first + quiet[-1] + 1 - place) * step_s)
