"""Measured rules that decide whether a take is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.inventory import INVENTORY
from singer.training.corpus.scripts import Kind
from singer.training.corpus.take import Take
from singer.training.teacher import CONTROL_RATE_HZ, SAMPLE_RATE_HZ

PEAK_LIMIT = 0.99
LEVEL_DB = (-45.0, -8.0)
MEDIAN_CENTS: Mapping[str, float] = {"sung": 20.0, "spoken": 60.0}
NEAR_CENTS = 60.0
NEAR_SHARE: Mapping[str, float] = {"sung": 0.75, "spoken": 0.5}
"""Speech moves so fast that the measurement, an average over three periods, cannot follow it exactly."""
VOICED_SHARE = 0.6
NUCLEUS_BELOW_DB = -34.0
NUCLEI_SHARE = 0.13
LOST_BELOW_DB = -38.0
LOST_SHARE = 0.3
_HOP_S = 0.01


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of a take.

    Attributes:
        level_db: root mean square of the take, dB re full scale.
        peak: largest magnitude.
        median_cents: median distance of the measured from the fed pitch; 0 without pitch.
        near_share: share of frames, voiced both as fed and as measured, within 60 cents of the fed pitch; 1 without pitch.
        voiced_share: share of frames fed as voiced that were measured as voiced; 1 without pitch.
        quiet_nuclei: share of nuclei more than 34 dB below the loudest one; 0 without nuclei.
        lost_share: share of fricatives and affricates whose loudest 10 ms are more than 38 dB below the take; 0 without any.
        rejected: why the take is dropped, empty if it is kept.
    """

    level_db: float
    peak: float
    median_cents: float
    near_share: float
    voiced_share: float
    quiet_nuclei: float
    lost_share: float
    rejected: str


def measure(take: Take, kind: Kind) -> Measured:
    """Measure a take and judge it by the rules of its kind."""
    level_db = _decibels(take.audio)
    peak = float(np.max(np.abs(take.audio)))
    median, near, voiced = _pitch_fit(take)
    quiet, lost = _quiet_nuclei(take), _lost_share(take, level_db)
    reasons = {
        "not finite": not np.isfinite(take.audio).all(),
        "clipped": peak >= PEAK_LIMIT,
        "level": not LEVEL_DB[0] <= level_db <= LEVEL_DB[1],
        "pitch": kind != "breath"
        and (median > MEDIAN_CENTS[kind] or near < NEAR_SHARE[kind] or voiced < VOICED_SHARE),
        "silent vowels": quiet > NUCLEI_SHARE,
        "lost consonants": lost > LOST_SHARE,
    }
    rejected = ", ".join(name for name, failed in reasons.items() if failed)
    return Measured(level_db, peak, median, near, voiced, quiet, lost, rejected)


def _decibels(samples: NDArray[np.float32]) -> float:
    if len(samples) == 0:
        return -200.0
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-20))


def _pitch_fit(take: Take) -> tuple[float, float, float]:
    """Median distance in cents, share of frames near the fed pitch, share of fed frames that are voiced."""
    import pyworld

    if not (take.f0_hz > 0).any():
        return 0.0, 1.0, 1.0
    audio = take.audio.astype(np.float64)
    coarse, times = pyworld.dio(
        audio, SAMPLE_RATE_HZ, f0_floor=80.0, f0_ceil=420.0, frame_period=1000 * _HOP_S
    )
    found = pyworld.stonemask(audio, coarse, times, SAMPLE_RATE_HZ)
    frame = np.clip((times * CONTROL_RATE_HZ).astype(int), 1, len(take.f0_hz) - 3)
    solid = np.all([take.f0_hz[frame + shift] > 0 for shift in (-1, 0, 1, 2)], axis=0)
    fed = np.interp(times * CONTROL_RATE_HZ, np.arange(len(take.f0_hz)), take.f0_hz)
    both = solid & (found > 0)
    if not both.any():
        return 1200.0, 0.0, 0.0
    cents = np.abs(1200 * np.log2(found[both] / fed[both]))
    return float(np.median(cents)), float(np.mean(cents < NEAR_CENTS)), float(both.sum() / solid.sum())


def _quiet_nuclei(take: Take) -> float:
    levels = [
        _decibels(take.audio[round(start * SAMPLE_RATE_HZ) : round(end * SAMPLE_RATE_HZ)])
        for phone, start, end in zip(take.phones, take.edges_s[:-1], take.edges_s[1:], strict=True)
        if phone.role == "nucleus" and phone.symbol != "Q"
    ]
    if not levels:
        return 0.0
    return float(np.mean(np.array(levels) < max(levels) + NUCLEUS_BELOW_DB))


def _lost_share(take: Take, level_db: float) -> float:
    hop = round(_HOP_S * SAMPLE_RATE_HZ)
    lost = []
    for phone, start, end in zip(take.phones, take.edges_s[:-1], take.edges_s[1:], strict=True):
        if INVENTORY[phone.symbol].phone_class not in ("fricative", "affricate"):
            continue
        samples = take.audio[round((start - 0.02) * SAMPLE_RATE_HZ) : round(end * SAMPLE_RATE_HZ)]
        loudest = max(_decibels(samples[place : place + hop]) for place in range(0, len(samples), hop))
        lost.append(loudest < level_db + LOST_BELOW_DB)
    return float(np.mean(lost)) if lost else 0.0
