"""Pictures of example songs for ``docs/images``: spectrogram with phones, and pitch as written, performed and
heard.

``python -m bench.plots [SONG.json ...] [--voice NAME]``
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from bench.sung import Sung, load_voice, sing
from bench.trackers import track
from singer.lyrics import lay_lyrics

IMAGES = Path(__file__).parents[1] / "docs" / "images"
LENGTH_S = 12.0
TOP_HZ = 10_000.0
COLOURS = 128


def spectrogram_db(
    samples: NDArray[np.float32], sample_rate_hz: int
) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.float64]]:
    """Levels in dB below the loudest, float32 [F, T]; frequencies float64 [F] in Hz; times float64 [T] in
    s.
    """
    size, hop = 2048, 441
    padded = np.pad(samples, size // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop] * np.hanning(size)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    frequencies_hz = np.fft.rfftfreq(size, 1 / sample_rate_hz)
    kept = frequencies_hz <= TOP_HZ
    level_db = 10.0 * np.log10(power[:, kept].T / max(float(power.max()), 1e-12) + 1e-9)
    times_s = np.arange(len(frames)) * hop / sample_rate_hz
    return level_db.astype(np.float32), np.asarray(frequencies_hz[kept], np.float64), times_s


def draw(song: Sung, path: Path) -> None:
    """Draw the first twelve seconds of ``song`` to ``path`` (.png)."""
    pyplot = screenless()
    figure, (top, bottom) = pyplot.subplots(2, 1, figsize=(13, 7.5), sharex=True, height_ratios=(3, 2))
    end_s = min(LENGTH_S, len(song.samples) / song.sample_rate_hz)
    samples = song.samples[: round(end_s * song.sample_rate_hz)]
    _draw_spectrogram(top, samples, song)
    _draw_pitch(bottom, samples, song)
    bottom.set_xlim(0, end_s)
    bottom.set_xlabel("seconds")
    top.set_title(f"{path.stem}, sung by {song.performance.voice}")
    figure.tight_layout()
    save(figure, path, dpi=80)
    pyplot.close(figure)


def screenless() -> Any:
    """Pyplot of matplotlib, told to draw to files alone."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot


def save(figure: Any, path: Path, dpi: int, colours: int = COLOURS) -> None:
    """Write ``figure`` to ``path`` (.png) with a palette of ``colours``, which keeps spectrograms small."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=dpi)
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(colours, method=Image.Quantize.MAXCOVERAGE)
    small.save(path, optimize=True)


def _draw_spectrogram(axes: Any, samples: NDArray[np.float32], song: Sung) -> None:
    level_db, frequencies_hz, times_s = spectrogram_db(samples, song.sample_rate_hz)
    extent = (0, float(times_s[-1]), 0, float(frequencies_hz[-1]))
    axes.imshow(level_db, origin="lower", aspect="auto", extent=extent, vmin=-80, vmax=0, cmap="magma")
    axes.set_ylabel("Hz")
    for phrase in song.performance.phrases:
        for span in phrase.phones:
            if span.symbol == "SP" or span.start_s >= times_s[-1]:
                continue
            axes.axvline(span.start_s, color="white", linewidth=0.4, alpha=0.5)
            axes.text(
                (span.start_s + span.end_s) / 2,
                TOP_HZ * 0.96,
                span.symbol,
                color="white",
                ha="center",
                fontsize=8,
            )


def _draw_pitch(axes: Any, samples: NDArray[np.float32], song: Sung) -> None:
    tempo = song.score.tempo
    for note, reading in zip(song.score.notes, _readings(song), strict=True):
        start_s, end_s = tempo.seconds_at(note.start_beat), tempo.seconds_at(note.end_beat)
        if start_s < len(samples) / song.sample_rate_hz:
            axes.fill_between((start_s, end_s), note.midi - 0.5, note.midi + 0.5, color="#d8e4f4")
            axes.text(start_s, note.midi + 0.7, reading, fontsize=8, clip_on=True)
    for phrase in song.performance.phrases:
        times_s = phrase.start_s + np.arange(phrase.frames) / 100.0
        axes.plot(times_s, _midi(phrase.curves["f0_hz"].astype(np.float64)), color="#1f5fbf", linewidth=1.2)
    heard = track("praat", samples, song.sample_rate_hz)
    voiced = heard.f0_hz > 0
    axes.plot(heard.times_s[voiced], _midi(heard.f0_hz[voiced]), ".", color="#d04020", markersize=1.6)
    heights = [note.midi for note in song.score.notes]
    axes.set_ylim(min(heights) - 3, max(heights) + 3)
    axes.set_ylabel("MIDI note")
    axes.set_title("boxes: score; line: performance; dots: heard by Praat", fontsize=9)
    axes.grid(alpha=0.3)


def _readings(song: Sung) -> list[str]:
    """Reading of each note in Latin letters; what has none is left out, since not every machine has a font
    for it.
    """
    readings = [
        " ".join(syllable.reading for syllable in lyric.syllables) for lyric in lay_lyrics(song.score).lyrics
    ]
    return [reading if reading.isascii() else "" for reading in readings]


def _midi(f0_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(69.0 + 12.0 * np.log2(f0_hz / 440.0))


@click.command()
@click.argument("songs", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--voice", default="suyin", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=IMAGES, show_default=False)
def main(songs: tuple[Path, ...], voice: str, out: Path) -> None:
    """Draw SONGS (two examples if none is named) to docs/images/NAME.png."""
    from bench.material import EXAMPLES
    from singer.score_io import load_score

    loaded = load_voice(voice)
    for path in songs or (EXAMPLES / "jasmine.json", EXAMPLES / "amazing_grace.json"):
        draw(sing(load_score(path), loaded), out / f"{path.stem}.png")
        click.echo(out / f"{path.stem}.png")


if __name__ == "__main__":
    main()
