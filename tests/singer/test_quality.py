"""The self-check finds right pitch right, wrong pitch wrong, noise in rests, and clipping."""

from __future__ import annotations

import math

import numpy as np
import pytest

from singer.performance.performance import Performance
from singer.quality import LARGEST_POINTS, Quality, QualityMeter, pitch_hz
from singer.render import render
from tests.singer.performances import phrase, song
from voicebanks.load import load_voice

SONG = song(phrase(0.2), phrase(2.0, f0_hz=523.25, index=1))


def measured(samples: np.ndarray, performance: Performance = SONG, piece: int = 4_000) -> Quality:
    meter = QualityMeter(performance, 44_100)
    for first in range(0, len(samples), piece):
        meter.listen(samples[first : first + piece])
    return meter.result()


@pytest.fixture(scope="module")
def rendered() -> np.ndarray:
    return render(SONG, load_voice("builtin")).samples


@pytest.mark.parametrize("f0_hz", [65.41, 110.0, 261.63, 440.0, 880.0, 1_318.5])
@pytest.mark.parametrize("harmonics", [1, 3, 12])
def test_pitch_of_known_tones(f0_hz: float, harmonics: int) -> None:
    time_s = np.arange(2_205) / 44_100
    wave = sum(np.sin(2 * np.pi * f0_hz * k * time_s + k) / k for k in range(1, harmonics + 1))
    found = pitch_hz(np.asarray(wave, np.float32), 44_100)
    assert found is not None
    assert abs(1200 * math.log2(found / f0_hz)) < 3.0


def test_noise_and_silence_have_no_pitch() -> None:
    assert pitch_hz(np.random.default_rng(1).standard_normal(2_205).astype(np.float32), 44_100) is None
    assert pitch_hz(np.zeros(2_205, np.float32), 44_100) is None
    assert pitch_hz(np.ones(40, np.float32), 44_100) is None


def test_a_rendered_song_is_good(rendered: np.ndarray) -> None:
    quality = measured(rendered)
    assert quality.points == quality.clear_points > 10
    assert quality.pitch_error_cents is not None
    assert quality.pitch_error_cents < 4.0
    assert quality.is_good
    assert "rests silent" in quality.line()


@pytest.mark.parametrize("piece", [333, 44_100, 10**6])
def test_pieces_do_not_matter(rendered: np.ndarray, piece: int) -> None:
    assert measured(rendered, piece=piece) == measured(rendered)


@pytest.mark.parametrize("factor", [2.0, 0.5, 2 ** (1 / 12)])
def test_wrong_pitch_is_found(rendered: np.ndarray, factor: float) -> None:
    other = song(phrase(0.2, f0_hz=220.0 * factor), phrase(2.0, f0_hz=523.25 * factor, index=1))
    quality = measured(rendered, other)
    assert quality.pitch_error_cents == pytest.approx(1200 * abs(math.log2(factor)), abs=5)
    assert not quality.is_good


def test_noise_in_a_rest_is_found(rendered: np.ndarray) -> None:
    noisy = rendered.copy()
    noisy[round(1.8 * 44_100)] = 0.01
    quality = measured(noisy)
    assert quality.rests_peak_dbfs == pytest.approx(-40.0)
    assert not quality.is_good
    assert "NOT silent" in quality.line()


def test_peaks_above_full_scale_are_found(rendered: np.ndarray) -> None:
    quality = measured(rendered * np.float32(4))
    assert quality.peak_dbfs > 0
    assert not quality.is_good


def test_silence_where_singing_is_due_is_found(rendered: np.ndarray) -> None:
    quality = measured(np.zeros_like(rendered))
    assert quality.pitch_error_cents is None
    assert not quality.is_good
    assert "no clear pitch" in quality.line()


def test_it_says_when_too_few_places_are_clear(rendered: np.ndarray) -> None:
    hissing = rendered.copy()
    hissing[: round(1.8 * 44_100)] = 0.1 * np.random.default_rng(2).standard_normal(round(1.8 * 44_100))
    quality = measured(hissing)
    assert 0 < quality.clear_points < 0.8 * quality.points
    assert not quality.is_good
    assert f"NOT clear at {quality.points - quality.clear_points} of {quality.points}" in quality.line()


def test_long_songs_are_measured_at_a_bounded_number_of_places() -> None:
    long = song(*(phrase(2.0 * index, index=index) for index in range(200)))
    assert QualityMeter(long, 44_100).result().points == LARGEST_POINTS
