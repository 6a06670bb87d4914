"""Pitch of the rendered audio, heard by Praat and WORLD harvest, against the Performance's f0 and against the
score, from C3 to A5; ``bench.range_ends`` has what lies below and above.

Voiced frames are those inside runs of sonorant phones (vowels, nasals, liquids, glides), 20 ms or more from
the run's ends: there a window of the trackers sees one kind of sound. A frame that a tracker calls unvoiced,
though it is inside such a run, counts as one that is not within 50 cents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.material import example_paths, range_melodies
from bench.options import Options
from bench.report import Report, Row, at_least, at_most
from bench.sung import Sung, load_voice, performed_f0_hz, sing, sonorant_spans
from bench.trackers import TRACKERS, Track, track
from singer.score import Note

EDGE_S = 0.020
LONG_NOTE_S = 0.4
NEAR_CENTS = 50.0
MEDIAN_CENTS, NEAR_SHARE, NOTE_CENTS = 3.0, 0.985, 8.0
"""Targets: median error of frames, share of frames within 50 cents, median error of notes."""
OCTAVES = (("C3-B3", 130.0, 254.2), ("C4-B4", 254.2, 508.4), ("C5-A5", 508.4, 1_000.0))
HOW = (
    "Own melodies C3-A5 in four languages and the example songs; voiced frames are inside sonorant phones, "
    "20 ms from their ends, "
    "and a frame that the tracker finds unvoiced there counts as a miss. Score: per note, the median "
    "tracked pitch of its middle half."
)


@dataclass(frozen=True, slots=True)
class Heard:
    """Voiced frames as heard.

    Attributes:
        asked_hz: float64 [T], the Performance's f0.
        error_cents: float64 [T], tracked minus asked; NaN where the tracker heard no pitch.
    """

    asked_hz: NDArray[np.float64]
    error_cents: NDArray[np.float64]

    @property
    def median_abs_cents(self) -> float:
        """Median absolute error over the frames in which the tracker heard a pitch."""
        heard = self.error_cents[np.isfinite(self.error_cents)]
        return float(np.median(np.abs(heard))) if len(heard) else float("nan")

    @property
    def near_share(self) -> float:
        """Share of all frames within 50 cents."""
        return (
            float(np.mean(np.abs(self.error_cents) <= NEAR_CENTS)) if len(self.error_cents) else float("nan")
        )

    @property
    def unheard_share(self) -> float:
        """Share of frames in which the tracker heard no pitch."""
        return float(np.mean(~np.isfinite(self.error_cents))) if len(self.error_cents) else float("nan")

    def between(self, low_hz: float, high_hz: float) -> Heard:
        """The frames whose asked pitch lies in ``[low_hz, high_hz)``."""
        inside = (self.asked_hz >= low_hz) & (self.asked_hz < high_hz)
        return Heard(self.asked_hz[inside], self.error_cents[inside])


def cents(f0_hz: NDArray[np.float64], reference_hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Interval from ``reference_hz`` to ``f0_hz`` in cents; NaN where ``f0_hz`` is 0."""
    with np.errstate(divide="ignore"):
        found = 1200.0 * np.log2(np.asarray(f0_hz) / reference_hz)
    return np.where(np.asarray(f0_hz) > 0, found, np.nan)


def hear(sung: Sung, heard: Track, edge_s: float = EDGE_S) -> Heard:
    """Compare a track with the Performance in every voiced frame, ``edge_s`` or more from the ends of its run."""
    voiced = np.zeros(len(heard.times_s), bool)
    for start_s, end_s in sonorant_spans(sung.performance):
        voiced |= (heard.times_s >= start_s + edge_s) & (heard.times_s <= end_s - edge_s)
    asked_hz = performed_f0_hz(sung.performance, heard.times_s)
    voiced &= asked_hz > 0
    return Heard(asked_hz[voiced], cents(heard.f0_hz[voiced], asked_hz[voiced]))


