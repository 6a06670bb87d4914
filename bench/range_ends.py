"""Pitch at both ends of what the voices sing, C2 to C3 and C5 to C6: every voice that reaches so far, heard as in
``bench.pitch``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.material import C2, C3, C5, C6, range_melody
from bench.options import Options
from bench.pitch import EDGE_S, MEDIAN_CENTS, NEAR_SHARE, Heard, hear, numbers, together
from bench.report import Report, Row, at_least, at_most
from bench.sung import TEST_VOICE, sing, voices_beside
from bench.trackers import HIGH_RANGE_HZ, LOW_RANGE_HZ, TRACKERS, track
from frontend_g2p.phones import LANGUAGES
from singer.controls import CONTROLS
from singer.voice import Voice


@dataclass(frozen=True, slots=True)
class End:
    """One end of the range.

    Attributes:
        name: its lowest and highest note.
        lowest, highest: the same, MIDI.
        range_hz: what the trackers look for.
    """

    name: str
    lowest: int
    highest: int
    range_hz: tuple[float, float]

    @property
    def edge_s(self) -> float:
        """Time from the ends of a run within which Praat's window, three periods of its floor, sees beyond the run."""
        return max(EDGE_S, 1.5 / self.range_hz[0])


ENDS: tuple[End, ...] = (End("C2-C3", C2, C3, LOW_RANGE_HZ), End("C5-C6", C5, C6, HIGH_RANGE_HZ))
MANNERS: Mapping[str, Mapping[str, float]] = {
    "plain": {},
    "breathy": {"breathiness": 0.5},
    "pressed": {"tension": 0.5},
}
"""How the melodies are sung: what is added to the voice's own character."""
HOW = (
    "Own melodies in four languages by every shipped voice whose range holds the end, frames counted as in "
    "`pitch` (below C3 33 ms from the ends of sonorant runs, half of Praat's window), harvest at half speed above "
    "1.2 kHz; a target is reached if every voice reaches it. Breathy and pressed: breathiness 0.5, tension 0.5, in "
    "the first language."
)


def voices_for(end: End, options: Options) -> list[Voice]:
    """The voice under test and those beside it, but the one for tests, that sing all of one end; at toy size the voice
    under test alone, if it does.
    """
    from voicebanks.load import load_folder

    folders = [
        folder
        for folder in voices_beside(options.voice)
        if folder.manifest.range.lowest_midi <= end.lowest
        and folder.manifest.range.highest_midi >= end.highest
    ]
    if options.toy:
        return [load_folder(folder) for folder in folders if folder.manifest.name == options.voice_name]
    return [load_folder(folder) for folder in folders if folder.manifest.name != TEST_VOICE]


def run(options: Options) -> Report:
    """Sing, track, compare, one end after the other."""
    rows: list[Row] = []
    details: dict[str, object] = {}
    for end in ENDS:
        voices = voices_for(end, options)
        found = {manner: _heard(end, manner, voices, options.toy) for manner in MANNERS} if voices else {}
        for tracker in TRACKERS if voices else ():
            rows += table_rows(end, tracker, found["plain"][tracker])
            rows.append(manners_row(end, tracker, {name: found[name][tracker] for name in MANNERS}))
        details[end.name] = {
            manner: {
                tracker: {name: numbers(heard) for name, heard in each.items()}
                for tracker, each in by_tracker.items()
            }
            for manner, by_tracker in found.items()
        }
    return Report(tuple(rows), details)


def _heard(end: End, manner: str, voices: Sequence[Voice], toy: bool) -> dict[str, dict[str, Heard]]:
    """Tracker to voice to frames; what is not plain is sung in the first language alone."""
    languages = LANGUAGES[: 1 if toy or MANNERS[manner] else None]
    scores = [range_melody(language, end.lowest, end.highest, 1 if toy else None) for language in languages]
    songs = {
        voice.name: [sing(score, in_manner(voice, MANNERS[manner])) for score in scores] for voice in voices
    }
    return {
        tracker: {
            name: together(
                [
                    hear(song, track(tracker, song.samples, song.sample_rate_hz, end.range_hz), end.edge_s)
                    for song in sung
                ]
            )
            for name, sung in songs.items()
        }
        for tracker in TRACKERS
    }


def in_manner(voice: Voice, manner: Mapping[str, float]) -> Voice:
    """A voice with something added to its character, inside the controls' ranges."""
    added = {
        name: float(np.clip(voice.character.get(name, 0.0) + amount, *CONTROLS[name].bounds))
        for name, amount in manner.items()
    }
    return replace(voice, character={**voice.character, **added})


def manners_row(end: End, tracker: str, found: Mapping[str, Mapping[str, Heard]]) -> Row:
    """Breathy and pressed beside plain: nothing breaks up. Without a target: a breathy voice has frames without pitch."""
    told = "; ".join(
        f"{manner} "
        + ", ".join(
            f"{name} {heard.median_abs_cents:.1f} cents, {heard.near_share:.1%}"
            for name, heard in each.items()
        )
        for manner, each in found.items()
        if manner != "plain"
    )
    return Row(
        f"pitch {end.name}, {tracker}, breathy and pressed: median error and frames within 50 cents",
        "",
        told,
        None,
        HOW,
    )


def table_rows(end: End, tracker: str, voices: Mapping[str, Heard]) -> list[Row]:
    """Rows of one end, of all voices together and of each; every voice must reach the target."""
    whole = together(list(voices.values()))
    medians = ", ".join(f"{name} {heard.median_abs_cents:.2f}" for name, heard in voices.items())
    shares = ", ".join(
        f"{name} {heard.near_share:.1%}, unheard {heard.unheard_share:.1%}" for name, heard in voices.items()
    )
    return [
        Row(
            f"pitch {end.name} against the Performance, {tracker}: median absolute error",
            f"≤ {MEDIAN_CENTS:g} cents with every voice",
            f"{whole.median_abs_cents:.2f} cents ({medians})",
            all(at_most(heard.median_abs_cents, MEDIAN_CENTS) for heard in voices.values()),
            HOW,
        ),
        Row(
            f"pitch {end.name} against the Performance, {tracker}: voiced frames within 50 cents",
            f"≥ {100 * NEAR_SHARE:g} % with every voice",
            f"{whole.near_share:.1%} ({shares})",
            all(at_least(heard.near_share, NEAR_SHARE) for heard in voices.values()),
            HOW,
        ),
    ]
