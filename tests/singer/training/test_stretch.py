"""Held vowels made from speech: every row comes from its own phone, in an order without jumps."""

import numpy as np
import pytest

from singer.phone_track import role_row
from singer.training.items import Item
from singer.training.prepare import PHONE_ROWS
from singer.training.stretch import FASTER, HELD_S, SLOWER, held, resampled, stretched

FRAMES = np.array([10, 6, 12, 8, 5, 4])


def numbered_item(kind: str) -> Item:
    """SP s a n i SP, whose every row holds its own number."""
    rows = 2 * int(FRAMES.sum())
    numbers = np.arange(rows)
    return Item(
        envelope=np.repeat(numbers[:, None], 96, axis=1).astype(np.float16),
        aperiodicity=np.repeat(numbers[:, None], 12, axis=1).astype(np.float16),
        log_f0=numbers.astype(np.float32),
        audio=np.zeros(rows * 120, np.int16),
        phone=np.array([PHONE_ROWS[symbol] for symbol in ("SP", "s", "a", "n", "i", "SP")]),
        role=np.array([0, *(role_row(role) for role in ("onset", "nucleus", "onset", "nucleus")), 0]),
        language=np.array([0, 1, 1, 1, 1, 0]),
        frames=FRAMES,
        timbre=0,
        kind=kind,
        raised=1.0,
        name="toy",
    )


@pytest.mark.parametrize("kind", ["spoken", "sung"])
def test_rows_stay_with_their_phones(kind: str) -> None:
    take = numbered_item(kind)
    owner = np.repeat(np.arange(len(FRAMES)), 2 * FRAMES)
    for seed in range(20):
        other = stretched(take, np.random.default_rng(seed))
        assert len(other.envelope) == len(other.aperiodicity) == len(other.log_f0) == 2 * other.frames.sum()
        came_from = other.log_f0.astype(int)
        np.testing.assert_array_equal(owner[came_from], np.repeat(np.arange(len(FRAMES)), 2 * other.frames))
        np.testing.assert_array_equal(other.envelope[:, 5].astype(int), came_from)
        np.testing.assert_array_equal(other.aperiodicity[:, 3].astype(int), came_from)


def test_only_spoken_vowels_with_a_middle_are_held() -> None:
    """``a`` of 120 ms is; ``i`` of 50 ms, consonants and sung takes change by a quarter at most."""
    lengths = {
        kind: np.array(
            [stretched(numbered_item(kind), np.random.default_rng(seed)).frames for seed in range(60)]
        )
        for kind in ("spoken", "sung")
    }
    low, high = np.round(FRAMES * FASTER), np.round(FRAMES * SLOWER)
    assert ((lengths["sung"] >= low) & (lengths["sung"] <= high)).all()
    others = np.arange(len(FRAMES)) != 2
    assert ((lengths["spoken"] >= low) & (lengths["spoken"] <= high))[:, others].all()
    assert lengths["spoken"][:, 2].max() > 40
    assert lengths["spoken"][:, 2].max() <= round(HELD_S[1] * 100)


@pytest.mark.parametrize(("count", "target"), [(16, 16), (16, 17), (24, 240), (40, 200), (17, 33)])
def test_a_held_vowel_begins_and_ends_as_it_was_and_never_jumps(count: int, target: int) -> None:
    path = held(count, target)
    assert len(path) == target
    assert path[0] == 0
    assert path[-1] == count - 1
    assert np.abs(np.diff(path)).max() <= 2
    assert set(path) <= set(range(count))


def test_other_lengths_keep_the_order() -> None:
    np.testing.assert_array_equal(resampled(4, 4), np.arange(4))
    assert (np.diff(resampled(10, 13)) >= 0).all()
    assert resampled(10, 7)[-1] == 9
