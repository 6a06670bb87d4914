"""UTAU's UST files: a text of sections, one per note or rest, in order; read without LibreSVIP, whose grammar takes
milliseconds a note and whose pitch of mode 2 leaves out vibrato.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from singer.errors import ScoreError
from singer.midi_text import decode_texts
from singer.projects.bends import lines_of_bends
from singer.projects.imported import TICKS, Line, Song, SongNote, SongTrack, SongVibrato
from singer.score import LONGEST_SCORE_BEATS, MOST_NOTES, TempoMap

_HEAD = re.compile(r"\[#(\w+)\]\s*")
_CHARSET = re.compile(rb"(?im)^charset\s*=\s*([\w-]+)\s*$")
_SAMPLE_TICKS = 5
_STEP_MS = 1.0
_ROMAJI = re.compile(r"(?i)(([kgsztdnhbpmyrwfjv]|ch|sh|ts|[kgnhbpmrj]y)?[aiueo]|n|[-+]|ap|br)")
"""UTAU is a Japanese program: lyrics that are romaji throughout are Japanese."""
_KNOWN = {
    "Length", "Lyric", "NoteNum", "Tempo", "PBS", "PBW", "PBY", "PBM", "PBType", "PBStart", "PitchBend", "Piches",
    "Pitches", "VBR", "Label", "Duration", "Delta",
}  # fmt: skip
_ABOUT_SAMPLES = {"PreUtterance", "VoiceOverlap", "StartPoint", "Envelope", "stptrim", "layer"}
"""How UTAU cuts its samples: nothing that a score could mean."""


def _slow_ends(share: float) -> float:
    return (1 - math.cos(share * math.pi)) / 2


_MOST_NUMBERS = 2_000_000
"""In the lists of all notes: bends, envelopes."""
_EASE: Mapping[str, Callable[[float], float]] = {
    "s": lambda u: u,
    "r": lambda u: math.sin(u * math.pi / 2),
    "j": lambda u: 1 - math.cos(u * math.pi / 2),
}


@dataclass(frozen=True, slots=True)
class _Section:
    """One note or rest of the file, with the tick where it starts."""

    start: int
    length: int
    keys: Mapping[str, str]
    where: str

    @property
    def is_note(self) -> bool:
        return self.keys.get("Lyric", "R").strip().upper() not in ("R", "")

    @property
    def key(self) -> int:
        return _whole(self.keys.get("NoteNum", "60"), "NoteNum", self.where)


def read_ust(document: bytes, encoding: str | None) -> Song:
    """The song of a UST file of version 1 or 2, pitch mode 1 or 2.

    Raises:
        ScoreError: no text, no sections, too many numbers, or a number that is none, with the section.
    """
    if (numbers := document.count(b",")) > _MOST_NUMBERS:
        message = f"the UST file has {numbers} numbers in its lists; {_MOST_NUMBERS} are the most"
        raise ScoreError("too_large", message)
    named = _CHARSET.search(document[:4_096])
    told = named.group(1).decode().lower().replace("_", "-") if named else None
    told = "cp932" if told in ("shift-jis", "sjis") else told  # what Windows calls by that name
    text = decode_texts([document], encoding or told, "ja")[0]
    settings, sections = _take_apart(text)
    tempos = _tempos(settings, sections)
    song = Song(settings.get("ProjectName", settings.get("Project", "")), tempos)
    track = SongTrack("UTAU")
    clock = TempoMap(tuple((tick / TICKS, bpm) for tick, bpm in tempos))
    for before, section in zip([None, *sections], sections, strict=False):
        if not section.is_note:
            continue
        note = SongNote(section.start, section.length, section.key, section.keys["Lyric"].strip())
        track.notes.append(note)
        if "PBS" in section.keys or "PBW" in section.keys:
            snapped = before.key if before and before.is_note else None
            lines = _drawn(section, snapped, clock)
        else:
            lines = lines_of_bends([(note.start, note.end, note.key)], _bends(section))
        note.vibrato = None if lines else _vibrato(section)
        track.lines += lines
    if track.notes and all(_ROMAJI.fullmatch(note.lyric) for note in track.notes):
        track.language = "ja"
    _list_the_rest(track, sections)
    song.tracks = [track]
    return song


def _take_apart(text: str) -> tuple[dict[str, str], list[_Section]]:
    settings: dict[str, str] = {}
    sections: list[_Section] = []
    tick = 0
    for name, keys in _raw_sections(text):
        if name in ("SETTING", "VERSION"):
            settings |= keys
        elif name.isdigit() or name in ("INSERT",):
            where = f"section [#{name}]"
            length = _whole(keys.get("Length", ""), "Length", where)
            if length < 0 or tick + length > LONGEST_SCORE_BEATS * TICKS:
                raise ScoreError("ust_number", f"found Length {length}; the song would not fit", where)
            sections.append(_Section(tick, length, keys, where))
            tick += length
        elif name == "TRACKEND":
            break
    if not sections:
        raise ScoreError("project_damaged", "the UST file has no notes: no section such as [#0000]")
    if len(sections) > 2 * MOST_NOTES:
        raise ScoreError("too_many_notes", f"the UST file has {len(sections)} sections")
    return settings, sections


def _raw_sections(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    name: str | None = None
    keys: dict[str, str] = {}
    for line in text.splitlines():
        head = _HEAD.fullmatch(line.strip())
        if head:
            if name is not None:
                yield name, keys
            name, keys = head.group(1), {}
        elif "=" in line:
            key, value = line.split("=", 1)
            keys[key.strip()] = value
    if name is not None:
        yield name, keys


def _tempos(settings: Mapping[str, str], sections: list[_Section]) -> list[tuple[int, float]]:
    changes = {0: _number(settings.get("Tempo", "120"), "Tempo", "section [#SETTING]")}
    for section in sections:
        if section.keys.get("Tempo", "").strip():
            changes[section.start] = _number(section.keys["Tempo"], "Tempo", section.where)
    return list(changes.items())


def _drawn(section: _Section, snapped: int | None, clock: TempoMap) -> list[Line]:
    """The pitch of mode 2: points at times from the note's start, joined by curves, on the note from start to end."""
    keys, where = section.keys, section.where
    start_ms, first_tenths = [*_numbers(keys.get("PBS", "").replace(";", ","), "PBS", where), 0.0, 0.0][:2]
    widths_ms = _numbers(keys.get("PBW", ""), "PBW", where)
    tenths = _numbers(keys.get("PBY", ""), "PBY", where)
    shapes = [shape.strip() for shape in keys.get("PBM", "").split(",")]
    first = (snapped - section.key) * 10.0 if snapped is not None else first_tenths
    points = [(start_ms, first)]
    for index, width_ms in enumerate(widths_ms):
        points.append((points[-1][0] + max(width_ms, 0.0), tenths[index] if index < len(tenths) else 0.0))
    if len(widths_ms) > 1 and widths_ms[0] <= _STEP_MS:
        points[0] = (points[0][0], points[1][1])  # a step from the note before
    plain = not any(tenths) and len(widths_ms) < 2 and (snapped is not None or not first)
    if plain or section.length <= 0:
        return []
    start_s = clock.seconds_at(section.start / TICKS)
    ticks = {section.start, section.start + section.length}
    ticks |= set(range(section.start, section.start + section.length, _SAMPLE_TICKS))
    for at_ms, _ in points:
        ticks.add(round(clock.beat_at(start_s + at_ms / 1000) * TICKS))
    line: Line = []
    for tick in sorted(ticks):
        if section.start <= tick <= section.start + section.length:
            at_ms = (clock.seconds_at(tick / TICKS) - start_s) * 1000
            line.append(
                (tick, section.key + _bend(points, shapes, at_ms) / 10 + _swing(section, at_ms, clock))
            )
    return [line]


