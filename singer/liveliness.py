"""Life in held vowels: the spectrum of a held note keeps moving a little, as no throat stands still.

A model that was taught by distances gives the mean of all held vowels, and that stands still (0.15 dB of movement; of that in
the teacher's held vowels 0.6 dB are slower than 50 ms; ``docs/voice-log.md``, experiment 27). Here bumps as wide as a
formant wander up and down, at the pace of syllables and slower, named by the phrase's own content: the same phrase
moves in the same way, in blocks of any size.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from singer.bands import ENVELOPE_BANDS
from singer.features import ROWS_PER_FRAME

MOVEMENT_DB = 0.6
"""Standard deviation over time of a band at liveliness 0."""
KNOT_ROWS = 24
"""Rows from one random height to the next: 120 ms."""
BUMP_BANDS = 6.0
BEGINS_ROWS, GROWS_ROWS, ENDS_ROWS = 30, 50, 20
"""A vowel begins to move after 150 ms, moves fully after 400, and comes to rest in its last 100 ms."""
_DB = float(np.log(10.0) / 20.0)
BUMPS = int(ENVELOPE_BANDS / BUMP_BANDS) + 1


def seed_of(phones: NDArray[np.int64], frames: NDArray[np.int64]) -> int:
    """A number for the phrase with these phones and lengths (int64 [P] each)."""
    return zlib.crc32(frames.tobytes(), zlib.crc32(phones.tobytes()))


def held_weight(frames: NDArray[np.int64], vowels: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How far each row is inside a held vowel, 0 to 1: float32 [2T], of int64 [P] lengths and bool [P]."""
    rows = ROWS_PER_FRAME * frames
    lengths = np.repeat(rows, rows)
    since = np.arange(len(lengths)) - np.repeat(np.cumsum(rows) - rows, rows) + 0.5
    rising = np.clip((since - BEGINS_ROWS) / GROWS_ROWS, 0.0, 1.0)
    falling = np.clip((lengths - since) / ENDS_ROWS, 0.0, 1.0)
    return np.where(np.repeat(vowels, rows), np.minimum(rising, falling), 0.0).astype(np.float32)


def moved(
    envelope: NDArray[np.float32], weight: NDArray[np.float32], first_row: int, seed: int
) -> NDArray[np.float32]:
    """An envelope that lives.

    Args:
        envelope: float32 [R, 96], natural log of amplitude.
        weight: float32 [R], 1 is a movement of ``MOVEMENT_DB``, 0 none.
        first_row: row of the phrase that the first one is.
        seed: of the phrase.

    Returns:
        float32 [R, 96]; the same object where the weight is 0 throughout.
    """
    if not weight.any():
        return envelope
    place = (first_row + np.arange(len(envelope))) / KNOT_ROWS
    before = np.floor(place).astype(np.int64)
    share = (place - before)[:, None]
    first = int(before[0])
    knots = np.stack([_heights(number, seed) for number in range(first, int(before[-1]) + 2)])
    # Cosine and sine keep the variance the same between the knots.
    angle = 0.5 * np.pi * share * share * (3.0 - 2.0 * share)
    heights = np.cos(angle) * knots[before - first] + np.sin(angle) * knots[before - first + 1]
    field = heights @ bumps()
    return np.asarray(envelope + (_DB * MOVEMENT_DB) * weight[:, None] * field, np.float32)


def _heights(number: int, seed: int) -> NDArray[np.float64]:
    return np.random.default_rng((seed, number)).standard_normal(BUMPS)


def bumps() -> NDArray[np.float64]:
    """What each bump adds to each band, [K, 96]; the squares of each band's column sum to 1."""
    centres = np.arange(BUMPS) * BUMP_BANDS
    shapes = np.exp(-0.5 * ((np.arange(ENVELOPE_BANDS) - centres[:, None]) / (0.6 * BUMP_BANDS)) ** 2)
    return np.asarray(shapes / np.sqrt(np.sum(shapes**2, axis=0)))
