"""VOCALOID 5's own parts of a VPR file: its tracks are cut into parts, and its bends are against the notes."""

from __future__ import annotations

import io
import json
import zipfile
from collections import defaultdict
from dataclasses import replace
from typing import Any

from singer.projects.imported import Song, SongTrack
from singer.projects.vocaloid import Events, apply_controls, apply_pitch
from singer.projects.vocaloid_vibrato import DEPTH, RATE, Values, VocaloidVibrato, apply_vibrato

_LANGUAGES = {0: "ja", 1: "en", 4: "zh"}
_NAMES = {
    "pitchBend": "pitch_bend", "pitchBendSens": "pitch_range", "character": "gender"
}  # fmt: skip


def refine_vpr(song: Song, document: bytes) -> None:
    """Join the parts of each track, and read their pitch, vibrato and controls anew."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        sequence = json.loads(archive.read("Project/sequence.json"))
    song.title = str(sequence.get("title") or "")
    parts_left = iter(song.tracks)
    joined: list[SongTrack] = []
    for track in sequence["tracks"]:
        if any("wav" in part for part in track.get("parts", [])):
            continue
        found = SongTrack(name=track.get("name", ""), symbols="vocaloid")
        events: dict[str, Events] = defaultdict(list)
        vibratos: dict[int, VocaloidVibrato] = {}
        has_direct_pitch = False
        for part, read in zip(track.get("parts", []), parts_left, strict=False):
            own = {
                part["pos"] + each["pos"]: each.get("phoneme")
                for each in part.get("notes") or []
                if each.get("isProtected")
            }
            found.notes += [replace(note, hint=own.get(note.start)) for note in read.notes]
            found.lines += read.lines
            found.left_out += [text for text in read.left_out if text not in found.left_out]
            found.language = found.language or _language(part)
            for note in part.get("notes") or []:
                vibrato = None if note.get("directPitches") else _vibrato(note)
                if vibrato:
                    vibratos[part["pos"] + note["pos"]] = vibrato
                has_direct_pitch |= bool(note.get("directPitches"))
            for controller in part.get("controllers", []):
                name = _NAMES.get(controller["name"], controller["name"])
                events[name] += [
                    (part["pos"] + event["pos"], event["value"]) for event in controller["events"]
                ]
        if not has_direct_pitch:
            apply_pitch(found, events)
        apply_controls(found, events)
        apply_vibrato(found, vibratos, song.tempos)
        joined.append(found)
    song.tracks = [track for track in joined if track.notes]


def _language(part: dict[str, Any]) -> str | None:
    """Of the part's voice; an AI voice of VOCALOID 6 lists its languages, its own first."""
    languages = (part.get("aiVoice") or {}).get("langIDs") or [{}]
    return _LANGUAGES.get((part.get("voice") or languages[0]).get("langID", -1))


def _vibrato(note: dict[str, Any]) -> VocaloidVibrato | None:
    """The vibrato in the last ``duration`` ticks of a note; its values are placed in ticks from there."""
    vibrato, length = note.get("vibrato") or {}, note.get("duration") or 0
    lasts = min(vibrato.get("duration") or 0, length)
    if lasts <= 0:
        return None
    start = 1 - lasts / length

    def values(name: str, default: float) -> Values:
        found = [(start + each["pos"] / length, float(each["value"])) for each in vibrato.get(name) or []]
        return sorted(found) or [(start, default)]

    return VocaloidVibrato(start, values("depths", DEPTH), values("rates", RATE))
