"""Songs as files: what is in one, and how one becomes sound in another. Shared by the verbs that sing."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from singer.errors import PerformanceError, ScoreError
from singer.performance.performance import Performance

if TYPE_CHECKING:
    from frontend_g2p.user_dictionary import UserDictionary
    from singer.audio import AudioChunk, Sink
    from singer.cancel import CancelToken
    from singer.diffsinger.song import DsSong
    from singer.import_options import ImportOptions
    from singer.phrase_cache import PhraseCache
    from singer.quality import Quality
    from singer.render import RenderOptions
    from singer.score import Score
    from singer.voice import Voice

_HEAD_BYTES = 4_096


def load_song(path: str, options: ImportOptions) -> Score | Performance | DsSong:
    """The score, performance or ``.ds`` project in the file at ``path``, or on standard input for ``-``.

    Raises:
        ScoreError: not a file that holds a score.
        PerformanceError: a performance that breaks a rule.
    """
    from singer.performance_io import LARGEST_FILE_BYTES, load_performance
    from singer.score_io import load_score

    if path == "-" or Path(path).is_fifo():  # neither can be read twice
        content = _read_whole(path, LARGEST_FILE_BYTES + 1)
        if _is_ds(content, path):
            return _ds_song(content, path)
        return load_performance(content) if _is_performance(content) else load_score(content, options=options)
    head = _head(Path(path))
    if _is_ds(head, path):
        return _ds_song(_read_whole(path, LARGEST_FILE_BYTES + 1), path)
    return load_performance(path) if is_performance_file(Path(path)) else load_score(path, options=options)


def _read_whole(path: str, largest_bytes: int) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(largest_bytes)
    with Path(path).open("rb") as file:
        return file.read(largest_bytes)


def is_performance_file(path: Path) -> bool:
    """Whether the file at ``path`` begins as a performance does; raises ``ScoreError`` if it cannot be read."""
    return _is_performance(_head(path))


def _is_ds(head: bytes, path: str) -> bool:
    from singer.diffsinger.ds_io import is_ds

    return is_ds(head, path)


def _ds_song(content: bytes, path: str) -> DsSong:
    from singer.diffsinger.ds_io import read_ds
    from singer.diffsinger.song import DsSong

    return DsSong(read_ds(content, path), "" if path == "-" else Path(path).stem)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError as error:
        raise ScoreError("not_readable", f"cannot be read: {error.strerror}", str(path)) from error


def _is_performance(content: bytes) -> bool:
    head = content[:_HEAD_BYTES]
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"singer-performance"' in head


@dataclass(frozen=True, slots=True)
class Expression:
    """What the user asks of a song besides its notes.

    Attributes:
        emotion: name of an emotion to its weight, in place of the score's.
        controls: name of a control to what is added over the whole song.
    """

    emotion: Mapping[str, float]
    controls: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A song ready to be sung.

    Attributes:
        performance: what will be sung.
        warnings: guessed readings, and places that could not be performed as written.
        prepare_s: time that reading and performing took.
        ds: the project that an imported bank sings in place of ``performance``, which then only says where it sounds.
    """

    performance: Performance
    warnings: tuple[str, ...]
    prepare_s: float
    ds: DsSong | None = None


def prepare(
    song: Score | Performance | DsSong,
    voice: Voice,
    dictionary: UserDictionary | None,
    expression: Expression | None = None,
) -> Prepared:
    """The song as a performance for ``voice``; a performance is not performed again.

    Raises:
        PerformanceError: a performance without phrases, an emotion for a performance, or a control that is unknown or
            out of range.
        ScoreError, LyricsError: a score that cannot be performed.
    """
    if isinstance(song, Performance):
        return Prepared(prepare_performance(song, expression), (), 0.0)
    from singer.diffsinger.song import DsSong

    if isinstance(song, DsSong):
        return _prepare_ds(song, voice, expression)
    from singer.performance.adjust import adjusted

    emotion = expression.emotion if expression else {}
    controls = expression.controls if expression else {}
    started = time.perf_counter()
    from singer.song import perform_song

    felt = replace(song, emotion=emotion) if emotion else song
    performed = perform_song(felt, voice, user_dictionary=dictionary)
    turned = adjusted(performed.performance, controls)
    return Prepared(turned, performed.warnings, time.perf_counter() - started)


def _prepare_ds(song: DsSong, voice: Voice, expression: Expression | None) -> Prepared:
    """A ``.ds`` project: a performance for an own voice, sung as it is by an imported one."""
    if voice.imported is None:
        from singer.diffsinger.project_performance import project_performance

        performance, warnings = project_performance(song, voice)
        return Prepared(prepare_performance(performance, expression), warnings, 0.0)
    from singer.diffsinger.song import places_of

    if expression and (expression.emotion or expression.controls):
        message = "an imported bank sings a .ds project as it is written; perform it, and turn controls of the performance"
        raise PerformanceError("emotion", message)
    return Prepared(places_of(song, voice.name), (), 0.0, song)


