"""Scores to OpenUtau's USTX: YAML, pitch as a curve of cents against flat notes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from singer.note_shapes import Vibrato
from singer.projects.imported import TICKS, Line
from singer.projects.sheet import GRID_TICKS, Sheet, SheetNote, list_unwritten
from singer.projects.source_ustx import CONTROLS
from singer.score import HOLD, NEXT_SYLLABLE, TempoMap

LARGEST_BEND_CENTS = 1200
_LIMITS = {"dyn": (-240, 120), "genc": (-100, 100), "brec": (-100, 100), "tenc": (-100, 100)}
_PLAIN: dict[str, Any] = {
    "data": [{"x": -40, "y": 0, "shape": "io"}, {"x": 40, "y": 0, "shape": "io"}],
    "snap_first": True,
}
_NEAR_TICKS = 10
"""A note that begins this close to the one before would change that one's pitch: OpenUtau looks 5 ticks back."""


def write_ustx(sheet: Sheet) -> bytes:
    """The file. Drawn notes, and those that would glide from them, get flat pitch points: the curve is their pitch."""
    list_unwritten(sheet, [control for control, _ in CONTROLS.values()], ("vibrato",))
    drawn = [sheet.filled(note) for note in sheet.notes]
    notes = []
    drawn_until = -math.inf
    for index, note in enumerate(sheet.notes):
        before = sheet.notes[index - 1] if index else None
        flat = bool(drawn[index]) or _glide_begins(note, sheet.tempo) < drawn_until
        points = _flat(note, before, sheet.tempo) if flat else _PLAIN
        notes.append(_note(note, points, bool(drawn[index]), sheet.tempo))
        drawn_until = note.end if drawn[index] else drawn_until
    part = {
        "duration": sheet.notes[-1].end, "name": sheet.title or "Singer", "comment": "", "track_no": 0, "position": 0,
        "notes": notes, "curves": [*_bends(sheet, drawn), *_curves(sheet)],
    }  # fmt: skip
    signatures = sheet.signatures()
    _, first = signatures[0]
    project = {
        "name": sheet.title or "New Project", "comment": "", "output_dir": "Vocal", "cache_dir": "UCache",
        "ustx_version": "0.6", "resolution": 480, "bpm": sheet.tempos[0][1], "beat_per_bar": first.beats,
        "beat_unit": first.unit,
        "time_signatures": [
            {"bar_position": bar, "beat_per_bar": each.beats, "beat_unit": each.unit} for bar, each in signatures
        ],
        "tempos": [{"position": tick, "bpm": bpm} for tick, bpm in sheet.tempos],
        "tracks": [{"phonemizer": "OpenUtau.Core.DefaultPhonemizer", "track_name": sheet.title or "Singer",
                    "mute": False, "solo": False, "volume": 0}],
        "voice_parts": [part], "wave_parts": [],
    }  # fmt: skip
    return ("\n".join(_yaml(project)) + "\n").encode()


def _note(note: SheetNote, points: Mapping[str, Any], drawn: bool, tempo: TempoMap) -> dict[str, Any]:
    lyric = {HOLD: "+~", NEXT_SYLLABLE: "+"}.get(note.lyric, note.lyric)
    return {
        "position": note.start, "duration": note.length, "tone": note.key, "lyric": lyric, "pitch": points,
        "vibrato": _vibrato(None if drawn else note.note.vibrato, note, tempo),
        "phoneme_expressions": [], "phoneme_overrides": [],
    }  # fmt: skip


def _glide_begins(note: SheetNote, tempo: TempoMap) -> float:
    """The tick from which a plain note's glide can change what is sung before it."""
    begins_s = tempo.seconds_at(note.start / TICKS) + _PLAIN["data"][0]["x"] / 1000
    return tempo.beat_at(max(begins_s, 0.0)) * TICKS - GRID_TICKS


def _flat(note: SheetNote, before: SheetNote | None, tempo: TempoMap) -> dict[str, Any]:
    """Pitch points by which a note is on its key from its first tick, and the one before it to its last."""
    points = [(note.start - 1, 0), (note.start, 0)]
    if before and note.start - before.end < _NEAR_TICKS:
        step = 10 * (before.key - note.key)
        points = [(before.end - 6, step), (before.end - 1, step), (before.end, 0)]
    start_s = tempo.seconds_at(note.start / TICKS)
    data = [
        {"x": round((tempo.seconds_at(max(tick, 0) / TICKS) - start_s) * 1000, 6), "y": tenths, "shape": "l"}
        for tick, tenths in points
    ]
    return {"data": data, "snap_first": False}


