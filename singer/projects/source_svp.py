"""Synthesizer V's own parts of an SVP file: languages, and parameters that have no control here."""

from __future__ import annotations

import json
from typing import Any

from singer.projects.imported import Song

LANGUAGES = {"mandarin": "zh", "cantonese": "yue", "japanese": "ja", "english": "en"}
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
        groups = [track.get("mainGroup", {})]
        groups += [library.get(ref.get("groupID"), {}) for ref in track.get("groups", [])]
        _list_the_rest(found.left_out, groups)


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
