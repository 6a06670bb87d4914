"""What a stream sings, as work that threads do piece by piece: a song, or what is being played."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from api.server.stream.messages import Append, Control, Sing
from singer.cancel import CancelToken
from singer.diffsinger.ds_io import document_to_ds
from singer.diffsinger.project_performance import project_performance
from singer.diffsinger.song import DsSong
from singer.live.controls import LiveControls
from singer.performance.performance import Performance
from singer.performance_io import document_to_performance
from singer.render import RenderOptions, stream_phrases
from singer.score import Score
from singer.score_json import document_to_notes, document_to_score
from singer.song_source import SongSource
from singer.time_signatures import TimeSignatures
from singer.timeline import Mark, mark_document, phrase_marks
from singer.voice import Voice

WHOLE_BLOCKS_LEAD_MS = 2_000.0
"""From this lead on blocks are as long as those of ``singer sing``, so that samples are the same to the bit."""
SMALLEST_BLOCK_FRAMES = 10


@dataclass(frozen=True, slots=True)
class TurnedAt:
    """A control that begins to act.

    Attributes:
        name, value: what was turned.
        sample: the first sample that hears it.
    """

    name: str
    value: float
    sample: int


@dataclass(frozen=True, slots=True)
class Step:
    """What one piece of work gave.

    Attributes:
        samples: float32 [N], right after those before; ``None`` while the song waits for notes.
        marks: marks that have become known, each a document with its sample.
        turned: controls that began to act.
        is_last: nothing follows.
    """

    samples: NDArray[np.float32] | None
    marks: Sequence[dict[str, Any]]
    turned: Sequence[TurnedAt]
    is_last: bool


class Work(Protocol):
    """A stream's source; ``advance`` is called by one thread at a time."""

    is_live: bool
    sample_rate_hz: int
    warnings: Sequence[str]
    duration_s: float | None
    cancel: CancelToken

    def advance(self) -> Step:
        """Sing the next piece; raises ``SingerError``."""
        ...

    def turn(self, control: Control) -> None:
        """Turn a control from the next piece on; raises ``SingerError``."""
        ...


class SongWork:
    """A score or a performance.

    Attributes:
        source: its phrases.
    """

    is_live = False

    def __init__(
        self, message: Sing, voice: Voice, check: Callable[[object], None] = lambda song: None
    ) -> None:
        """Read and check all of it, a project by the limits of ``check`` too; raises ``SingerError``."""
        song, said = song_of(message, voice)
        if message.ds is not None:
            check(song)
        self.cancel, self._live = CancelToken(), LiveControls()
        for name, value in message.controls.items():
            self._live.turn(name, value, 0.0)
        self.source = SongSource(song, voice, emotion=message.emotion, is_open=message.open)
        self.sample_rate_hz: int = message.format.sample_rate
        self._hop_samples = self.sample_rate_hz / voice.spec.frame_rate_hz
        options = _options(message)
        self._chunks = stream_phrases(
            self.source, voice, options=options, cancel=self.cancel, live=self._live
        )
        self._kinds = frozenset(message.marks)
        self.warnings: Sequence[str] = (*said, *self.source.warnings)
        self.duration_s: float | None = self.source.duration_s

    def advance(self) -> Step:
        """Sing the next block; see ``Work``."""
        try:
            chunk = next(self._chunks)
        except StopIteration:
            return Step(None, (), (), True)
        samples = None if chunk is None else chunk.samples
        turned = [
            TurnedAt(each.name, each.value, max(round(each.frame * self._hop_samples), 0))
            for each in self._live.told()
        ]
        return Step(samples, self._marks(), turned, False)

    def turn(self, control: Control) -> None:
        """Turn a control; see ``Work``."""
        self._live.turn(control.name, control.value, control.ramp_ms)

    def append(self, message: Append) -> int:
        """Go on with an open song; returns how many notes it has now. Raises ``SingerError``."""
        score = self.source.score
        bars = score.time_signatures if score else TimeSignatures()
        notes = document_to_notes(message.notes, len(score.notes) if score else 0, bars)
        return self.source.append(notes, is_final=message.final)

    def cut(self) -> None:
        """Let the song end with the phrase that is being sung."""
        self.source.cut()

    def _marks(self) -> list[dict[str, Any]]:
        if not self._kinds:
            return []
        marks: list[Mark] = []
        for phrase in self.source.newly_known():
            marks += phrase_marks(phrase, self._kinds, self.source.score, self.source.laid)
        return [mark_document(mark, self.sample_rate_hz) for mark in marks]


def song_of(message: Sing, voice: Voice) -> tuple[Score | Performance, Sequence[str]]:
    """What a message asks to be sung, with warnings; raises ``SingerError``."""
    if message.score is not None:
        return document_to_score(message.score), ()
    if message.ds is not None:
        segments = document_to_ds(message.ds, "ds")
        return project_performance(DsSong(segments), voice, seed=message.seed)
    return document_to_performance(message.performance), ()


def _options(message: Sing) -> RenderOptions:
    lead_ms = WHOLE_BLOCKS_LEAD_MS if message.lead_ms is None else message.lead_ms
    whole = RenderOptions(sample_rate_hz=message.format.sample_rate, seed=message.seed)
    if message.pace == "reader" or lead_ms >= WHOLE_BLOCKS_LEAD_MS:
        return whole
    block_frames = max(int(lead_ms / 20.0), SMALLEST_BLOCK_FRAMES)
    return RenderOptions(
        min(block_frames, whole.first_block_frames), block_frames, message.format.sample_rate, message.seed
    )
