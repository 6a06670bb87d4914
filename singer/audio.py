"""Audio values, and the one place where they leave the engine: files and standard output.

Peak policy: nothing here changes the sound. A sample beyond full scale is clipped to it on its way into an
integer format and counted, so that the caller can report it; the renderer's limiter keeps peaks below that.
"""

from __future__ import annotations

import contextlib
import math
import os
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from singer.errors import OutputError

Encoding = Literal["pcm16", "pcm24", "float"]

_SUBTYPES = {"pcm16": "PCM_16", "pcm24": "PCM_24", "float": "FLOAT"}
_BYTES = {"pcm16": 2, "pcm24": 3, "float": 4}
_WAV_PCM, _WAV_FLOAT = 1, 3
_WAV_HEADER_BYTES = 44
_LARGEST_WAV_BYTES = 2**32 - 1 - _WAV_HEADER_BYTES


@dataclass(frozen=True, slots=True)
class Audio:
    """A stretch of sound.

    Attributes:
        samples: float32 [N], mono, full scale at 1.
        sample_rate_hz: samples per second.
    """

    samples: NDArray[np.float32]
    sample_rate_hz: int

    def __post_init__(self) -> None:
        _check_samples(self.samples)
        if self.sample_rate_hz <= 0:
            raise ValueError(f"sample rate must be positive, found {self.sample_rate_hz}")

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate_hz


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """A piece of a stream.

    Attributes:
        first_sample: place of ``samples[0]`` in the stream; a player sees a lost chunk by it.
        samples: float32 [N], mono, full scale at 1.
    """

    first_sample: int
    samples: NDArray[np.float32]

    def __post_init__(self) -> None:
        _check_samples(self.samples)


def _check_samples(samples: NDArray[np.float32]) -> None:
    if samples.dtype != np.float32 or samples.ndim != 1:
        raise ValueError(f"samples must be float32 [N], found {samples.dtype} {samples.shape}")


def peak_dbfs(samples: NDArray[np.float32]) -> float:
    """Highest absolute sample in dB of full scale; minus infinity for silence."""
    peak = float(np.abs(samples).max(initial=0.0))
    return 20.0 * math.log10(peak) if peak > 0 else -math.inf


class Sink(Protocol):
    """Where a stream of samples goes."""

    clipped_samples: int

    def write(self, samples: NDArray[np.float32]) -> None:
        """Append ``samples``: float32 [N]; raises ``OutputError``."""
        ...


def encode(samples: NDArray[np.float32], encoding: Encoding) -> bytes:
    """Little-endian bytes of ``samples`` (float32 [N]); integers clip at full scale and round to nearest."""
    if encoding == "float":
        return samples.astype("<f4").tobytes()
    levels = _levels(samples, encoding).astype("<i4")
    if encoding == "pcm16":
        return levels.astype("<i2").tobytes()
    return levels.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


def _levels(samples: NDArray[np.float32], encoding: Encoding) -> NDArray[np.int32]:
    """Integers of the encoding's width: int32 [N]."""
    scale = float(2 ** (8 * _BYTES[encoding] - 1))
    return np.clip(np.rint(samples.astype(np.float64) * scale), -scale, scale - 1).astype(np.int32)


def wav_header(
    samples: int, sample_rate_hz: int, encoding: Encoding, channels: int = 1, comment: str = ""
) -> bytes:
    """RIFF header of a WAV of exactly ``samples`` samples in each channel, for streams that cannot seek back; ``comment`` goes
    into it.
    """
    width = _BYTES[encoding] * channels
    size = samples * width
    told = _wav_comment(comment)
    if size > _LARGEST_WAV_BYTES - len(told):
        raise OutputError("wav_too_long", f"{samples} samples do not fit a WAV file; write .flac instead")
    kind = _WAV_FLOAT if encoding == "float" else _WAV_PCM
    bits = 8 * _BYTES[encoding]
    layout = struct.pack("<IHHIIHH", 16, kind, channels, sample_rate_hz, sample_rate_hz * width, width, bits)
    riff_size = _WAV_HEADER_BYTES - 8 + len(told) + size
    head = b"RIFF" + struct.pack("<I", riff_size) + b"WAVEfmt " + layout + told
    return head + b"data" + struct.pack("<I", size)


def _wav_comment(text: str) -> bytes:
    """The chunk ``LIST`` with the comment ``ICMT`` in UTF-8, as libsndfile writes it; nothing for an empty text."""
    if not text:
        return b""
    content = text.encode() + b"\0"
    content += b"\0" * (len(content) % 2)
    entry = b"INFOICMT" + struct.pack("<I", len(content)) + content
    return b"LIST" + struct.pack("<I", len(entry)) + entry


class StreamSink:
    """Samples as bytes into an open binary stream that need not seek, such as standard output."""

    def __init__(self, stream: BinaryIO, encoding: Encoding) -> None:
        self._stream, self._encoding = stream, encoding
        self.clipped_samples = 0

    def write_header(self, samples: int, sample_rate_hz: int, comment: str = "") -> None:
        """Write the header of a WAV of ``samples`` samples; leave it out for raw PCM."""
        self._put(wav_header(samples, sample_rate_hz, self._encoding, comment=comment))

    def write(self, samples: NDArray[np.float32]) -> None:
        """Append ``samples``: float32 [N]; raises ``OutputError`` if the reader went away."""
        self.clipped_samples += _count_clipped(samples, self._encoding)
        self._put(encode(samples, self._encoding))

    def _put(self, content: bytes) -> None:
        try:
            self._stream.write(content)
            self._stream.flush()
        except OSError as error:
            raise OutputError(
                "output_closed", f"the reader of the audio went away: {error.strerror}"
            ) from error


