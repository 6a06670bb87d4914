"""A song sung by a server and played in real time, while the mouths of avatars follow it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from api.avatars.bridge import Bridge
from api.avatars.follow import CLOSING_S, Follower, PlaybackClock
from api.avatars.mouth import FADE_S, MouthTrack
from singer.audio import Sink
from singer.errors import SingerError

SAMPLE_RATE_HZ = 44_100
LEAD_S = 0.2
"""Audio is written this long before its moment, so that a player never waits for it."""
READY_S = 60.0
"""How long the song waits for avatar programs that have not answered yet."""
MOST_WAITING_S, FEW_WAITING_S = 5.0, 2.0
"""With so much audio unwritten the server is asked to stand, with so little to go on."""

_ID = "avatar"
_HEAD_BYTES = 8
_LARGEST_FRAME_BYTES = 2**24


class ServerError(SingerError):
    """The server that sings cannot be reached, went away, or refused."""

    exit_code = 8


@dataclass(frozen=True, slots=True)
class Show:
    """What is sung, and where.

    Attributes:
        song: ``{"score": ...}`` or ``{"performance": ...}``, as in the message ``sing``; may name a ``voice``.
        server: address of the stream, ``ws://HOST:PORT/v1/stream``.
        token: what the server knows its user by; empty if it wants none.
        offset_ms: positive moves the mouths later than the sound.
    """

    song: Mapping[str, Any]
    server: str
    token: str = ""
    offset_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it.

    Attributes:
        voice: who sang.
        samples: how many were written.
        warnings: of the server, about the song.
        failures: address of each bridge that did not work at the end, with the reason.
    """

    voice: str
    samples: int
    warnings: tuple[str, ...]
    failures: Mapping[str, str]


async def play(show: Show, bridges: Sequence[Bridge], sink: Sink | None) -> Played:
    """Sing and play: samples go into ``sink`` as the clock goes, and the mouths follow that clock.

    Raises:
        ServerError: by the server's own code, or ``server_unreachable``.
        OutputError: the sink cannot be written.
    """
    loop = asyncio.get_running_loop()
    track, clock = MouthTrack(SAMPLE_RATE_HZ, show.offset_ms), PlaybackClock(loop.time)
    follower = Follower(track, clock, bridges)
    following = asyncio.create_task(follower.run())
    try:
        await follower.tried(READY_S)
        async with _stream(show) as connection:
            playback = _Playback(connection, track, clock)
            await playback.run(sink)
        left_s = (track.end_s or 0.0) + FADE_S - clock.position_s()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(following, max(left_s, 0.0) + 2 * CLOSING_S)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    failures = {address: str(error) for address, error in follower.failures.items()}
    return Played(playback.voice, playback.written, playback.warnings, failures)


@contextlib.asynccontextmanager
async def _stream(show: Show) -> AsyncIterator[ClientConnection]:
    headers = {"Authorization": f"Bearer {show.token}"} if show.token else None
    request = {
        "type": "sing",
        "id": _ID,
        **show.song,
        "format": {"encoding": "s16le", "sample_rate": SAMPLE_RATE_HZ},
        "marks": ["viseme"],
    }
    try:
        async with connect(
            show.server, additional_headers=headers, max_size=_LARGEST_FRAME_BYTES, close_timeout=1
        ) as connection:
            await connection.send(json.dumps(request))
            yield connection
    except InvalidStatus as error:
        status = error.response.status_code
        message = (
            f"refused (HTTP {status}): it wants another token (--token), or has no stream at this address"
        )
        raise ServerError("server_refused", message, show.server) from error
    except (OSError, WebSocketException, TimeoutError) as error:
        message = f"cannot be reached: {error}; start it with singer serve"
        raise ServerError("server_unreachable", message, show.server) from error


class _Playback:
    """One stream, from its first message to its last.

    Attributes:
        voice: who sings, once it is known.
        warnings: of the server.
        written: samples that are in the sink.
    """

    def __init__(self, connection: ClientConnection, track: MouthTrack, clock: PlaybackClock) -> None:
        self.voice, self.written = "", 0
        self.warnings: tuple[str, ...] = ()
        self._connection, self._track, self._clock = connection, track, clock
        self._waiting: asyncio.Queue[np.ndarray[Any, np.dtype[np.int16]] | None] = asyncio.Queue()
        self._received = 0
        self._server_stands = False

    async def run(self, sink: Sink | None) -> None:
        """Read and write until the end."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read())
                group.create_task(self._write(sink))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None

    async def _read(self) -> None:
        async for frame in self._connection:
            if isinstance(frame, bytes):
                await self._take(frame)
            elif self._is_last(json.loads(frame)):
                break
        else:
            raise ServerError("server_gone", "the server closed the connection before the end of the song")
        self._waiting.put_nowait(None)

    async def _take(self, frame: bytes) -> None:
        first = struct.unpack_from("<Q", frame)[0]
        if first != self._received:
            raise ServerError("audio_gap", f"found audio of sample {first}; expected {self._received}")
        samples = np.frombuffer(frame, "<i2", offset=_HEAD_BYTES)
        self._received += len(samples)
        self._waiting.put_nowait(samples)
        if self._waiting_s > MOST_WAITING_S and not self._server_stands:
            self._server_stands = True
            await self._tell("pause")

    def _is_last(self, message: Mapping[str, Any]) -> bool:
        match message["type"]:
            case "start":
                self.voice, self.warnings = message["voice"], tuple(message["warnings"])
            case "marks":
                self._track.add(message["marks"])
            case "error":
                raise ServerError(message["code"], message["message"], message.get("where") or "")
            case "end":
                self._track.finish(message["samples"])
                return True
        return False

    async def _write(self, sink: Sink | None) -> None:
        while (samples := await self._waiting.get()) is not None:
            ahead_s = self.written / SAMPLE_RATE_HZ - LEAD_S - self._clock.position_s()
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
            if sink is not None:
                await asyncio.to_thread(sink.write, samples.astype(np.float32) / np.float32(32_768))
            self.written += len(samples)
            self._clock.limit(self.written / SAMPLE_RATE_HZ)
            self._clock.start()
            if self._server_stands and self._waiting_s < FEW_WAITING_S:
                self._server_stands = False
                await self._tell("resume")
        self._clock.limit(float("inf"))

    @property
    def _waiting_s(self) -> float:
        return (self._received - self.written) / SAMPLE_RATE_HZ

    async def _tell(self, kind: str) -> None:
        with contextlib.suppress(WebSocketException):  # after its end; what it sent is still to be read
            await self._connection.send(json.dumps({"type": kind, "id": _ID}))
