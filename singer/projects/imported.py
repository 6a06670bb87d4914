"""A song as another editor's file gives it, before it becomes a score: ticks, whole keys, tracks, drawn lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TICKS = 480
"""Ticks in a quarter note; tick 0 is beat 0 of the score."""

Line = list[tuple[float, float]]
"""Points (tick, MIDI number) by rising tick."""


@dataclass(slots=True)
class SongVibrato:
    """Vibrato of one note: peak deviation, rate, and the shares of the note where it begins and has grown."""

    depth_cents: float
    rate_hz: float
    start: float
    grown: float


@dataclass(slots=True)
class SongNote:
    """One note; ``hint`` is how the file says that the lyric is pronounced, in the file's own symbols."""

    start: int
    length: int
    key: int
    lyric: str
    hint: str | None = None
    vibrato: SongVibrato | None = None

    @property
    def end(self) -> int:
        """Tick at which it ends."""
        return self.start + self.length


@dataclass(slots=True)
class SongTrack:
    """One sung track.

    Attributes:
        name, language: as the file says, ``None`` for a language that it does not tell.
        symbols: what the notes' hints are written in: ``vocaloid``, ``romaji``, or "" for ARPABET or unknown ones.
        notes: in the file's order.
        lines: pitch drawn by hand, in the file's order.
        curves: control of the engine to points (tick, value in the engine's unit).
        left_out: what of it cannot be held.
    """

    name: str = ""
    language: str | None = None
    symbols: str = ""
    notes: list[SongNote] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    curves: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Song:
    """A whole file: tempi as (tick, quarter notes per minute), time signatures as (tick, beats, unit), what cannot be held."""

    title: str = ""
    tempos: list[tuple[int, float]] = field(default_factory=list)
    time_signatures: list[tuple[int, int, int]] = field(default_factory=list)
    tracks: list[SongTrack] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def song_of(document: dict[str, Any]) -> Song:
    """The song that ``dataclasses.asdict`` made a document of, after a way through JSON."""
    tracks = [
        SongTrack(
            **{
                **track,
                "notes": [
                    SongNote(**{**note, "vibrato": note["vibrato"] and SongVibrato(**note["vibrato"])})
                    for note in track["notes"]
                ],
            }
        )
        for track in document["tracks"]
    ]
    return Song(**{**document, "tracks": tracks})
