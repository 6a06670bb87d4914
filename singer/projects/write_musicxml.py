"""Scores to MusicXML (score-partwise 4.0): notes cut at bar lines and tied, lyrics, tempi; no drawn pitch."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeVar
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from singer.projects.imported import TICKS
from singer.projects.sheet import Sheet, SheetNote, list_unwritten
from singer.time_signatures import TimeSignature

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
    root = Element("score-partwise", {"version": "4.0"})
    SubElement(SubElement(root, "work"), "work-title").text = sheet.title
    defaults = SubElement(root, "defaults")
    SubElement(
        defaults, "lyric-language", {"{http://www.w3.org/XML/1998/namespace}lang": _LANGUAGES[sheet.language]}
    )
    declared = SubElement(SubElement(root, "part-list"), "score-part", {"id": "P1"})
    SubElement(declared, "part-name").text = "Singer"
    part = SubElement(root, "part", {"id": "P1"})
    bars = list(sheet.bars.bars(sheet.notes[-1].end / TICKS))
    lines = [round(beat * TICKS) for beat, _ in bars]
    pieces, tempos = _by_bar(_pieces(sheet, lines), lines), _by_bar(sheet.tempos, lines)
    before: TimeSignature | None = None
    for number, (_, signature) in enumerate(bars):
        measure = SubElement(part, "measure", {"number": str(number + 1)})
        if before is None or str(signature) != str(before):
            _attributes(measure, signature, first=before is None)
        _measure(measure, pieces[number], tempos[number])
        before = signature
    indent(root)
    return _HEAD + bytes(tostring(root, encoding="utf-8"))


def _attributes(measure: Element, signature: TimeSignature, first: bool) -> None:
    attributes = SubElement(measure, "attributes")
    if first:
        SubElement(attributes, "divisions").text = str(TICKS)
        SubElement(SubElement(attributes, "key"), "fifths").text = "0"
    time = SubElement(attributes, "time")
    SubElement(time, "beats").text = str(signature.beats)
    SubElement(time, "beat-type").text = str(signature.unit)
    if not first:
        return
    clef = SubElement(attributes, "clef")
    SubElement(clef, "sign").text = "G"
    SubElement(clef, "line").text = "2"


_Piece = tuple[int, int, SheetNote | None]
_Timed = TypeVar("_Timed", bound=tuple[Any, ...])


def _pieces(sheet: Sheet, lines: Sequence[int]) -> Iterator[_Piece]:
    """Notes and rests, cut at bar lines: (start tick, length, the note); the last bar is filled."""
    reached = 0
    for note in sheet.notes:
        yield from _cut(reached, note.start, lines, None)
        yield from _cut(note.start, note.end, lines, note)
        reached = note.end
    full = lines[-1] + round(sheet.bars.changes[-1].bar_beats * TICKS)
    yield from _cut(reached, full, lines, None)


def _cut(start: int, end: int, lines: Sequence[int], note: SheetNote | None) -> Iterator[_Piece]:
    inside = lines[bisect_right(lines, start) : bisect_left(lines, end)]
    if start < end:
        yield from ((low, high - low, note) for low, high in pairwise([start, *inside, end]))


def _by_bar(timed: Iterable[_Timed], lines: Sequence[int]) -> dict[int, list[_Timed]]:
    """What begins in each bar, by its tick."""
    found: dict[int, list[_Timed]] = defaultdict(list)
    for each in timed:
        found[bisect_right(lines, each[0]) - 1].append(each)
    return found


def _measure(
    measure: Element,
    pieces: list[_Piece],
    tempos: list[tuple[int, float]],
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
