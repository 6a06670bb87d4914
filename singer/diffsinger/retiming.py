"""Lengths of phonemes by a bank's own model: words stay where the notes are, consonants get the lengths that it predicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from singer.diffsinger.bank import BREATH, SILENCE, Bank, Module
from singer.diffsinger.bank_phones import HELD_ON
from singer.diffsinger.frames import frame_counts
from singer.diffsinger.stages import Line, raw_lengths
from singer.diffsinger.words import word_sizes
from singer.performance.performance import PhoneSpan
from singer.phrases import PhraseNote

SHORTEST_S = 0.01
"""No phoneme is made shorter than this, where there is room."""


def retimed(
    spans: Sequence[PhoneSpan],
    notes: Sequence[PhraseNote],
    bank: Bank,
    module: Module,
    mix: Mapping[str, NDArray[np.float32]],
) -> tuple[PhoneSpan, ...]:
    """Spans whose words begin where they began, and whose other phonemes lie as the model says.

    Args:
        spans: of a phrase, with the bank's phonemes.
        notes: of the phrase.
        bank: whose phonemes they are.
        module: of lengths.
        mix: speakers and weights.
    """
    heads = [place for place, span in enumerate(spans) if span.sung_as != HELD_ON]
    names = tuple(str(spans[place].sung_as) for place in heads)
    starts_s = np.array([spans[place].start_s for place in heads] + [spans[-1].end_s])
    sizes = word_sizes(names, bank.kind_of)
    firsts = np.cumsum(sizes) - sizes
    edges_s = starts_s[np.append(firsts, len(names))]
    midi = np.repeat(_midi_of_words([spans[heads[first]] for first in firsts], notes), sizes)
    word_frames = np.maximum(frame_counts(np.diff(edges_s).astype(np.float32), module.step_s), 1)
    lengths_s = raw_lengths(module, Line(names, None, sizes), word_frames, midi, mix) * module.step_s
    found_s = np.concatenate(
        [
            _filled(
                names[first : first + size], lengths_s[first : first + size], edges_s[word], edges_s[word + 1]
            )
            for word, (first, size) in enumerate(zip(firsts, sizes, strict=True))
        ]
    )
    return _moved(spans, heads, found_s)


def _filled(
    names: Sequence[str], lengths_s: NDArray[np.float32], start_s: float, end_s: float
) -> NDArray[np.float64]:
    """Starts of a word's phonemes. Behind a silence or breath consonants keep their lengths; else all are stretched alike."""
    lengths = np.maximum(lengths_s.astype(np.float64), SHORTEST_S)
    room_s = end_s - start_s
    if names[0] in (SILENCE, BREATH) and len(names) > 1:
        lengths[0] = max(room_s - lengths[1:].sum(), SHORTEST_S)
    lengths *= room_s / lengths.sum()
    return start_s + np.cumsum(lengths) - lengths


def _midi_of_words(heads: Sequence[PhoneSpan], notes: Sequence[PhraseNote]) -> NDArray[np.int64]:
    """Pitch of the note on which each word begins; a silence has that of the next note, the last one that of the last."""
    sung = [note for note in notes if note.kind != "breath"] or list(notes)
    by_index = {note.index: note for note in notes}
    found = []
    for head in heads:
        own = by_index.get(head.note) if head.note is not None and head.role is not None else None
        later = next((note for note in sung if note.start_s >= head.start_s - 1e-6), sung[-1])
        found.append(round((own or later).midi))
    return np.array(found, np.int64)


def _moved(
    spans: Sequence[PhoneSpan], heads: Sequence[int], starts_s: NDArray[np.float64]
) -> tuple[PhoneSpan, ...]:
    """Spans with their heads at new starts; held parts stay at their notes, unless a consonant has taken their time."""
    edges_s = [span.start_s for span in spans] + [spans[-1].end_s]
    for place, start_s in zip(heads, starts_s, strict=True):
        edges_s[place] = round(float(start_s), 6) if place else spans[0].start_s
    bounds = {place: edges_s[place] for place in (*heads, len(spans))}
    kept: list[PhoneSpan] = []
    for place, span in enumerate(spans):
        limit_s = min(bound for at, bound in bounds.items() if at > place)
        start_s, end_s = min(edges_s[place], limit_s), min(edges_s[place + 1], limit_s)
        if end_s > start_s:
            kept.append(replace(span, start_s=kept[-1].end_s if kept else start_s, end_s=end_s))
    return tuple(kept)
