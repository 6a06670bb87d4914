"""VOCALOID's own parts of a VSQX file: tempi, notes with their vibrato, pitch bends and control changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from singer.projects.bars import vocaloid_bars
from singer.projects.imported import Song, SongNote
from singer.projects.vocaloid import Events, apply_controls, apply_pitch
from singer.projects.vocaloid_vibrato import DEPTH, RATE, WHOLE_NOTE, Values, VocaloidVibrato, apply_vibrato
from singer.score import BREATH

NAMES = {
    "P": "pitch_bend", "PIT": "pitch_bend", "S": "pitch_range", "PBS": "pitch_range",
    "D": "dynamics", "DYN": "dynamics", "B": "breathiness", "BRE": "breathiness", "R": "brightness", "BRI": "brightness",
    "G": "gender", "GEN": "gender", "C": "clearness", "CLE": "clearness", "T": "portamento", "POR": "portamento",
    "O": "opening", "OPE": "opening", "X": "cross-synthesis", "XSY": "cross-synthesis", "W": "growl", "GWL": "growl",
}  # fmt: skip
"""Names of control changes in VSQ4 (one letter) and VSQ3."""


_NO_NOTES = ("Sil", "?")
_LONGER_NOTE = "EVEC("
"""Start of a lyric that only colours the end of the note before it."""


def refine_vsqx(song: Song, document: bytes) -> None:
    """Read bars, tempi, notes, pitch and controls anew.

    LibreSVIP miscounts the bars before a song whose time signature changes, writes lyrics in small letters and has no vibrato
    of notes.
    """
    from defusedxml.ElementTree import fromstring

    root = fromstring(document)
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    lead = _read_master(song, next(root.iter("masterTrack")))
    song.title = next((str(name.text or "") for name in root.iter("seqName")), "")
    for track, found in zip(root.iter("vsTrack"), song.tracks, strict=False):
        found.notes, found.symbols = [], "vocaloid"
        events: dict[str, Events] = defaultdict(list)
        vibratos: dict[int, VocaloidVibrato] = {}
        for part in _all(track, "vsPart", "musicalPart"):
            start = _number(part, "t", "posTick") - lead
            for change in _all(part, "cc", "mCtrl"):
                value = next(iter(_all(change, "v", "attr")))
                identifier = str(value.get("id"))
                tick = start + _number(change, "t", "posTick")
                events[NAMES.get(identifier, identifier)].append((tick, float(value.text or 0)))
            for element in _all(part, "note"):
                _add_note(found.notes, vibratos, element, start)
        apply_pitch(found, events)
        apply_controls(found, events)
        apply_vibrato(found, vibratos, song.tempos)


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


def _add_note(notes: list[SongNote], vibratos: dict[int, VocaloidVibrato], element: Any, lead: int) -> None:
    start, length = lead + _number(element, "t", "posTick"), _number(element, "dur", "durTick")
    if start < 0:
        raise ValueError(f"a note {-start} ticks before the song, in the bars that VOCALOID keeps free")
    lyric = next((str(child.text or "") for child in _all(element, "y", "lyric")), "")
    spoken = next(iter(_all(element, "p", "phnms")), None)
    phonemes = "" if spoken is None else str(spoken.text or "").strip()
    if notes and lyric.startswith(_LONGER_NOTE):
        notes[-1].length += length
        return
    if phonemes in _NO_NOTES:
        lyric = "Sil"
    is_own = spoken is not None and spoken.get("lock") == "1"
    lyric = BREATH if phonemes == "Asp" else lyric
    key = _number(element, "n", "noteNum")
    notes.append(SongNote(start, length, key, lyric, phonemes if is_own else None))
    vibrato = _vibrato(element)
    if vibrato:
        vibratos[start] = vibrato


def _vibrato(note: Any) -> VocaloidVibrato | None:
    """Length in per cent of the note, and the values of ``vibDep`` and ``vibRate``."""
    for style in _all(note, "nStyle", "noteStyle"):
        settings = {str(each.get("id")): float(each.text or 0) for each in _all(style, "v", "attr")}
        values = {str(each.get("id")): _values(each) for each in _all(style, "seq", "seqAttr")}
        length = min(settings.get("vibLen", 0.0), 100.0)
        if length > 0:
            depths, rates = values.get("vibDep") or [(0.0, DEPTH)], values.get("vibRate") or [(0.0, RATE)]
            return VocaloidVibrato(1 - length / 100, depths, rates)
    return None


def _values(sequence: Any) -> Values:
    return sorted(
        (_number(each, "p", "posNrm") / WHOLE_NOTE, float(_number(each, "v", "elv")))
        for each in _all(sequence, "cc", "elem")
    )


def _all(parent: Any, *names: str) -> Iterable[Any]:
    return (child for child in parent if child.tag in names)


def _number(parent: Any, *names: str) -> int:
    found = next(iter(_all(parent, *names)), None)
    if found is None:
        raise ValueError(f"<{parent.tag}> has no <{names[0]}>")
    return int(found.text)
