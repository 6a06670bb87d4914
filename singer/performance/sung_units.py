"""Notes of a phrase to sung units: one nucleus each, with the consonants that belong around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from frontend_g2p.phones import Language, Phone, Syllable
from singer.errors import PerformanceError
from singer.phrases import Phrase, PhraseNote

SHORTEST_UNIT_S = 0.01
UNSTRESSED_WEIGHT = 0.75


@dataclass(frozen=True, slots=True)
class SungUnit:
    """A stretch of one note with one nucleus, or a breath.

    Attributes:
        start_s, end_s: absolute seconds; the nucleus starts at ``start_s``.
        note: index of the note in the score.
        language: language of the syllable; ``None`` for a breath.
        onset: phones before the beat, glide last; empty for a held vowel and a breath.
        nucleus: ``None`` for a breath.
        coda: phones at the end; empty where the vowel goes on in the next unit.
        begins_syllable: false for a held vowel and a breath.
        breath_s: length of a breath if it is not to last all of its note, seconds.
    """

    start_s: float
    end_s: float
    note: int
    language: Language | None
    onset: tuple[Phone, ...]
    nucleus: Phone | None
    coda: tuple[Phone, ...]
    begins_syllable: bool
    breath_s: float | None = None

    @property
    def length_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


def sung_units(phrase: Phrase) -> tuple[SungUnit, ...]:
    """Units of a phrase by rising start.

    Several syllables on one note share it by weight. The coda of a syllable that is held over further notes
    is sung on the last of them.

    Raises:
        PerformanceError: ``no_vowel_to_hold`` or ``note_too_short``, naming the note.
    """
    units: list[SungUnit] = []
    carried: Syllable | None = None
    for position, note in enumerate(phrase.notes):
        following = phrase.notes[position + 1] if position + 1 < len(phrase.notes) else None
        end_s = note.end_s if following is None else min(note.end_s, following.start_s)
        if note.kind == "breath":
            breath_s = note.breath.length_s if note.breath else None
            units.append(SungUnit(note.start_s, end_s, note.index, None, (), None, (), False, breath_s))
            continue
        if note.kind == "sung":
            units += _syllables_on_note(note, end_s)
            carried = note.syllables[-1]
        else:
            units.append(_held(note, end_s, carried))
        if _is_held_on(phrase.notes, position):
            units[-1] = replace(units[-1], coda=())
    return tuple(units)


def _is_held_on(notes: Sequence[PhraseNote], position: int) -> bool:
    """Whether the vowel of a note goes on in the next note, or behind the breaths after it."""
    for later in range(position + 1, len(notes)):
        if notes[later].kind != "breath":
            return notes[later].kind == "hold"
    return False


def _held(note: PhraseNote, end_s: float, carried: Syllable | None) -> SungUnit:
    if carried is None:
        message = "it holds a vowel, but its phrase has no syllable before it; write a syllable"
        raise PerformanceError("no_vowel_to_hold", message, f"note {note.index}")
    unit = _unit(carried, note.start_s, end_s, note.index)
    return replace(unit, onset=(), begins_syllable=False)


def _unit(syllable: Syllable, start_s: float, end_s: float, note: int) -> SungUnit:
    onset = tuple(phone for phone in syllable.phones if phone.role in ("onset", "glide"))
    nucleus = next(phone for phone in syllable.phones if phone.role == "nucleus")
    coda = tuple(phone for phone in syllable.phones if phone.role == "coda")
    return SungUnit(start_s, end_s, note, syllable.language, onset, nucleus, coda, True)


def _syllables_on_note(note: PhraseNote, end_s: float) -> list[SungUnit]:
    where = f"note {note.index}"
    if not note.syllables:
        raise PerformanceError("no_syllable", "a sung note needs at least one syllable", where)
    weights = [syllable_weight(syllable) for syllable in note.syllables]
    length_s = (end_s - note.start_s) / sum(weights)
    if length_s * min(weights) < SHORTEST_UNIT_S:
        message = (
            f"{len(weights)} syllables do not fit into {end_s - note.start_s:.3f} s; use more or longer notes"
        )
        raise PerformanceError("note_too_short", message, where)
    starts_s = [note.start_s + length_s * sum(weights[:place]) for place in range(len(weights))]
    ends_s = [*starts_s[1:], end_s]
    return [
        _unit(syllable, start, end, note.index)
        for syllable, start, end in zip(note.syllables, starts_s, ends_s, strict=True)
    ]


def syllable_weight(syllable: Syllable) -> float:
    """Share that a syllable asks of a note it does not have for itself: 0.75 if unstressed, else 1.

    Unstressed are English syllables whose vowel has stress 0, a neutral tone (5) in Mandarin, and the
    Japanese morae that are a bare consonant (``Q``, ``ɴ``).
    """
    nucleus = next(phone.symbol for phone in syllable.phones if phone.role == "nucleus")
    reading = syllable.reading.split()
    weak = (
        nucleus in ("Q", "ɴ")
        or (syllable.language == "en" and any(symbol.endswith("0") for symbol in reading))
        or (syllable.language == "zh" and syllable.reading.endswith("5"))
    )
    return UNSTRESSED_WEIGHT if weak else 1.0
