"""VOCALOID's own parts of a VSQX file: pitch bends and control changes, which hold until the next one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from singer.projects.bars import vocaloid_bars
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
    """Read bars, tempi, pitch and controls anew: a bend of VOCALOID is against its note.

    Where the time signature changes LibreSVIP miscounts the bars before the song.
    """
    from defusedxml.ElementTree import fromstring

    root = fromstring(document)
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    lead = _read_master(song, next(root.iter("masterTrack")))
    for track, found in zip(root.iter("vsTrack"), song.tracks, strict=False):
        parts = list(_all(track, "vsPart", "musicalPart"))
        starts = [_number(part, "t", "posTick") + _number(note, "t", "posTick")
                  for part in parts for note in _all(part, "note")]  # fmt: skip
        if starts and found.notes:
            _move(found, min(starts) - lead)
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


def _read_master(song: Song, master: Any) -> int:
    """Put the signatures and tempi of the file into ``song``; returns the ticks of the bars before it."""
    signatures = [
        (_number(each, "m", "posMes"), _number(each, "nu", "nume"), _number(each, "de", "denomi"))
        for each in _all(master, "timeSig")
    ]
    lead, song.time_signatures = vocaloid_bars(signatures, _number(master, "preMeasure"))
    tempos = sorted(
        (_number(each, "t", "posTick") - lead, _number(each, "v", "bpm") / 100)
        for each in _all(master, "tempo")
    )
    begun = [bpm for tick, bpm in tempos if tick <= 0][-1:]
    song.tempos = [*((0, bpm) for bpm in begun), *(each for each in tempos if each[0] > 0)]
    return lead


def _move(found: SongTrack, first_tick: int) -> None:
    """Begin the track's first note at a tick."""
    by = first_tick - min(note.start for note in found.notes)
    for note in found.notes:
        note.start += by


def _all(parent: Any, *names: str) -> Iterable[Any]:
    return (child for child in parent if child.tag in names)


def _all_below(parents: list[Any], *names: str) -> Iterable[Any]:
    return (child for parent in parents for child in parent.iter() if child.tag in names)


def _number(parent: Any, *names: str) -> int:
    return int(next(iter(_all(parent, *names))).text)
