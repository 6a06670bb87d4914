"""Pitch at both ends of what the voices sing, C2 to C3 and C5 to C6: every voice that reaches so far, heard as in
``bench.pitch``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.material import C2, C3, C5, C6, range_melody
from bench.options import Options
from bench.pitch import MEDIAN_CENTS, NEAR_SHARE, Heard, hear, numbers, together
from bench.report import Report, Row, at_least, at_most
from bench.sung import TEST_VOICE, sing, voices_beside
from bench.trackers import HIGH_RANGE_HZ, LOW_RANGE_HZ, TRACKERS, track
from frontend_g2p.phones import LANGUAGES
from singer.voice import Voice


@dataclass(frozen=True, slots=True)
class Register:
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


REGISTERS: tuple[Register, ...] = (
    Register("C2-C3", C2, C3, LOW_RANGE_HZ),
    Register("C5-C6", C5, C6, HIGH_RANGE_HZ),
)
HOW = (
    "Own melodies in four languages by every shipped voice whose range holds the register, frames counted as in "
    "`pitch`, harvest at half speed above 1.2 kHz; a target is reached if every voice reaches it."
)


def voices_for(register: Register, options: Options) -> list[Voice]:
    """The voice under test and those beside it, but the one for tests, that sing all of a register; at toy size the voice
    under test alone, if it does.
    """
    from voicebanks.load import load_folder

    folders = [
        folder
        for folder in voices_beside(options.voice)
        if folder.manifest.range.lowest_midi <= register.lowest
        and folder.manifest.range.highest_midi >= register.highest
    ]
    if options.toy:
        return [load_folder(folder) for folder in folders if folder.manifest.name == options.voice_name]
    return [load_folder(folder) for folder in folders if folder.manifest.name != TEST_VOICE]


def run(options: Options) -> Report:
    """Sing, track, compare, register by register."""
    rows: list[Row] = []
    details: dict[str, object] = {}
    for register in REGISTERS:
        found = _heard(register, options)
        for tracker, voices in found.items():
            rows += table_rows(register, tracker, voices)
        details[register.name] = {
            tracker: {
                name: numbers(heard) | {"frames": len(heard.error_cents)} for name, heard in voices.items()
            }
            for tracker, voices in found.items()
        }
    return Report(tuple(rows), details)


def _heard(register: Register, options: Options) -> dict[str, dict[str, Heard]]:
    """Tracker to voice to frames; empty if no voice sings the register."""
    languages = LANGUAGES[: 1 if options.toy else None]
    scores = [
        range_melody(language, register.lowest, register.highest, 1 if options.toy else None)
        for language in languages
    ]
    songs = {voice.name: [sing(score, voice) for score in scores] for voice in voices_for(register, options)}
    found: dict[str, dict[str, Heard]] = {}
    for tracker in TRACKERS if songs else ():
        found[tracker] = {
            name: together(
                [
                    hear(song, track(tracker, song.samples, song.sample_rate_hz, register.range_hz))
                    for song in sung
                ]
            )
            for name, sung in songs.items()
        }
    return found


def table_rows(register: Register, tracker: str, voices: Mapping[str, Heard]) -> list[Row]:
    """Rows of a register, of all voices together and of each; every voice must reach the target."""
    whole = together(list(voices.values()))
    medians = ", ".join(f"{name} {heard.median_abs_cents:.2f}" for name, heard in voices.items())
    shares = ", ".join(
        f"{name} {heard.near_share:.1%}, unheard {heard.unheard_share:.1%}" for name, heard in voices.items()
    )
    return [
        Row(
            f"pitch {register.name} against the Performance, {tracker}: median absolute error",
            f"≤ {MEDIAN_CENTS:g} cents with every voice",
            f"{whole.median_abs_cents:.2f} cents ({medians})",
            all(at_most(heard.median_abs_cents, MEDIAN_CENTS) for heard in voices.values()),
            HOW,
        ),
        Row(
            f"pitch {register.name} against the Performance, {tracker}: voiced frames within 50 cents",
            f"≥ {100 * NEAR_SHARE:g} % with every voice",
            f"{whole.near_share:.1%} ({shares})",
            all(at_least(heard.near_share, NEAR_SHARE) for heard in voices.values()),
            HOW,
        ),
    ]
