"""The timeline of a song: what happens when, on the clock of its sound, for avatars, lyric displays and editors.

Marks are made phrase by phrase, as sound is, so that a stream can tell them before it sends the samples; ``song_marks``
gives those of a whole song. ``docs/streaming.md`` lists the kinds and their keys, ``docs/timeline.md`` the files made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.inventory import INVENTORY
from singer.errors import PerformanceError
from singer.lyrics import Laid
from singer.mouth_track import MouthSpan, mouth_track
from singer.performance.performance import (
    FRAME_RATE_HZ,
    SLACK_S,
    Performance,
    PhoneSpan,
    PhrasePerformance,
)
from singer.performance.phone_timing import BREATH_PHONE
from singer.performance_io import short_floats
from singer.phone_track import SONORANT_CLASSES
from singer.score import Score
from singer.sung_text import shown_lyric, sung_text
from singer.timebase import sample_at
from singer.visemes import mouth_of, shapes_of
from singer.voice_onset import VOICED_OBSTRUENTS

MarkKind = Literal["phone", "viseme", "note", "lyric", "f0", "loudness", "breath"]
KINDS: tuple[MarkKind, ...] = get_args(MarkKind)

CHUNK_S = 0.5
"""Most of a curve in one mark."""

_STEP_S = 1.0 / FRAME_RATE_HZ
_CURVE_KEYS: Mapping[str, str] = {"f0": "hz", "loudness": "db"}


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that happens in a song.

    Attributes:
        kind: one of ``KINDS``.
        time_s: when, in seconds from beat 0.
        values: the mark's own keys as JSON, without ``kind``, ``sample`` and lengths.
        end_s: when it is over; ``None`` for marks that have no length.
    """

    kind: MarkKind
    time_s: float
    values: Mapping[str, Any]
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class SungNote:
    """One note as it is performed.

    Attributes:
        note: index in the score.
        start_s: start of its vowel (of its first sound, if it has none).
        end_s: start of the next note's vowel, or its last sound's end where silence or a breath follows.
    """

    note: int
    start_s: float
    end_s: float


def phrase_marks(
    phrase: PhrasePerformance, kinds: Collection[str], score: Score | None, laid: Laid | None = None
) -> tuple[Mark, ...]:
    """Marks of one phrase, by rising time.

    Args:
        phrase: the phrase; its times are those of the song.
        kinds: which of ``KINDS``.
        score: the score that was performed. Without one there are no lyric marks, and notes tell the pitch that is sung.
        laid: what the score's notes sing; with it words are told syllable by syllable (``singer.sung_text``).

    Raises:
        PerformanceError: ``mark_kind``, a kind that there is none of; ``other_score``, notes that the score has not;
            ``unknown_phone``.
    """
    check_kinds(kinds)
    makers: dict[MarkKind, Callable[[], Iterable[Mark]]] = {
        "phone": lambda: _phone_marks(phrase),
        "viseme": lambda: map(_viseme_mark, mouth_track(phrase)),
        "note": lambda: _note_marks(phrase, score),
        "lyric": lambda: _lyric_marks(phrase, score, laid) if score else (),
        "f0": lambda: _curve_marks(phrase, "f0", _voiced_f0_hz(phrase)),
        "loudness": lambda: _curve_marks(phrase, "loudness", short_floats(phrase.curves["loudness_db"])),
        "breath": lambda: _breath_marks(phrase),
    }
    return _ordered(mark for kind in KINDS if kind in kinds for mark in makers[kind]())


def song_marks(
    performance: Performance, kinds: Collection[str], score: Score | None, laid: Laid | None = None
) -> tuple[Mark, ...]:
    """Marks of a whole song, by rising time: those of its phrases, and a closed mouth wherever nobody sings.

    Viseme marks cover the song from 0 to its end without gaps. Arguments and errors are those of ``phrase_marks``.
    """
    marks = [mark for phrase in performance.phrases for mark in phrase_marks(phrase, kinds, score, laid)]
    if "viseme" not in kinds:
        return _ordered(marks)
    mouths = [mark for mark in marks if mark.kind == "viseme"]
    others = (mark for mark in marks if mark.kind != "viseme")
    return _ordered([*others, *_closed_between(mouths, performance.duration_s)])


