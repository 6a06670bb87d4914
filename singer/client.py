"""A client of the stream: asks for singing, and hears audio and marks in order. docs/streaming.md is the protocol.

    async with connect("ws://127.0.0.1:8765/v1/stream") as stream:
        await stream.sing(score=document, marks=["viseme", "lyric"])
        async for heard in stream:
            if isinstance(heard, Audio):
                play(heard.samples)

It checks what the protocol promises (chunks without gaps, marks before their audio, one end) and raises where a server does
not keep it. Needs the package websockets (extra ``server``).
"""

from __future__ import annotations

import json
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from singer.errors import SingerError

_HEADER = struct.Struct("<Q")


class StreamError(SingerError):
    """The server has ended the stream with an error, or has not kept the protocol (code ``protocol``)."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text frame that holds no marks: start, end, control, note, refused and the like.

    Attributes:
        type: its type.
        content: all of it.
    """

    type: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Marks:
    """What will sound when.

    Attributes:
        marks: documents with ``kind`` and ``sample``, by rising sample.
    """

    marks: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Audio:
    """A chunk of sound.

    Attributes:
        first_sample: index of its first sample.
        content: its bytes: samples, or one Opus packet.
        encoding: ``s16le``, ``f32le`` or ``opus``.
    """

    first_sample: int
    content: bytes
    encoding: str

    @property
    def samples(self) -> NDArray[np.float32]:
        """Its samples, float32 [N]; raises ``StreamError`` for Opus, which has to be decoded first."""
        if self.encoding == "s16le":
            return np.frombuffer(self.content, "<i2").astype(np.float32) / 32_768.0
        if self.encoding == "f32le":
            return np.frombuffer(self.content, "<f4").astype(np.float32)
        raise StreamError("opus", "Opus packets have to be decoded; ask for s16le or f32le")

    @property
    def length(self) -> int:
        """Samples in it."""
        return {"s16le": len(self.content) // 2, "f32le": len(self.content) // 4}.get(self.encoding, 960)


Heard = Message | Marks | Audio


class StreamClient:
    """One connection, which carries one stream at a time."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._id = "stream"
        self._encoding = "s16le"
        self._reached = 0
        self._is_open = self._has_begun = False

    async def sing(self, **options: Any) -> None:
        """Begin a stream; ``options`` are the keys of ``sing``, ``id`` may be left out."""
        self._id = options.setdefault("id", self._id)
        self._reached, self._is_open, self._has_begun = 0, True, False
        await self.send("sing", **options)

    async def send(self, type: str, **content: Any) -> None:
        """Send any message of the protocol; the stream's ``id`` is added."""
        await self._connection.send(json.dumps({"type": type, "id": self._id, **content}))

    async def control(self, name: str, value: float, ramp_ms: float = 50.0) -> None:
        """Turn a control."""
        await self.send("control", name=name, value=value, ramp_ms=ramp_ms)

    async def append(self, notes: Sequence[Mapping[str, Any]], *, final: bool = False) -> None:
        """Go on with an open score."""
        await self.send("append", notes=list(notes), final=final)

    async def pause(self) -> None:
        """Stop the clock."""
        await self.send("pause")

    async def resume(self) -> None:
        """Start the clock again."""
        await self.send("resume")

    async def cancel(self, at: str = "now") -> None:
        """End the stream, ``now`` or after the ``phrase``."""
        await self.send("cancel", at=at)

    async def lyrics(self, text: str, language: str | None = None, *, replace: bool = False) -> None:
        """Playing live: words for the notes to come."""
        await self.send("lyrics", text=text, language=language, replace=replace)

    async def note_on(self, pitch: float | str, lyric: str | None = None, velocity: int = 100) -> None:
        """Playing live: begin a note."""
        await self.send("note_on", pitch=pitch, lyric=lyric, velocity=velocity)

    async def note_off(self, pitch: float | str) -> None:
        """Playing live: let a note go."""
        await self.send("note_off", pitch=pitch)

    async def __aiter__(self) -> AsyncIterator[Heard]:
        """What the stream says until it has ended, its ``end`` included.

        Raises:
            StreamError: the stream failed, or the protocol was not kept.
        """
        while self._is_open:
            try:
                frame = await self._connection.recv()
            except OSError as error:
                raise StreamError("closed", f"the connection has gone: {error}") from error
            except Exception as error:
                if type(error).__name__.startswith("ConnectionClosed"):
                    raise StreamError("closed", f"the server has closed the connection: {error}") from error
                raise
            try:
                heard = self._audio(frame) if isinstance(frame, bytes) else self._text(frame)
            except (ValueError, KeyError, TypeError, struct.error) as error:
                raise _broken(f"a frame cannot be read ({type(error).__name__}: {error})") from error
            yield heard

    def _text(self, frame: str) -> Heard:
        content: dict[str, Any] = json.loads(frame)
        kind = str(content.get("type"))
        if kind == "error":
            self._is_open = False
            raise StreamError(content["code"], content["message"], content["where"])
        if content.get("id") not in (self._id, None) and kind != "start":
            raise _broken(f'a message speaks of stream "{content.get("id")}"')
        if kind == "start":
            if self._has_begun:
                raise _broken("a stream starts twice")
            self._has_begun = True
            self._encoding = content["encoding"]
            self._reached = content.get("sample", 0)
        elif kind == "end":
            self._is_open = False
            late = self._encoding != "opus" and content["samples"] != self._reached
            if late:
                raise _broken(f"the end tells of {content['samples']} samples; {self._reached} came")
        elif kind == "marks":
            for mark in content["marks"]:
                if mark["sample"] < self._reached:
                    raise _broken(
                        f"a mark of sample {mark['sample']} came after its audio, at {self._reached}"
                    )
            return Marks(content["marks"])
        return Message(kind, content)

    def _audio(self, frame: bytes) -> Audio:
        if not self._has_begun:
            raise _broken("audio came before the start")
        (first,) = _HEADER.unpack_from(frame)
        if first != self._reached:
            raise _broken(f"a chunk starts at sample {first}; the one before ended at {self._reached}")
        audio = Audio(first, frame[_HEADER.size :], self._encoding)
        self._reached += audio.length
        return audio


@asynccontextmanager
async def connect(url: str, token: str | None = None) -> AsyncIterator[StreamClient]:
    """Open a connection to ``url``, with a bearer token where the server wants one."""
    from websockets.asyncio.client import connect as open_socket

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with open_socket(url, additional_headers=headers, max_size=None, compression=None) as connection:
        yield StreamClient(connection)


def _broken(message: str) -> StreamError:
    return StreamError("protocol", f"the server does not keep the protocol: {message}")
