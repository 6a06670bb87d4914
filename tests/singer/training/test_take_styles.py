"""Styles of takes: known tilts and known distances between vowels are found, and nothing else moves them."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from singer.bands import ENVELOPE_BANDS, band_centres_hz
from singer.phone_track import role_row
from singer.training.items import Item
from singer.training.prepare import PHONE_ROWS
from singer.training.take_styles import FURTHEST, styles_of

CENTRES_HZ = band_centres_hz(ENVELOPE_BANDS)
VOWELS = ("a", "i", "u")
FORMANTS_HZ = {"a": (800.0, 1_300.0), "i": (300.0, 2_300.0), "u": (350.0, 800.0)}


def shape(vowel: str) -> np.ndarray:
    peaks = [np.exp(-(((CENTRES_HZ - formant_hz) / 200.0) ** 2)) for formant_hz in FORMANTS_HZ[vowel]]
    return np.sum(peaks, axis=0) - np.log2(np.maximum(CENTRES_HZ, 200.0) / 200.0)


def take(tilt: float, fullness: float, level: float, timbre: int = 0, kind: str = "sung") -> Item:
    middle = np.mean([shape(vowel) for vowel in VOWELS], axis=0)
    louder_above = tilt * (CENTRES_HZ >= 1_000.0)
    rows = [
        np.tile(middle + fullness * (shape(vowel) - middle) + louder_above + level, (40, 1))
        for vowel in VOWELS
    ]
    return Item(
        envelope=np.concatenate(rows).astype(np.float16),
        aperiodicity=np.full((120, 12), 0.1, np.float16),
        log_f0=np.full(120, 5.0, np.float32),
        audio=np.zeros(60 * 240, np.int16),
        phone=np.array([PHONE_ROWS[vowel] for vowel in VOWELS]),
        role=np.full(3, role_row("nucleus")),
        language=np.ones(3, np.int64),
        frames=np.full(3, 20),
        timbre=timbre,
        kind=kind,
        raised=1.0,
        name="toy",
    )


def styles(items: list[Item]) -> np.ndarray:
    return styles_of(items, [np.ones(2 * item.total, bool) for item in items])


def test_power_follows_the_tilt_and_articulation_the_distance_between_vowels() -> None:
    rng = np.random.default_rng(3)
    tilts, fullness, levels = rng.normal(0, 0.2, 40), rng.normal(1, 0.15, 40), rng.normal(0, 0.5, 40)
    found = styles([take(*each) for each in zip(tilts, fullness, levels, strict=True)])
    assert np.corrcoef(found[:, 0], tilts)[0, 1] > 0.97
    assert np.corrcoef(found[:, 1], fullness)[0, 1] > 0.97
    assert abs(np.corrcoef(found[:, 0], levels)[0, 1]) < 0.4
    np.testing.assert_allclose(found.mean(axis=0), 0.0, atol=0.03)
    np.testing.assert_allclose(found.std(axis=0), 0.4, atol=0.05)


def test_takes_are_compared_with_those_of_their_timbre_and_kind() -> None:
    low = [take(tilt, 1.0, 0.0) for tilt in (-0.1, 0.1)]
    high = [take(tilt, 1.0, 0.0, timbre=1) for tilt in (0.9, 1.1)]
    spoken = [take(tilt, 1.0, 0.0, kind="spoken") for tilt in (1.9, 2.1)]
    power = styles([*low, *high, *spoken])[:, 0]
    assert (np.sign(power) == [-1, 1, -1, 1, -1, 1]).all()


def test_takes_without_vowels_have_no_style_and_outliers_are_bounded() -> None:
    breath = replace(take(0.0, 1.0, 0.0, kind="breath"), role=np.zeros(3, np.int64))
    assert not styles([breath]).any()
    crowd = [take(0.001 * number, 1.0, 0.0) for number in range(30)]
    found = styles([*crowd, take(3.0, 1.0, 0.0), breath])
    assert found[30, 0] == pytest.approx(FURTHEST)
    assert not found[31].any()
