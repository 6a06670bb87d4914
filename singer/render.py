"""A performance to sound: a stream of chunks on the song's own clock. ``render`` is the stream drained.

Sample 0 is beat 0 of the score. Between phrases there are exact zeros. A phrase's samples depend on its own
content, the voice and the seed alone (and on the block sizes within rounding, 1e-6), so an edit elsewhere
changes nothing in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from singer.audio import Audio, AudioChunk, resample
from singer.cancel import CancelToken
from singer.errors import PerformanceError
from singer.limiter import Limiter
from singer.live.controls import LiveControls
from singer.performance.performance import Performance, PhrasePerformance
from singer.phone_track import phone_track
from singer.phrase_audio import sing_phrase
from singer.phrase_cache import PhraseCache, cache_key, content_digest
from singer.score import Score
from singer.voice import Voice

if TYPE_CHECKING:
    from singer.song_source import SongSource


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How a song is rendered.

    Attributes:
        first_block_frames: frames (10 ms) per block in the first phrase, so that sound begins early.
        block_frames: frames per block afterwards; larger blocks cost less.
        sample_rate_hz: output rate, 8 000 to 192 000; the voice's own if ``None``.
        seed: chooses another noise; the same seed gives the same samples.
    """

    first_block_frames: int = 50
    block_frames: int = 200
    sample_rate_hz: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.first_block_frames, self.block_frames) < 1:
            raise ValueError(f"blocks need at least one frame, found {self}")
        if self.sample_rate_hz is not None and not 8_000 <= self.sample_rate_hz <= 192_000:
            raise ValueError(f"sample rates from 8000 to 192000 Hz are allowed, found {self.sample_rate_hz}")

    def rate_of(self, voice: Voice) -> int:
        """Sample rate of the output with ``voice``."""
        return self.sample_rate_hz or voice.spec.sample_rate_hz


def stream(
    song: Score | Performance,
    voice: Voice,
    *,
    options: RenderOptions | None = None,
    cancel: CancelToken | None = None,
    cache: PhraseCache | None = None,
) -> Iterator[AudioChunk]:
    """Sing ``song``, chunk by chunk.

    Args:
        song: a performance; or a score, which is performed by the rules first (``singer.song.perform_song``
            does the same and tells of guesses and compromises).
        voice: who sings.
        options: block sizes, output rate, seed.
        cancel: looked at before every run of a model; closing the iterator stops the work as well.
        cache: phrases that are kept there are not sung again; new ones are added when complete.

    Returns:
        An iterator over consecutive chunks: ``duration_s`` of sound at ``options.rate_of(voice)``, none
        longer than a block. Memory is bounded by a block, and by a phrase where a cache collects it.

    Raises:
        LyricsError, ScoreError: a score that cannot be performed; before any sound.
        PerformanceError: phrases overlap or hold more phones than frames; before any sound.
        VoicebankError: the voice lacks a phone or language; before any sound.
        ModelError: a model failed.
        Cancelled: asked to stop.
    """
    settings = options or RenderOptions()
    performance = _performed(song, voice)
    _check(performance, voice)
    work = _Work(voice, settings, cancel or CancelToken(), cache, None)
    chunks = _native_chunks(performance.phrases, work, lambda: performance.duration_s)
    return (chunk for chunk in _at_rate(chunks, work) if chunk is not None)


def stream_phrases(
    source: SongSource,
    voice: Voice,
    *,
    options: RenderOptions | None = None,
    cancel: CancelToken | None = None,
    live: LiveControls | None = None,
) -> Iterator[AudioChunk | None]:
    """Sing a song that is performed while it sounds, and may go on growing.

    Args:
        source: the song.
        voice: who sings; the one that ``source`` was made for.
        options: as in ``stream``.
        cancel: as in ``stream``.
        live: controls that may be turned meanwhile.

    Returns:
        What ``stream`` gives; ``None`` in between where the song waits for more notes.

    Raises:
        As ``stream``; what is wrong with a phrase is found when it is reached.
    """
    work = _Work(voice, options or RenderOptions(), cancel or CancelToken(), None, live)
    return _at_rate(_native_chunks(source.phrases(), work, lambda: source.end_s), work)


def render(
    song: Score | Performance,
    voice: Voice,
    *,
    options: RenderOptions | None = None,
    cancel: CancelToken | None = None,
    cache: PhraseCache | None = None,
) -> Audio:
    """Sing ``song`` into one array: ``stream`` drained; arguments and errors are its own."""
    settings = options or RenderOptions()
    chunks = stream(song, voice, options=settings, cancel=cancel, cache=cache)
    return Audio(_joined(chunk.samples for chunk in chunks), settings.rate_of(voice))


def output_samples(performance: Performance, voice: Voice, options: RenderOptions) -> int:
    """Number of samples that ``stream`` will give in all."""
    native = _native_samples(performance, voice)
    rate, own = options.rate_of(voice), voice.spec.sample_rate_hz
    return native if rate == own else int(native * (rate / own) + 0.5)


def _performed(song: Score | Performance, voice: Voice) -> Performance:
    if isinstance(song, Performance):
        return song
    from singer.song import perform_song  # a performance needs no readers of lyrics

    return perform_song(song, voice).performance


@dataclass(frozen=True, slots=True)
class _Work:
    """What every part of a rendering needs."""

    voice: Voice
    options: RenderOptions
    cancel: CancelToken
    cache: PhraseCache | None
    live: LiveControls | None


