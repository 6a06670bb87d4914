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
    return (np.arange(count) + 0.5) / QUERY_RATE_HZ


def volume_of(loudness_db: NDArray[np.float64]) -> NDArray[np.float64]:
    """Volume of a query for a loudness relative to the singer's own level, dB."""
    volume: NDArray[np.float64] = VOLUME_AT_0_DB * 10.0 ** (np.maximum(loudness_db, QUIETEST_DB) / 20.0)
    return volume


def loudness_of(volume: NDArray[np.float64]) -> NDArray[np.float64]:
    """Loudness relative to the singer's own level, dB within ``CURVE_BOUNDS``; 0 and below is as soft as it goes."""
    low, high = CURVE_BOUNDS["loudness_db"]
    least = VOLUME_AT_0_DB * 10.0 ** (low / 20.0)
    level: NDArray[np.float64] = 20.0 * np.log10(np.maximum(volume, least) / VOLUME_AT_0_DB)
    return np.minimum(level, high)


def at_performance(values: NDArray[np.float64], start_frame: int, frames: int) -> NDArray[np.float64]:
    """A curve of a query at frames of a performance, float64 [frames]; straight between frames, held at its ends."""
    times_s = (start_frame + np.arange(frames)) / FRAME_RATE_HZ
    return np.interp(times_s, query_centres_s(len(values)), values)
