"""Notes as DiffSinger's models take them: pitches without gaps, rests marked, lengths in frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.diffsinger.frames import frame_counts
from singer.diffsinger.words import sums_by_word

MIDDLE_MIDI = 60.0
"""Pitch of rests where there is no note at all."""


@dataclass(frozen=True, slots=True)
class NoteLine:
    """Notes that follow each other.

    Attributes:
        midi: float32 [M], MIDI note numbers; NaN for rests.
        lengths_s: float32 [M].
        slurs: bool [M], whether the note goes on with the word of the one before.
        glides: int64 [M], 0 none, 1 up, 2 down.
    """

    midi: NDArray[np.float32]
    lengths_s: NDArray[np.float32]
    slurs: NDArray[np.bool_]
    glides: NDArray[np.int64]

    @property
    def rests(self) -> NDArray[np.bool_]:
        """Which of them are rests, bool [M]."""
        return np.isnan(self.midi)

    def sounding_midi(self) -> NDArray[np.float32]:
        """Pitches float32 [M] in which a rest has that of the nearest note by index, of the earlier one if two are as near."""
        rests = self.rests
        if rests.all():
            return np.full(len(self.midi), MIDDLE_MIDI, np.float32)
        sung = np.flatnonzero(~rests)
        distance = np.abs(np.arange(len(self.midi))[:, None] - sung[None, :])
        found: NDArray[np.float32] = self.midi[sung[np.argmin(distance, axis=1)]]
        return found

    def frames(self, step_s: float) -> NDArray[np.int64]:
        """Whole frames of each note, int64 [M]."""
        return frame_counts(self.lengths_s, step_s)

    def word_frames(self, step_s: float) -> NDArray[np.int64]:
        """Frames of each word, int64 [W]: a note that is no slur opens one, slurs add to it."""
        return np.bincount(np.cumsum(~self.slurs) - 1, self.frames(step_s)).astype(np.int64)

    def moved(self, semitones: float) -> NoteLine:
        """The notes in another key."""
        return NoteLine(self.midi + np.float32(semitones), self.lengths_s, self.slurs, self.glides)


def mean_midi(
    midi: NDArray[np.float32], frames: NDArray[np.int64], spans: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Mean pitch of spans of frames, rounded: int64 [n]; a span without frames has the pitch of the frame where it lies.

    Args:
        midi: float32 [M], pitches of notes.
        frames: int64 [M], their lengths.
        spans: int64 [n], lengths of the spans, whose sum is that of the notes.
    """
    each = np.repeat(midi, frames)
    starts = np.minimum(np.cumsum(spans) - spans, len(each) - 1)
    filled = spans > 0
    means = each[starts].astype(np.float64)
    if filled.any():
        means[filled] = (
            sums_by_word(each[: int(spans.sum())].astype(np.float64), spans[filled]) / spans[filled]
        )
    rounded: NDArray[np.int64] = np.round(means).astype(np.int64)
    return rounded