def _bend(points: list[tuple[float, float]], shapes: list[str], at_ms: float) -> float:
    """Tenths of a semitone at a time: the ends hold, between points as ``PBM`` says."""
    if at_ms < points[0][0]:
        return points[0][1]
    for index, ((low, before), (high, after)) in enumerate(pairwise(points)):
        if low <= at_ms < high:
            share = (at_ms - low) / (high - low)
            shape = shapes[index] if index < len(shapes) else ""
            return before + (after - before) * _EASE.get(shape, _slow_ends)(share)
    return points[-1][1]


def _vibrato(section: _Section) -> SongVibrato | None:
    if not section.keys.get("VBR", "").strip():
        return None
    values = [*_numbers(section.keys["VBR"], "VBR", section.where), *[0.0] * 7]
    length, period_ms, depth, grown = values[:4]
    if length <= 0 or period_ms <= 0 or depth <= 0:
        return None
    share = min(length / 100, 1.0)
    return SongVibrato(depth, 1000 / period_ms, 1 - share, share * grown / 100)


def _swing(section: _Section, at_ms: float, clock: TempoMap) -> float:
    """The note's vibrato at a time, semitones: UTAU's own lies on top of the drawn pitch."""
    vibrato = _vibrato(section)
    if vibrato is None:
        return 0.0
    end = (section.start + section.length) / TICKS
    length_ms = (clock.seconds_at(end) - clock.seconds_at(section.start / TICKS)) * 1000
    begun_ms = at_ms - vibrato.start * length_ms
    if begun_ms <= 0:
        return 0.0
    values = [*_numbers(section.keys["VBR"], "VBR", section.where), *[0.0] * 7]
    fade_ms = length_ms * (1 - vibrato.start) * values[4] / 100
    grown = min(begun_ms / (vibrato.grown * length_ms), 1.0) if vibrato.grown else 1.0
    fading = min((length_ms - at_ms) / fade_ms, 1.0) if fade_ms else 1.0
    wave = math.sin(2 * math.pi * (begun_ms * vibrato.rate_hz / 1000 + values[5] / 100))
    return vibrato.depth_cents / 100 * grown * fading * (wave + values[6] / 100)


