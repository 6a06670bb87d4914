"""Scores to UTAU's UST: sections in order, drawn pitch as points of mode 2 joined by straight lines."""

from __future__ import annotations

from itertools import pairwise

from singer.projects.imported import TICKS, Line
from singer.projects.sheet import Sheet, SheetNote, list_unwritten
from singer.projects.write_ustx import vibrato_shares
from singer.score import BREATH, TempoMap
from singer.time_signatures import TimeSignatures

LARGEST_BEND = 20.0
"""Semitones from its note that UTAU draws pitch at most."""
_STEP_MS = 1.0
"""UTAU begins a note that touches another one at that one's pitch: the way from there takes this long."""
_SPARSE_CENTS = 0.2
"""Points that a straight line passes this near are not written."""


def write_ust(sheet: Sheet) -> bytes:
    """The file, of version 1.2, in Shift-JIS if it can hold the lyrics, else in UTF-8."""
    list_unwritten(sheet, extras=("vibrato",))
    if sheet.bars != TimeSignatures():
        sheet.left_out.append("left out: time signatures")
    tempos = _at_sections(sheet)
    clock = TempoMap(tuple((tick / TICKS, bpm) for tick, bpm in tempos.items()))
    sections: list[list[str]] = []
    before: SheetNote | None = None
    cut = 0
    for note in sheet.notes:
        sections += _rests(before.end if before else 0, note.start, tempos)
        pitch, outside = _pitch(sheet, note, before, clock)
        section = [f"Length={note.length}", f"Lyric={_lyric(note)}", f"NoteNum={note.key}"]
        sections.append([*section, *_tempo_at(note.start, tempos), *(pitch or _vibrato(sheet, note))])
        cut += outside
        before = note
    if cut:
        sheet.left_out.append(
            f"drawn pitch more than {LARGEST_BEND:g} semitones from its note was cut at {cut} points"
        )
    settings = [f"Tempo={_shown(tempos[0])}", "Tracks=1", f"ProjectName={_line(sheet.title)}", "Mode2=True"]
    body = ["[#SETTING]", *settings]
    for number, section in enumerate(sections):
        body += [f"[#{number:04d}]", *section]
    return _encoded(["[#VERSION]", "UST Version1.2"], [*body, "[#TRACKEND]", ""])


def _at_sections(sheet: Sheet) -> dict[int, float]:
    """Tempi by tick; one that changes inside a note, where UST has no place for it, comes at the note's end."""
    placed: dict[int, float] = {}
    late = 0
    for tick, bpm in sheet.tempos:
        inside = next((note for note in sheet.notes if note.start < tick < note.end), None)
        late += inside is not None
        placed[inside.end if inside else tick] = bpm
    if late:
        sheet.left_out.append(f"{late} changes of tempo inside notes come at the end of the note")
    return placed


def _tempo_at(tick: int, tempos: dict[int, float]) -> list[str]:
    return [f"Tempo={_shown(tempos[tick])}"] if tick and tick in tempos else []


def _encoded(head: list[str], body: list[str]) -> bytes:
    text = "\r\n".join(body)
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return "\r\n".join([*head, "Charset=UTF-8", text]).encode("utf-8", "replace")
    return "\r\n".join([*head, "Charset=Shift_JIS", text]).encode("cp932")


def _rests(start: int, end: int, tempos: dict[int, float]) -> list[list[str]]:
    """Rests from ``start`` to ``end``, cut where the tempo changes."""
    cuts = [start, *sorted(tick for tick in tempos if start < tick < end), end]
    return [
        [f"Length={after - before}", "Lyric=R", "NoteNum=60", *_tempo_at(before, tempos)]
        for before, after in pairwise(cuts)
        if after > before
    ]


def _lyric(note: SheetNote) -> str:
    return "息" if note.lyric == BREATH else _line(note.lyric)


def _line(text: str) -> str:
    return " ".join(text.split())


def _pitch(sheet: Sheet, note: SheetNote, before: SheetNote | None, clock: TempoMap) -> tuple[list[str], int]:
    """``PBS`` to ``PBM`` of a note with drawn pitch, and how many points were too far from the note."""
    line = sheet.filled(note)
    if not line:
        return [], 0
    start_s = clock.seconds_at(note.start / TICKS)
    points = _sparse(
        [((clock.seconds_at(tick / TICKS) - start_s) * 1000, midi - note.key) for tick, midi in line]
    )
    cut = sum(abs(bend) > LARGEST_BEND for _, bend in points)
    points = [(at_ms, min(max(bend, -LARGEST_BEND), LARGEST_BEND)) for at_ms, bend in points]
    touches = before is not None and before.end == note.start
    if touches:
        points = [(0.0, points[0][1]), *(point for point in points[1:] if point[0] > _STEP_MS)]
        first, widths, tenths = 0.0, [_STEP_MS], [points[0][1] * 10]
        reached = _STEP_MS
    else:
        first, widths, tenths, reached = points[0][1] * 10, [], [], 0.0
    for at_ms, bend in points[1:]:
        widths.append(at_ms - reached)
        tenths.append(bend * 10)
        reached = at_ms
    widths.append(_STEP_MS)  # the way back to the note, which UTAU wants, lies behind its end
    shapes = ["s"] * len(widths)
    return [
        f"PBS=0;{_shown(first)}",
        f"PBW={','.join(map(_shown, widths))}",
        f"PBY={','.join(map(_shown, tenths))}",
        f"PBM={','.join(shapes)}",
    ], cut


def _sparse(points: Line) -> Line:
    """The points that straight lines need to pass all others within ``_SPARSE_CENTS`` (Ramer, Douglas and Peucker)."""
    keep = {0, len(points) - 1}
    waiting = [(0, len(points) - 1)]
    while waiting:
        low, high = waiting.pop()
        (start, first), (end, last) = points[low], points[high]
        farthest, most = low, _SPARSE_CENTS / 100
        for index in range(low + 1, high):
            at, bend = points[index]
            off = abs(first + (last - first) * (at - start) / (end - start) - bend)
            if off > most:
                farthest, most = index, off
        if farthest != low:
            keep.add(farthest)
            waiting += [(low, farthest), (farthest, high)]
    return [points[index] for index in sorted(keep)]


def _vibrato(sheet: Sheet, note: SheetNote) -> list[str]:
    shares = vibrato_shares(note.note.vibrato, note, sheet.tempo)
    if shares is None:
        return []
    length, period_ms, depth, grown = shares
    return [f"VBR={','.join(map(_shown, (length, period_ms, depth, grown, 10, 0, 0)))}"]


def _shown(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
