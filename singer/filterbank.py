"""From filters on bands to sound: short frames of excitation, filtered in the frequency domain and overlap-added.

Every frame has two rows, on its centre and half a hop later. A row takes the excitation under a Hann window that reaches to the
rows beside it; the windows sum to one. Its filter is the minimum-phase response of the log amplitudes (Oppenheim & Schafer,
Discrete-Time Signal Processing: the phase is the Hilbert transform of the log amplitude), the harmonic one turned by a dispersion
phase. The FFT leaves room for a short lead-in (phase may run ahead) and for the ringing after the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from singer.bands import ENVELOPE_BANDS, interpolation_matrix
from singer.features import ROWS_PER_FRAME
from singer.timebase import AudioSpec

PHASE_BANDS = 32
_LEAD_S = 0.005
_RINGING_S = 0.0283


def fft_size(sample_rate_hz: int, hop_samples: int) -> int:
    """Smallest even FFT length with only the factors 2, 3 and 5 that holds lead-in, window and 28 ms of ringing."""
    size = int(np.ceil((_LEAD_S + _RINGING_S) * sample_rate_hz)) + hop_samples
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
        return fft_size(self.spec.sample_rate_hz, self.spec.hop_samples)

    @cached_property
    def lead_samples(self) -> int:
        """Samples of the FFT frame before the window."""
        return int(_LEAD_S * self.spec.sample_rate_hz)

    @property
    def first_gap(self) -> int:
        """Samples from a frame's first row to its second."""
        return self.spec.hop_samples // 2

    @property
    def second_gap(self) -> int:
        """Samples from a frame's second row to the next frame."""
        return self.spec.hop_samples - self.first_gap

    @cached_property
    def windows(self) -> NDArray[np.float32]:
        """Hann windows of a frame's two rows, each rising from the row before and falling to the row after: float32 [2, hop]."""
        early, late = (
            np.sin(0.5 * np.pi * np.arange(gap) / gap) ** 2 for gap in (self.first_gap, self.second_gap)
        )
        rows = (np.concatenate((late, 1.0 - early)), np.concatenate((early, 1.0 - late)))
        return np.stack(rows).astype(np.float32)

    @cached_property
    def bins_hz(self) -> NDArray[np.float64]:
        """Frequencies of the FFT bins: float64 [N / 2 + 1]."""
        bins_hz: NDArray[np.float64] = np.arange(self.fft_samples // 2 + 1, dtype=np.float64) * (
            self.spec.sample_rate_hz / self.fft_samples
        )
        return bins_hz

    @cached_property
    def amplitude_matrix(self) -> NDArray[np.float32]:
        """Envelope bands to log amplitude at the FFT bins: float32 [96, N / 2 + 1]."""
        return interpolation_matrix(ENVELOPE_BANDS, self.bins_hz)

    @cached_property
    def minimum_phase_matrix(self) -> NDArray[np.float32]:
        """Envelope bands to the minimum phase at the FFT bins, in radians: float32 [96, N / 2 + 1]."""
        half = self.fft_samples // 2
        cepstrum = np.fft.irfft(self.amplitude_matrix.astype(np.float64), self.fft_samples, axis=-1)
        cepstrum[:, 1:half] *= 2.0
        cepstrum[:, half + 1 :] = 0.0
        return np.fft.rfft(cepstrum, axis=-1).imag.astype(np.float32)

    @cached_property
    def dispersion_matrix(self) -> NDArray[np.float32]:
        """Phase bands to radians at the FFT bins: float32 [32, N / 2 + 1]; 0 at 0 Hz and at the Nyquist frequency."""
        matrix = interpolation_matrix(PHASE_BANDS, self.bins_hz)
        matrix[:, 0] = 0.0
        matrix[:, -1] = 0.0
        return matrix

    def response(
        self, log_amplitude: NDArray[np.float32], dispersion: NDArray[np.float32] | None = None
    ) -> NDArray[np.complex64]:
        """Spectra of band filters.

        Args:
            log_amplitude: float32 [R, 96], natural log of amplitude.
            dispersion: float32 [R, 32] in radians, added to the minimum phase.

        Returns:
            complex64 [R, N / 2 + 1].
        """
        amplitude = np.exp(log_amplitude @ self.amplitude_matrix)
        phase = log_amplitude @ self.minimum_phase_matrix
        if dispersion is not None:
            phase += dispersion @ self.dispersion_matrix
        spectra = np.empty(phase.shape, np.complex64)
        spectra.real = amplitude * np.cos(phase)
        spectra.imag = amplitude * np.sin(phase)
        return spectra

    def spectra(self, excitation: NDArray[np.float64], frames: int) -> NDArray[np.complex64]:
        """Spectra of the windowed rows of ``frames`` frames.

        Args:
            excitation: float64 [(frames + 1) hop]; the first frame is centred on sample ``hop``.
            frames: their number T.

        Returns:
            complex64 [2T, N / 2 + 1].
        """
        hop, lead = self.spec.hop_samples, self.lead_samples
        padded = np.zeros((frames, ROWS_PER_FRAME, self.fft_samples), np.float32)
        for row, start in enumerate((self.first_gap, hop)):
            pieces = excitation[start : start + frames * hop].reshape(frames, hop)
            padded[:, row, lead : lead + hop] = pieces * self.windows[row]
        return np.fft.rfft(padded.reshape(-1, self.fft_samples), axis=-1).astype(np.complex64, copy=False)

    def overlap_add(self, spectra: NDArray[np.complex64]) -> NDArray[np.float32]:
        """Sum of rows: complex64 [2T, N / 2 + 1] to float32 [(T - 1) hop + second_gap + N]."""
        hop, size = self.spec.hop_samples, self.fft_samples
        waves = np.fft.irfft(spectra, size, axis=-1).astype(np.float32, copy=False)
        frames = len(waves) // ROWS_PER_FRAME
        total = np.zeros((frames - 1) * hop + self.second_gap + size, np.float32)
        for row, start in enumerate((0, self.second_gap)):
            summed = _stacked(waves[row::ROWS_PER_FRAME], hop)
            total[start : start + len(summed)] += summed
        return total


def _stacked(waves: NDArray[np.float32], hop: int) -> NDArray[np.float32]:
    """Sum of waves float32 [T, N], each one hop after the one before: float32 [(T - 1) hop + N]."""
    count, size = waves.shape
    parts = -(-size // hop)
    padded = np.zeros((count, parts * hop), np.float32)
    padded[:, :size] = waves
    total = np.zeros((count + parts, hop), np.float32)
    for part in range(parts):
        total[part : part + count] += padded[:, part * hop : (part + 1) * hop]
    return total.reshape(-1)[: (count - 1) * hop + size]
