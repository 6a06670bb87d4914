"""Dynamics: loudness, breathiness, tension and gender in every frame."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from singer.performance.performance import CURVE_BOUNDS, PhoneSpan
from singer.performance.phone_timing import BREATH_PHONE, SILENCE
from singer.performance.pitch import curve_at
from singer.performance.smooth import Curve, FrameTimes, bump, rise
from singer.performance.style import Style
from singer.performance.timing import Timing
from singer.phrases import Phrase

SILENCE_DB = -60.0
"""Loudness in silences, so that nothing hums there."""

SILENCE_EDGE_S = 0.03
"""Fade between silence and the sound before or after it, inside the silence."""

NOTE_EDGE_S = 0.05
"""Loudness goes from one note's level to the next one's in this time, around their border."""

ACCENT_S = 0.18
END_S = 0.35
"""The end of a phrase turns breathy over this last part of its last note, or half of it."""

LETTING_GO_S = 0.12
"""The last note grows softer over its last part, or half of it."""

BREATHY_START_S = 0.1


BREATH_SWELL_DB = 14.0
"""A breath begins and ends this much softer than its middle."""


def loudness_curve(phrase: Phrase, timing: Timing, style: Style) -> NDArray[np.float32]:
    """Loudness of a phrase.

    Args:
        phrase: notes and the ``loudness_db`` curve.
        timing: the phones in time.
        style: the loudness controls.

    Returns:
        float32 [T], dB relative to the voice's own level, about -60 in silence.
    """
    times = timing.frame_times
    level_db = _arch(phrase, times, style)
    heights = _heights_octaves(phrase)
    levels = [
        note.loudness_db + style.height_db * height
        for note, height in zip(phrase.notes, heights, strict=True)
    ]
    level_db += _note_levels(phrase, times, levels)
    level_db += curve_at(phrase, "loudness_db", times)
    last = phrase.notes[-1]
    over_s = min(LETTING_GO_S, (last.end_s - last.start_s) / 2)
    level_db -= style.release_db * rise((times.all_s() - last.end_s + over_s) / over_s)
    for unit in timing.units:
        if unit.begins_syllable:
            low_s = unit.start_s - ACCENT_S / 3
            frames, at_s = times.in_window(low_s, low_s + ACCENT_S)
            level_db[frames] += style.accent_db * bump((at_s - low_s) / ACCENT_S)
    spans = timing.spans
    for before, span, after in zip((None, *spans), spans, (*spans[1:], None), strict=False):
        if span.symbol == SILENCE:
            _silence(level_db, span, times, _sounds(before), _sounds(after))
        elif span.symbol == BREATH_PHONE:
            frames, at_s = times.in_window(span.start_s, span.end_s)
            swell = np.sin(np.pi * (at_s - span.start_s) / (span.end_s - span.start_s))
            level_db[frames] += style.breath_db - BREATH_SWELL_DB * (1.0 - swell)
        elif not _sounds(before):
            _attack(level_db, span, times, style)
    return np.clip(level_db, *CURVE_BOUNDS["loudness_db"]).astype(np.float32)


def breathiness_curve(phrase: Phrase, times: FrameTimes, style: Style) -> NDArray[np.float32]:
    """Breathiness float32 [T], -1 to 1: the score's curve, plus a breathy start and end of the phrase."""
    values = curve_at(phrase, "breathiness", times)
    last = phrase.notes[-1]
    over_s = min(END_S, (last.end_s - last.start_s) / 2)
    at_s = times.all_s()
    values += style.end_breathiness * rise((at_s - last.end_s + over_s) / over_s)
    values += style.attack_breathiness * (1.0 - rise((at_s - phrase.start_s) / BREATHY_START_S))
    return np.clip(values, -1.0, 1.0).astype(np.float32)


def tension_curve(phrase: Phrase, times: FrameTimes, style: Style) -> NDArray[np.float32]:
    """Tension float32 [T], -1 to 1: the score's curve, plus some for high notes and less for low ones."""
    levels = [style.height_tension * height for height in _heights_octaves(phrase)]
    values = curve_at(phrase, "tension", times) + _note_levels(phrase, times, levels)
    return np.clip(values, -1.0, 1.0).astype(np.float32)


def gender_curve(phrase: Phrase, times: FrameTimes) -> NDArray[np.float32]:
    """Gender float32 [T], -1 to 1: the score's curve."""
    return np.clip(curve_at(phrase, "gender", times), -1.0, 1.0).astype(np.float32)


def _arch(phrase: Phrase, times: FrameTimes, style: Style) -> Curve:
    """0 dB at the peak of the phrase, ``-arch_db`` at its ends."""
    length_s = phrase.end_s - phrase.start_s
    share = np.clip((times.all_s() - phrase.start_s) / length_s, 0.0, 1.0)
    reach = np.where(share < style.arch_peak, style.arch_peak, 1.0 - style.arch_peak)
    away = np.abs(share - style.arch_peak) / np.maximum(reach, 1e-9)
    return -style.arch_db * np.minimum(away, 1.0) ** 2


def _heights_octaves(phrase: Phrase) -> list[float]:
    """Height of each note above the phrase's mean pitch (by time, breaths left out), octaves, -1 to 1."""
    sung = [note for note in phrase.notes if note.kind != "breath"]
    if not sung:
        return [0.0] * len(phrase.notes)
    mean = float(
        np.average([note.midi for note in sung], weights=[note.end_s - note.start_s for note in sung])
    )
    return [
        0.0 if note.kind == "breath" else min(1.0, max(-1.0, (note.midi - mean) / 12.0))
        for note in phrase.notes
    ]


def _note_levels(phrase: Phrase, times: FrameTimes, levels: Sequence[float]) -> Curve:
    """One level per note as a curve float64 [T], with smooth steps around the borders."""
    values = np.full(times.frames, levels[0], dtype=np.float64)
    ends_s = [*(note.end_s for note in phrase.notes[2:]), times.end_s]
    for place, (before, after) in enumerate(pairwise(phrase.notes)):
        half_s = min(NOTE_EDGE_S, before.end_s - before.start_s, after.end_s - after.start_s) / 2
        low_s, high_s = after.start_s - half_s, after.start_s + half_s
        step = levels[place + 1] - levels[place]
        values[times.window(high_s, ends_s[place])] = levels[place + 1]
        frames, at_s = times.in_window(low_s, high_s)
        values[frames] = levels[place] + step * rise((at_s - low_s) / (high_s - low_s))
    return values


def _sounds(span: PhoneSpan | None) -> bool:
    return span is not None and span.role is not None


def _silence(
    level_db: Curve, span: PhoneSpan, times: FrameTimes, after_sound: bool, before_sound: bool
) -> None:
    """Fade from and to the sounds around a silence; the release, with none after it, fades all along."""
    length_s = span.end_s - span.start_s
    frames, at_s = times.in_window(span.start_s, span.end_s)
    edge_s = min(SILENCE_EDGE_S, length_s / 2)
    fade_s = edge_s if before_sound else length_s
    faded = rise((at_s - span.start_s) / fade_s) if after_sound else np.ones(len(at_s))
    if before_sound:
        faded = np.minimum(faded, rise((span.end_s - at_s) / edge_s))
    level_db[frames] += SILENCE_DB * faded


def _attack(level_db: Curve, span: PhoneSpan, times: FrameTimes, style: Style) -> None:
    """Singing begins softer after a silence or a breath."""
    if style.attack_s > 0:
        frames, at_s = times.in_window(span.start_s, span.start_s + style.attack_s)
        level_db[frames] -= style.attack_db * (1.0 - rise((at_s - span.start_s) / style.attack_s))
