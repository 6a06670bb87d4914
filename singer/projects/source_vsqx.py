"""VOCALOID's own parts of a VSQX file: pitch bends and control changes, which hold until the next one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from singer.projects.imported import Song, SongTrack
from singer.projects.vocaloid import Events, apply_controls, apply_pitch

NAMES = {
    "P": "pitch_bend", "PIT": "pitch_bend", "S": "pitch_range", "PBS": "pitch_range",
    "D": "dynamics", "DYN": "dynamics", "B": "breathiness", "BRE": "breathiness", "R": "brightness", "BRI": "brightness",
    "G": "gender", "GEN": "gender", "C": "clearness", "CLE": "clearness", "T": "portamento", "POR": "portamento",
    "O": "opening", "OPE": "opening", "X": "cross-synthesis", "XSY": "cross-synthesis", "W": "growl", "GWL": "growl",
}  # fmt: skip
"""Names of control changes in VSQ4 (one letter) and VSQ3."""


def refine_vsqx(song: Song, document: bytes) -> None:
    """Read pitch and controls anew: a bend of VOCALOID is against its note."""
    from defusedxml.ElementTree import fromstring

    root = fromstring(document)
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    for track, found in zip(root.iter("vsTrack"), song.tracks, strict=False):
        parts = list(_all(track, "vsPart", "musicalPart"))
        lead = _lead(parts, found)
        events: dict[str, Events] = defaultdict(list)
        for part in parts:
            for change in _all(part, "cc", "mCtrl"):
                value = next(iter(_all(change, "v", "attr")))
                tick = _number(part, "t", "posTick") - lead + _number(change, "t", "posTick")
                identifier = str(value.get("id"))
                events[NAMES.get(identifier, identifier)].append((tick, float(value.text or 0)))
        apply_pitch(found, events)
        apply_controls(found, events)
        if any(sequence.get("id") == "vibDep" for sequence in _all_below(parts, "seq", "seqAttr")):
            found.left_out.append("vibrato of VOCALOID notes")


def _lead(parts: list[Any], found: SongTrack) -> int:
    """Ticks before beat 0: what LibreSVIP took off the file's first note."""
    starts = [_number(part, "t", "posTick") + _number(note, "t", "posTick")
              for part in parts for note in _all(part, "note")]  # fmt: skip
    return min(starts) - min(note.start for note in found.notes) if starts and found.notes else 0


def _all(parent: Any, *names: str) -> Iterable[Any]:
    return (child for child in parent if child.tag in names)


def _all_below(parents: list[Any], *names: str) -> Iterable[Any]:
    return (child for parent in parents for child in parent.iter() if child.tag in names)


def _number(parent: Any, *names: str) -> int:
    return int(next(iter(_all(parent, *names))).text)
