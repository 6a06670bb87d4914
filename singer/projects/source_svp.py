"""Synthesizer V's own parts of an SVP file: languages, and parameters that have no control here."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from typing import Any

from singer.projects.imported import TICKS, Line, Song, SongTrack

LANGUAGES = {"mandarin": "zh", "cantonese": "yue", "japanese": "ja", "english": "en"}
CONTROLS = {"loudness_db": "loudness", "tension": "tension", "breathiness": "breathiness", "gender": "gender"}
"""Control to parameter."""
BLICKS = 705_600_000 // TICKS
"""Synthesizer V's unit of time, in a tick."""
_STILL = ("tF0Left", "tF0Right", "dF0Vbr")
_MAPPED = ("pitchDelta", "vibratoEnv", "loudness", "tension", "breathiness", "gender")


def refine_svp(song: Song, document: bytes) -> None:
    """Read the languages of tracks, and list what has no control."""
    project = json.loads(document.rstrip(b"\0").decode("utf-8-sig"))
    library = {group.get("uuid"): group for group in project.get("library", [])}
    tracks = [track for track in project.get("tracks", []) if not track["mainRef"].get("isInstrumental")]
    for found, track in zip(song.tracks, tracks, strict=False):
        database = track["mainRef"].get("database", {})
        voice = track["mainRef"].get("voice", {})
        name = database.get("languageOverride") or voice.get("languageOverride") or database.get("language")
        found.language = LANGUAGES.get(str(name))
        found.symbols = "romaji" if found.language == "ja" else ""
        if not track.get("groups"):
            parameters = track["mainGroup"].get("parameters", {})
            _read_controls(found, parameters, voice)
            _read_still_notes(found, track["mainGroup"].get("notes", []), parameters.get("pitchDelta", {}))
        groups = [track.get("mainGroup", {})]
        groups += [library.get(ref.get("groupID"), {}) for ref in track.get("groups", [])]
        _list_the_rest(found.left_out, groups)


def _read_controls(found: SongTrack, parameters: dict[str, Any], voice: dict[str, Any]) -> None:
    """Parameters whose points are joined by lines, in the file's own units: dB, and shares from -1 to 1."""
    for control, name in CONTROLS.items():
        curve = parameters.get(name, {})
        points = curve.get("points", [])
        if points and curve.get("mode") == "linear" and not voice.get(f"param{name.capitalize()}"):
            pairs = zip(points[::2], points[1::2], strict=False)
            found.curves[control] = [
                (max(round(blicks / BLICKS), 0), float(value)) for blicks, value in pairs
            ]


def _read_still_notes(found: SongTrack, notes: list[dict[str, Any]], curve: dict[str, Any]) -> None:
    """Notes without glides and vibrato of their own are on their pitch and the deviation, to the file's own precision."""
    if curve.get("mode") != "linear" or not curve.get("points"):
        return
    numbers = curve["points"]
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    bends = [(round(blicks / BLICKS), cents / 100) for blicks, cents in pairs]
    ticks, semitones = [tick for tick, _ in bends], [bend for _, bend in bends]
    starts = {round(note["onset"] / BLICKS) for note in notes}
    for note in notes:
        attributes = note.get("attributes", {})
        if any(attributes.get(name, 1.0) for name in _STILL):
            continue
        start = round(note["onset"] / BLICKS)
        end = round((note["onset"] + note["duration"]) / BLICKS)
        inner = sorted({start, *ticks[bisect_right(ticks, start) : bisect_left(ticks, end)], end - 1, end})
        values = [note["pitch"] + _at(tick, ticks, semitones) for tick in inner]
        if end in starts:
            values[-1] = values[-2]
        found.lines = _without(found.lines, start, end)
        found.lines.append(list(zip(inner, values, strict=True)))


def _at(tick: float, ticks: list[int], values: list[float]) -> float:
    place = bisect_right(ticks, tick)
    if place in (0, len(ticks)):
        return values[min(place, len(values) - 1)]
    share = (tick - ticks[place - 1]) / (ticks[place] - ticks[place - 1])
    return values[place - 1] + (values[place] - values[place - 1]) * share


def _without(lines: list[Line], start: int, end: int) -> list[Line]:
    """The lines outside a stretch."""
    kept: list[Line] = []
    for line in lines:
        if line[-1][0] <= start or line[0][0] >= end:
            kept.append(line)
            continue
        parts = ([point for point in line if point[0] < start], [point for point in line if point[0] > end])
        kept += [part for part in parts if len(part) > 1]
    return kept


def _list_the_rest(left_out: list[str], groups: list[dict[str, Any]]) -> None:
    names = sorted(
        {
            name
            for group in groups
            for name, curve in {**group.get("parameters", {}), **group.get("vocalModes", {})}.items()
            if name not in _MAPPED and isinstance(curve, dict) and curve.get("points")
        }
    )
    if names:
        left_out.append(f"parameters {', '.join(names)}")
    notes = [note for group in groups for note in group.get("notes", [])]
    if any(
        note.get("takes", {}).get("takes", [{}])[1:] for note in notes if isinstance(note.get("takes"), dict)
    ):
        left_out.append("takes besides the first")
