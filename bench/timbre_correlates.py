"""What a listener goes by when judging a voice, measured on held vowels with Praat and plain spectra."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.pitch import cents
from bench.sung import Sung
from bench.trackers import track

FORMANTS = 4
CEILING_HZ = 5_500.0
NOISE_BAND_HZ = (1_000.0, 4_000.0)
"""Where breath is heard; below, vibrato limits what a harmonics-to-noise ratio can show."""
THIRD_FORMANT_HZ = (1_800.0, 4_000.0)
CENTROID_TOP_HZ = 10_000.0
_HELD = (0.3, 0.8)
"""Part of a note in which its vowel is held."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Held vowels as measured, N of them.

    Attributes:
        formants_hz: float64 [N, 4], Praat's Burg formants, medians.
        centroid_hz: float64 [N], centre of gravity of the amplitude spectrum up to 10 kHz.
        softness_db: float64 [N], first harmonic against the strongest one around the third formant: H1-A3 (Hanson 1997,
            Glottal characteristics of female speakers, J. Acoust. Soc. Am. 101); soft closing of the folds makes it large.
        harmonicity_db: float64 [N], Praat's harmonics-to-noise ratio between 1 and 4 kHz.
        pitch_cents: float64 [T], error of the tracked pitch in frames of the held vowels; NaN where none was heard.
    """

    formants_hz: NDArray[np.float64]
    centroid_hz: NDArray[np.float64]
    softness_db: NDArray[np.float64]
    harmonicity_db: NDArray[np.float64]
    pitch_cents: NDArray[np.float64]

    def formant_shift_percent(self, reference: Heard) -> float:
        """How much higher the formants are than in ``reference``: median over vowels and formants."""
        return float(100.0 * np.expm1(np.nanmedian(np.log(self.formants_hz / reference.formants_hz))))

    def spacing_semitones(self) -> float:
        """Interval from the first to the second formant, mean over vowels."""
        return float(np.nanmean(12.0 * np.log2(self.formants_hz[:, 1] / self.formants_hz[:, 0])))


def hear(sung: Sung) -> Heard:
    """Measure every note of ``sung``; each is one held vowel on one pitch."""
    rows = [_hear_note(sung, index) for index in range(len(sung.score.notes))]
    formants, numbers = zip(*rows, strict=True)
    table = np.array(numbers)
    return Heard(np.array(formants), table[:, 0], table[:, 1], table[:, 2], _pitch_cents(sung))


def held_s(sung: Sung, index: int) -> tuple[float, float]:
    """Start and end in seconds of the part of note ``index`` in which its vowel is held."""
    note, tempo = sung.score.notes[index], sung.score.tempo
    start_s, end_s = tempo.seconds_at(note.start_beat), tempo.seconds_at(note.end_beat)
    return start_s + _HELD[0] * (end_s - start_s), start_s + _HELD[1] * (end_s - start_s)


def formants_hz(samples: NDArray[np.float64], rate_hz: int) -> list[float]:
    """Praat's first four formants (Burg), medians over a held vowel; NaN where there is none."""
    import parselmouth

    found = parselmouth.Sound(samples, rate_hz).to_formant_burg(0.01, 5.0, CEILING_HZ, 0.03)
    times_s = np.arange(0.03, len(samples) / rate_hz - 0.03, 0.01)
    return [
        float(np.nanmedian([found.get_value_at_time(number, time_s) for time_s in times_s]))
        for number in range(1, FORMANTS + 1)
    ]


def harmonicity_db(samples: NDArray[np.float64], rate_hz: int) -> float:
    """Praat's harmonics-to-noise ratio between 1 and 4 kHz, median over voiced frames; 0 where there is no voice."""
    import parselmouth
    from parselmouth.praat import call

    band = call(parselmouth.Sound(samples, rate_hz), "Filter (pass Hann band)", *NOISE_BAND_HZ, 100.0)
    ratios = band.to_harmonicity_cc(0.01, 75.0, 0.1, 1.0).values
    voiced = ratios[ratios > -199.0]
    return float(np.median(voiced)) if len(voiced) else 0.0


def centroid_hz(samples: NDArray[np.float64], rate_hz: int) -> float:
    """Centre of gravity of the amplitude spectrum up to 10 kHz."""
    size, bins_hz = _spectrum(samples, rate_hz)
    inside = bins_hz < CENTROID_TOP_HZ
    return float(np.average(bins_hz[inside], weights=size[inside]))


def softness_db(samples: NDArray[np.float64], rate_hz: int, f0_hz: float) -> float:
    """First harmonic against the strongest one around the third formant."""
    size, bins_hz = _spectrum(samples, rate_hz)
    low, high = (round(edge_hz / f0_hz) for edge_hz in THIRD_FORMANT_HZ)
    third = max(_harmonic_db(size, bins_hz, f0_hz, number) for number in range(max(low, 2), high + 1))
    return _harmonic_db(size, bins_hz, f0_hz, 1) - third


def _hear_note(sung: Sung, index: int) -> tuple[list[float], list[float]]:
    rate_hz = sung.sample_rate_hz
    start_s, end_s = held_s(sung, index)
    samples = sung.samples[round(start_s * rate_hz) : round(end_s * rate_hz)].astype(np.float64)
    f0_hz = 440.0 * 2.0 ** ((sung.score.notes[index].midi - 69.0) / 12.0)
    numbers = [
        centroid_hz(samples, rate_hz),
        softness_db(samples, rate_hz, f0_hz),
        harmonicity_db(samples, rate_hz),
    ]
    return formants_hz(samples, rate_hz), numbers


def _spectrum(samples: NDArray[np.float64], rate_hz: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Amplitudes float64 [F] and frequencies float64 [F] in Hz."""
    size = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return size, np.fft.rfftfreq(len(samples), 1.0 / rate_hz).astype(np.float64)


def _harmonic_db(size: NDArray[np.float64], bins_hz: NDArray[np.float64], f0_hz: float, number: int) -> float:
    near = np.abs(bins_hz - number * f0_hz) < 0.3 * f0_hz
    return float(10.0 * np.log10(np.sum(size[near] ** 2) + 1e-30))


def _pitch_cents(sung: Sung) -> NDArray[np.float64]:
    from bench.sung import performed_f0_hz

    heard = track("harvest", sung.samples, sung.sample_rate_hz)
    inside = np.zeros(len(heard.times_s), bool)
    for index in range(len(sung.score.notes)):
        start_s, end_s = held_s(sung, index)
        inside |= (heard.times_s >= start_s) & (heard.times_s <= end_s)
    asked_hz = performed_f0_hz(sung.performance, heard.times_s[inside])
    return np.asarray(cents(heard.f0_hz[inside], asked_hz))


def step_ratio(values: Sequence[float]) -> float:
    """Largest step between neighbours against the smallest one; infinite if the values do not all go one way."""
    steps = np.diff(values)
    steps = steps * np.sign(steps.sum())
    return float(steps.max() / steps.min()) if steps.min() > 0 else float("inf")
