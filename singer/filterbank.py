"""From filters on bands to sound: frames of excitation, filtered in the frequency domain and overlap-added.

Frame ``i`` takes the excitation under a Hann window of two hops centred on sample ``i * hop``; the windows sum to one. Its
filter is the minimum-phase response of the log amplitudes (Oppenheim & Schafer, Discrete-Time Signal Processing, cepstral
folding), the harmonic one turned by a dispersion phase. The FFT leaves room for a short lead-in (phase may run ahead) and for
the ringing after the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from singer.bands import ENVELOPE_BANDS, interpolation_matrix
from singer.timebase import AudioSpec

PHASE_BANDS = 32
_LEAD_S = 0.005
_FRAME_S = 0.0533


def fft_size(sample_rate_hz: int) -> int:
    """Smallest even FFT length of at least 53 ms that has only the factors 2, 3 and 5."""
    size = int(np.ceil(_FRAME_S * sample_rate_hz))
    while not _is_smooth(size):
        size += 1
    return size


def _is_smooth(size: int) -> bool:
    if size % 2:
        return False
    for factor in (2, 3, 5):
        while size % factor == 0:
            size //= factor
    return size == 1


@dataclass(frozen=True)
class FilterBank:
    """The fixed numbers of the synthesis at one audio contract."""

    spec: AudioSpec

    @cached_property
    def fft_samples(self) -> int:
        """FFT length N."""
        return fft_size(self.spec.sample_rate_hz)

    @cached_property
    def lead_samples(self) -> int:
        """Samples of the FFT frame before the window."""
        return int(_LEAD_S * self.spec.sample_rate_hz)

    @cached_property
    def window(self) -> NDArray[np.float64]:
        """Periodic Hann window of two hops: float64 [2 hop]."""
        size = 2 * self.spec.hop_samples
        window: NDArray[np.float64] = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(size) / size)
        return window

    @cached_property
    def bins_hz(self) -> NDArray[np.float64]:
        """Frequencies of the FFT bins: float64 [N / 2 + 1]."""
        bins_hz: NDArray[np.float64] = np.arange(self.fft_samples // 2 + 1, dtype=np.float64) * (
            self.spec.sample_rate_hz / self.fft_samples
        )
        return bins_hz

    @cached_property
    def amplitude_matrix(self) -> NDArray[np.float32]:
        """Envelope bands to FFT bins: float32 [96, N / 2 + 1]."""
        return interpolation_matrix(ENVELOPE_BANDS, self.bins_hz)

    @cached_property
    def phase_matrix(self) -> NDArray[np.float32]:
        """Phase bands to FFT bins: float32 [32, N / 2 + 1]; 0 at 0 Hz and at the Nyquist frequency."""
        matrix = interpolation_matrix(PHASE_BANDS, self.bins_hz)
        matrix[:, 0] = 0.0
        matrix[:, -1] = 0.0
        return matrix

    def minimum_phase(self, log_amplitude: NDArray[np.float32]) -> NDArray[np.complex64]:
        """Minimum-phase spectra of band filters.

        Args:
            log_amplitude: float32 [T, 96], natural log of amplitude.

        Returns:
            complex64 [T, N / 2 + 1].
        """
        cepstrum = np.fft.irfft(log_amplitude @ self.amplitude_matrix, self.fft_samples, axis=-1)
        half = self.fft_samples // 2
        cepstrum[:, 1:half] *= 2.0
        cepstrum[:, half + 1 :] = 0.0
        spectra: NDArray[np.complex64] = np.exp(np.fft.rfft(cepstrum, axis=-1)).astype(np.complex64)
        return spectra

    def frames(self, excitation: NDArray[np.float64], count: int) -> NDArray[np.complex64]:
        """Spectra of ``count`` windowed frames of ``excitation`` float64 [(count + 1) hop]: complex64 [count, N / 2 + 1]."""
        hop = self.spec.hop_samples
        windows = np.lib.stride_tricks.sliding_window_view(excitation, 2 * hop)[::hop][:count]
        padded = np.zeros((count, self.fft_samples), np.float32)
        padded[:, self.lead_samples : self.lead_samples + 2 * hop] = windows * self.window
        spectra: NDArray[np.complex64] = np.fft.rfft(padded, axis=-1).astype(np.complex64)
        return spectra

    def overlap_add(self, spectra: NDArray[np.complex64]) -> NDArray[np.float32]:
        """Sum of frames one hop apart: complex64 [T, N / 2 + 1] to float32 [(T - 1) hop + N]."""
        hop, size = self.spec.hop_samples, self.fft_samples
        waves = np.fft.irfft(spectra, size, axis=-1).astype(np.float32)
        parts = -(-size // hop)
        padded = np.zeros((len(waves), parts * hop), np.float32)
        padded[:, :size] = waves
        total = np.zeros((len(waves) + parts, hop), np.float32)
        for part in range(parts):
            total[part : part + len(waves)] += padded[:, part * hop : (part + 1) * hop]
        return total.reshape(-1)[: (len(waves) - 1) * hop + size]