def note_errors_cents(sung: Sung, heard: Track) -> list[float]:
    """Per note of 0.4 s or more: median tracked pitch in its middle half minus its written pitch, in
    cents.
    """
    found: list[float] = []
    for note in sung.score.notes:
        start_s, end_s = _seconds(sung, note)
        quarter_s = (end_s - start_s) / 4
        if end_s - start_s < LONG_NOTE_S or note.lyric == "AP":
            continue
        inside = (heard.times_s >= start_s + quarter_s) & (heard.times_s <= end_s - quarter_s)
        tracked = cents(heard.f0_hz[inside], 440.0 * 2.0 ** ((note.midi - 69.0) / 12.0))
        tracked = tracked[np.isfinite(tracked)]
        found.append(float(np.median(tracked)) if len(tracked) else float("inf"))
    return found


def _seconds(sung: Sung, note: Note) -> tuple[float, float]:
    tempo = sung.score.tempo
    return tempo.seconds_at(note.start_beat), tempo.seconds_at(note.end_beat)


def together(parts: Sequence[Heard]) -> Heard:
    """All frames of ``parts``."""
    return Heard(
        np.concatenate([heard.asked_hz for heard in parts]),
        np.concatenate([heard.error_cents for heard in parts]),
    )


def run(options: Options) -> Report:
    """Sing, track, compare."""
    from singer.score_io import load_score

    voice = load_voice(options.voice)
    scores = list(range_melodies(voice.lowest_midi, voice.highest_midi, options.toy))
    if options.toy:
        scores = scores[:1]
    else:
        scores += [load_score(path) for path in example_paths()]
    songs = [sing(score, voice) for score in scores]
    rows: list[Row] = []
    details: dict[str, object] = {}
    for tracker in TRACKERS:
        tracks = [track(tracker, song.samples, song.sample_rate_hz) for song in songs]
        per_song = [hear(song, heard) for song, heard in zip(songs, tracks, strict=True)]
        whole = together(per_song)
        notes = [
            error
            for song, heard in zip(songs, tracks, strict=True)
            for error in note_errors_cents(song, heard)
        ]
        note_median = float(np.median(np.abs(notes))) if notes else float("nan")
        rows += _rows(tracker, whole, note_median)
        details[tracker] = {
            "frames": len(whole.error_cents),
            "octaves": {name: numbers(whole.between(low, high)) for name, low, high in OCTAVES},
            "songs": {song.score.title: numbers(heard) for song, heard in zip(songs, per_song, strict=True)},
            "notes": len(notes),
            "note_abs_error_cents_90th_percentile": float(np.percentile(np.abs(notes), 90))
            if notes
            else None,
        }
    return Report(tuple(rows), details)


def numbers(heard: Heard) -> dict[str, float]:
    """The three measures of some frames, by name."""
    return {
        "median_abs_cents": heard.median_abs_cents,
        "within_50_cents": heard.near_share,
        "unheard": heard.unheard_share,
    }


def _rows(tracker: str, heard: Heard, note_median: float) -> list[Row]:
    octaves = ", ".join(
        f"{name} {heard.between(low, high).median_abs_cents:.1f}" for name, low, high in OCTAVES
    )
    return [
        Row(
            f"pitch against the Performance, {tracker}: median absolute error",
            f"≤ {MEDIAN_CENTS:g} cents",
            f"{heard.median_abs_cents:.2f} cents ({octaves})",
            at_most(heard.median_abs_cents, MEDIAN_CENTS),
            HOW,
        ),
        Row(
            f"pitch against the Performance, {tracker}: voiced frames within 50 cents",
            f"≥ {100 * NEAR_SHARE:g} %",
            f"{heard.near_share:.1%} (unheard {heard.unheard_share:.1%})",
            at_least(heard.near_share, NEAR_SHARE),
            HOW,
        ),
        Row(
            f"pitch against the score, {tracker}: middle half of notes ≥ 0.4 s, median",
            f"≤ {NOTE_CENTS:g} cents",
            f"{note_median:.2f} cents",
            at_most(note_median, NOTE_CENTS),
            HOW,
        ),
    ]
