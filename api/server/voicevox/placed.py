"""Phonemes with lengths, on the time line: notes whose vowels start where the phonemes say, in phrases."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from api.server.voicevox.frames import seconds
from api.server.voicevox.phonemes import CONSONANTS, PAUSE, phones_of
from frontend_g2p.phones import Phone, Syllable
from singer.lyrics import Laid, NoteLyric
from singer.performance.performance import FRAME_RATE_HZ, SLACK_S
from singer.performance.phrase_edges import TAIL_SHARE
from singer.performance.style import Style
from singer.phrases import Phrase
from singer.phrasing import split_phrases
from singer.score import Note, Score, TempoMap

LONGEST_LEAD_S = 2.0
"""Silence before its first sound that a phrase takes in, at most; a breath has its place there."""
_SECONDS = TempoMap(((0.0, 60.0),))
"""A beat is a second."""


@dataclass(frozen=True, slots=True)
class TimedPhoneme:
    """A phoneme of a query.

    Attributes:
        phoneme: one of ``PHONEMES``.
        frames: length in frames of the query.
        midi: pitch of its note; what a pause has counts for nothing.
    """

    phoneme: str
    frames: int
    midi: float = 0.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A phoneme that has a length, in time.

    Attributes:
        phoneme: one of ``PHONEMES``.
        phones: what is sung of it; none for a pause.
        start_s, end_s: seconds from the query's start.
        note: number of the vowel that it belongs to; ``None`` for a pause.
        midi: pitch of the note.
    """

    phoneme: str
    phones: tuple[Phone, ...]
    start_s: float
    end_s: float
    note: int | None
    midi: float

    @property
    def is_vowel(self) -> bool:
        """Whether a note is held on it."""
        return self.note is not None and self.phoneme not in CONSONANTS


@dataclass(frozen=True, slots=True)
class PlacedPhrase:
    """A phrase, and the part of the time line that is its own.

    Attributes:
        phrase: its notes, which start with their vowels.
        sounds: its phonemes and the pauses between them.
        start_frame, end_frame: frames of 10 ms from the query's start, the last one excluded.
    """

    phrase: Phrase
    sounds: tuple[Placed, ...]
    start_frame: int
    end_frame: int


def place(phonemes: Sequence[TimedPhoneme]) -> tuple[Placed, ...]:
    """Phonemes laid end to end; those without a length are left out, and consonants go to the next vowel that has one."""
    placed: list[Placed] = []
    reached = note = 0
    for number, timed in enumerate(phonemes):
        following = phonemes[number + 1].phoneme if number + 1 < len(phonemes) else PAUSE
        start, reached = reached, reached + timed.frames
        if not timed.frames:
            continue
        phones = phones_of(timed.phoneme, following)
        own = note if phones else None
        placed.append(Placed(timed.phoneme, phones, seconds(start), seconds(reached), own, timed.midi))
        note += placed[-1].is_vowel
    return tuple(placed)


def placed_phrases(placed: Sequence[Placed]) -> Iterator[PlacedPhrase]:
    """The phrases of what is sung, each with its share of the rests around it.

    Raises:
        ScoreError: a song that is too long.
    """
    phrases = _phrases(placed)
    begins: dict[int | None, int] = {}
    for number, each in enumerate(placed):
        begins.setdefault(each.note, number)
    bounds = [*(begins[phrase.notes[0].index] for phrase in phrases), len(placed)]
    groups = [_without_last_pauses(placed[low:high]) for low, high in pairwise(bounds)]
    for number, phrase in enumerate(phrases):
        sounds = groups[number]
        before_s = groups[number - 1][-1].end_s if number else None
        after_s = groups[number + 1][0].start_s if number + 1 < len(groups) else None
        start, end = _window(sounds[0].start_s, sounds[-1].end_s, before_s, after_s)
        yield PlacedPhrase(phrase, sounds, start, min(end, _floor(placed[-1].end_s)))


def _without_last_pauses(sounds: Sequence[Placed]) -> tuple[Placed, ...]:
    last = max(number for number, each in enumerate(sounds) if each.note is not None)
    return tuple(sounds[: last + 1])


def _window(start_s: float, end_s: float, before_s: float | None, after_s: float | None) -> tuple[int, int]:
    """Frames of a phrase whose sounds last from ``start_s`` to ``end_s``, between the sounds of its neighbours."""
    first_s = 0.0 if before_s is None else before_s + TAIL_SHARE * (start_s - before_s)
    last_s = math.inf if after_s is None else end_s + TAIL_SHARE * (after_s - end_s)
    first = math.ceil(max(first_s, start_s - LONGEST_LEAD_S) * FRAME_RATE_HZ - SLACK_S)
    return min(first, _floor(start_s)), _floor(min(last_s, end_s + Style().release_s))


def _floor(time_s: float) -> int:
    return math.floor(time_s * FRAME_RATE_HZ + SLACK_S)


def _phrases(placed: Sequence[Placed]) -> tuple[Phrase, ...]:
    """The notes on the vowels, cut at rests as those of scores are."""
    vowels = [each for each in placed if each.is_vowel]
    if not vowels:
        return ()
    onsets: dict[int | None, tuple[Phone, ...]] = {}
    for each in placed:
        if each.note is not None and not each.is_vowel:
            onsets[each.note] = each.phones
    ends_s = _ends_s(placed)
    notes, lyrics = [], []
    for vowel, end_s in zip(vowels, ends_s, strict=True):
        notes.append(Note(vowel.start_s, end_s - vowel.start_s, vowel.midi, vowel.phoneme))
        phones = (*onsets.get(vowel.note, ()), *vowel.phones)
        syllable = Syllable(vowel.phoneme, "ja", vowel.phoneme, phones, 0, 1, 0, "typed")
        lyrics.append(NoteLyric("sung", (syllable,)))
    return split_phrases(Score(tuple(notes), "ja", _SECONDS), Laid(tuple(lyrics)))


def _ends_s(placed: Sequence[Placed]) -> list[float]:
    """Ends of the notes: where a pause begins, or else the next vowel."""
    ends_s: list[float] = []
    end_s = placed[-1].end_s
    for each in reversed(placed):
        if each.is_vowel:
            ends_s.append(end_s)
        if each.is_vowel or each.note is None:
            end_s = each.start_s
    return ends_s[::-1]
