"""The voice as the engine uses it: what a stage may call. No files here; ``voicebanks`` makes these from folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from singer.timebase import AudioSpec

if TYPE_CHECKING:
    from frontend_g2p.user_dictionary import UserDictionary
    from singer.cancel import CancelToken
    from singer.lyrics import Laid
    from singer.performance.performance import PhrasePerformance
    from singer.performance.style import Style
    from singer.phrases import Phrase
    from singer.score import Score


class Model(Protocol):
    """A neural model: named arrays in, named arrays out; thread-safe."""

    def run(self, **inputs: NDArray[np.generic]) -> dict[str, NDArray[np.float32]]:
        """Run once; raises ``ModelError`` naming inputs that are missing, unexpected or of the wrong type."""
        ...


class ImportedSinger(Protocol):
    """What reads, performs and sings in place of the engine's own models: a bank made for another engine."""

    def lay(self, score: Score, user_dictionary: UserDictionary | None = None) -> Laid:
        """What each note sings; raises ``LyricsError``."""
        ...

    def perform(self, phrase: Phrase, style: Style | None = None) -> PhrasePerformance:
        """A phrase performed; its spans name the bank's phonemes; raises ``LyricsError`` and ``PerformanceError``."""
        ...

    def check(self, phrase: PhrasePerformance) -> None:
        """Raise ``VoicebankError`` or ``PerformanceError`` if the phrase cannot be sung."""
        ...

    def sing(self, phrase: PhrasePerformance, *, seed: int, cancel: CancelToken) -> NDArray[np.float32]:
        """Sound of a phrase, float32 [frames * hop_samples]; raises ``ModelError`` and ``Cancelled``."""
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
        imported: what sings in place of encoder, decoder and vocoder, which then refuse to run; ``spec`` is then the grid of
            performances at the bank's sample rate, whatever the hop of its models is.
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
    imported: ImportedSinger | None = None
