"""One segment of a ``.ds`` project: phonemes, and whatever else of lengths, notes and curves is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.phones import Role
from singer.diffsinger.frames import Sampled, Values
from singer.diffsinger.notes import NoteLine

Amount = float | Sampled
"""What is the same throughout, or a curve."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of song, rest to rest.

    Attributes:
        phones: phonemes, bare or as ``language/name``.
        offset_s: where in the song it starts.
        text: words, for people.
        language: of bare phonemes.
        lengths_s: float32 [N], seconds of each phoneme; ``None`` leaves them to the bank.
        word_sizes: int64 [W], phonemes per word; ``None`` leaves them to the dictionary.
        notes: ``None`` if the file has none, which needs lengths and f0.
        f0_hz: pitch, 0 where it is unvoiced; ``None`` leaves it to the bank.
        variances: name of ``VARIANCES`` to its curve, absolute; those that are missing are left to the bank.
        gender: -1 to 1; positive moves formants up.
        velocity: speed ratio of consonants, 1 is normal.
        expression: 0 to 1, how much the pitch model expresses.
        mix: speaker to weight along time; empty is the bank's first one.
        phone_mix: speaker to weight, one number or float32 [N]; for lengths.
        seed: names the noise; ``None`` leaves it to the caller.
        is_own_phones: phonemes are symbols of this engine's inventory.
        roles: [N], places in the syllable of such symbols; ``None`` leaves them to be guessed.
    """

    phones: tuple[str, ...]
    offset_s: float = 0.0
    text: str = ""
    language: str | None = None
    lengths_s: NDArray[np.float32] | None = None
    word_sizes: NDArray[np.int64] | None = None
    notes: NoteLine | None = None
    f0_hz: Sampled | None = None
    variances: Mapping[str, Sampled] = field(default_factory=dict)
    gender: Amount = 0.0
    velocity: Amount = 1.0
    expression: Amount = 1.0
    mix: Mapping[str, Amount] = field(default_factory=dict)
    phone_mix: Mapping[str, float | Values] = field(default_factory=dict)
    seed: int | None = None
    is_own_phones: bool = False
    roles: tuple[Role | None, ...] | None = None

    @property
    def duration_s(self) -> float:
        """Length in seconds, by the phonemes or else by the notes."""
        if self.lengths_s is not None:
            return float(self.lengths_s.sum(dtype=np.float64))
        return 0.0 if self.notes is None else float(self.notes.lengths_s.sum(dtype=np.float64))


def along(amount: Amount, step_s: float, frames: int) -> Values:
    """An amount at every frame: float32 [frames]."""
    if isinstance(amount, Sampled):
        return amount.at_frames(step_s, frames)
    return np.full(frames, amount, np.float32)
