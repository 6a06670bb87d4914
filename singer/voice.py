"""The voice as the engine uses it: what a stage may call. No files here; ``voicebanks`` makes these from folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from singer.timebase import AudioSpec


class Model(Protocol):
    """A neural model: named arrays in, named arrays out; thread-safe."""

    def run(self, **inputs: NDArray[np.generic]) -> dict[str, NDArray[np.float32]]:
        """Run once; raises ``ModelError`` naming inputs that are missing, unexpected or of the wrong type."""
        ...


@dataclass(frozen=True)
class Voice:
    """One voice, loaded.

    Attributes:
        name, title: folder name and display name.
        spec: audio contract.
        lowest_midi, highest_midi: range of notes that it sings.
        phones: inventory symbol to the row of the acoustic model's embedding.
        languages: language to row.
        timbre: float32 [K], the singer's place in the model's timbre space.
        encoder: acoustic encoder (phones -> hidden [P, H]).
        decoder: acoustic decoder (hidden and f0 at T frames -> features [2T, ...]).
        vocoder: filter network (features and f0 at 2T rows -> filters [2T, ...]).
        context_frames: frames that the decoder and the vocoder need on either side to be exact.
        fingerprint: hash of manifest and models; part of every cache key.
        character: settings of the singer's own, name of ``CHARACTER_COLOURS`` to what is added to every performance.
    """

    name: str
    title: str
    spec: AudioSpec
    lowest_midi: float
    highest_midi: float
    phones: dict[str, int]
    languages: dict[str, int]
    timbre: NDArray[np.float32]
    encoder: Model
    decoder: Model
    vocoder: Model
    context_frames: int
    fingerprint: str
    character: Mapping[str, float] = field(default_factory=dict)
