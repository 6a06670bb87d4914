"""Scores to MusicXML (score-partwise 4.0): notes cut at bar lines and tied, lyrics, tempi; no drawn pitch."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from singer.projects.imported import TICKS
from singer.projects.sheet import Sheet, SheetNote, list_unwritten
from singer.projects.write_ustx import bar

_STEPS = (
    ("C", 0),
    ("C", 1),
    ("D", 0),
    ("D", 1),
    ("E", 0),
    ("F", 0),
    ("F", 1),
    ("G", 0),
    ("G", 1),
    ("A", 0),
    ("A", 1),
    ("B", 0),
)
_LANGUAGES = {"zh": "zh", "yue": "yue", "en": "en", "ja": "ja"}
_HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    b'"http://www.musicxml.org/dtds/partwise.dtd">\n'
)


def write_musicxml(sheet: Sheet) -> bytes:
    """The file: one part of one voice, 480 divisions a quarter note."""
    list_unwritten(sheet, pitch=False)
    beats, unit = bar(sheet.bar_beats)
    bar_ticks = TICKS * 4 * beats // unit
    root = Element("score-partwise", {"version": "4.0"})
    SubElement(SubElement(root, "work"), "work-title").text = sheet.title
    defaults = SubElement(root, "defaults")
    SubElement(
        defaults, "lyric-language", {"{http://www.w3.org/XML/1998/namespace}lang": _LANGUAGES[sheet.language]}
    )
    declared = SubElement(SubElement(root, "part-list"), "score-part", {"id": "P1"})
    SubElement(declared, "part-name").text = "Singer"
    part = SubElement(root, "part", {"id": "P1"})
    pieces = list(_pieces(sheet, bar_ticks))
    last_bar = (
        sheet.notes[-1].end // bar_ticks
        if sheet.notes[-1].end % bar_ticks
        else sheet.notes[-1].end // bar_ticks - 1
    )
    by_bar: dict[int, list[tuple[int, int, SheetNote | None]]] = {}
    for start, length, note in pieces:
        by_bar.setdefault(start // bar_ticks, []).append((start, length, note))
    tempos = _by_bar(sheet, bar_ticks)
    for number in range(last_bar + 1):
        measure = SubElement(part, "measure", {"number": str(number + 1)})
        if not number:
            _attributes(measure, beats, unit)
        _measure(measure, by_bar.get(number, []), tempos.get(number, []), number * bar_ticks)
    indent(root)
    return _HEAD + bytes(tostring(root, encoding="utf-8"))


def _attributes(measure: Element, beats: int, unit: int) -> None:
    attributes = SubElement(measure, "attributes")
    SubElement(attributes, "divisions").text = str(TICKS)
    SubElement(SubElement(attributes, "key"), "fifths").text = "0"
    time = SubElement(attributes, "time")
    SubElement(time, "beats").text = str(beats)
    SubElement(time, "beat-type").text = str(unit)
    clef = SubElement(attributes, "clef")
    SubElement(clef, "sign").text = "G"
    SubElement(clef, "line").text = "2"


def _pieces(sheet: Sheet, bar_ticks: int) -> Iterator[tuple[int, int, SheetNote | None]]:
    """Notes and rests, cut at bar lines: (start tick, length, the note)."""
    reached = 0
    for note in sheet.notes:
        yield from _cut(reached, note.start, bar_ticks, None)
        yield from _cut(note.start, note.end, bar_ticks, note)
        reached = note.end
    yield from _cut(reached, -(-reached // bar_ticks) * bar_ticks, bar_ticks, None)


def _cut(
    start: int, end: int, bar_ticks: int, note: SheetNote | None
) -> Iterator[tuple[int, int, SheetNote | None]]:
    while start < end:
        stop = min(end, (start // bar_ticks + 1) * bar_ticks)
        yield start, stop - start, note
        start = stop


def _by_bar(sheet: Sheet, bar_ticks: int) -> dict[int, list[tuple[int, float]]]:
    found: dict[int, list[tuple[int, float]]] = {}
    for tick, bpm in sheet.tempos:
        found.setdefault(tick // bar_ticks, []).append((tick, bpm))
    return found


def _measure(
    measure: Element,
    pieces: list[tuple[int, int, SheetNote | None]],
    tempos: list[tuple[int, float]],
    bar_start: int,
) -> None:
    waiting = list(tempos)
    for start, length, note in pieces:
        while waiting and waiting[0][0] < start + length:
            tick, bpm = waiting.pop(0)
            direction = SubElement(measure, "direction", {"placement": "above"})
            metronome = SubElement(SubElement(direction, "direction-type"), "metronome")
            SubElement(metronome, "beat-unit").text = "quarter"
            SubElement(metronome, "per-minute").text = f"{bpm:g}"
            if tick > start:
                SubElement(direction, "offset", {"sound": "yes"}).text = str(tick - start)
            SubElement(direction, "sound", {"tempo": repr(float(bpm))})
        _piece(measure, start, length, note)


def _piece(measure: Element, start: int, length: int, note: SheetNote | None) -> None:
    element = SubElement(measure, "note")
    if note is None:
        SubElement(element, "rest")
        SubElement(element, "duration").text = str(length)
        SubElement(element, "voice").text = "1"
        return
    step, alter = _STEPS[note.key % 12]
    pitch = SubElement(element, "pitch")
    SubElement(pitch, "step").text = step
    if alter:
        SubElement(pitch, "alter").text = str(alter)
    SubElement(pitch, "octave").text = str(note.key // 12 - 1)
    SubElement(element, "duration").text = str(length)
    ties = [
        kind for kind, there in (("stop", start > note.start), ("start", start + length < note.end)) if there
    ]
    for kind in ties:
        SubElement(element, "tie", {"type": kind})
    SubElement(element, "voice").text = "1"
    if ties:
        notations = SubElement(element, "notations")
        for kind in ties:
            SubElement(notations, "tied", {"type": kind})
    if start == note.start:
        lyric = SubElement(element, "lyric")
        SubElement(lyric, "syllabic").text = "single"
        SubElement(lyric, "text").text = note.lyric
