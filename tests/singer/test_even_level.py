"""Weak sonorants move half-way up to the reference, within a bound; nothing else moves."""

import numpy as np
import pytest

from singer.even_level import MOST_DB, REFERENCE_DB, SHARE, even_level, harmonic_level_db
from singer.phone_track import PhoneTrack, sonorant_weight
from singer.source import pulse_train


def flat(level: float, rows: int = 6) -> np.ndarray:
    return np.full((rows, 96), level, np.float32)


@pytest.mark.parametrize("f0_hz", [98.0, 220.0, 880.0])
def test_the_level_is_that_of_the_pulses(f0_hz: float) -> None:
    pulses, _ = pulse_train(np.full(44_100, f0_hz), 0.0, 44_100, 4_000.0)
    measured_db = 10 * np.log10(np.mean(pulses**2))
    found_db = harmonic_level_db(flat(0.0), np.full(6, f0_hz, np.float32))
    np.testing.assert_allclose(found_db, measured_db, atol=0.7)


@pytest.mark.parametrize("below_db", [4.0, 14.0])
def test_half_of_what_is_missing_is_given_back(below_db: float) -> None:
    f0_hz = np.full(6, 660.0, np.float32)
    start_db = harmonic_level_db(flat(0.0), f0_hz)[0]
    envelope = flat((REFERENCE_DB - below_db - start_db) * np.log(10) / 20)
    level_db = harmonic_level_db(even_level(envelope, f0_hz, np.ones(6, np.float32)), f0_hz)
    np.testing.assert_allclose(level_db, REFERENCE_DB - (1 - SHARE) * below_db, atol=0.01)


def test_the_lift_is_bounded_and_loud_or_silent_rows_stay() -> None:
    f0_hz, ones = np.full(6, 330.0, np.float32), np.ones(6, np.float32)
    start_db = harmonic_level_db(flat(0.0), f0_hz)[0]
    weak = flat((REFERENCE_DB - 24.0 - start_db) * np.log(10) / 20)
    lift_db = (even_level(weak, f0_hz, ones) - weak) * 20 / np.log(10)
    np.testing.assert_allclose(lift_db, MOST_DB, atol=1e-3)
    np.testing.assert_array_equal(even_level(weak, f0_hz, 0 * ones), weak)
    for level in (0.0, -11.0):
        np.testing.assert_array_equal(even_level(flat(level), f0_hz, ones), flat(level))


def test_only_sonorants_have_weight() -> None:
    frames, none = np.array([3, 8, 8, 2]), np.zeros(4, np.int64)
    weight = sonorant_weight(
        PhoneTrack(("s", "a", "n", "t"), none, none, none, frames, np.array([False, True, True, False]))
    )
    assert len(weight) == 42
    assert not weight[:6].any()
    assert not weight[-4:].any()
    np.testing.assert_allclose(weight[6:10], [0.125, 0.375, 0.625, 0.875])
    assert (weight[10:34] == 1).all(), "no dip where one sonorant follows another"
    np.testing.assert_allclose(weight[34:38], [0.875, 0.625, 0.375, 0.125])
