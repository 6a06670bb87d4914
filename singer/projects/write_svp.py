"""Scores to Synthesizer V Studio's SVP: JSON, pitch as deviations from notes without glides of their own."""

from __future__ import annotations

import json
import uuid
from typing import Any

from singer.projects.sheet import Sheet, SheetNote, list_unwritten
from singer.projects.source_svp import BLICKS, CONTROLS, LANGUAGES
from singer.score import BREATH, TempoMap

_PARAMETERS = (
    "pitchDelta",
    "vibratoEnv",
    "loudness",
    "tension",
    "breathiness",
    "voicing",
    "gender",
    "toneShift",
)
_STILL = {"tF0Left": 0.0, "tF0Right": 0.0, "dF0Left": 0.0, "dF0Right": 0.0}
"""A note that is on its pitch from its first moment to its last."""


def write_svp(sheet: Sheet) -> bytes:
    """The file, of version 113 (Synthesizer V Studio 1); notes with drawn pitch have no glides and no vibrato."""
    list_unwritten(sheet, list(CONTROLS), ("vibrato",))
    parameters: dict[str, Any] = {name: {"mode": "linear", "points": []} for name in _PARAMETERS}
    notes = []
    drawn = [bool(sheet.drawn(note)) for note in sheet.notes]
    for index, note in enumerate(sheet.notes):
        lyric = "br" if note.lyric == BREATH else note.lyric
        notes.append(
            {
                "onset": note.start * BLICKS, "duration": note.length * BLICKS, "lyrics": lyric, "phonemes": "",
                "pitch": note.key, "detune": 0, "attributes": _attributes(sheet, drawn, index), "instantMode": False,
            }
        )  # fmt: skip
    for tick, semitones in sheet.bends():
        parameters["pitchDelta"]["points"] += [round(tick) * BLICKS, round(semitones * 100, 3)]
    for control, name in CONTROLS.items():
        points = sheet.curves.get(control, [])
        parameters[name]["points"] = [
            number for tick, value in points for number in (round(tick * BLICKS), round(value, 6))
        ]
    return json.dumps(_project(sheet, notes, parameters), ensure_ascii=False, indent=1).encode()


def _attributes(sheet: Sheet, drawn: list[bool], index: int) -> dict[str, float]:
    """Of a drawn note, and of a note that touches one: its glide would reach into that."""
    if drawn[index]:
        return {**_STILL, "dF0Vbr": 0.0}
    notes = sheet.notes
    before = index > 0 and drawn[index - 1] and notes[index - 1].end == notes[index].start
    after = index + 1 < len(notes) and drawn[index + 1] and notes[index].end == notes[index + 1].start
    return {**(_STILL if before or after else {}), **_vibrato(notes[index], sheet.tempo)}


def _vibrato(note: SheetNote, tempo: TempoMap) -> dict[str, float]:
    """Synthesizer V's vibrato: depth in semitones from peak to peak, times in seconds; {} leaves it to the program."""
    vibrato = note.note.vibrato
    if vibrato is None:
        return {}
    if not vibrato.depth_cents:
        return {"dF0Vbr": 0.0}
    length_s = tempo.seconds_at(note.note.end_beat) - tempo.seconds_at(note.note.start_beat)
    return {
        "tF0VbrStart": round(vibrato.start * length_s, 6),
        "tF0VbrLeft": round(vibrato.attack_s, 6),
        "dF0Vbr": round(2 * vibrato.depth_cents / 100, 6),
        "fF0Vbr": round(vibrato.rate_hz, 6),
    }


def _project(sheet: Sheet, notes: list[dict[str, Any]], parameters: dict[str, Any]) -> dict[str, Any]:
    name = sheet.title or "Singer"
    identity = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(notes)).hex  # the same score is the same file
    language = next((theirs for theirs, ours in LANGUAGES.items() if ours == sheet.language), "")
    database = {"name": "", "language": language, "phoneset": "", "backendType": "", "version": "-2"}
    group = {
        "groupID": identity, "blickOffset": 0, "pitchOffset": 0, "isInstrumental": False, "database": database,
        "dictionary": "", "voice": {},
    }  # fmt: skip
    track = {
        "name": name, "dispColor": "ff7db235", "dispOrder": 0, "renderEnabled": False,
        "mixer": {"gainDecibel": 0.0, "pan": 0.0, "mute": False, "solo": False, "display": True},
        "mainGroup": {"name": "main", "uuid": identity, "parameters": parameters, "notes": notes},
        "mainRef": group, "groups": [],
    }  # fmt: skip
    return {
        "version": 113,
        "time": {
            "meter": [
                {"index": bar, "numerator": each.beats, "denominator": each.unit}
                for bar, each in sheet.signatures()
            ],
            "tempo": [{"position": tick * BLICKS, "bpm": bpm} for tick, bpm in sheet.tempos],
        },
        "library": [],
        "tracks": [track],
        "renderConfig": {
            "destination": "./", "filename": name, "numChannels": 1, "aspirationFormat": "noAspiration", "bitDepth": 16,
            "sampleRate": 44100, "exportMixDown": True,
        },
    }  # fmt: skip
