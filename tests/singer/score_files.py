"""MIDI and MusicXML files for tests, written from syllables; also made the files in ``examples/imports``."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import mido

TICKS = 480
_SPELLING = ("C0", "C1", "D0", "D1", "E0", "F0", "F1", "G0", "G1", "A0", "A1", "B0")


@dataclass(frozen=True)
class Sung:
    """One note: beats, pitch, and its syllable as notation programs keep it (``A-``, ``ma-``, ``zing``)."""

    start: float
    duration: float
    midi: int
    text: str | None = None


def midi_track(notes: Sequence[Sung], *, name: str = "", lyrics: bool = True, channel: int = 0, encoding: str = "utf-8",
               kind: str = "lyrics") -> mido.MidiTrack:  # fmt: skip
    events: list[tuple[int, int, mido.Message | mido.MetaMessage]] = []
    for note in notes:
        start, end = round(note.start * TICKS), round((note.start + note.duration) * TICKS)
        if lyrics and note.text is not None:
            text = note.text.encode(encoding).decode("latin-1")
            events.append((start, 1, mido.MetaMessage(kind, text=text)))
        if note.midi:
            events.append((start, 2, mido.Message("note_on", note=note.midi, velocity=90, channel=channel)))
            events.append((end, 0, mido.Message("note_off", note=note.midi, channel=channel)))
    return absolute_track(events, name)


def absolute_track(
    events: Sequence[tuple[int, int, mido.Message | mido.MetaMessage]], name: str = ""
) -> mido.MidiTrack:
    track = mido.MidiTrack()
    if name:
        track.append(mido.MetaMessage("track_name", name=name))
    now = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    return track


def tempo_track(
    bpm: Sequence[tuple[float, float]], bar: tuple[int, int] = (4, 4), name: str = ""
) -> mido.MidiTrack:
    events = [
        (round(beat * TICKS), 0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(rate)))
        for beat, rate in bpm
    ]
    events.append((0, 0, mido.MetaMessage("time_signature", numerator=bar[0], denominator=bar[1])))
    return absolute_track(events, name)


def midi_file(*tracks: mido.MidiTrack) -> bytes:
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS, charset="latin-1")
    file.tracks.extend(tracks)
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()


def xml_note(note: Sung, *, extra: str = "", lyrics: str | None = None, divisions: int = 12) -> str:
    """A MusicXML note; ``extra`` goes before the lyrics, ``lyrics`` replaces the one made from the text."""
    duration = f"<duration>{round(note.duration * divisions)}</duration>"
    if not note.midi:
        return f"<note><rest/>{duration}</note>"
    step, alter = _SPELLING[note.midi % 12]
    pitch = f"<pitch><step>{step}</step><alter>{alter}</alter><octave>{note.midi // 12 - 1}</octave></pitch>"
    return f"<note>{pitch}{duration}{extra}{lyrics if lyrics is not None else xml_lyric(note.text)}</note>"


def xml_lyric(text: str | None, number: int = 1, syllabic: str = "") -> str:
    if text is None:
        return ""
    kind = syllabic or ("begin" if text.endswith("-") else "single")
    return (
        f'<lyric number="{number}"><syllabic>{kind}</syllabic><text>{escape(text.rstrip("-"))}</text></lyric>'
    )


def xml_measures(notes: Sequence[Sung], bar_beats: float, bpm: float) -> list[str]:
    """Bars of notes that do not cross bar lines; gaps become rests."""
    end = max(note.start + note.duration for note in notes)
    bars: list[str] = []
    beat = 0.0
    for bar in range(int(-(-end // bar_beats))):
        last = (bar + 1) * bar_beats
        content = ""
        for note in [note for note in notes if bar * bar_beats <= note.start < last]:
            if note.start > beat:
                content += xml_note(Sung(beat, note.start - beat, 0))
            content += xml_note(note)
            beat = note.start + note.duration
        if beat < last:
            content += xml_note(Sung(beat, last - beat, 0))
        beat = last
        if bar == 0:
            content = xml_head(bar_beats, bpm) + content
        bars.append(content)
    return bars


def xml_head(bar_beats: float, bpm: float, divisions: int = 12) -> str:
    time = f"<time><beats>{bar_beats:g}</beats><beat-type>4</beat-type></time>"
    return (
        f"<attributes><divisions>{divisions}</divisions>{time}</attributes>"
        f'<direction><direction-type><metronome><beat-unit>quarter</beat-unit><per-minute>{bpm:g}</per-minute>'
        f'</metronome></direction-type><sound tempo="{bpm:g}"/></direction>'
    )  # fmt: skip


def musicxml(
    parts: dict[str, Sequence[str]], *, title: str = "", prolog: str = "", defaults: str = ""
) -> bytes:
    """A score-partwise document of named parts, each a list of bars' contents."""
    doctype = (
        '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
        '"http://www.musicxml.org/dtds/partwise.dtd">'
    )
    listed = "".join(
        f'<score-part id="P{i}"><part-name>{escape(name)}</part-name></score-part>'
        for i, name in enumerate(parts, 1)
    )
    bodies = "".join(
        f'<part id="P{i}">'
        + "".join(f'<measure number="{n}">{bar}</measure>' for n, bar in enumerate(bars, 1))
        + "</part>"
        for i, bars in enumerate(parts.values(), 1)
    )
    work = f"<work><work-title>{escape(title)}</work-title></work>" if title else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{prolog or doctype}\n<score-partwise version="4.0">'
        f"{work}{defaults}<part-list>{listed}</part-list>{bodies}</score-partwise>\n"
    ).encode()