def told(prepared: Prepared, voice: Voice) -> Prepared:
    """The song with a true performance, also of a ``.ds`` project that an imported bank sings without; raises ``SingerError``."""
    if prepared.ds is None:
        return prepared
    from singer.diffsinger.project_performance import project_performance

    performance, warnings = project_performance(prepared.ds, voice)
    return Prepared(prepare_performance(performance), (*prepared.warnings, *warnings), prepared.prepare_s)


def prepare_performance(performance: Performance, expression: Expression | None = None) -> Performance:
    """The performance with the controls of ``expression`` turned; it is not performed again and needs no voice.

    Raises:
        PerformanceError: no phrases, an emotion, or a control that is unknown or out of range.
    """
    from singer.performance.adjust import adjusted

    if not performance.phrases:
        raise PerformanceError("nothing_to_sing", "there is nothing to sing: it has no phrases", "phrases")
    if expression and expression.emotion:
        message = "an emotion shapes how a score is performed, and this is a performance; give the score"
        raise PerformanceError("emotion", message)
    return adjusted(performance, expression.controls if expression else {})


@dataclass(frozen=True, slots=True)
class Sung:
    """What came of singing a song.

    Attributes:
        duration_s: length of the sound.
        prepare_s: time that reading the lyrics and performing took, with the loading of dictionaries.
        render_s: time that the rendering took.
        phrases, cached_phrases: how many there are, and how many of them came from the cache.
        clipped_samples: samples beyond full scale that an integer format cut.
        quality: the self-check.
    """

    duration_s: float
    prepare_s: float
    render_s: float
    phrases: int
    cached_phrases: int
    clipped_samples: int
    quality: Quality

    @property
    def real_time_factor(self) -> float:
        """Seconds of work per second of sound, from the score to the samples."""
        return (self.prepare_s + self.render_s) / self.duration_s if self.duration_s else 0.0

    def document(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "duration_s": round(self.duration_s, 6),
            "prepare_s": round(self.prepare_s, 4),
            "render_s": round(self.render_s, 4),
            "real_time_factor": round(self.real_time_factor, 4),
            "phrases": self.phrases,
            "cached_phrases": self.cached_phrases,
            "clipped_samples": self.clipped_samples,
            "quality": {**asdict(self.quality), "is_good": self.quality.is_good},
        }


def chunks_of(song: Prepared, voice: Voice, singing: Singing) -> Iterator[AudioChunk]:
    """Sound of a song, as many samples as ``output_samples`` announces for its performance."""
    from singer.render import output_samples, stream

    options = singing.options
    if song.ds is None:
        return stream(song.performance, voice, options=options, cancel=singing.cancel, cache=singing.cache)
    return _ds_chunks(song.ds, voice, singing, output_samples(song.performance, voice, options))


def _ds_chunks(song: DsSong, voice: Voice, singing: Singing, total: int) -> Iterator[AudioChunk]:
    from singer.diffsinger.bank_singer import BankSinger
    from singer.diffsinger.sing import SingOptions
    from singer.diffsinger.song import fitted, stream_segments

    if not isinstance(voice.imported, BankSinger):
        raise PerformanceError("other_voice", "a .ds project as it is needs an imported bank")
    chunks = stream_segments(
        song,
        voice.imported.bank,
        mix=voice.imported.mix,
        options=SingOptions(seed=singing.options.seed),
        sample_rate_hz=singing.options.sample_rate_hz or voice.spec.sample_rate_hz,
        cancel=singing.cancel,
    )
    return fitted(chunks, total)


@dataclass(frozen=True, slots=True)
class Singing:
    """How a song is sung: everything but the song, the voice and where it goes."""

    options: RenderOptions
    cache: PhraseCache | None = None
    cancel: CancelToken | None = None
    advance: Callable[[float], None] = lambda done_s: None


def sing_into(sink: Sink, song: Prepared, voice: Voice, singing: Singing) -> Sung:
    """Render ``song`` into ``sink``, chunk by chunk, and listen to it on the way."""
    from singer.quality import QualityMeter

    performance, rate = song.performance, singing.options.rate_of(voice)
    meter = QualityMeter(performance, rate)
    hits = singing.cache.hits if singing.cache else 0
    samples, started = 0, time.perf_counter()
    for chunk in chunks_of(song, voice, singing):
        sink.write(chunk.samples)
        meter.listen(chunk.samples)
        samples = chunk.first_sample + len(chunk.samples)
        singing.advance(samples / rate)
    return Sung(
        duration_s=samples / rate,
        prepare_s=song.prepare_s,
        render_s=time.perf_counter() - started,
        phrases=len(performance.phrases),
        cached_phrases=(singing.cache.hits if singing.cache else 0) - hits,
        clipped_samples=sink.clipped_samples,
        quality=meter.result(),
    )
