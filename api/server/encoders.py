"""Sound for downloads, written while it is made: WAV, FLAC and MP3."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import soundfile
from numpy.typing import NDArray

from singer.audio import encode, wav_header

MEDIA_TYPES: Mapping[str, str] = {
    "audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav", "audio/flac": "flac", "audio/x-flac": "flac",
    "audio/mpeg": "mp3", "audio/mp3": "mp3",
}  # fmt: skip
"""Media type to the format that is written."""
MEDIA_TYPE_OF: Mapping[str, str] = {"wav": "audio/wav", "flac": "audio/flac", "mp3": "audio/mpeg"}
MP3_RATES_HZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


class Encoder(Protocol):
    """Samples to bytes of a file."""

    def run(self, samples: NDArray[np.float32]) -> bytes:
        """Bytes that ``samples`` (float32 [N]) complete."""
        ...

    def finish(self) -> bytes:
        """The bytes that are left."""
        ...


class Wav:
    """16-bit WAV whose length is known before.

    Attributes:
        size_bytes: of the whole file.
    """

    def __init__(
        self, samples: int, sample_rate_hz: int, channels: int = 1, gain: float = 1.0, comment: str = ""
    ) -> None:
        """All ``channels`` hold the same; ``gain`` is a factor of the samples."""
        self._head = wav_header(samples, sample_rate_hz, "pcm16", channels, comment)
        self._channels, self._gain = channels, np.float32(gain)
        self.size_bytes = len(self._head) + 2 * samples * channels

    def run(self, samples: NDArray[np.float32]) -> bytes:
        """The samples, after the header the first time."""
        head, self._head = self._head, b""
        return head + encode(np.repeat(samples * self._gain, self._channels), "pcm16")

    def finish(self) -> bytes:
        """Nothing, or the header of an empty file."""
        return self._head


class _Tail(io.RawIOBase):
    """A file that hands on what is appended. What is written over its beginning later, such as totals, is lost: a reader that
    hears a stream knows no totals either.
    """

    def __init__(self) -> None:
        self.fresh = bytearray()
        self._end = self._place = 0

    def write(self, content: Any) -> int:
        """Take ``content`` at the present place."""
        data = bytes(content)
        new = data[max(self._end - self._place, 0) :]
        self.fresh += new
        self._place += len(data)
        self._end = max(self._end, self._place)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._end}[whence]
        self._place = base + offset
        return self._place

    def tell(self) -> int:
        """The present place."""
        return self._place

    def readable(self) -> bool:
        """It is for writing."""
        return False

    def writable(self) -> bool:
        """It is for writing."""
        return True

    def seekable(self) -> bool:
        """Places can be visited."""
        return True

    def take(self) -> bytes:
        """What was appended since the last call."""
        taken = bytes(self.fresh)
        self.fresh.clear()
        return taken


_FLAC_TOTAL_BYTE = 21
"""Of a FLAC file: the low half of this byte and the next four hold the number of samples (RFC 9639, 8.2)."""


_MP3_OPTIONS: Mapping[str, Any] = {
    "subtype": "MPEG_LAYER_III", "bitrate_mode": "CONSTANT", "compression_level": 0.6,
}  # fmt: skip
"""160 kbit/s at 44 100 Hz; constant, because a stream's head holds no totals, and readers count by the first frame's rate."""


class Compressed:
    """FLAC or MP3 by libsndfile."""

    def __init__(self, kind: str, samples: int, sample_rate_hz: int, comment: str) -> None:
        self._tail = _Tail()
        self._samples, self._is_first = samples if kind == "flac" else 0, True
        options = {"subtype": "PCM_16"} if kind == "flac" else _MP3_OPTIONS
        self._file = soundfile.SoundFile(self._tail, "w", sample_rate_hz, 1, format=kind.upper(), **options)
        if comment:
            self._file.comment = comment

    def run(self, samples: NDArray[np.float32]) -> bytes:
        """What the encoder gives for them; it may keep some."""
        self._file.write(np.frombuffer(encode(samples, "pcm16"), "<i2"))
        self._file.flush()
        return self._with_total(self._tail.take())

    def finish(self) -> bytes:
        """The last frames."""
        self._file.close()
        return self._with_total(self._tail.take())

    def _with_total(self, content: bytes) -> bytes:
        """Tell the number of samples in the head of a FLAC file, which is known before the sound."""
        place = _FLAC_TOTAL_BYTE
        if not (self._is_first and self._samples and len(content) > place + 5):
            return content
        self._is_first = False
        rest = bytes([content[place] & 0xF0 | self._samples >> 32 & 0x0F]) + (
            self._samples & 0xFFFFFFFF
        ).to_bytes(4, "big")
        return content[:place] + rest + content[place + 5 :]


def encoder_for(kind: str, samples: int, sample_rate_hz: int, comment: str = "") -> Encoder:
    """The encoder of ``wav``, ``flac`` or ``mp3`` for a song of ``samples`` samples, with ``comment`` in its metadata."""
    if kind == "wav":
        return Wav(samples, sample_rate_hz, comment=comment)
    return Compressed(kind, samples, sample_rate_hz, comment)


def accepted(header: str | None) -> str | None:
    """The format that an ``Accept`` header likes best (RFC 9110, 12.5.1), ``None`` if none that is made.

    The most specific range that fits a format says its weight. WAV stands for ``*/*`` and ``audio/*``, unless the
    header has a weight of its own for it; among equals the first named wins.
    """
    weights: dict[str, tuple[float, int]] = {}
    others: tuple[float, int] | None = None
    parts = [part.strip().lower() for part in (header or "*/*").split(",") if part.strip()]
    for place, part in enumerate(parts or ["*/*"]):
        media, *parameters = (each.strip() for each in part.split(";"))
        told = (_weight(parameters), -place)
        if media == "audio/*" or (media == "*/*" and others is None):
            others = told
        elif media in MEDIA_TYPES:
            weights[MEDIA_TYPES[media]] = max(told, weights.get(MEDIA_TYPES[media], told))
    if others is not None:
        unnamed = [kind for kind in MEDIA_TYPE_OF if kind not in weights]
        weights |= {kind: others for kind in unnamed[:1]}
    liked = [kind for kind in weights if weights[kind][0] > 0]
    return max(liked, key=weights.__getitem__) if liked else None


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