def check_kinds(kinds: Collection[str]) -> None:
    """Raise ``PerformanceError`` (``mark_kind``) unless every kind is one of ``KINDS``."""
    for kind in kinds:
        if kind not in KINDS:
            raise PerformanceError("mark_kind", f"found marks {kind[:20]!r}; allowed are {', '.join(KINDS)}")


def mark_document(mark: Mark, sample_rate_hz: int) -> dict[str, Any]:
    """A mark as JSON, in samples at ``sample_rate_hz``: times are rounded to samples once, lengths are their differences.

    ``step_samples`` of curves is whole where 10 ms are (44 100 and 48 000 Hz).
    """
    first = sample_at(mark.time_s, sample_rate_hz)
    document = {"kind": mark.kind, "sample": first, **mark.values}
    if mark.kind in _CURVE_KEYS:
        step = sample_rate_hz / FRAME_RATE_HZ
        document["step_samples"] = int(step) if step.is_integer() else step
    elif mark.end_s is not None:
        document["samples"] = sample_at(mark.end_s, sample_rate_hz) - first
    return document


def closed_mouth(start_s: float, end_s: float) -> Mark:
    """The mark of a mouth at rest."""
    return _viseme_mark(MouthSpan(start_s, end_s, mouth_of("SP"), 0.0))


def sung_notes(spans: Sequence[PhoneSpan]) -> tuple[SungNote, ...]:
    """The notes of a phrase's phones, by rising start; breaths are none."""
    groups: dict[int, list[int]] = {}
    for place, span in enumerate(spans):
        if span.note is not None and span.role is not None:
            groups.setdefault(span.note, []).append(place)
    notes = []
    for note, places in groups.items():
        nuclei = [place for place in places if spans[place].role == "nucleus"]
        notes.append(SungNote(note, spans[(nuclei or places)[0]].start_s, spans[places[-1]].end_s))
    ends = [places[-1] + 1 for places in groups.values()]
    starts = [places[0] for places in groups.values()]
    for place, (end, start) in enumerate(zip(ends, starts[1:], strict=False)):
        if end == start:
            notes[place] = replace(notes[place], end_s=notes[place + 1].start_s)
    return tuple(notes)


