"""Scores to Standard MIDI files: lyric events, drawn pitch as pitch bend, loudness as expression."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from singer.midi_controllers import EXPRESSION, expression_of_db
from singer.projects.imported import TICKS
from singer.projects.sheet import Sheet, list_unwritten, on_grid

BEND_RANGE = 24
"""Semitones at full bend: a step is 0.3 cents."""
_FULL = 8192
_VELOCITY = 100


def write_midi(sheet: Sheet) -> bytes:
    """The file, of type 1: tempi in the first track, the singer in the second."""
    import mido

    list_unwritten(sheet, ["loudness_db"])
    conductor: list[tuple[int, int, Any]] = []
    conductor.append((0, 0, mido.MetaMessage("track_name", name=_latin(sheet.title))))
    conductor += [
        (
            round(each.beat * TICKS),
            0,
            mido.MetaMessage("time_signature", numerator=each.beats, denominator=each.unit),
        )
        for each in sheet.bars.changes
    ]
    conductor += [
        (tick, 1, mido.MetaMessage("set_tempo", tempo=round(60e6 / bpm))) for tick, bpm in sheet.tempos
    ]
    singer: list[tuple[int, int, Any]] = [
        (0, 0, mido.MetaMessage("track_name", name=_latin(sheet.title or "Singer")))
    ]
    bends = sheet.bends()
    cut = sum(abs(bend) > BEND_RANGE for _, bend in bends)
    if cut:
        sheet.left_out.append(
            f"drawn pitch more than {BEND_RANGE} semitones from its note was cut at {cut} points"
        )
    if bends:
        singer += [(0, 0, message) for message in _set_range()]
    for tick, bend in bends:
        value = min(max(round(bend / BEND_RANGE * _FULL), -_FULL), _FULL - 1)
        singer.append((int(tick), 1, mido.Message("pitchwheel", pitch=value)))
    singer += [
        (tick, 1, mido.Message("control_change", control=EXPRESSION, value=value))
        for tick, value in _expression(sheet)
    ]
    for note in sheet.notes:
        singer.append((note.start, 2, mido.MetaMessage("lyrics", text=_latin(note.lyric))))
        singer.append((note.start, 3, mido.Message("note_on", note=note.key, velocity=_VELOCITY)))
        singer.append((note.end, 0, mido.Message("note_off", note=note.key)))
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS, charset="latin-1")
    file.tracks += [_track(conductor), _track(singer)]
    written = io.BytesIO()
    file.save(file=written)
    return written.getvalue()


def _expression(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Ticks of the grid at which the expression changes, and to what."""
    points = sheet.curves.get("loudness_db")
    if not points:
        return
    if any(gain_db > 0 for _, gain_db in points):
        sheet.left_out.append("loudness above 0 dB was cut: MIDI's expression has none")
    before: int | None = None
    for tick, gain_db in on_grid(sheet, points):
        value = expression_of_db(gain_db)
        if value != before:
            yield tick, value
        before = value


def _set_range() -> list[Any]:
    """Registered parameter 0: the range of the pitch bend."""
    import mido

    changes = ((101, 0), (100, 0), (6, BEND_RANGE), (38, 0), (101, 127), (100, 127))
    return [mido.Message("control_change", control=control, value=value) for control, value in changes]


def _latin(text: str) -> str:
    """Text whose Latin-1 bytes are the UTF-8 of ``text``: mido writes one byte per character."""
    return text.encode("utf-8", "replace").decode("latin-1")


def _track(events: list[tuple[int, int, Any]]) -> Any:
    import mido

    track = mido.MidiTrack()
    reached = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - reached))
        reached = tick
    return track
