"""The extractor: level, pitch-freedom, noise, and air above the band of the recording."""

import numpy as np
import pytest

pytest.importorskip("pyworld")

from singer.analysis import analyse, track_f0_hz
from singer.bands import band_centres_hz
from singer.features import Features, to_rows
from singer.source import pulse_train
from singer.vocoder import Vocoder
from tests.singer.plain_vocoder import plain_voice


def voiced(f0_hz: float, rate: int = 24_000, tilt: float = 1.0) -> np.ndarray:
    """A second of pulses with a falling spectrum."""
    pulses, _ = pulse_train(np.full(rate, f0_hz), 0.0, rate, 0.49 * rate)
    spectrum = np.fft.rfft(pulses)
    hz = np.fft.rfftfreq(rate, 1 / rate)
    return (0.02 * np.fft.irfft(spectrum / (1 + hz / 500) ** tilt)).astype(np.float32)


def test_the_envelope_does_not_move_with_pitch() -> None:
    low = analyse(voiced(120.0), 24_000, np.full(200, 120.0)).envelope[100]
    high = analyse(voiced(310.0), 24_000, np.full(200, 310.0)).envelope[100]
    centres = band_centres_hz(96)
    inside = (centres > 400) & (centres < 10_000)
    assert np.abs(low[inside] - high[inside]).max() * 8.686 < 2.0


def test_level_is_measured() -> None:
    quiet = analyse(voiced(200.0), 24_000, np.full(200, 200.0)).envelope[100]
    loud = analyse(2.0 * voiced(200.0), 24_000, np.full(200, 200.0)).envelope[100]
    np.testing.assert_allclose((loud - quiet)[:78], np.log(2.0), atol=0.05)


def test_noise_and_pulses_differ_in_aperiodicity() -> None:
    hiss = (0.05 * np.random.default_rng(0).standard_normal(24_000)).astype(np.float32)
    assert analyse(hiss, 24_000, np.full(200, 200.0)).aperiodicity[40:160].mean() > 0.9
    assert analyse(voiced(200.0), 24_000, np.full(200, 200.0)).aperiodicity[40:160, :6].mean() < 0.1


def test_narrow_band_material_is_given_air() -> None:
    found = analyse(voiced(200.0), 24_000, np.full(200, 200.0))
    centres = band_centres_hz(96)
    above = np.flatnonzero(centres > 10_800)
    steps_db = np.diff(found.envelope[100, above[0] - 1 :]) * 8.686
    assert steps_db.max() <= 0.01
    assert steps_db.min() > -4.0
    assert (found.aperiodicity[:, -2:] > 0.95).all()


def test_wide_band_material_keeps_its_own_top() -> None:
    hiss = (0.05 * np.random.default_rng(0).standard_normal(48_000)).astype(np.float32)
    found = analyse(hiss, 48_000)
    assert found.envelope[40:160, 70:].mean() == pytest.approx(found.envelope[40:160, 30:60].mean(), abs=0.3)


def test_analysis_and_synthesis_keep_level_and_pitch() -> None:
    audio = voiced(220.0, rate=44_100)
    features = analyse(audio, 44_100, np.full(200, 220.0))
    vocoder = Vocoder(plain_voice())
    f0_hz = np.full(200, 220.0, np.float32)
    samples, _ = vocoder.run(vocoder.start(0), vocoder.filters(features, f0_hz), f0_hz)
    middle = slice(10_000, 35_000)
    assert np.std(samples[middle]) == pytest.approx(np.std(audio[middle]), rel=0.5)
    tracked = track_f0_hz(samples, 44_100)[40:160]
    assert np.median(np.abs(1200 * np.log2(tracked / 220.0))) < 2.0


def test_bad_audio_is_refused() -> None:
    with pytest.raises(ValueError, match="float32"):
        analyse(np.zeros(24_000), 24_000)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="16000"):
        analyse(np.zeros(8_000, np.float32), 8_000)


def test_features_check_their_shapes() -> None:
    with pytest.raises(ValueError, match="envelope"):
        Features(np.zeros((3, 95), np.float32), np.zeros((3, 12), np.float32))
    with pytest.raises(ValueError, match="same, even number"):
        Features(np.zeros((4, 96), np.float32), np.zeros((6, 12), np.float32))
    with pytest.raises(ValueError, match="same, even number"):
        Features(np.zeros((3, 96), np.float32), np.zeros((3, 12), np.float32))


def test_values_between_frames_lie_half_way() -> None:
    np.testing.assert_array_equal(to_rows(np.array([1, 3, 2], np.float32)), [1, 2, 3, 2.5, 2, 2])
