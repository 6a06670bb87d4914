"""A ``.ds`` project as a song, and its sound by a bank: segments at their places, cross-faded where they overlap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from singer.audio import AudioChunk, resample
from singer.cancel import CancelToken
from singer.diffsinger.bank import SILENCE, Bank, speaker_named
from singer.diffsinger.segment import Segment
from singer.diffsinger.sing import SingOptions, sing_segment
from singer.errors import Cancelled, ScoreError, SingerError, VoicebankError
from singer.limiter import Limiter
from singer.performance.performance import (
    CURVES,
    FIRST_CURVES,
    FRAME_RATE_HZ,
    Performance,
    PhoneSpan,
    PhrasePerformance,
)

_SLACK_FRAMES = 20
"""How much longer a segment may sound than it is written: each length is rounded to whole frames of the bank."""


@dataclass(frozen=True, slots=True)
class DsSong:
    """A ``.ds`` project.

    Attributes:
        segments: by rising offset.
        title: of the song.
        voice: that it asks for; projects name none.
    """

    segments: tuple[Segment, ...]
    title: str = ""
    voice: str = ""

    @property
    def duration_s(self) -> float:
        """End of the last segment, as the file says it."""
        return max(segment.offset_s + segment.duration_s for segment in self.segments)


def stream_segments(
    song: DsSong,
    bank: Bank,
    *,
    mix: Mapping[str, float] | None = None,
    options: SingOptions | None = None,
    sample_rate_hz: int | None = None,
    cancel: CancelToken | None = None,
) -> Iterator[AudioChunk]:
    """Sing a project with a bank, one segment after the other: the first sounds while later ones are still sung.

    Args:
        song: the project.
        bank: who sings.
        mix: speakers and weights for segments that say nothing of speakers; the bank's first one if ``None``.
        options: steps, key, seed.
        sample_rate_hz: of the output; the bank's own if ``None``.
        cancel: looked at before every model.

    Returns:
        consecutive chunks from time 0; what lies before 0 is cut off. Overlaps are cross-faded by straight lines, gaps are zeros,
        peaks are kept at -1 dBFS.

    Raises:
        As ``sing_segment``; ``where`` names the segment. Phonemes and speakers are checked before any sound.
    """
    rate_hz = bank.vocoder.spec.sample_rate_hz
    settings, token = options or SingOptions(), cancel or CancelToken()
    check_segments(song, bank)
    pieces = _limited(_mixed(song, bank, mix or {}, settings, token), rate_hz)
    chunks = resample(_numbered(pieces), rate_hz, sample_rate_hz or rate_hz)
    return (chunk for chunk in chunks if chunk is not None)


def check_segments(song: DsSong, bank: Bank) -> None:
    """Raise ``VoicebankError`` for a phoneme or a speaker that the bank has not; ``where`` names the segment."""
    for place, segment in enumerate(song.segments):
        try:
            for phone in segment.phones:
                bank.acoustic.phone_of(phone, segment.language)
            unknown = [
                name for name in (*segment.mix, *segment.phone_mix) if not speaker_named(bank.speakers, name)
            ]
            if unknown:
                known = ", ".join(bank.speakers) or "no speakers by name"
                raise VoicebankError(
                    "speakers", f"found the speaker {unknown[0][:40]!r}; the bank has {known}"
                )
        except VoicebankError as error:
            raise at_segment(error, place) from error


def sung_by(segment: Segment, mix: Mapping[str, float]) -> Segment:
    """The segment, sung by ``mix`` if it says nothing of speakers."""
    return segment if segment.mix else replace(segment, mix=dict(mix))


def at_segment(error: SingerError, place: int) -> SingerError:
    """The error with the segment that it is about as its place."""
    return type(error)(error.code, str(error), f"segment {place}")


def _mixed(
    song: DsSong, bank: Bank, mix: Mapping[str, float], options: SingOptions, cancel: CancelToken
) -> Iterator[NDArray[np.float32]]:
    """Samples in order; of each segment is kept back what the next one overlaps."""
    rate_hz = bank.vocoder.spec.sample_rate_hz
    firsts = [round(segment.offset_s * rate_hz) for segment in song.segments]
    reached, kept = 0, np.zeros(0, np.float32)
    for place, segment in enumerate(song.segments):
        try:
            samples = sing_segment(sung_by(segment, mix), bank, options, cancel).samples
        except Cancelled:
            raise
        except SingerError as error:
            raise at_segment(error, place) from error
        first = max(firsts[place], reached)
        samples = samples[max(-firsts[place], 0) :]
        if first >= reached + len(kept):
            yield kept
            yield np.zeros(first - reached - len(kept), np.float32)
            kept = samples
        else:
            yield kept[: first - reached]
            kept = _crossfaded(kept[first - reached :], samples)
        reached = first
        ready = len(kept)
        if place + 1 < len(firsts):
            ready = min(max(firsts[place + 1] - reached, 0), ready)
        yield kept[:ready]
        reached, kept = reached + ready, kept[ready:]


def _crossfaded(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """The end of one sound turned into the beginning of another over all that is left of the first."""
    length = min(len(before), len(after))
    rising = ((np.arange(length) + 0.5) / length).astype(np.float32)
    over = before[:length] * (1.0 - rising) + after[:length] * rising
    return np.concatenate((over, after[length:])).astype(np.float32)


def _limited(pieces: Iterator[NDArray[np.float32]], rate_hz: int) -> Iterator[NDArray[np.float32]]:
    limiter = Limiter(rate_hz)
    for piece in pieces:
        yield limiter.run(piece)
    yield limiter.finish()


def fitted(chunks: Iterator[AudioChunk], total: int) -> Iterator[AudioChunk]:
    """Exactly ``total`` samples: silence after a sound that is shorter, nothing beyond."""
    reached = 0
    for chunk in chunks:
        kept = chunk.samples[: total - reached]
        if len(kept):
            yield AudioChunk(reached, kept)
        reached += len(kept)
    if reached < total:
        yield AudioChunk(reached, np.zeros(total - reached, np.float32))


def _numbered(pieces: Iterator[NDArray[np.float32]]) -> Iterator[AudioChunk | None]:
    first = 0
    for piece in pieces:
        if len(piece):
            yield AudioChunk(first, piece)
            first += len(piece)


def places_of(song: DsSong, voice: str) -> Performance:
    """Where the segments lie, as a performance of silences: for checks of sound that need to know where rests are."""
    phrases: list[PhrasePerformance] = []
    reached = 0
    for segment in song.segments:
        first = max(int(segment.offset_s * FRAME_RATE_HZ), reached)
        frames = int((segment.offset_s + segment.duration_s) * FRAME_RATE_HZ) + _SLACK_FRAMES - first
        if frames < 1:
            continue
        reached = first + frames
        start_s, end_s = first / FRAME_RATE_HZ, reached / FRAME_RATE_HZ
        still = np.zeros(frames, np.float32)
        curves = {name: still for name in FIRST_CURVES} | {"f0_hz": np.full(frames, 100.0, np.float32)}
        spans = (PhoneSpan(SILENCE, None, None, start_s, end_s, None),)
        phrases.append(PhrasePerformance(start_s, spans, curves, dict.fromkeys(CURVES, "auto"), len(phrases)))
    if not phrases:
        raise ScoreError("ds", "there is nothing to sing: all segments end before 0")
    return Performance(voice, song.title, reached / FRAME_RATE_HZ, tuple(phrases))
