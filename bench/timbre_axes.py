"""The timbre space: what each axis does to the sound at five places, and how far apart the shipped singers are.

Held vowels at four heights (C3 to D4), sung by the voice under test with the character of each place; one correlate names
each axis. Praat's formants of single harmonics are coarse above these heights, so nothing higher is sung here; that the pitch
stays is measured on the same vowels by WORLD's harvest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from bench.options import Options
from bench.report import Report, Row, at_most
from bench.sung import load_voice, sing, voices_beside
from bench.timbre_correlates import Heard, hear, step_ratio
from singer.score import Note, Score, TempoMap
from singer.voice import Voice
from voicebanks.timbre_space import AXES, character_of

PLACES = (-1.0, -0.5, 0.0, 0.5, 1.0)
HEIGHTS, VOWELS = (48, 52, 57, 62), ("a", "i", "ɯ", "e", "o")
MOST_UNEVEN = 2.5
CORRELATES: Mapping[str, str] = {
    "sweet": "softness_db",
    "young": "formant_shift_percent",
    "feminine": "formant_shift_percent",
    "bright": "centroid_hz",
    "husky": "harmonicity_db",
}
"""Axis to the number that names it."""
HOW = (
    "Held vowels a i u e o at C3, E3, A3 and D4, middle half of each note. Formants: Praat (Burg), median shift of the first "
    "four; softness: H1-A3; centroid: amplitude spectrum up to 10 kHz; harmonicity: Praat, between 1 and 4 kHz; pitch: "
    "harvest against the Performance. Evenness: largest step over smallest."
)


def vowels(toy: bool = False, heights: Sequence[int] = HEIGHTS) -> Score:
    """One note a vowel, 0.8 s each, at each of ``heights`` (MIDI)."""
    heights, symbols = (HEIGHTS[2:3], VOWELS[:2]) if toy else (heights, VOWELS)
    notes = tuple(
        Note(float(number), 1.0, float(midi), "la", phones=f"l {symbol}")
        for number, (midi, symbol) in enumerate(((midi, symbol) for midi in heights for symbol in symbols), 1)
    )
    return Score(notes, "ja", TempoMap(((0.0, 75.0),)), "vowels")


def numbers(heard: Heard, reference: Heard) -> dict[str, float]:
    """Every correlate, by name."""
    return {
        "formant_shift_percent": heard.formant_shift_percent(reference),
        "formant_spacing_semitones": heard.spacing_semitones(),
        "centroid_hz": float(np.mean(heard.centroid_hz)),
        "softness_db": float(np.mean(heard.softness_db)),
        "harmonicity_db": float(np.mean(heard.harmonicity_db)),
        "pitch_median_abs_cents": float(np.nanmedian(np.abs(heard.pitch_cents))),
    }


def run(options: Options) -> Report:
    """Sing every place of every axis, and every shipped singer."""
    voice, score = load_voice(options.voice), vowels(options.toy)
    plain = replace(voice, character={})
    reference = hear(sing(score, plain))
    axes = {axis: _along(axis, plain, score, reference, options.toy) for axis in AXES}
    singers = _singers(score, options, reference)
    rows = [_axis_row(axis, found) for axis, found in axes.items()]
    worst = max(place["pitch_median_abs_cents"] for found in axes.values() for place in found)
    rows.append(
        Row(
            "timbre space: pitch at every place of every axis, worst median error",
            "≤ 2 cents",
            f"{worst:.2f} cents",
            at_most(worst, 2.0),
            HOW,
        )
    )
    rows += [_singer_row(name, found) for name, found in singers.items()]
    details = {"places": list(PLACES), "axes": axes, "singers": singers}
    return Report(tuple(rows), details)


def _along(axis: str, voice: Voice, score: Score, reference: Heard, toy: bool) -> list[dict[str, float]]:
    found = []
    for place in PLACES:
        there = replace(voice, character=character_of({axis: place}))
        at_home = place == 0.0 or (toy and abs(place) < 1.0)
        found.append(numbers(reference if at_home else hear(sing(score, there)), reference))
    return found


def _singers(score: Score, options: Options, reference: Heard) -> dict[str, dict[str, float]]:
    """The voice under test and the singers beside it that use its models, on the same vowels."""
    from voicebanks.load import load_folder

    base = options.voice_name
    folders = {
        voice.manifest.name: voice
        for voice in voices_beside(options.voice)
        if voice.manifest.name == base or (voice.base is not None and voice.base.manifest.name == base)
    }
    return {
        name: numbers(hear(sing(score, unlimited(load_folder(folder)))), reference)
        for name, folder in folders.items()
    }


def unlimited(voice: Voice) -> Voice:
    """The voice without its range, so that all are heard on the same notes."""
    return replace(voice, lowest_midi=0.0, highest_midi=127.0)


def _axis_row(axis: str, found: list[dict[str, float]]) -> Row:
    name = CORRELATES[axis]
    values = [place[name] for place in found]
    ratio = step_ratio(values)
    told = ", ".join(f"{value:.1f}" for value in values)
    return Row(
        f"timbre axis {axis}: {name} at -1, -0.5, 0, 0.5, 1",
        f"one way, evenness ≤ {MOST_UNEVEN:g}",
        f"{told} (evenness {ratio:.1f})",
        at_most(ratio, MOST_UNEVEN),
        HOW,
    )


def _singer_row(name: str, found: dict[str, float]) -> Row:
    measured = (
        f"formants {found['formant_shift_percent']:+.1f} %, centroid {found['centroid_hz']:.0f} Hz, "
        f"softness {found['softness_db']:.1f} dB, harmonicity {found['harmonicity_db']:.1f} dB, "
        f"pitch {found['pitch_median_abs_cents']:.2f} cents"
    )
    return Row(f"singer {name}", "", measured, None, HOW)