def _bends(section: _Section) -> list[tuple[float, float]]:
    """The pitch of mode 1: cents at every 5 ticks from ``PBStart`` milliseconds on (0 where it is missing)."""
    text = next(
        (section.keys[name] for name in ("PitchBend", "Pitches", "Piches") if name in section.keys), ""
    )
    cents = _numbers(text, "PitchBend", section.where)
    bends = [(float(section.start + index * _SAMPLE_TICKS), value / 100) for index, value in enumerate(cents)]
    inside = [bend for bend in bends if bend[0] < section.start + section.length]
    return [*inside, (float(section.start + section.length), inside[-1][1])] if inside else []


def _list_the_rest(track: SongTrack, sections: list[_Section]) -> None:
    notes = [section for section in sections if section.is_note]
    names = sorted(
        {
            key
            for section in notes
            for key, value in section.keys.items()
            if value.strip()
            and key not in _KNOWN | _ABOUT_SAMPLES
            and not key.startswith(("@", "$"))
            and not (key in ("Intensity", "Velocity") and value.strip() == "100")
            and not (key in ("Modulation", "Moduration") and value.strip() == "0")
        }
    )
    if names:
        track.left_out.append(f"settings of notes ({', '.join(names)[:200]})")


def _whole(text: str, key: str, where: str) -> int:
    return round(_number(text, key, where))


def _numbers(text: str, key: str, where: str) -> list[float]:
    if not text.strip():
        return []
    return [
        _number(part, key, where) if part.strip() not in ("", "null") else 0.0 for part in text.split(",")
    ]


def _number(text: str, key: str, where: str) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ScoreError("ust_number", f"found {key}={text.strip()[:20]!r}; it must be a number", where)
    return value
