"""What each control is known by in the sound: one correlate a control, measured on held vowels.

The same correlates as in the tests of the controls on the voice ``builtin``; here they are for voices that were trained.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from bench.pitch import cents
from bench.sung import Sung, performed_f0_hz
from bench.timbre_correlates import centroid_hz, formants_hz, harmonicity_db, held_s
from bench.trackers import Track, track
from singer.score import BREATH


class Take:
    """A sound with what is measured on it more than once.

    Attributes:
        sung: the sound, what was asked for and how it was performed.
    """

    def __init__(self, sung: Sung) -> None:
        self.sung = sung

    @property
    def rate_hz(self) -> int:
        """Sample rate."""
        return self.sung.sample_rate_hz

    @cached_property
    def track(self) -> Track:
        """Pitch by WORLD's harvest."""
        return track("harvest", self.sung.samples, self.rate_hz)

    @cached_property
    def spans_s(self) -> list[tuple[float, float]]:
        """Start and end of the held part of every note."""
        return [held_s(self.sung, index) for index in range(len(self.sung.score.notes))]

    @cached_property
    def held(self) -> list[NDArray[np.float64]]:
        """Samples of the held part of every note."""
        return [self.samples(*span) for span in self.spans_s]

    @cached_property
    def heights_hz(self) -> list[float]:
        """Performed pitch of the held part of every note: the median."""
        times_s = [np.arange(*span, 0.005) for span in self.spans_s]
        return [float(np.median(performed_f0_hz(self.sung.performance, times))) for times in times_s]

    @property
    def pitch_cents(self) -> float:
        """Median error of the tracked pitch against the Performance in the held part of a note, in the worst sung note."""
        times_s, f0_hz = self.track.times_s, self.track.f0_hz
        found = []
        for note, (start_s, end_s) in zip(self.sung.score.notes, self.spans_s, strict=True):
            if note.lyric == BREATH:
                continue
            inside = (times_s >= start_s) & (times_s <= end_s)
            asked_hz = performed_f0_hz(self.sung.performance, times_s[inside])
            found.append(abs(float(np.nanmedian(cents(f0_hz[inside], asked_hz)))))
        return float(np.max(found))  # not a number where a note was not heard at all

    def samples(self, start_s: float, end_s: float) -> NDArray[np.float64]:
        """The sound from ``start_s`` to ``end_s``."""
        first, last = round(start_s * self.rate_hz), round(end_s * self.rate_hz)
        return self.sung.samples[first:last].astype(np.float64)


Measure = Callable[[Take, Take], float]
"""A number of a sound, told beside the same notes with the control at its middle value."""


@dataclass(frozen=True, slots=True)
class Correlate:
    """How one control is judged.

    Attributes:
        what: the quantity, with its unit.
        measure: the quantity in a sound whose notes are held vowels.
        values: three values of the control, low to high; the middle one is neutral where the control has two poles.
        least: smallest step that counts from one value to the next; negative where the quantity falls.
        no_pitch: why the pitch is not judged; "" where it is.
    """

    what: str
    measure: Measure
    values: tuple[float, float, float]
    least: float
    no_pitch: str = ""


def band_db(samples: NDArray[np.float64], rate_hz: int, low_hz: float, high_hz: float) -> float:
    """Level of a band in dB."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    bins_hz = np.fft.rfftfreq(len(samples), 1.0 / rate_hz)
    return float(10.0 * np.log10(power[(bins_hz >= low_hz) & (bins_hz < high_hz)].sum() + 1e-30))


def level_db(samples: NDArray[np.float64]) -> float:
    """Root mean square in dBFS."""
    return float(10.0 * np.log10(np.mean(samples**2) + 1e-30))


def _level(take: Take, _middle: Take) -> float:
    return float(np.mean([level_db(piece) for piece in take.held]))


def _centroid(take: Take, _middle: Take) -> float:
    return float(np.mean([centroid_hz(piece, take.rate_hz) for piece in take.held]))


def _harmonicity(take: Take, _middle: Take) -> float:
    return float(np.mean([harmonicity_db(piece, take.rate_hz) for piece in take.held]))


def _between_bands(
    take: Take, _middle: Take, *, above: tuple[float, float], below: tuple[float, float]
) -> float:  # fmt: skip
    rate = take.rate_hz
    return float(
        np.mean([band_db(piece, rate, *above) - band_db(piece, rate, *below) for piece in take.held])
    )


def _harmonic_db(samples: NDArray[np.float64], rate_hz: int, f0_hz: float, number: float) -> float:
    return band_db(samples, rate_hz, (number - 0.12) * f0_hz, (number + 0.12) * f0_hz)


def _h1_h2(take: Take, _middle: Take) -> float:
    level = partial(_harmonic_db, rate_hz=take.rate_hz)
    pairs = zip(take.held, take.heights_hz, strict=True)
    return float(np.mean([level(x, f0_hz=f0, number=1) - level(x, f0_hz=f0, number=2) for x, f0 in pairs]))


def _subharmonics(take: Take, _middle: Take) -> float:
    """What lies half-way between the first eight harmonics, against those harmonics."""
    level = partial(_harmonic_db, rate_hz=take.rate_hz)
    found = [
        level(piece, f0_hz=f0_hz, number=number + 0.5) - level(piece, f0_hz=f0_hz, number=number)
        for piece, f0_hz in zip(take.held, take.heights_hz, strict=True)
        for number in range(1, 9)
    ]
    return float(np.mean(found))


def _jitter(take: Take, _middle: Take) -> float:
    """Praat's local jitter in percent, median over vowels."""
    import parselmouth
    from parselmouth.praat import call

    found = []
    for piece, f0_hz in zip(take.held, take.heights_hz, strict=True):
        lowest, highest = 0.7 * f0_hz, 1.4 * f0_hz
        sound = parselmouth.Sound(piece, take.rate_hz)
        points = call(sound, "To PointProcess (periodic, cc)", lowest, highest)
        found.append(100.0 * call(points, "Get jitter (local)", 0, 0, 0.5 / highest, 2.0 / lowest, 1.5))
    return float(np.nanmedian(found))


