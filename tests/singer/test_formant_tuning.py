"""High notes keep their fundamental; low notes keep their vowel."""

import numpy as np
import pytest

from singer.bands import band_centres_hz
from singer.formant_tuning import SLOPE_DB_PER_OCTAVE, tune_first_formant

CENTRES_HZ = band_centres_hz(96)


def closed_vowel() -> np.ndarray:
    """A first formant at 300 Hz, a second at 2 300 Hz and a deep valley between them."""
    octaves = np.log2(np.maximum(CENTRES_HZ, 50.0))
    first = -1.0 - 3.0 * np.abs(octaves - np.log2(300.0))
    second = -3.0 - 3.0 * np.abs(octaves - np.log2(2_300.0))
    return np.maximum(first, second).astype(np.float32)[None, :]


def level_db(envelope: np.ndarray, hz: float) -> float:
    return float(np.interp(hz, CENTRES_HZ, envelope[0])) * 8.686


@pytest.mark.parametrize("f0_hz", [110.0, 165.0])
def test_low_notes_are_left_alone(f0_hz: float) -> None:
    tuned = tune_first_formant(closed_vowel(), np.array([f0_hz], np.float32))
    np.testing.assert_allclose(tuned, closed_vowel(), atol=0.35)


@pytest.mark.parametrize("f0_hz", [523.0, 880.0])
def test_the_fundamental_of_a_high_note_stays_audible(f0_hz: float) -> None:
    plain, tuned = closed_vowel(), tune_first_formant(closed_vowel(), np.array([f0_hz], np.float32))
    allowed = SLOPE_DB_PER_OCTAVE * np.log2(f0_hz / 300.0) + 1.0
    assert level_db(plain, 300.0) - level_db(tuned, f0_hz) <= allowed
    assert (tuned >= plain - 1e-6).all()
    far = np.flatnonzero(CENTRES_HZ / f0_hz > 1.9)
    np.testing.assert_allclose(tuned[:, far], plain[:, far])
