"""Pictures of the shipped singers for ``docs/images/singers``: a phrase in every language, and all singers side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.plots import IMAGES, save, screenless, spectrogram_db
from bench.singer_results import SingerResult
from bench.sung import Sung
from bench.timbre_axes import HEIGHTS, VOWELS
from bench.trackers import track
from singer.performance.performance import PhrasePerformance
from singer.pitch_names import pitch_name

FOLDER = IMAGES / "singers"
OVERVIEW = "overview.png"
PANELS: Mapping[str, str] = {
    "jasmine": "Mandarin",
    "moonlight": "Cantonese",
    "amazing_grace": "English",
    "sakura": "Japanese",
}
"""Name of a song's file to its language: what a singer's picture shows."""
BANDS_PER_OCTAVE = 6
BANDS_HZ: NDArray[np.float64] = 100.0 * 2.0 ** (np.arange(44) / BANDS_PER_OCTAVE)
"""Centres of the bands of the long-term average spectrum."""
LARGEST_BYTES = 150_000
LONGEST_S = 8.0
TOP_KHZ = 8.0
_VOWEL_NAMES = ("a", "i", "u", "e", "o")
_COLOURS = ("#d1495b", "#e39b2d", "#3c8d53", "#2b6cb0", "#6b4c9a", "#4a4a4a", "#00897b", "#a0522d")


def spectrum_db(songs: Sequence[Sung]) -> tuple[float, ...]:
    """Long-term average spectrum of all ``songs`` in the bands of ``BANDS_HZ``, dB against their sum."""
    size, rate = 8_192, songs[0].sample_rate_hz
    window, total = np.hanning(size), np.zeros(size // 2 + 1)
    for song in songs:
        for start in range(0, len(song.samples) - size, size // 2):
            total += np.abs(np.fft.rfft(song.samples[start : start + size] * window)) ** 2
    bins_hz = np.fft.rfftfreq(size, 1.0 / rate)
    half = 2.0 ** (0.5 / BANDS_PER_OCTAVE)
    edges = [(bins_hz >= centre / half) & (bins_hz < centre * half) for centre in BANDS_HZ]
    power = np.array([total[inside].sum() for inside in edges])
    return tuple(round(float(level), 1) for level in 10.0 * np.log10(power / power.sum() + 1e-12))


def draw_singer(title: str, songs: Mapping[str, Sung], path: Path) -> None:
    """Draw the first phrase of each song of ``PANELS``: spectrogram, performed pitch, tracked pitch.

    Args:
        title: name of the singer.
        songs: name of a song's file to the song; all of ``PANELS``.
        path: where the picture goes (.png).
    """
    pyplot = screenless()
    figure = pyplot.figure(figsize=(12.0, 8.0))
    grid = figure.add_gridspec(
        5,
        2,
        height_ratios=(3, 2, 0.8, 3, 2),
        hspace=0.06,
        wspace=0.12,
        left=0.05,
        right=0.99,
        top=0.92,
        bottom=0.04,
    )
    for number, (name, language) in enumerate(PANELS.items()):
        row, column = 3 * (number // 2), number % 2
        top, bottom = (figure.add_subplot(grid[row + below, column]) for below in (0, 1))
        _draw_spectrogram(top, songs[name])
        _draw_pitch(bottom, songs[name])
        top.set_title(f"{language}: {name}", fontsize=9)
    figure.suptitle(f"{title}. Band: performed pitch; dots: pitch tracked by harvest; seconds", fontsize=10)
    save_small(figure, path)
    pyplot.close(figure)


def save_small(figure: Any, path: Path) -> None:
    """Write a picture of at most ``LARGEST_BYTES``, with fewer colours if need be; ``ValueError`` if that is not enough."""
    for colours in (128, 64, 32, 16):
        save(figure, path, dpi=75, colours=colours)
        if path.stat().st_size <= LARGEST_BYTES:
            return
    raise ValueError(f"{path} has {path.stat().st_size} bytes; {LARGEST_BYTES} are allowed")


def _first_phrase(song: Sung) -> tuple[PhrasePerformance, NDArray[np.float32], float]:
    """The first phrase of a song, its samples, and its length in s; cut at ``LONGEST_S``."""
    phrase = song.performance.phrases[0]
    length_s = min(phrase.end_s - phrase.start_s, LONGEST_S)
    start = round(phrase.start_s * song.sample_rate_hz)
    return phrase, song.samples[start : start + round(length_s * song.sample_rate_hz)], length_s


def _draw_spectrogram(axes: Any, song: Sung) -> None:
    phrase, samples, length_s = _first_phrase(song)
    level_db, bins_hz, times_s = spectrogram_db(samples, song.sample_rate_hz)
    extent = (0.0, float(times_s[-1]), 0.0, float(bins_hz[-1]) / 1_000.0)
    axes.imshow(level_db, origin="lower", aspect="auto", extent=extent, vmin=-80, vmax=0, cmap="magma")
    axes.set_xlim(0.0, length_s)
    axes.set_ylim(0.0, TOP_KHZ)
    axes.set_ylabel("kHz")
    axes.set_xticklabels([])
    for span in phrase.phones:
        middle_s = (span.start_s + span.end_s) / 2 - phrase.start_s
        if span.symbol != "SP" and span.end_s - span.start_s > 0.06:
            place = (middle_s, TOP_KHZ * 0.92)
            axes.text(*place, span.symbol, color="white", ha="center", fontsize=8, clip_on=True)


def _draw_pitch(axes: Any, song: Sung) -> None:
    phrase, samples, length_s = _first_phrase(song)
    asked = _midi(phrase.curves["f0_hz"].astype(np.float64))
    axes.plot(np.arange(phrase.frames) / 100.0, asked, color="#9cc3f0", linewidth=4.0)
    heard = track("harvest", samples, song.sample_rate_hz)
    voiced = heard.f0_hz > 0
    axes.plot(heard.times_s[voiced], _midi(heard.f0_hz[voiced]), ".", color="#b01818", markersize=1.4)
    axes.set_xlim(0.0, length_s)
    axes.set_ylim(float(asked.min()) - 2.0, float(asked.max()) + 2.0)
    lowest, highest = math.ceil(asked.min()), math.floor(asked.max())
    ticks = range(lowest, highest + 1, 2 if highest - lowest < 8 else 4)
    axes.set_yticks(list(ticks), [pitch_name(tick) for tick in ticks], fontsize=8)
    axes.grid(alpha=0.3)


def _midi(f0_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(69.0 + 12.0 * np.log2(f0_hz / 440.0))


def draw_overview(results: Mapping[str, SingerResult], path: Path) -> None:
    """Draw long-term average spectra and vowels of all singers; ``results`` are in the order of the legend."""
    pyplot = screenless()
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(12.0, 5.2))
    for (name, result), colour in zip(results.items(), _COLOURS, strict=False):
        left.semilogx(BANDS_HZ, result.spectrum_db, color=colour, label=name, linewidth=1.4)
        _draw_vowels(right, result, colour, name)
    left.set_xticks([125, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000])
    left.get_xaxis().set_major_formatter(lambda hz, _: f"{hz:.0f}")
    left.minorticks_off()
    left.set_xlabel("Hz")
    left.set_ylabel("dB against the sum")
    left.set_ylim(bottom=max(left.get_ylim()[0], -75.0))
    left.set_title("long-term average spectrum of the songs, sixths of an octave", fontsize=10)
    right.invert_xaxis()
    right.invert_yaxis()
    right.set_xlabel("second formant, Hz")
    right.set_ylabel("first formant, Hz")
    right.set_title("held vowels (Praat), medians over C3 to D4", fontsize=10)
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend(fontsize=9)
    figure.tight_layout()
    save_small(figure, path)
    pyplot.close(figure)


def vowel_places_hz(result: SingerResult) -> NDArray[np.float64]:
    """First and second formant of a i u e o: float64 [5, 2], medians over the heights at which they were sung."""
    table = np.array(result.vowels.formants_hz)[:, :2]
    return np.asarray(np.nanmedian(table.reshape(len(HEIGHTS), len(VOWELS), 2), axis=0))


def _draw_vowels(axes: Any, result: SingerResult, colour: str, name: str) -> None:
    places = vowel_places_hz(result)
    ring = [_VOWEL_NAMES.index(vowel) for vowel in ("i", "e", "a", "o", "u", "i")]
    axes.plot(places[ring, 1], places[ring, 0], color=colour, linewidth=1.2, label=name)
    patch = {"boxstyle": "circle,pad=0.12", "facecolor": "white", "edgecolor": "none"}
    for vowel, (first_hz, second_hz) in zip(_VOWEL_NAMES, places, strict=True):
        axes.text(
            second_hz,
            first_hz,
            vowel,
            color=colour,
            fontsize=11,
            weight="bold",
            ha="center",
            va="center",
            bbox=patch,
        )
