"""The score as the engine sees it: notes in beats, a tempo map, expression curves. Frozen and checked by itself."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from frontend_g2p.phones import LANGUAGES, Language
from singer.errors import ScoreError

HOLD = "-"
NEXT_SYLLABLE = "+"
BREATH = "AP"

CURVE_RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "pitch_cents": (-2400.0, 2400.0),
        "loudness_db": (-24.0, 12.0),
        "breathiness": (-1.0, 1.0),
        "tension": (-1.0, 1.0),
        "gender": (-1.0, 1.0),
    }
)
"""Curve names with the lowest and highest value allowed; 0 is neutral for each of them."""


@dataclass(frozen=True, slots=True)
class Vibrato:
    """Vibrato of one note, in place of the automatic one.

    Attributes:
        depth_cents: peak deviation, 0-200; 0 switches vibrato off.
        rate_hz: 2-9.
        start: share of the note that passes before it begins, 0-1.
        attack_s: time in which it grows to full depth, 0-2.
    """

    depth_cents: float
    rate_hz: float = 5.5
    start: float = 0.4
    attack_s: float = 0.4


@dataclass(frozen=True, slots=True)
class Note:
    """One note of a score.

    Attributes:
        start_beat, duration_beats: in quarter notes.
        midi: MIDI note number, may be fractional; 69 = A4 = 440 Hz.
        lyric: a syllable or word, or ``-`` (hold the vowel), ``+`` (the word's next syllable), ``AP`` (breath).
        language: overrides the score's language for this note.
        phones: phones to sing as written, blank-separated inventory symbols, in place of the lyric's reading.
        loudness_db: gain of this note, -24 to 12.
        vibrato: overrides the automatic vibrato.
    """

    start_beat: float
    duration_beats: float
    midi: float
    lyric: str
    language: Language | None = None
    phones: str | None = None
    loudness_db: float = 0.0
    vibrato: Vibrato | None = None

    @property
    def end_beat(self) -> float:
        """Beat at which the note ends."""
        return self.start_beat + self.duration_beats


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Tempo changes as (beat, quarter notes per minute), by rising beat; the first one is at beat 0."""

    changes: tuple[tuple[float, float], ...] = ((0.0, 120.0),)

    def __post_init__(self) -> None:
        if not self.changes or self.changes[0][0] != 0:
            raise ScoreError("tempo_start", "the first tempo must be at beat 0", "tempo 0")
        for index, (beat, bpm) in enumerate(self.changes):
            if not (math.isfinite(beat) and math.isfinite(bpm) and 10 <= bpm <= 400):
                raise ScoreError("tempo_range", f"found {bpm} bpm; 10 to 400 are allowed", f"tempo {index}")
        for index, (before, after) in enumerate(pairwise(self.changes), start=1):
            if after[0] <= before[0]:
                raise ScoreError("tempo_order", "tempo changes must come by rising beat", f"tempo {index}")

    def seconds_at(self, beat: float) -> float:
        """Time of ``beat`` in seconds from beat 0."""
        time_s = 0.0
        for (start, bpm), (end, _) in pairwise((*self.changes, (math.inf, 0.0))):
            if beat <= end:
                return time_s + (beat - start) * 60.0 / bpm
            time_s += (end - start) * 60.0 / bpm
        raise AssertionError("unreachable: the last tempo has no end")  # noqa: S101

    def beat_at(self, time_s: float) -> float:
        """Beat that sounds at ``time_s`` seconds from beat 0."""
        starts_s = [self.seconds_at(beat) for beat, _ in self.changes]
        index = max(bisect_right(starts_s, time_s) - 1, 0)
        beat, bpm = self.changes[index]
        return beat + (time_s - starts_s[index]) * bpm / 60.0


@dataclass(frozen=True, slots=True)
class Score:
    """A song for one voice: notes by rising start, none overlapping.

    Attributes:
        notes: at least one.
        language: language of lyrics that do not say otherwise.
        tempo: beats to seconds.
        title, voice: name of the song and of the voice that it asks for ("" if none).
        curves: curve name (see ``CURVE_RANGES``) to points (beat, value) by rising beat, joined by straight lines; outside
            the points a curve holds its end values.
        beats_per_bar: only used to name bars in messages.
    """

    notes: tuple[Note, ...]
    language: Language = "zh"
    tempo: TempoMap = field(default_factory=TempoMap)
    title: str = ""
    voice: str = ""
    curves: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    beats_per_bar: float = 4.0

    def where(self, index: int) -> str:
        """Name of note ``index`` for messages: ``note 12 "ki" (bar 4)``; notes count from 0, bars from 1."""
        note = self.notes[index]
        bar = int(max(note.start_beat, 0) // self.beats_per_bar) + 1
        lyric = note.lyric if len(note.lyric) <= 20 else note.lyric[:20] + "…"
        return f'note {index} "{lyric}" (bar {bar})'

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ScoreError("language", f"found {self.language!r}; allowed are {', '.join(LANGUAGES)}", "language")
        if not self.notes:
            raise ScoreError("no_notes", "a score needs at least one note", "notes")
