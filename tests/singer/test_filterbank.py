"""The rows of the synthesis: their windows sum to one at odd and even hops, and their phase is the minimum phase."""

import numpy as np
import pytest

from singer.filterbank import FilterBank
from singer.timebase import AudioSpec


@pytest.mark.parametrize("spec", [AudioSpec(44_100, 441), AudioSpec(24_000, 240), AudioSpec(16_000, 160)])
def test_flat_filters_give_the_excitation_back(spec: AudioSpec) -> None:
    bank, frames = FilterBank(spec), 12
    excitation = np.random.default_rng(0).standard_normal((frames + 1) * spec.hop_samples)
    wave = bank.overlap_add(bank.spectra(excitation, frames))
    start = bank.second_gap + bank.lead_samples
    inner = slice(spec.hop_samples, (frames - 1) * spec.hop_samples)
    np.testing.assert_allclose(wave[start:][inner], excitation[spec.hop_samples :][inner], atol=1e-5)


def test_the_response_is_causal() -> None:
    bank = FilterBank(AudioSpec())
    log_amplitude = np.cumsum(np.random.default_rng(1).uniform(-0.3, 0.3, (3, 96)), axis=1).astype(np.float32)
    response = bank.response(log_amplitude)
    np.testing.assert_allclose(np.abs(response), np.exp(log_amplitude @ bank.amplitude_matrix), rtol=1e-4)
    impulse = np.fft.irfft(response, bank.fft_samples)
    late = bank.fft_samples // 2
    assert np.sum(impulse[:, late:] ** 2) < 1e-4 * np.sum(impulse[:, :late] ** 2)


def test_dispersion_turns_phase_only() -> None:
    bank = FilterBank(AudioSpec())
    flat = np.zeros((1, 96), np.float32)
    turned = bank.response(flat, np.full((1, 32), 0.5, np.float32))
    np.testing.assert_allclose(np.abs(turned), 1.0, atol=1e-5)
    np.testing.assert_allclose(np.angle(turned[0, 10:-10]), 0.5, atol=1e-3)