def _ordered(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    return tuple(sorted(marks, key=lambda mark: (mark.time_s, KINDS.index(mark.kind))))


def _phone_marks(phrase: PhrasePerformance) -> Iterator[Mark]:
    for span in phrase.phones:
        values = {"phone": span.symbol, "role": span.role, "language": span.language, "note": span.note}
        yield Mark("phone", span.start_s, values, span.end_s)


def _viseme_mark(span: MouthSpan) -> Mark:
    weight = round(span.weight, 3)
    values = {"viseme": span.mouth.viseme, "weight": weight, **shapes_of(span.mouth, weight)}
    return Mark("viseme", span.start_s, values, span.end_s)


def _closed_between(mouths: Sequence[Mark], duration_s: float) -> list[Mark]:
    """Mouths of a song with those at rest before, between and after them; rests that meet are one."""
    covered: list[Mark] = []
    reached_s = 0.0
    for mark in mouths:
        covered += [closed_mouth(reached_s, mark.time_s)] if mark.time_s > reached_s + SLACK_S else []
        covered.append(mark)
        reached_s = mark.end_s or mark.time_s
    covered += [closed_mouth(reached_s, duration_s)] if duration_s > reached_s + SLACK_S else []
    joined: list[Mark] = []
    for mark in covered:
        if joined and joined[-1].values["viseme"] == mark.values["viseme"] == "sil":
            joined[-1] = replace(joined[-1], end_s=mark.end_s)
        else:
            joined.append(mark)
    return joined


def _note_marks(phrase: PhrasePerformance, score: Score | None) -> Iterator[Mark]:
    for sung in sung_notes(phrase.phones):
        if score is None:
            midi, lyric = _sung_midi(phrase, sung.note), ""
        else:
            note = score.notes[_in_score(sung.note, score, phrase)]
            midi, lyric = note.midi, shown_lyric(note.lyric)
        yield Mark("note", sung.start_s, {"note": sung.note, "midi": midi, "lyric": lyric}, sung.end_s)


def _lyric_marks(phrase: PhrasePerformance, score: Score, laid: Laid | None) -> Iterator[Mark]:
    for sung in sung_notes(phrase.phones):
        shown = sung_text(score, _in_score(sung.note, score, phrase), laid)
        if shown:
            values = {"note": sung.note, "text": shown.text, "word_start": shown.word_start}
            yield Mark("lyric", sung.start_s, values)


def _in_score(note: int, score: Score, phrase: PhrasePerformance) -> int:
    if note >= len(score.notes):
        message = f"it sings note {note}, and the score has {len(score.notes)} notes; give the score it was made from"
        raise PerformanceError("other_score", message, f"phrase {phrase.index}")
    return note


def _sung_midi(phrase: PhrasePerformance, note: int) -> float:
    """Median pitch of the held part of a note, as MIDI number to a hundredth."""
    of_frame = _span_of_frame(phrase)
    held = [place for place, span in enumerate(phrase.phones) if span.note == note and span.role == "nucleus"]
    own = [place for place, span in enumerate(phrase.phones) if span.note == note]
    f0_hz = phrase.curves["f0_hz"][np.isin(of_frame, held or own)]
    return round(69.0 + 12.0 * float(np.log2(np.median(f0_hz) / 440.0)), 2) if len(f0_hz) else 0.0


def _voiced_f0_hz(phrase: PhrasePerformance) -> list[float | None]:
    voiced = np.array([is_voiced(span.symbol) for span in phrase.phones])[_span_of_frame(phrase)]
    f0_hz = short_floats(phrase.curves["f0_hz"])
    return [value if sounds else None for value, sounds in zip(f0_hz, voiced, strict=True)]


def is_voiced(symbol: str) -> bool:
    """Whether a phone of the inventory has a pitch: vowels, sonorants and voiced obstruents."""
    return INVENTORY[symbol].phone_class in SONORANT_CLASSES or symbol in VOICED_OBSTRUENTS


def _span_of_frame(phrase: PhrasePerformance) -> NDArray[np.int64]:
    """Place of the phone that each frame is in: int64 [T]; boundaries are rounded to frames."""
    middles_s = phrase.start_s + (np.arange(phrase.frames) + 0.5) * _STEP_S
    ends_s = np.array([span.end_s for span in phrase.phones[:-1]])
    return np.searchsorted(ends_s, middles_s, side="right")


def _curve_marks(
    phrase: PhrasePerformance, kind: Literal["f0", "loudness"], values: Sequence[float | None]
) -> Iterator[Mark]:
    most = round(CHUNK_S * FRAME_RATE_HZ)
    for first in range(0, len(values), most):
        start_s = phrase.start_s + first * _STEP_S
        yield Mark(kind, start_s, {_CURVE_KEYS[kind]: list(values[first : first + most])})


def _breath_marks(phrase: PhrasePerformance) -> Iterator[Mark]:
    of_frame = _span_of_frame(phrase)
    for place, span in enumerate(phrase.phones):
        if span.symbol == BREATH_PHONE:
            heard_db = phrase.curves["loudness_db"][of_frame == place]
            loudness_db = 10.0 * np.log10(np.mean(10.0 ** (heard_db / 10.0))) if len(heard_db) else -96.0
            yield Mark("breath", span.start_s, {"loudness_db": round(float(loudness_db), 2)}, span.end_s)