def _at_rate(chunks: Iterator[AudioChunk | None], work: _Work) -> Iterator[AudioChunk | None]:
    return resample(chunks, work.voice.spec.sample_rate_hz, work.options.rate_of(work.voice))


def _native_samples(performance: Performance, voice: Voice) -> int:
    ends = [_first_sample(phrase, voice) + _samples(phrase, voice) for phrase in performance.phrases[-1:]]
    return max(voice.spec.sample_at(performance.duration_s), *ends, 0)


def _first_sample(phrase: PhrasePerformance, voice: Voice) -> int:
    return voice.spec.sample_at(phrase.start_s)


def _samples(phrase: PhrasePerformance, voice: Voice) -> int:
    return phrase.frames * voice.spec.hop_samples


def _check(performance: Performance, voice: Voice) -> None:
    """Find what would stop the song half-way before it begins."""
    free_from = 0
    for phrase in performance.phrases:
        free_from = _check_phrase(phrase, voice, free_from)


def _check_phrase(phrase: PhrasePerformance, voice: Voice, free_from: int) -> int:
    """Refuse a phrase that cannot be sung after sample ``free_from``; returns the sample after its end."""
    where = f"phrase {phrase.index}"
    first = _first_sample(phrase, voice)
    if first < free_from:
        message = f"starts at {phrase.start_s:.3f} s, before the phrase in front of it ends (or before 0)"
        raise PerformanceError("phrase_overlap", message, where)
    if len(phrase.phones) > phrase.frames:
        message = (
            f"holds {len(phrase.phones)} phones in {phrase.frames} frames; a phone needs a frame of 10 ms"
        )
        raise PerformanceError("phones_too_short", message, where)
    if voice.imported is None:
        if any(span.sung_as is not None for span in phrase.phones):
            message = "the performance was made for an imported bank; perform the score for this voice"
            raise PerformanceError("other_voice", message, where)
        phone_track(phrase, voice)
    else:
        voice.imported.check(phrase)
    return first + _samples(phrase, voice)


def _native_chunks(
    phrases: Iterable[PhrasePerformance | None], work: _Work, end_s: Callable[[], float]
) -> Iterator[AudioChunk | None]:
    """Chunks at the voice's own rate, ``None`` where a phrase is waited for; silence until ``end_s`` in the end."""
    voice, options = work.voice, work.options
    position = 0
    largest = options.block_frames * voice.spec.hop_samples
    block_frames = min(options.first_block_frames, options.block_frames)
    for phrase in phrases:
        if phrase is None:
            work.cancel.check()
            yield None
            continue
        _check_phrase(phrase, voice, position)
        for chunk in _silence(position, _first_sample(phrase, voice), largest):
            work.cancel.check()
            yield chunk
        position = _first_sample(phrase, voice)
        for samples in _phrase_pieces(phrase, work, block_frames):
            yield AudioChunk(position, samples)
            position += len(samples)
        block_frames = options.block_frames
    yield from _silence(position, voice.spec.sample_at(end_s()), largest)


def _silence(start: int, stop: int, largest: int) -> Iterator[AudioChunk]:
    for first in range(start, stop, largest):
        yield AudioChunk(first, np.zeros(min(largest, stop - first), np.float32))


def _phrase_pieces(
    phrase: PhrasePerformance, work: _Work, block_frames: int
) -> Iterator[NDArray[np.float32]]:
    """Samples of one phrase, from the cache or sung."""
    cache, voice = work.cache, work.voice
    if cache is None:
        yield from _sung(phrase, work, block_frames)
        return
    total = _samples(phrase, voice)
    key = cache_key(phrase, voice.fingerprint, f"seed {work.options.seed}, blocks {block_frames}")
    found = cache.get(key, total)
    if found is not None:
        block = block_frames * voice.spec.hop_samples
        for first in range(0, total, block):
            work.cancel.check()
            yield found[first : first + block]
        return
    keep = cache.is_worth_keeping(total)
    pieces = []
    for samples in _sung(phrase, work, block_frames):
        if keep:
            pieces.append(samples)
        yield samples
    if keep:
        cache.put(key, np.concatenate(pieces))


def _sung(phrase: PhrasePerformance, work: _Work, block_frames: int) -> Iterator[NDArray[np.float32]]:
    limiter = Limiter(work.voice.spec.sample_rate_hz)
    for samples in _plain(phrase, work, block_frames):
        ready = limiter.run(samples)
        if len(ready):
            yield ready
    rest = limiter.finish()
    if len(rest):
        yield rest


def _plain(phrase: PhrasePerformance, work: _Work, block_frames: int) -> Iterator[NDArray[np.float32]]:
    """Samples of one phrase before the limiter; a bank sings a phrase as a whole, which is then given in blocks."""
    seed = _phrase_seed(phrase, work.options.seed)
    if work.voice.imported is None:
        yield from sing_phrase(
            phrase, work.voice, seed=seed, block_frames=block_frames, cancel=work.cancel, live=work.live
        )
        return
    whole = work.voice.imported.sing(phrase, seed=seed, cancel=work.cancel)
    block = block_frames * work.voice.spec.hop_samples
    for first in range(0, len(whole), block):
        work.cancel.check()
        yield whole[first : first + block]


def _phrase_seed(phrase: PhrasePerformance, seed: int) -> int:
    """Noise of a phrase: named by its content, so that it does not change when the song around it does."""
    return (int.from_bytes(content_digest(phrase)[:8], "big") ^ (seed * 0x9E3779B97F4A7C15)) % 2**63


def _joined(parts: Iterable[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.concatenate([np.zeros(0, np.float32), *parts])