class FileSink:
    """A .wav or .flac file that appears under its name only when it is complete.

    A context manager: leaving it normally puts the file in place in one step; leaving it by an error removes
    what was written. A file that stood there before stays untouched until then.
    """

    def __init__(self, path: Path, sample_rate_hz: int, encoding: Encoding, comment: str = "") -> None:
        """Open a temporary file beside ``path``; raises ``OutputError`` if that cannot be done.

        ``comment`` is written into the file's metadata.
        """
        form = path.suffix.lower().lstrip(".")
        if form not in ("wav", "flac"):
            message = f"found the ending {path.suffix!r}; files end in .wav or .flac"
            raise OutputError("output_format", message, str(path))
        if form == "flac" and encoding == "float":
            raise OutputError("output_format", "a .flac file holds pcm16 or pcm24, not float", str(path))
        if path.is_dir():
            raise OutputError("output_is_folder", "is a folder; name a file in it", str(path))
        self.path = path
        self.clipped_samples = 0
        self._encoding = encoding
        soundfile = import_module("soundfile")
        with _as_output_error(path):
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=f".part.{form}", dir=path.parent)
            os.close(handle)
        self._partial = Path(name)
        try:
            with _as_output_error(path):
                self._file = soundfile.SoundFile(
                    name, "w", sample_rate_hz, 1, _SUBTYPES[encoding], format=form.upper()
                )
                if comment:
                    self._file.comment = comment
        except BaseException:
            self._partial.unlink(missing_ok=True)
            raise

    def write(self, samples: NDArray[np.float32]) -> None:
        """Append ``samples``: float32 [N]."""
        self.clipped_samples += _count_clipped(samples, self._encoding)
        with _as_output_error(self.path):
            self._file.write(self._as_written(samples))

    def _as_written(self, samples: NDArray[np.float32]) -> NDArray[np.generic]:
        """Integers made here, not by libsndfile, so that files and standard output hold the same."""
        if self._encoding == "float":
            return samples
        levels = _levels(samples, self._encoding)
        return levels.astype(np.int16) if self._encoding == "pcm16" else levels << 8  # top 24 of 32 bits

    def __enter__(self) -> FileSink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with _as_output_error(self.path):
                self._file.close()
                if kind is None:
                    self._partial.chmod(0o666 & ~_umask())  # mkstemp made it private
                    self._partial.replace(self.path)
        finally:
            self._partial.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _count_clipped(samples: NDArray[np.float32], encoding: Encoding) -> int:
    return 0 if encoding == "float" else int((np.abs(samples) > 1.0).sum())


@contextlib.contextmanager
def _as_output_error(path: Path) -> Iterator[None]:
    soundfile = import_module("soundfile")
    try:
        yield
    except (OSError, soundfile.SoundFileError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError("output_failed", f"cannot be written: {reason}", str(path)) from error


def write_audio(path: str | Path, audio: Audio, encoding: Encoding = "pcm16") -> None:
    """Write ``audio`` to a .wav or .flac file in one step; raises ``OutputError``."""
    with FileSink(Path(path), audio.sample_rate_hz, encoding) as sink:
        sink.write(audio.samples)


def read_audio(path: Path) -> Audio:
    """Sound of a file that libsndfile reads, its channels averaged; raises ``OutputError`` if it cannot."""
    soundfile = import_module("soundfile")
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise OutputError("audio_unreadable", f"is not sound that can be read: {error}", str(path)) from error
    return Audio(np.ascontiguousarray(samples.mean(axis=1), dtype=np.float32), int(rate))


class Resampler:
    """A stream of one sample rate turned into another, in pieces of any size.

    The whole output has ``round(n * to / from)`` samples for n in: pieces come as soon as the filter has seen
    enough, the rest with ``finish``. The filter is soxr's high-quality one
    (https://sourceforge.net/p/soxr/wiki/Home/).
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._ratio = to_hz / from_hz
        self._taken = self._given = 0
        soxr = import_module("soxr")
        self._stream: Any = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32", quality="HQ")

    def run(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Samples at the new rate that ``samples`` (float32 [N]) made known: float32 [M]."""
        self._taken += len(samples)
        return self._cut(self._stream.resample_chunk(samples))

    def finish(self) -> NDArray[np.float32]:
        """The remaining samples: float32 [M]."""
        rest = self._stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
        missing = self._wanted() - self._given - len(rest)
        return self._cut(np.pad(rest, (0, max(missing, 0))))

    def _wanted(self) -> int:
        return math.floor(self._taken * self._ratio + 0.5)

    def _cut(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        kept = samples[: max(self._wanted() - self._given, 0)]
        self._given += len(kept)
        return np.ascontiguousarray(kept, dtype=np.float32)


def resample(chunks: Iterator[AudioChunk | None], from_hz: int, to_hz: int) -> Iterator[AudioChunk | None]:
    """``chunks`` of a stream that starts at sample 0, at another rate; passed through if it is the same.

    A ``None`` among them, which stands for waiting, is passed on.
    """
    if from_hz == to_hz:
        yield from chunks
        return
    resampler = Resampler(from_hz, to_hz)
    first = 0
    for chunk in chunks:
        if chunk is None:
            yield None
            continue
        piece = resampler.run(chunk.samples)
        if len(piece):
            yield AudioChunk(first, piece)
            first += len(piece)
    rest = resampler.finish()
    if len(rest):
        yield AudioChunk(first, rest)
