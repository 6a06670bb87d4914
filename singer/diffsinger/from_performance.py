"""A performance as segments of a ``.ds`` file: phonemes, lengths, words, notes and pitch of each phrase."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from singer.diffsinger.bank_phones import HELD_ON
from singer.diffsinger.frames import Sampled, semitones_of
from singer.diffsinger.notes import NoteLine
from singer.diffsinger.segment import Segment
from singer.performance.performance import FRAME_RATE_HZ, Performance, PhoneSpan, PhrasePerformance

_STEP_S = 1.0 / FRAME_RATE_HZ


def from_performance(performance: Performance) -> tuple[Segment, ...]:
    """One segment for each phrase. Phonemes are those of the bank that it was made for, else this engine's own symbols."""
    return tuple(_segment(phrase) for phrase in performance.phrases)


def _segment(phrase: PhrasePerformance) -> Segment:
    spans = _joined(phrase.phones)
    is_own = all(span.sung_as is None for span in spans)
    names = [_name(span) for span in spans]
    gender = -phrase.curves["gender"]
    heads = [place for place, span in enumerate(spans) if place == 0 or span.role in (None, "nucleus")]
    sizes = np.diff([*heads, len(spans)]).astype(np.int64)
    return Segment(
        phones=tuple(names),
        offset_s=phrase.start_s,
        text=" ".join(names),
        lengths_s=np.array([span.end_s - span.start_s for span in spans], np.float32),
        word_sizes=sizes,
        notes=_notes(phrase, [spans[head] for head in heads]),
        f0_hz=Sampled(phrase.curves["f0_hz"], _STEP_S),
        gender=Sampled(gender, _STEP_S) if gender.any() else 0.0,
        is_own_phones=is_own,
        roles=tuple(span.role for span in spans) if is_own else None,
    )


def _name(span: PhoneSpan) -> str:
    if span.sung_as is not None:
        return span.sung_as
    return f"{span.language}/{span.symbol}" if span.language else span.symbol


def _joined(spans: Sequence[PhoneSpan]) -> list[PhoneSpan]:
    """Spans in which a phoneme that is held on is one."""
    joined: list[PhoneSpan] = []
    for span in spans:
        if span.sung_as == HELD_ON and joined:
            before = joined.pop()
            span = PhoneSpan(
                before.symbol,
                before.role,
                before.language,
                before.start_s,
                span.end_s,
                before.note,
                before.sung_as,
            )
        joined.append(span)
    return joined


def _notes(phrase: PhrasePerformance, heads: Sequence[PhoneSpan]) -> NoteLine:
    """A note for each word, at the whole semitone nearest to its median pitch; silences and breaths are rests."""
    semitones = semitones_of(phrase.curves["f0_hz"])
    edges_s = [head.start_s for head in heads] + [phrase.phones[-1].end_s]
    midi = []
    for place, head in enumerate(heads):
        low, high = (round((edge_s - phrase.start_s) / _STEP_S) for edge_s in edges_s[place : place + 2])
        within = semitones[min(low, len(semitones) - 1) : max(high, low + 1)]
        midi.append(np.nan if head.role is None else float(np.round(np.median(within))))
    count = len(heads)
    return NoteLine(
        np.array(midi, np.float32),
        np.diff(edges_s).astype(np.float32),
        np.zeros(count, np.bool_),
        np.zeros(count, np.int64),
    )
