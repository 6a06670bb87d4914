"""The controls move what they should and leave the rest alone."""

import numpy as np
import pytest

from singer.bands import band_centres_hz
from singer.expression import (
    ARTICULATION_RELIEF,
    DB,
    GENDER_FORMANT_SHARE,
    LOUDNESS_TILT,
    POWER_DB,
    POWER_TILT_DB,
    express,
)
from singer.features import Features
from singer.relief import relief_matrix


def with_formant(hz: float = 1_500.0) -> Features:
    centres = band_centres_hz(96)
    bump = 3.0 * np.exp(-0.5 * (np.log2(np.maximum(centres, 1) / hz) / 0.15) ** 2)
    envelope = np.broadcast_to(-6.0 + bump, (4, 96)).astype(np.float32).copy()
    return Features(envelope, np.full((4, 12), 0.3, np.float32))


def curves(**values: float) -> dict[str, np.ndarray]:
    names = ("loudness_db", "breathiness", "tension", "gender", "power", "articulation")
    return {name: np.full(4, values.get(name, 0.0), np.float32) for name in names}


def peak_hz(features: Features) -> float:
    row, centres = features.envelope[0], band_centres_hz(96)
    top = int(np.argmax(row))
    return float(np.average(centres[top - 2 : top + 3], weights=np.exp(row[top - 2 : top + 3])))


def test_neutral_controls_change_nothing() -> None:
    plain = with_formant()
    assert express(plain, curves()) is plain


@pytest.mark.parametrize("gender", [-1.0, -0.5, 0.5, 1.0])
def test_gender_moves_formants_by_its_share(gender: float) -> None:
    moved = peak_hz(express(with_formant(), curves(gender=gender))) / peak_hz(with_formant())
    assert moved == pytest.approx((1 + GENDER_FORMANT_SHARE) ** -gender, rel=0.03)


def test_loudness_is_in_db_at_the_pivot() -> None:
    louder = express(with_formant(1_000.0), curves(loudness_db=6.0)).envelope - with_formant(1_000.0).envelope
    pivot = int(np.argmin(np.abs(band_centres_hz(96) - 1_000)))
    assert louder[0, pivot] * 8.686 == pytest.approx(6.0, abs=0.1)
    assert louder[0, 80] > louder[0, 20]


def test_breath_and_tension_pull_the_noise_apart() -> None:
    plain = with_formant().aperiodicity
    breathy = express(with_formant(), curves(breathiness=1.0)).aperiodicity
    tense = express(with_formant(), curves(tension=1.0)).aperiodicity
    assert (breathy > plain).all()
    assert (tense < plain).all()
    assert breathy.max() <= 1.0
    assert tense.min() > 0.0


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_power_lifts_the_octaves_from_500_hz_to_8_khz_over_its_level(sign: float) -> None:
    changed_db = (express(with_formant(), curves(power=sign)).envelope - with_formant().envelope) / DB
    octaves = np.log2(np.maximum(band_centres_hz(96), 1.0) / 500.0)
    level_db = POWER_DB * (1.0 + LOUDNESS_TILT * np.clip(octaves - 1.0, -1.0, 3.0))
    above_db = sign * changed_db - level_db
    assert (octaves <= 0).sum() > 10
    np.testing.assert_allclose(above_db[:, octaves <= 0], 0.0, atol=1e-3)
    inside = (octaves > 0) & (octaves < 4)
    steepness = np.diff(above_db[:, inside]) / np.diff(octaves[inside])
    np.testing.assert_allclose(steepness, POWER_TILT_DB, atol=0.01)
    np.testing.assert_allclose(above_db[:, octaves >= 4], 4.0 * POWER_TILT_DB, atol=1e-3)


def uneven() -> Features:
    """Four rows, each with another formant, another level and a ripple."""
    rows = [with_formant(hz).envelope[0] for hz in (400.0, 900.0, 1_800.0, 3_500.0)]
    ripple = 0.4 * np.random.default_rng(0).standard_normal((4, 96))
    envelope = np.stack(rows) + ripple - np.arange(4.0)[:, None] / 2.0
    return Features(envelope.astype(np.float32), np.full((4, 12), 0.3, np.float32))


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_articulation_scales_the_relief_and_keeps_the_power(sign: float) -> None:
    plain = uneven()
    after = express(plain, curves(articulation=sign))
    wanted = sign * ARTICULATION_RELIEF * plain.envelope @ relief_matrix()
    rest = after.envelope - plain.envelope - wanted
    np.testing.assert_allclose(
        rest, np.tile(rest[:, :1], 96), atol=1e-4, err_msg="more than relief and level"
    )
    power = [np.exp(2.0 * features.envelope.astype(float)).sum(axis=1) for features in (plain, after)]
    np.testing.assert_allclose(power[1], power[0], rtol=1e-4)
    np.testing.assert_allclose(after.aperiodicity, plain.aperiodicity, atol=1e-6)


def test_articulation_of_fine_relief_is_a_factor() -> None:
    """What alternates from band to band is relief and nothing else."""
    fine = np.where(np.arange(96) % 2, -4.0, -6.0).astype(np.float32)
    plain = Features(np.tile(fine, (4, 1)), np.full((4, 12), 0.3, np.float32))
    for sign in (-1.0, 1.0):
        after = express(plain, curves(articulation=sign)).envelope @ relief_matrix()
        ratio = (after / (plain.envelope @ relief_matrix()))[:, 15:-15]
        np.testing.assert_allclose(ratio, 1.0 + sign * ARTICULATION_RELIEF, atol=0.01)


def test_articulation_of_a_row_is_its_own() -> None:
    amounts = np.array([1.0, 0.0, -1.0, 0.5], np.float32)
    plain = uneven()
    together = express(plain, {"articulation": amounts}).envelope
    for row, amount in enumerate(amounts):
        alone = express(plain, curves(articulation=float(amount))).envelope[row]
        np.testing.assert_allclose(together[row], alone, atol=1e-5)
    np.testing.assert_allclose(together[1], plain.envelope[1], atol=1e-6)