def _formants(take: Take, middle: Take, *, first: int) -> float:
    """How much higher the ``first`` lowest formants are than in ``middle``, in percent: median over vowels."""
    table, other = (
        np.array([formants_hz(piece, one.rate_hz)[:first] for piece in one.held]) for one in (take, middle)
    )
    return float(100.0 * np.expm1(np.nanmedian(np.log(table / other))))


def _vowel_distance(take: Take, _middle: Take) -> float:
    """Mean distance in dB of a vowel's mean mel-cepstrum from the mean over the vowels that are sung at its height."""
    from bench.acoustic import cepstrum
    from singer.analysis import analyse

    means: dict[float, list[NDArray[np.float64]]] = {}
    for note, piece, f0_hz in zip(take.sung.score.notes, take.held, take.heights_hz, strict=True):
        rows = np.full(int(len(piece) / take.rate_hz * 100) * 2, f0_hz)
        envelope = analyse(piece.astype(np.float32), take.rate_hz, rows).envelope
        means.setdefault(note.midi, []).append(cepstrum(envelope).mean(axis=0))
    away = [
        np.sqrt(np.sum((np.array(group) - np.mean(group, axis=0)) ** 2, axis=1)) for group in means.values()
    ]
    return float(20.0 / np.log(10.0) * np.mean(away))


def _movement(take: Take, _middle: Take) -> float:
    """Standard deviation over time, in windows of 0.1 s, of the level in bands of 200 Hz up to 4 kHz against their mean."""
    found = []
    for piece in take.held:
        size = take.rate_hz // 10
        levels = np.array(
            [
                [
                    band_db(piece[start : start + size], take.rate_hz, low, low + 200.0)
                    for low in range(0, 4_000, 200)
                ]
                for start in range(0, len(piece) - size, size // 2)
            ]
        )
        found.append(float(np.std(levels - levels.mean(axis=1, keepdims=True), axis=0).mean()))
    return float(np.mean(found))


def _transposition(take: Take, middle: Take) -> float:
    heard, other = take.track.f0_hz, middle.track.f0_hz
    both = (heard > 0) & (other > 0)
    return float(np.median(cents(heard[both], other[both])))


POLES, RISING = (-1.0, 0.0, 1.0), (0.0, 0.5, 1.0)
_ROUGH = "uneven pulses are the effect"
_TILT = partial(_between_bands, above=(2_000.0, 8_000.0), below=(0.0, 1_000.0))
_RING = partial(_between_bands, above=(1_000.0, 5_000.0), below=(100.0, 1_000.0))
CORRELATES: Mapping[str, Correlate] = MappingProxyType(
    {
        "pitch_cents": Correlate("tracked pitch, cents", _transposition, (-100.0, 0.0, 100.0), 95.0),
        "loudness_db": Correlate("level, dBFS", _level, (-12.0, 0.0, 6.0), 4.0),
        "breathiness": Correlate("harmonicity 1-4 kHz, dB", _harmonicity, POLES, -1.0),
        "tension": Correlate("2-8 kHz against 0-1 kHz, dB", _TILT, POLES, 2.0),
        "gender": Correlate("formants, %", partial(_formants, first=4), POLES, -5.0),
        "brightness": Correlate("spectral centroid, Hz", _centroid, POLES, 150.0),
        "mouth_opening": Correlate("first formant, %", partial(_formants, first=1), POLES, 10.0),
        "falsetto": Correlate("first harmonic against second, dB", _h1_h2, RISING, 2.0),
        "growl": Correlate("between harmonics against harmonics, dB", _subharmonics, RISING, 2.0, _ROUGH),
        "vocal_fry": Correlate("jitter, %", _jitter, RISING, 0.3, _ROUGH),
        "whisper": Correlate("harmonicity 1-4 kHz, dB", _harmonicity, RISING, -1.0, "a whisper has none"),
        "power": Correlate("1-5 kHz against 0.1-1 kHz, dB", _RING, POLES, 3.0),
        "articulation": Correlate("distance between vowels, dB", _vowel_distance, POLES, 0.15),
        "liveliness": Correlate("movement of bands in held vowels, dB", _movement, POLES, 0.1),
    }
)
"""Name of every control of ``singer.controls.CONTROLS`` to what it is known by; a control without an entry cannot be judged."""
