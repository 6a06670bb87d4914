"""The limiter: transparent below the ceiling, never above it, the same in any pieces."""

from __future__ import annotations

import numpy as np
import pytest

from singer.limiter import CEILING_DBFS, Limiter

CEILING = 10 ** (CEILING_DBFS / 20)


def limited(samples: np.ndarray, piece: int) -> np.ndarray:
    limiter = Limiter(44_100)
    parts = [limiter.run(samples[first : first + piece]) for first in range(0, len(samples), piece)]
    return np.concatenate([*parts, limiter.finish()])


def singing(peak: float) -> np.ndarray:
    rng = np.random.default_rng(3)
    swell = np.interp(np.arange(40_000), [0, 15_000, 20_000, 40_000], [0.2, 0.3, 1.0, 0.1])
    wave = np.sin(np.arange(40_000) * 0.03) + 0.1 * rng.standard_normal(40_000)
    return (wave / np.abs(wave).max() * swell * peak).astype(np.float32)


def test_quiet_sound_passes_bit_for_bit() -> None:
    assert np.array_equal(limited(singing(0.89), 777), singing(0.89))


@pytest.mark.parametrize("peak", [0.9, 1.5, 4.0, 30.0])
def test_never_above_the_ceiling(peak: float) -> None:
    got = limited(singing(peak), 1000)
    assert len(got) == 40_000
    assert np.abs(got).max() <= CEILING + 1e-6
    assert np.abs(got).max() > 0.8 * CEILING


@pytest.mark.parametrize("piece", [1_009, 441, 40_000, 100])
def test_pieces_do_not_matter(piece: int) -> None:
    assert np.abs(limited(singing(3.0), piece) - limited(singing(3.0), 5_000)).max() <= 1e-6


def test_single_samples_as_pieces() -> None:
    short = singing(3.0)[17_000:19_000]
    assert np.abs(limited(short, 1) - limited(short, 2_000)).max() <= 1e-6


def test_gain_moves_without_steps() -> None:
    click = np.full(20_000, 0.5, np.float32)
    click[10_000] = 4.0
    gain = np.delete(limited(click, 4096) / click, 10_000)
    assert np.abs(np.diff(gain)).max() < 0.02
    assert gain[0] == gain[-1] == 1.0


def test_a_low_voice_keeps_its_shape_under_steady_limiting() -> None:
    tone = (1.6 * np.sin(2 * np.pi * 100 * np.arange(44_100) / 44_100)).astype(np.float32)
    steady = limited(tone, 4_410)[8_820:-8_820]
    scaled = tone[8_820:-8_820] * (CEILING / 1.6)
    assert np.abs(steady - scaled).max() < 0.003


def test_nothing_in_nothing_out() -> None:
    assert len(Limiter(44_100).finish()) == 0
