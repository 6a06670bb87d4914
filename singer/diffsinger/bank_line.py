"""A performed phrase as a bank's models take it: phonemes with lengths, silence around them, notes beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.diffsinger.bank import SILENCE, Bank, Module
from singer.diffsinger.bank_phones import HELD_ON
from singer.diffsinger.frames import Values
from singer.diffsinger.notes import NoteLine
from singer.diffsinger.stages import Frames, Line
from singer.diffsinger.words import word_sizes
from singer.errors import PerformanceError, VoicebankError
from singer.performance.performance import FRAME_RATE_HZ, PhoneSpan, PhrasePerformance
from singer.phone_track import frame_lengths
from singer.phrases import PhraseNote

MARGIN_FRAMES = 8
"""Silence before and after a phrase, in frames of the acoustic model; its sound is cut off again."""


@dataclass(frozen=True, slots=True)
class BankLine:
    """Phonemes of a phrase in time.

    Attributes:
        line: phonemes and words.
        start_s: where the first one begins, absolute seconds; may lie before 0.
        ends_s: float64 [N], absolute.
    """

    line: Line
    start_s: float
    ends_s: NDArray[np.float64]

    def frames(self, module: Module) -> Frames:
        """Whole frames of each phoneme on a module's grid, none below 1: int64 [N]."""
        total = max(round((self.ends_s[-1] - self.start_s) / module.step_s), len(self.ends_s))
        return frame_lengths(self.ends_s, self.start_s, total, module.spec.frame_rate_hz)

    def sampled(self, curve: Values, phrase_start_s: float, module: Module, frames: int) -> Values:
        """A curve of the performance (100 frames/s from ``phrase_start_s``) on a module's grid: float32 [frames]."""
        times_s = self.start_s + module.step_s * np.arange(frames)
        own_s = phrase_start_s + np.arange(len(curve)) / FRAME_RATE_HZ
        found: Values = np.interp(times_s, own_s, curve).astype(np.float32)
        return found


def bank_line(phrase: PhrasePerformance, spans: Sequence[PhoneSpan], bank: Bank) -> BankLine:
    """The phonemes of ``spans``, held ones joined, with silence before and after them.

    Raises:
        VoicebankError: a phoneme that the bank lacks.
        PerformanceError: the performance was not made for an imported bank.
    """
    names: list[str] = []
    ends_s: list[float] = []
    for span in spans:
        if span.sung_as is None:
            message = "the performance was made for another voice; perform the score for this one"
            raise PerformanceError("other_voice", message, f"phrase {phrase.index}")
        if span.sung_as == HELD_ON and names:
            ends_s[-1] = span.end_s
            continue
        if span.sung_as not in bank.acoustic.tokens:
            message = (
                f"the bank {bank.name} has no phoneme {span.sung_as[:40]!r}; perform the score for this bank"
            )
            raise VoicebankError("unknown_phone", message, f"phrase {phrase.index}")
        names.append(span.sung_as)
        ends_s.append(span.end_s)
    margin_s = MARGIN_FRAMES * bank.acoustic.step_s
    if names[0] != SILENCE:
        names.insert(0, SILENCE)
        ends_s.insert(0, phrase.start_s)
    if names[-1] == SILENCE:
        ends_s[-1] += margin_s
    else:
        names.append(SILENCE)
        ends_s.append(ends_s[-1] + margin_s)
    line = Line(tuple(names), None, word_sizes(names, bank.kind_of))
    return BankLine(line, phrase.start_s - margin_s, np.array(ends_s))


def note_line(notes: Sequence[PhraseNote], laid: BankLine) -> NoteLine:
    """The notes of a phrase over the time of its phonemes, with a rest for each gap and each breath."""
    midi: list[float] = []
    lengths_s: list[float] = []
    reached_s = laid.start_s
    for note, following in zip(notes, (*notes[1:], None), strict=True):
        start_s = max(note.start_s, reached_s)
        end_s = note.end_s if following is None else min(note.end_s, following.start_s)
        if start_s > reached_s + 1e-6:
            midi.append(np.nan)
            lengths_s.append(start_s - reached_s)
        midi.append(np.nan if note.kind == "breath" else note.midi)
        lengths_s.append(max(end_s - start_s, 1e-3))
        reached_s = start_s + lengths_s[-1]
    midi.append(np.nan)
    lengths_s.append(max(float(laid.ends_s[-1]) - reached_s, 1e-3))
    count = len(midi)
    return NoteLine(
        np.array(midi, np.float32),
        np.array(lengths_s, np.float32),
        np.zeros(count, np.bool_),
        np.zeros(count, np.int64),
    )
