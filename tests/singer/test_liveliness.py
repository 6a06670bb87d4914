"""Held vowels move: by the stated amount, smoothly, the same in any blocks, and nothing else does."""

import numpy as np
import pytest

from singer.features import ROWS_PER_FRAME
from singer.liveliness import MOVEMENT_DB, held_weight, moved, seed_of

DB = float(np.log(10.0) / 20.0)
STILL = np.zeros((4_000, 96), np.float32)
WHOLE = np.ones(4_000, np.float32)


def test_every_band_moves_by_the_stated_amount_and_slowly() -> None:
    found = moved(STILL, WHOLE, 0, 5) / DB
    np.testing.assert_allclose(found.std(axis=0), MOVEMENT_DB, rtol=0.25)
    assert abs(found.mean()) < 0.1
    assert np.abs(np.diff(found, axis=0)).max() < 0.5
    assert np.corrcoef(found[:, 30], found[:, 32])[0, 1] > 0.8
    assert abs(np.corrcoef(found[:, 30], found[:, 60])[0, 1]) < 0.4


@pytest.mark.parametrize("size", [1, 7, 100, 999])
def test_blocks_do_not_matter(size: int) -> None:
    whole = moved(STILL[:1_000], WHOLE[:1_000], 0, 5)
    parts = [
        moved(STILL[start : start + size], WHOLE[start : start + size], start, 5)
        for start in range(0, 1_000, size)
    ]
    np.testing.assert_array_equal(np.concatenate(parts)[:1_000], whole)


def test_phrases_move_in_ways_of_their_own() -> None:
    phones, frames = np.array([3, 4]), np.array([10, 90])
    assert seed_of(phones, frames) == seed_of(phones.copy(), frames.copy())
    assert len({seed_of(phones, frames), seed_of(phones + 1, frames), seed_of(phones, frames + 1)}) == 3
    assert not np.array_equal(moved(STILL, WHOLE, 0, 5), moved(STILL, WHOLE, 0, 6))


def test_only_held_vowels_move_and_their_ends_rest() -> None:
    frames, vowels = np.array([50, 12, 120, 80]), np.array([False, True, True, False])
    weight = held_weight(frames, vowels)
    assert len(weight) == ROWS_PER_FRAME * frames.sum()
    starts = ROWS_PER_FRAME * np.cumsum(np.concatenate([[0], frames]))
    assert not weight[: starts[2]].any()
    assert not weight[starts[3] :].any()
    held = weight[starts[2] : starts[3]]
    assert not held[:30].any()
    assert held[90:200].min() == 1.0
    assert held[-1] < 0.05
    assert moved(STILL[:10], np.zeros(10, np.float32), 0, 5) is not moved(STILL[:10], WHOLE[:10], 0, 5)
    still = STILL[:10]
    assert moved(still, np.zeros(10, np.float32), 0, 5) is still
