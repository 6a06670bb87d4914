"""Scores to OpenUtau's USTX: YAML, pitch as a curve of cents against flat notes."""

from __future__ import annotations

import json
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
_PLAIN = {"data": [{"x": -40, "y": 0, "shape": "io"}, {"x": 40, "y": 0, "shape": "io"}], "snap_first": True}
_FLAT = {"data": [{"x": -0.1, "y": 0, "shape": "l"}, {"x": 0.1, "y": 0, "shape": "l"}], "snap_first": False}


def write_ustx(sheet: Sheet) -> bytes:
    """The file. Notes with drawn pitch, and those after them, get flat pitch points, so that the curve is the pitch."""
    list_unwritten(sheet, [control for control, _ in CONTROLS.values()], ("vibrato",))
    drawn = [sheet.filled(note) for note in sheet.notes]
    notes = []
    for index, note in enumerate(sheet.notes):
        before = sheet.notes[index - 1] if index else None
        if not drawn[index] and not (before and drawn[index - 1]):
            pitch: dict[str, Any] = _PLAIN
        elif before and before.end == note.start:
            pitch = _step(note, before, sheet.tempo)
        else:
            pitch = _FLAT
        notes.append(_note(note, pitch, bool(drawn[index]), sheet.tempo))
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


def _note(note: SheetNote, pitch: dict[str, Any], drawn: bool, tempo: TempoMap) -> dict[str, Any]:
    lyric = {HOLD: "+~", NEXT_SYLLABLE: "+"}.get(note.lyric, note.lyric)
    return {
        "position": note.start, "duration": note.length, "tone": note.key, "lyric": lyric,
        "pitch": pitch,
        "vibrato": _vibrato(None if drawn else note.note.vibrato, note, tempo),
        "phoneme_expressions": [], "phoneme_overrides": [],
    }  # fmt: skip


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


def _step(note: SheetNote, before: SheetNote, tempo: TempoMap) -> dict[str, Any]:
    """Pitch points of a note that touches the one before: that one's key up to its start, and its own from there on.

    OpenUtau takes the times of points to whole ticks, and from the first one on each tick of its grid has their pitch: the first
    lies on the grid's last tick before the start, so that this tick keeps the key before.
    """
    start_s = tempo.seconds_at(note.start / TICKS)
    there = 10 * (before.key - note.key)
    grid_tick = (note.start - 1) // GRID_TICKS * GRID_TICKS
    steps = {grid_tick: there, note.start - 1: there, note.start: 0}
    points = [
        {"x": round((tempo.seconds_at(tick / TICKS) - start_s) * 1000, 6), "y": tenths, "shape": "l"}
        for tick, tenths in steps.items()
    ]
    return {"data": points, "snap_first": True}


def _bends(sheet: Sheet, drawn: Sequence[Line]) -> list[dict[str, Any]]:
    """The curve ``pitd`` at the grid's ticks, and between them where a note begins and ends."""
    bends: dict[int, int] = {}
    cut = 0
    starts = {note.start for note in sheet.notes}
    for note, line in zip(sheet.notes, drawn, strict=True):
        if not line:
            continue
        last = note.end - 1 if note.end in starts else note.end
        grid = range(-(-note.start // GRID_TICKS) * GRID_TICKS, last + 1, GRID_TICKS)
        ticks = sorted({*grid, note.start, last})
        midis = np.interp(ticks, [tick for tick, _ in line], [midi for _, midi in line])
        for tick, midi in zip(ticks, midis, strict=True):
            cents = round((midi - note.key) * 100)
            cut += abs(cents) > LARGEST_BEND_CENTS
            bends[tick] = min(max(cents, -LARGEST_BEND_CENTS), LARGEST_BEND_CENTS)
    if cut:
        sheet.left_out.append(f"drawn pitch more than an octave from its note was cut at {cut} points")
    edges = {
        tick
        for first in bends
        for tick in (first - GRID_TICKS, first + GRID_TICKS)
        if first % GRID_TICKS == 0 and tick >= 0 and tick not in bends
    }
    points = sorted({**dict.fromkeys(edges, 0), **bends}.items())
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
