"""VOCALOID 5's own parts of a VPR file: its tracks are cut into parts, and its bends are against the notes."""

from __future__ import annotations

import io
import json
import zipfile
from collections import defaultdict

from singer.projects.imported import Song, SongTrack
from singer.projects.vocaloid import Events, apply_controls, apply_pitch

_LANGUAGES = {0: "ja", 1: "en", 4: "zh"}
_NAMES = {
    "pitchBend": "pitch_bend", "pitchBendSens": "pitch_range", "character": "gender"
}  # fmt: skip


def refine_vpr(song: Song, document: bytes) -> None:
    """Join the parts of each track, and read their pitch and controls anew."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        sequence = json.loads(archive.read("Project/sequence.json"))
    parts_left = iter(song.tracks)
    joined: list[SongTrack] = []
    for track in sequence["tracks"]:
        if any("wav" in part for part in track.get("parts", [])):
            continue
        found = SongTrack(name=track.get("name", ""))
        events: dict[str, Events] = defaultdict(list)
        has_direct_pitch = False
        for part, read in zip(track.get("parts", []), parts_left, strict=False):
            found.notes += read.notes
            found.lines += read.lines
            found.left_out += [text for text in read.left_out if text not in found.left_out]
            found.language = found.language or _language(part)
            has_direct_pitch |= any(note.get("directPitches") for note in part.get("notes", []))
            for controller in part.get("controllers", []):
                name = _NAMES.get(controller["name"], controller["name"])
                events[name] += [
                    (part["pos"] + event["pos"], event["value"]) for event in controller["events"]
                ]
        if not has_direct_pitch:
            apply_pitch(found, events)
        apply_controls(found, events)
        joined.append(found)
    song.tracks = [track for track in joined if track.notes]


def _language(part: dict) -> str | None:  # type: ignore[type-arg]
    voice = part.get("voice") or {}
    return _LANGUAGES.get(voice.get("langID", -1))
