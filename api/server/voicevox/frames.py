"""Two clocks: the queries' frames of 1/93.75 s, and the frames of 10 ms of performances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer.performance.performance import CURVE_BOUNDS, FRAME_RATE_HZ

QUERY_RATE_HZ = 24_000 / 256
"""Frames per second of a query."""

VOLUME_AT_0_DB = 0.063
"""Volume of a singer's own level: the median level of vowels of the shipped voices, -24 dB of full scale."""
QUIETEST_DB = -60.0
"""Silence in a query; below it is what a client has muted."""


def seconds(query_frames: float) -> float:
    """Time at which a frame of a query begins."""
    return query_frames / QUERY_RATE_HZ


def query_centres_s(count: int) -> NDArray[np.float64]:
    """Centres of the first frames of a query: float64 [count], seconds."""
    centres_s: NDArray[np.float64] = (np.arange(count, dtype=np.float64) + 0.5) / QUERY_RATE_HZ
    return centres_s


def volume_of(loudness_db: NDArray[np.float64]) -> NDArray[np.float64]:
    """Volume of a query for a loudness relative to the singer's own level, dB."""
    volume: NDArray[np.float64] = VOLUME_AT_0_DB * np.power(10.0, np.maximum(loudness_db, QUIETEST_DB) / 20.0)
    return volume


def loudness_of(volume: NDArray[np.float64]) -> NDArray[np.float64]:
    """Loudness relative to the singer's own level, dB within ``CURVE_BOUNDS``; 0 and below is as soft as it goes."""
    low, high = CURVE_BOUNDS["loudness_db"]
    least = VOLUME_AT_0_DB * 10.0 ** (low / 20.0)
    level: NDArray[np.float64] = 20.0 * np.log10(np.maximum(volume, least) / VOLUME_AT_0_DB)
    return np.minimum(level, high)


def at_performance(values: NDArray[np.float64], start_frame: int, frames: int) -> NDArray[np.float64]:
    """A curve of a query at frames of a performance, held at its ends.

    Straight lines would cut the crests of a vibrato by a cent or two; these are cubic (Catmull & Rom 1974, A class of local
    interpolating splines).

    Args:
        values: float64 [frames of the query].
        start_frame: first frame of the performance.
        frames: how many.

    Returns:
        float64 [frames].
    """
    last = len(values) - 1
    place = np.clip((start_frame + np.arange(frames)) * (QUERY_RATE_HZ / FRAME_RATE_HZ) - 0.5, 0, last)
    left = np.floor(place).astype(np.int64)
    share = place - left
    before, here, after, later = (values[np.clip(left + step, 0, last)] for step in (-1, 0, 1, 2))
    bend = 2.0 * before - 5.0 * here + 4.0 * after - later
    twist = 3.0 * (here - after) + later - before
    found: NDArray[np.float64] = here + 0.5 * share * (after - before + share * (bend + share * twist))
    return found
