"""A light check of rendered sound against its performance: pitch, peaks, silence. Needs nothing but numpy.

It is a tell-tale for every render, not the benchmark: that one measures with other people's trackers.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.performance.performance import Performance, PhrasePerformance

LARGEST_POINTS = 400
"""Pitch is measured at no more places than this, spread over the song."""
_WINDOW_S = 0.05
_STEP_S = 0.1
_HEAD_S, _FOOT_S = 0.06, 0.04
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 1_500.0
_CLEAR = 0.8
_CLEAR_SHARE = 0.8
"""Share of the points that must have a clear pitch."""
_FIRST_PEAK_SHARE = 0.9
_EDGE_S = 0.02
_SILENT_DBFS = -90.0
_UNPITCHED = ("growl", "vocal_fry", "whisper")
_ROUGHEST = 0.25
"""Where one of these controls is above this, no clear pitch is due, and none is looked for."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What was found.

    Attributes:
        points: places in held vowels where pitch was looked for.
        clear_points: those that had a clear pitch.
        pitch_error_cents: median absolute error there; ``None`` without clear points.
        within_50_cents: share of clear points within 50 cents; ``None`` without clear points.
        peak_dbfs: highest sample; minus infinity for silence.
        rests_peak_dbfs: highest sample more than 20 ms away from every phrase; minus infinity for silence.
    """

    points: int
    clear_points: int
    pitch_error_cents: float | None
    within_50_cents: float | None
    peak_dbfs: float
    rests_peak_dbfs: float

    @property
    def is_good(self) -> bool:
        """Whether pitch is clear and right almost everywhere, nothing clips, and rests are silent."""
        in_tune = self.points == 0 or (
            self.clear_points >= _CLEAR_SHARE * self.points and (self.within_50_cents or 0.0) >= 0.9
        )
        return in_tune and self.peak_dbfs <= 0.0 and self.rests_peak_dbfs <= _SILENT_DBFS

    def line(self) -> str:
        """The findings in one line for people."""
        if self.pitch_error_cents is None or self.within_50_cents is None:
            pitch = "no held vowel to measure" if self.points == 0 else "no clear pitch"
        else:
            pitch = f"pitch within {self.pitch_error_cents:.1f} cents (median)"
            pitch += f", {100 * self.within_50_cents:.0f} % of {self.clear_points} points within 50"
            if self.clear_points < _CLEAR_SHARE * self.points:
                pitch += f", NOT clear at {self.points - self.clear_points} of {self.points}"
        peak = "no sound" if math.isinf(self.peak_dbfs) else f"peak {self.peak_dbfs:.1f} dBFS"
        silent = self.rests_peak_dbfs <= _SILENT_DBFS
        rests = "rests silent" if silent else f"rests NOT silent ({self.rests_peak_dbfs:.0f} dBFS)"
        return f"{pitch}; {peak}; {rests}"


class QualityMeter:
    """Listens to a stream from its sample 0, piece by piece, in bounded memory."""

    def __init__(self, performance: Performance, sample_rate_hz: int) -> None:
        self._rate = sample_rate_hz
        self._points = deque(_points(performance))
        self._count = len(self._points)
        edge = int(_EDGE_S * sample_rate_hz)
        self._sung = deque(
            (round(phrase.start_s * sample_rate_hz) - edge, round(phrase.end_s * sample_rate_hz) + edge)
            for phrase in performance.phrases
        )
        self._kept = np.zeros(0, np.float32)
        self._kept_from = 0
        self._position = 0
        self._errors_cents: list[float] = []
        self._peak = self._rests_peak = 0.0

    def listen(self, samples: NDArray[np.float32]) -> None:
        """Take in the next samples: float32 [N]."""
        if not len(samples):
            return
        self._peak = max(self._peak, float(np.abs(samples).max()))
        self._listen_to_rests(samples)
        self._position += len(samples)
        self._kept = np.concatenate((self._kept, samples))
        half = int(_WINDOW_S * self._rate / 2)
        while self._points:
            centre = round(self._points[0][0] * self._rate)
            if centre + half > self._position:
                break
            self._measure(centre - half, centre + half, self._points.popleft()[1])
        centre = round(self._points[0][0] * self._rate) if self._points else self._position + half
        forget = min(max(centre - half - self._kept_from, 0), len(self._kept))
        self._kept = self._kept[forget:]
        self._kept_from += forget

    def result(self) -> Quality:
        """What was found so far."""
        errors = np.abs(self._errors_cents)
        return Quality(
            self._count,
            len(errors),
            float(np.median(errors)) if len(errors) else None,
            float((errors <= 50.0).mean()) if len(errors) else None,
            _dbfs(self._peak),
            _dbfs(self._rests_peak),
        )

    def _measure(self, start: int, stop: int, expected_hz: float) -> None:
        window = self._kept[max(start - self._kept_from, 0) : stop - self._kept_from]
        found_hz = pitch_hz(window, self._rate)
        if found_hz is not None:
            self._errors_cents.append(1200.0 * math.log2(found_hz / expected_hz))

    def _listen_to_rests(self, samples: NDArray[np.float32]) -> None:
        first, last = self._position, self._position + len(samples)
        free = first
        while free < last:
            while self._sung and self._sung[0][1] <= free:
                self._sung.popleft()
            stop = min(self._sung[0][0], last) if self._sung else last
            if stop > free:
                self._rests_peak = max(
                    self._rests_peak, float(np.abs(samples[free - first : stop - first]).max())
                )
            free = self._sung[0][1] if self._sung and stop < last else last


def pitch_hz(window: NDArray[np.float32], sample_rate_hz: int) -> float | None:
    """Pitch of a short steady window, or ``None`` if it has no clear one.

    McLeod & Wyvill 2005, "A smarter way to find pitch": the first high peak of the normalised square difference
    function. The period is then read off the last of its repetitions, which divides the error of interpolation.

    Args:
        window: float32 [N], some 50 ms.
        sample_rate_hz: sample rate.
    """
    size = len(window)
    longest = min(int(sample_rate_hz / _LOWEST_HZ), size // 2)
    shortest = int(sample_rate_hz / _HIGHEST_HZ)
    if longest <= shortest + 2 or not window.any():
        return None
    likeness = _normalised_difference(window.astype(np.float64) - window.mean())[: longest + 2]
    middle = likeness[1:-1]
    peaks = 1 + np.flatnonzero((middle > likeness[:-2]) & (middle >= likeness[2:]))
    peaks = peaks[peaks >= shortest]
    if not len(peaks) or likeness[peaks].max() < _CLEAR:
        return None
    first = int(peaks[likeness[peaks] >= _FIRST_PEAK_SHARE * likeness[peaks].max()][0])
    period = _vertex(likeness, first)
    repeats = 1
    while (repeats + 1) * period < longest:
        near = round((repeats + 1) * period)
        around = slice(max(near - max(shortest // 4, 2), 1), near + max(shortest // 4, 2) + 1)
        peak = around.start + int(likeness[around].argmax())
        if not 0 < peak < len(likeness) - 1 or likeness[peak] < _CLEAR:
            break
        repeats += 1
        period = _vertex(likeness, peak) / repeats
    return sample_rate_hz / period


def _normalised_difference(window: NDArray[np.float64]) -> NDArray[np.float64]:
    """``2 r(t) / m(t)`` for all lags t: float64 [N], 1 at lag 0."""
    size = len(window)
    spectrum = np.fft.rfft(window, 2 * size)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[:size]
    energy = np.concatenate(([0.0], np.cumsum(window**2)))
    power = energy[size - np.arange(size)] + energy[size] - energy[np.arange(size)]
    result: NDArray[np.float64] = 2.0 * correlation / np.maximum(power, 1e-20)
    return result


def _vertex(values: NDArray[np.float64], peak: int) -> float:
    """Place of the top of the parabola through ``peak`` and its neighbours."""
    left, middle, right = values[peak - 1 : peak + 2]
    bend = left - 2.0 * middle + right
    return peak if bend == 0.0 else peak + float(0.5 * (left - right) / bend)


def _points(performance: Performance) -> list[tuple[float, float]]:
    """Places in held vowels with the pitch that is due there: (seconds, Hz), thinned out evenly."""
    every = [point for phrase in performance.phrases for point in _phrase_points(phrase)]
    if len(every) <= LARGEST_POINTS:
        return every
    chosen = np.linspace(0, len(every) - 1, LARGEST_POINTS).round().astype(int)
    return [every[index] for index in chosen]


def _phrase_points(phrase: PhrasePerformance) -> list[tuple[float, float]]:
    f0_hz = phrase.curves["f0_hz"]
    frame_s = (phrase.end_s - phrase.start_s) / phrase.frames
    rough = np.max([phrase.curves[name] for name in _UNPITCHED], axis=0) > _ROUGHEST
    points = []
    for span in phrase.phones:
        if span.role != "nucleus":
            continue
        times_s = np.arange(span.start_s + _HEAD_S, span.end_s - _FOOT_S, _STEP_S)
        for time_s in times_s:
            place = (float(time_s) - phrase.start_s) / frame_s
            if rough[min(round(place), phrase.frames - 1)]:
                continue
            points.append((float(time_s), float(np.interp(place, np.arange(phrase.frames), f0_hz))))
    return points


def _dbfs(peak: float) -> float:
    return 20.0 * math.log10(peak) if peak > 0 else -math.inf
