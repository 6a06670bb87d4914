"""The two clocks, and volume against loudness."""

from __future__ import annotations

import numpy as np
import pytest

from api.server.voicevox.frames import (
    VOLUME_AT_0_DB,
    at_performance,
    loudness_of,
    query_centres_s,
    seconds,
    volume_of,
)


def test_a_frame_is_256_samples_at_24000_hz() -> None:
    assert seconds(1) == pytest.approx(256 / 24_000, abs=1e-15)
    assert query_centres_s(2).tolist() == pytest.approx([128 / 24_000, 384 / 24_000])


def test_volume_halves_every_6_db_and_comes_back() -> None:
    level_db = np.array([0.0, -6.0206, 6.0206, -59.0])
    volume = volume_of(level_db)
    assert volume[:3] / VOLUME_AT_0_DB == pytest.approx([1.0, 0.5, 2.0], abs=1e-5)
    assert loudness_of(volume) == pytest.approx(level_db, abs=1e-9)


def test_volume_is_bounded_on_both_sides() -> None:
    assert volume_of(np.array([-200.0])) == pytest.approx(VOLUME_AT_0_DB / 1000)
    assert loudness_of(np.array([0.0, -0.002, 1e9])).tolist() == [-96.0, -96.0, 24.0]


def test_a_vibrato_keeps_its_crests_between_the_clocks() -> None:
    def cents(times_s: np.ndarray) -> np.ndarray:
        return 50.0 * np.sin(2 * np.pi * 5.5 * times_s)

    found = at_performance(cents(query_centres_s(400)), 20, 350)
    expected = cents((20 + np.arange(350)) / 100)
    assert np.abs(found - expected).max() < 0.1
    straight = np.interp((20 + np.arange(350)) / 100, query_centres_s(400), cents(query_centres_s(400)))
    assert np.abs(straight - expected).max() > 0.5


def test_ends_are_held_and_points_are_met() -> None:
    values = np.array([1.0, 5.0, 2.0, 7.0])
    found = at_performance(values, -100, 300)
    assert (found[:50] == 1.0).all()
    assert (found[-50:] == 7.0).all()
    assert at_performance(np.full(10, 3.0), 0, 9) == pytest.approx(np.full(9, 3.0), abs=1e-12)
