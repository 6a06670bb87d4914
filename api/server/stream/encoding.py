"""Samples to the bytes of binary frames."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from api.server.stream.messages import MessageError
from singer.audio import encode

StreamEncoding = Literal["s16le", "f32le", "opus"]
HEADER = struct.Struct("<Q")
"""What every binary frame begins with: the index of its first sample."""
OPUS_RATE_HZ = 48_000
OPUS_PACKET_SAMPLES = 960
"""20 ms."""
_OGG_HEADER_BYTES = 27


class Encoder(Protocol):
    """Consecutive samples of one stream to binary frames."""

    def run(self, first_sample: int, samples: NDArray[np.float32]) -> Iterator[bytes]:
        """Frames that ``samples`` (float32 [N], the first at ``first_sample``) complete."""
        ...

    def finish(self) -> Iterator[bytes]:
        """The frames that are left."""
        ...


class Pcm:
    """Bare little-endian samples; each call gives one frame."""

    def __init__(self, encoding: Literal["s16le", "f32le"]) -> None:
        self._encoding: Literal["pcm16", "float"] = "pcm16" if encoding == "s16le" else "float"

    def run(self, first_sample: int, samples: NDArray[np.float32]) -> Iterator[bytes]:
        """One frame, as ``singer sing`` writes the samples."""
        yield HEADER.pack(first_sample) + encode(samples, self._encoding)

    def finish(self) -> Iterator[bytes]:
        """Nothing is left."""
        return iter(())


class Opus:
    """One Opus packet of 20 ms in each frame.

    The package writes an Ogg stream, one packet to a page (RFC 7845, RFC 3533); the page's header is taken off.
    """

    def __init__(self) -> None:
        try:
            sphn: Any = import_module("sphn")
        except ImportError as error:
            message = "this server has no Opus encoder (package sphn); ask for s16le or f32le"
            raise MessageError("no_opus", message, "format, encoding", of="sing") from error
        self._writer = sphn.OpusStreamWriter(OPUS_RATE_HZ)
        self._waiting = np.zeros(0, np.float32)
        self._next = 0

    def run(self, first_sample: int, samples: NDArray[np.float32]) -> Iterator[bytes]:
        """The packets that are full."""
        if not len(self._waiting):
            self._next = first_sample
        self._waiting = np.concatenate((self._waiting, samples))
        while len(self._waiting) >= OPUS_PACKET_SAMPLES:
            packet, self._waiting = np.split(self._waiting, [OPUS_PACKET_SAMPLES])
            pages = bytes(self._writer.append_pcm(np.ascontiguousarray(packet)))
            yield HEADER.pack(self._next) + _last_packet(pages)
            self._next += OPUS_PACKET_SAMPLES

    def finish(self) -> Iterator[bytes]:
        """The last packet, filled up with silence."""
        if len(self._waiting):
            yield from self.run(self._next, np.zeros(OPUS_PACKET_SAMPLES - len(self._waiting), np.float32))


def encoder_for(encoding: StreamEncoding) -> Encoder:
    """The encoder of a stream; raises ``MessageError`` where Opus is asked for and not installed."""
    return Opus() if encoding == "opus" else Pcm(encoding)


def _last_packet(pages: bytes) -> bytes:
    """The packet in the last of some Ogg pages; the stream's first ones hold its header."""
    packet = b""
    while pages:
        segments = pages[_OGG_HEADER_BYTES - 1]
        body = _OGG_HEADER_BYTES + segments
        length = sum(pages[_OGG_HEADER_BYTES:body])
        packet, pages = pages[body : body + length], pages[body + length :]
    return packet
