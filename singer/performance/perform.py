"""Score and phrases to a performance: the rules of timing, pitch and dynamics put together.

Every phrase is performed by itself: the result is a function of the phrase, the style and the lengths of
consonants.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from singer.errors import PerformanceError
from singer.performance.dynamics import colour_curves
from singer.performance.note_styles import note_styles
from singer.performance.performance import CURVES, Mark, Performance, PhrasePerformance
from singer.performance.phone_timing import DEFAULT_DURATIONS, DurationTable
from singer.performance.phrase_edges import FRAMES
from singer.performance.pitch import f0_curve
from singer.performance.style import Style
from singer.performance.timing import Timing, time_phones
from singer.phrases import Phrase
from singer.score import Score

if TYPE_CHECKING:
    from singer.voice import ImportedSinger

_LOG = logging.getLogger(__name__)


def perform(
    score: Score,
    phrases: Sequence[Phrase],
    *,
    voice: str,
    style: Style | None = None,
    durations: DurationTable = DEFAULT_DURATIONS,
    imported: ImportedSinger | None = None,
) -> Performance:
    """Perform a song by the rules. The same input gives the same performance, to the bit.

    What cannot be sung quite as written (see ``performance_warnings``) is logged as a warning.

    Args:
        score: the song: title, length, names of places.
        phrases: its phrases, by rising start.
        voice: name of the voice that will sing it.
        style: controls of the rules; ``None`` is ``Style()``.
        durations: lengths of consonants.
        imported: the bank that performs each phrase in its own way.

    Raises:
        PerformanceError: if a note cannot be sung, naming the note.
    """
    style = style or Style()
    performed = []
    for phrase in phrases:
        timing = _timing(score, phrase, style, durations)
        for note, message in timing.warnings:
            _LOG.warning("%s: %s", score.where(note), message)
        performed.append(
            _curves(phrase, timing, style) if imported is None else imported.perform(phrase, style)
        )
    last_s = performed[-1].end_s if performed else 0.0
    song_s = score.tempo.seconds_at(max(note.end_beat for note in score.notes))
    return Performance(voice, score.title, round(max(song_s, last_s), 6), tuple(performed))


def perform_phrase(
    phrase: Phrase, style: Style | None = None, durations: DurationTable = DEFAULT_DURATIONS
) -> PhrasePerformance:
    """Perform one phrase; depends on nothing outside it.

    Raises:
        PerformanceError: if a note cannot be sung, naming the note by its index.
    """
    style = style or Style()
    return _curves(phrase, time_phones(phrase, note_styles(phrase, style).whole, durations), style)


def performance_warnings(
    score: Score,
    phrases: Sequence[Phrase],
    *,
    style: Style | None = None,
    durations: DurationTable = DEFAULT_DURATIONS,
) -> tuple[str, ...]:
    """What ``perform`` could not do as written, as sentences that name the note.

    They speak of a first note without room for its consonants, and of notes too short for all their phones.
    """
    style = style or Style()
    return tuple(
        f"{score.where(note)}: {message}"
        for phrase in phrases
        for note, message in _timing(score, phrase, style, durations).warnings
    )


def reperform(
    previous: Performance,
    score: Score,
    phrases: Sequence[Phrase],
    *,
    style: Style | None = None,
    durations: DurationTable = DEFAULT_DURATIONS,
    imported: ImportedSinger | None = None,
) -> Performance:
    """Perform a changed song, and keep what was drawn by hand.

    A curve marked ``edited`` goes with its phrase: it stays at its place against the first vowel of the
    phrase that sings the same phones. If there is none any more (its lyric was changed), it stays at its
    place in the song, wherever a phrase covers it. Frames that it does not reach get the rules' values. The
    curve stays marked.

    Args:
        previous: the performance with the edits; its voice is kept.
        score: the song as it is now.
        phrases: its phrases.
        style: controls of the rules; ``None`` is ``Style()``.
        durations: lengths of consonants.
        imported: as for ``perform``.

    Raises:
        PerformanceError: as ``perform``.
    """
    fresh = perform(score, phrases, voice=previous.voice, style=style, durations=durations, imported=imported)
    return replace(fresh, phrases=_with_edits(fresh.phrases, previous))


def _timing(score: Score, phrase: Phrase, style: Style, durations: DurationTable) -> Timing:
    try:
        return time_phones(phrase, note_styles(phrase, style).whole, durations)
    except PerformanceError as error:
        place = error.where.removeprefix("note ")
        where = score.where(int(place)) if place.isdigit() else error.where
        raise PerformanceError(error.code, error.message, where) from error


def _curves(phrase: Phrase, timing: Timing, style: Style) -> PhrasePerformance:
    times, styles = timing.frame_times, note_styles(phrase, style)
    curves = {"f0_hz": f0_curve(phrase, times, styles), **colour_curves(phrase, timing, styles)}
    marks: dict[str, Mark] = dict.fromkeys(CURVES, "auto")
    return PhrasePerformance(times.start_s, timing.spans, curves, marks, phrase.index)


def _with_edits(fresh: Sequence[PhrasePerformance], previous: Performance) -> tuple[PhrasePerformance, ...]:
    """The fresh phrases with the hand-made curves of the previous ones."""
    phrases = list(fresh)
    for old in previous.phrases:
        if "edited" not in old.marks.values():
            continue
        twin = _twin(old, phrases)
        if twin is not None:
            phrases[twin] = _edited(phrases[twin], old, _first_sound(phrases[twin]) - _first_sound(old))
            continue
        phrases = [_edited(phrase, old, _frame(old.start_s) - _frame(phrase.start_s)) for phrase in phrases]
    return tuple(phrases)


def _twin(old: PhrasePerformance, phrases: Sequence[PhrasePerformance]) -> int | None:
    """Place of the phrase that sings the same phones, the nearest in time if there are several."""
    symbols = _symbols(old)
    places = [place for place, phrase in enumerate(phrases) if _symbols(phrase) == symbols]
    return min(places, key=lambda place: abs(phrases[place].start_s - old.start_s), default=None)


def _symbols(phrase: PhrasePerformance) -> list[str]:
    return [span.symbol for span in phrase.phones if span.role is not None]


def _frame(time_s: float) -> int:
    return FRAMES.frame_at(time_s)


def _first_sound(phrase: PhrasePerformance) -> int:
    """Frame in the phrase at which its first nucleus starts (0 if it has none)."""
    starts_s = [span.start_s for span in phrase.phones if span.role == "nucleus"]
    return _frame(starts_s[0]) - _frame(phrase.start_s) if starts_s else 0


def _edited(fresh: PhrasePerformance, old: PhrasePerformance, shift: int) -> PhrasePerformance:
    """``fresh`` with the edited curves of ``old``, whose frame 0 falls on frame ``shift`` of ``fresh``."""
    curves, marks = dict(fresh.curves), dict(fresh.marks)
    low, high = max(0, shift), min(fresh.frames, shift + old.frames)
    for name, mark in old.marks.items():
        if mark == "edited" and low < high:
            values = curves[name].copy()
            values[low:high] = old.curves[name][low - shift : high - shift]
            curves[name], marks[name] = values, mark
    return replace(fresh, curves=curves, marks=marks)
