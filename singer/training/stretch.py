"""Spoken takes as if they were sung: vowels held, everything a little slower or faster; new lengths each time a take is read.

The teacher's consonants are clearest in speech, and her long vowels fade. So spoken vowels are held by going to and fro over
their own steady middle at natural speed or slower, which keeps the texture that a held row would lose.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from singer.features import ROWS_PER_FRAME
from singer.phone_track import role_row
from singer.training.items import Item

SHARE_HELD = 0.6
"""Share of the times that a spoken take is read with held vowels, and of its vowels that are then held."""
HELD_S = (0.15, 1.2)
FASTER, SLOWER = 0.8, 1.25
"""By what every phone of any take is made longer or shorter."""
_FRAME_S = 0.01
_SHORTEST_STEADY = 8
"""Frames of a vowel that has a steady middle."""
_MIDDLE = (0.35, 0.65)
_NUCLEUS = role_row("nucleus")


def stretched(item: Item, rng: np.random.Generator) -> Item:
    """A take with phones of other lengths; pitch and features go along, the audio does not."""
    rows, lengths = [], []
    held_take = item.kind == "spoken" and rng.random() < SHARE_HELD
    start = 0
    for count, role in zip(item.frames.tolist(), item.role.tolist(), strict=True):
        steady = role == _NUCLEUS and count >= _SHORTEST_STEADY
        if held_take and steady and rng.random() < SHARE_HELD:
            target = max(round(float(np.exp(rng.uniform(*np.log(HELD_S)))) / _FRAME_S), count)
            path = held(ROWS_PER_FRAME * count, ROWS_PER_FRAME * target)
        else:
            target = max(round(count * float(np.exp(rng.uniform(np.log(FASTER), np.log(SLOWER))))), 1)
            path = resampled(ROWS_PER_FRAME * count, ROWS_PER_FRAME * target)
        rows.append(ROWS_PER_FRAME * start + path)
        lengths.append(target)
        start += count
    order = np.concatenate(rows)
    return replace(
        item,
        envelope=item.envelope[order],
        aperiodicity=item.aperiodicity[order],
        log_f0=item.log_f0[order],
        frames=np.array(lengths, np.int64),
    )


def resampled(count: int, target: int) -> NDArray[np.int64]:
    """``target`` places spread evenly over ``count`` rows: int64 [target]."""
    return np.floor((np.arange(target) + 0.5) * count / target).astype(np.int64)


def held(count: int, target: int) -> NDArray[np.int64]:
    """Places int64 [target] that pass through ``count`` rows, target >= count, and stay in the middle by going to and fro."""
    low, high = (round(share * count) for share in _MIDDLE)
    stay = target - low - (count - high)
    width = max(high - low - 1, 1)
    # An odd number of passes ends where the way out begins; each is at natural speed, or down to a third of it.
    passes = max((stay // width - 1) // 2 * 2 + 1, 1)
    phase = np.arange(stay) * passes / max(stay - 1, 1)
    inside = 1.0 - np.abs(np.mod(phase, 2.0) - 1.0)
    middle = low + np.round(inside * (high - low - 1)).astype(np.int64)
    return np.concatenate([np.arange(low), middle, np.arange(high, count)])
