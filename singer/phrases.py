"""Phrases: stretches of notes from rest to rest, in seconds, each note with what it sings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from frontend_g2p.phones import Syllable
from singer.note_shapes import Breath, Portamento, Vibrato

NoteKind = Literal["sung", "hold", "breath"]

PHRASE_GAP_S = 0.3
"""A rest of this length or more ends a phrase; shorter ones stay inside."""


def ends_phrase(rest_s: float) -> bool:
    """Whether a rest of ``rest_s`` seconds ends a phrase (a nanosecond less does, too: beats are not exact)."""
    return rest_s >= PHRASE_GAP_S - 1e-9


@dataclass(frozen=True, slots=True)
class PhraseNote:
    """One note of a phrase.

    Attributes:
        start_s, end_s: absolute, in seconds from beat 0.
        midi: MIDI note number, may be fractional.
        kind: ``sung`` begins ``syllables``; ``hold`` goes on with the vowel of the note before, from which
            no gap parts it; ``breath`` is an audible breath.
        syllables: what it sings: one, or more where the lyric has more syllables than notes (they share
            the note); empty unless ``sung``.
        index: index of the note in the score.
        loudness_db, vibrato, portamento, breath, controls: as in the score.
        emotion: the note's own, else its section's, else the score's.
    """

    start_s: float
    end_s: float
    midi: float
    kind: NoteKind
    syllables: tuple[Syllable, ...]
    index: int
    loudness_db: float = 0.0
    vibrato: Vibrato | None = None
    portamento: Portamento | None = None
    breath: Breath | None = None
    controls: Mapping[str, float] = field(default_factory=dict)
    emotion: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Notes from rest to rest.

    Attributes:
        notes: by rising start, none overlapping; rests under ``PHRASE_GAP_S`` may lie between them.
        room_before_s: silence between the end of the phrase before (or beat 0) and the first note.
        room_after_s: silence between the last note and the next phrase (infinite after the last phrase).
        curves: curve name to points (time_s, value), the score's curves in absolute seconds.
        index: number of the phrase in the song.
        drawn_pitch: lines of points (time_s, MIDI number) that take the place of the rules' pitch, around the phrase.
    """

    notes: tuple[PhraseNote, ...]
    room_before_s: float
    room_after_s: float
    curves: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    index: int
    drawn_pitch: tuple[tuple[tuple[float, float], ...], ...] = ()

    @property
    def start_s(self) -> float:
        """Start of the first note in seconds."""
        return self.notes[0].start_s

    @property
    def end_s(self) -> float:
        """End of the last note in seconds."""
        return self.notes[-1].end_s
