"""The controls move what they should and leave the rest alone."""

import numpy as np
import pytest

from singer.bands import band_centres_hz
from singer.expression import GENDER_FORMANT_SHARE, express
from singer.features import Features


def with_formant(hz: float = 1_500.0) -> Features:
    centres = band_centres_hz(96)
    bump = 3.0 * np.exp(-0.5 * (np.log2(np.maximum(centres, 1) / hz) / 0.15) ** 2)
    envelope = np.broadcast_to(-6.0 + bump, (4, 96)).astype(np.float32).copy()
    return Features(envelope, np.full((4, 12), 0.3, np.float32))


def curves(**values: float) -> dict[str, np.ndarray]:
    names = ("loudness_db", "breathiness", "tension", "gender")
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