def _vibrato(vibrato: Vibrato | None, note: SheetNote, tempo: TempoMap) -> dict[str, float]:
    """OpenUtau's vibrato: length and fades in per cent, period in milliseconds."""
    values = vibrato_shares(vibrato, note, tempo) or (0.0, 175.0, 25.0, 10.0)
    held = dict(zip(("length", "period", "depth", "in"), values, strict=True))
    return {
        **{name: round(value, 4) for name, value in held.items()},
        "out": 10,
        "shift": 0,
        "drift": 0,
        "vol_link": 0,
    }


def vibrato_shares(
    vibrato: Vibrato | None, note: SheetNote, tempo: TempoMap
) -> tuple[float, float, float, float] | None:
    """Vibrato as UTAU and OpenUtau have it: length in per cent of the note, period in milliseconds, depth in cents, and the
    time in which it grows in per cent of its length; ``None`` for a note without.
    """
    if vibrato is None or not vibrato.depth_cents or vibrato.start >= 1.0:
        return None
    share = 1.0 - vibrato.start
    length_s = tempo.seconds_at(note.note.end_beat) - tempo.seconds_at(note.note.start_beat)
    grown = min(vibrato.attack_s / (length_s * share), 1.0)
    return share * 100, 1000 / vibrato.rate_hz, vibrato.depth_cents, grown * 100


def _bends(sheet: Sheet, drawn: Sequence[Line]) -> list[dict[str, Any]]:
    """The curve ``pitd`` at the grid's ticks, and at the first and the last tick of drawn notes."""
    bends: dict[int, int] = {}
    rests: dict[int, int] = {}
    cut = 0
    for note, line in zip(sheet.notes, drawn, strict=True):
        if not line:
            continue
        grid = range(math.ceil(note.start / GRID_TICKS) * GRID_TICKS, note.end, GRID_TICKS)
        ticks = sorted({note.start, *grid, note.end - 1})
        midis = np.interp(ticks, [tick for tick, _ in line], [midi for _, midi in line])
        for tick, midi in zip(ticks, midis, strict=True):
            cents = round((midi - note.key) * 100)
            cut += abs(cents) > LARGEST_BEND_CENTS
            bends[tick] = min(max(cents, -LARGEST_BEND_CENTS), LARGEST_BEND_CENTS)
        rests |= {note.start - 1: 0, note.end: 0}
    if cut:
        sheet.left_out.append(f"drawn pitch more than an octave from its note was cut at {cut} points")
    points = sorted((tick, cents) for tick, cents in {**rests, **bends}.items() if tick >= 0)
    return (
        [{"xs": [tick for tick, _ in points], "ys": [cents for _, cents in points], "abbr": "pitd"}]
        if bends
        else []
    )


def _curves(sheet: Sheet) -> list[dict[str, Any]]:
    """Controls at the grid's ticks between their points, up to the song's end."""
    curves = []
    for abbreviation, (control, unit) in CONTROLS.items():
        points = sheet.curves.get(control)
        if points:
            last = max(sheet.notes[-1].end, round(points[-1][0])) + GRID_TICKS
            ticks = list(range(0, last // GRID_TICKS * GRID_TICKS + 1, GRID_TICKS))
            values = np.interp(ticks, [tick for tick, _ in points], [value for _, value in points]) / unit
            ys = [round(value) for value in np.clip(values, *_LIMITS[abbreviation])]
            ends = (0, len(ticks) - 1)
            kept = [at for at in range(len(ticks)) if at in ends or not ys[at - 1] == ys[at] == ys[at + 1]]
            curves.append(
                {
                    "xs": [ticks[at] for at in kept],
                    "ys": [ys[at] for at in kept],
                    "abbr": abbreviation,
                }
            )
    return curves


def _yaml(value: Mapping[str, Any], indent: str = "") -> list[str]:
    """Block mappings and lists of mappings; all else on one line as JSON, which YAML reads alike."""
    lines: list[str] = []
    for key, inner in value.items():
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            lines.append(f"{indent}{key}:")
            for each in inner:
                nested = _yaml(each, indent + "  ")
                lines += [f"{indent}- {nested[0].lstrip()}", *nested[1:]]
        elif isinstance(inner, dict) and any(isinstance(each, list) for each in inner.values()):
            lines += [f"{indent}{key}:", *_yaml(inner, indent + "  ")]
        else:
            lines.append(f"{indent}{key}: {json.dumps(inner, ensure_ascii=False)}")
    return lines
