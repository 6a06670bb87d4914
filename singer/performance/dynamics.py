"""Dynamics and colour: loudness and the other controls in every frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer.controls import COLOURS
from singer.performance.note_styles import NoteStyles, added_controls
from singer.performance.performance import CURVE_BOUNDS, PhoneSpan
from singer.performance.phone_timing import BREATH_PHONE, SILENCE
from singer.performance.phrase_curves import curve_at, note_levels
from singer.performance.smooth import Curve, FrameTimes, bump, rise
from singer.performance.style import Style
from singer.performance.timing import Timing
from singer.phrases import Phrase, PhraseNote

SILENCE_DB = -60.0
"""Loudness in silences, so that nothing hums there."""

SILENCE_EDGE_S = 0.03
"""Fade between silence and the sound before or after it, inside the silence."""

ACCENT_S = 0.18
END_S = 0.35
"""The end of a phrase turns breathy over this last part of its last note, or half of it."""

LETTING_GO_S = 0.12
"""The last note grows softer over its last part, or half of it."""

BREATHY_START_S = 0.1
BREATH_SWELL_DB = 14.0
"""A breath begins and ends this much softer than its middle."""

_HEIGHT_FIELDS = {"loudness_db": "height_db", "tension": "height_tension"}
"""Controls that follow the height of notes, and the fields of ``Style`` that say how much."""


def colour_curves(phrase: Phrase, timing: Timing, styles: NoteStyles) -> dict[str, NDArray[np.float32]]:
    """Every control but the pitch: the score's curves, what notes and their emotions add, and the rules.

    Args:
        phrase: notes and curves.
        timing: the phones in time.
        styles: the loudness, breathiness and tension controls of each note.

    Returns:
        name of ``COLOURS`` to float32 [T] within ``CURVE_BOUNDS``. Loudness is in dB relative to the voice's own level,
        about -60 in silence.
    """
    times = timing.frame_times
    offsets = [_offsets(note) for note in phrase.notes]
    curves = {}
    for name in COLOURS:
        levels = [offset.get(name, 0.0) for offset in offsets]
        if name in _HEIGHT_FIELDS:
            heights = _heights_octaves(phrase)
            rates = [getattr(styles.of(note.index), _HEIGHT_FIELDS[name]) for note in phrase.notes]
            levels = [
                level + rate * height for level, rate, height in zip(levels, rates, heights, strict=True)
            ]
        values = _arch(phrase, times, styles.whole) if name == "loudness_db" else np.zeros(times.frames)
        if any(levels):
            values += note_levels(phrase, times, levels)
        values += curve_at(phrase, name, times)
        if name == "loudness_db":
            _rule_loudness(values, phrase, timing, styles)
        elif name == "breathiness":
            _rule_breathiness(values, phrase, times, styles)
        curves[name] = np.clip(values, *CURVE_BOUNDS[name]).astype(np.float32)
    return curves


def _offsets(note: PhraseNote) -> dict[str, float]:
    """What a note and its emotion add to the controls."""
    found = added_controls(note.emotion)
    for name, value in (*note.controls.items(), ("loudness_db", note.loudness_db)):
        found[name] = found.get(name, 0.0) + value
    return found


def _rule_loudness(level_db: Curve, phrase: Phrase, timing: Timing, styles: NoteStyles) -> None:
    """Add accents, attacks, the release, silences and the swell of breaths."""
    times = timing.frame_times
    last = phrase.notes[-1]
    over_s = min(LETTING_GO_S, (last.end_s - last.start_s) / 2)
    level_db -= styles.last.release_db * rise((times.all_s() - last.end_s + over_s) / over_s)
    for unit in timing.units:
        if unit.begins_syllable:
            low_s = unit.start_s - ACCENT_S / 3
            frames, at_s = times.in_window(low_s, low_s + ACCENT_S)
            level_db[frames] += styles.of(unit.note).accent_db * bump((at_s - low_s) / ACCENT_S)
    breaths = {note.index: note.breath for note in phrase.notes}
    spans = timing.spans
    for before, span, after in zip((None, *spans), spans, (*spans[1:], None), strict=False):
        if span.symbol == SILENCE:
            _silence(level_db, span, times, _sounds(before), _sounds(after))
        elif span.symbol == BREATH_PHONE:
            own = breaths.get(-1 if span.note is None else span.note)
            given_db = own.loudness_db if own else None
            peak_db = styles.of(span.note).breath_db if given_db is None else given_db
            frames, at_s = times.in_window(span.start_s, span.end_s)
            swell = np.sin(np.pi * (at_s - span.start_s) / (span.end_s - span.start_s))
            level_db[frames] += peak_db - BREATH_SWELL_DB * (1.0 - swell)
        elif not _sounds(before):
            _attack(level_db, span, times, styles.of(span.note))


def _rule_breathiness(values: Curve, phrase: Phrase, times: FrameTimes, styles: NoteStyles) -> None:
    """Add a breathy start and end of the phrase."""
    last = phrase.notes[-1]
    over_s = min(END_S, (last.end_s - last.start_s) / 2)
    at_s = times.all_s()
    values += styles.last.end_breathiness * rise((at_s - last.end_s + over_s) / over_s)
    values += styles.first.attack_breathiness * (1.0 - rise((at_s - phrase.start_s) / BREATHY_START_S))


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
