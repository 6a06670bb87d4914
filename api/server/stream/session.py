"""One connection: reads its messages, keeps its stream, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.server.credits import Credit
from api.server.stream import messages, replies
from api.server.stream.encoding import encoder_for
from api.server.stream.live_work import LiveWork
from api.server.stream.messages import MessageError
from api.server.stream.stream import FIRST_AUDIO_S, Stream
from api.server.stream.work import SongWork, Work
from api.server.workers import Workers
from frontend_g2p.errors import ReadingError
from singer.errors import ModelError, SingerError
from singer.voice import Voice

_LOG = logging.getLogger(__name__)
Result = TypeVar("Result")

SLOW_S = 10.0
"""A client that does not take a frame for so long is dropped."""
MOST_REFUSED = 100
"""Messages that are none, until the connection is closed."""
CLOSE_NOT_ALLOWED, CLOSE_TOO_LARGE, CLOSE_INTERNAL, CLOSE_TOO_SLOW = 1008, 1009, 1011, 4008


class Gone(Exception):  # noqa: N818 - it is no error that a client leaves
    """The client has left, or was dropped."""


@dataclass(frozen=True, slots=True)
class Services:
    """What a session needs of the server.

    Attributes:
        voice: gives a voice by its name, the server's own for ``None``, for the uses that are named; raises ``VoicebankError``.
            May take a while.
        credit: who the voice of a name is.
        workers: the threads that sing.
        admit: takes a place among the streams, ``False`` if there is none; ``leave`` gives it back.
        ended: is told of every stream that has ended.
        largest_message: characters in a text frame.
        check_song: raises ``SingerError`` for a song that the server's limits forbid.
    """

    voice: Callable[[str | None, Sequence[str]], Voice]
    credit: Callable[[str | None], Credit]
    workers: Workers
    admit: Callable[[], bool]
    leave: Callable[[], None]
    ended: Callable[[Stream], None]
    largest_message: int
    check_song: Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What a stream sings, by whom."""

    work: Work
    voice: str
    credit: Credit


class Session:
    """One client's connection."""

    def __init__(self, socket: WebSocket, services: Services) -> None:
        self._socket, self._services = socket, services
        self._sending = asyncio.Lock()
        self._stream: Stream | None = None
        self._task: asyncio.Task[None] | None = None
        self._refused = 0

    async def run(self) -> None:
        """Follow the client until it leaves or is dropped."""
        try:
            while True:
                received = await self._socket.receive()
                if received["type"] == "websocket.disconnect":
                    return
                await self._take(received.get("text"))
        except (Gone, WebSocketDisconnect):
            return
        finally:
            await self._stop()

    async def send_reply(self, reply: replies.Reply) -> None:
        """Send a text frame; raises ``Gone``."""
        await self._send(lambda: self._socket.send_text(reply.text()))

    async def send_audio(self, frame: bytes) -> None:
        """Send a binary frame; raises ``Gone``."""
        await self._send(lambda: self._socket.send_bytes(frame))

    async def _send(self, send: Callable[[], Any]) -> None:
        try:
            async with self._sending:
                await asyncio.wait_for(send(), SLOW_S)
        except TimeoutError as error:
            await self._close(CLOSE_TOO_SLOW, f"too slow: a frame was not taken for {SLOW_S:g} s")
            raise Gone from error
        except (WebSocketDisconnect, RuntimeError, OSError) as error:
            raise Gone from error

    async def _close(self, code: int, reason: str) -> None:
        try:
            await asyncio.wait_for(self._socket.close(code, reason), 1.0)
        except (TimeoutError, WebSocketDisconnect, RuntimeError, OSError):
            _LOG.info("a client was gone before it could be told: %s", reason)

    async def _take(self, text: str | None) -> None:
        """Follow one message."""
        try:
            if text is None:
                raise MessageError("binary", "binary frames go from server to client only; send JSON text")
            if len(text) > self._services.largest_message:
                await self._close(
                    CLOSE_TOO_LARGE, f"a message may have {self._services.largest_message} characters"
                )
                raise Gone
            await self._follow(messages.read_message(text))
        except MessageError as error:
            if error.of == "sing" and error.id and self._stream is None:
                await self.send_reply(_error(error.id, error))
                await self._count_refused()
            else:
                await self._refuse(error, error.of, error.id)

    async def _follow(self, message: Any) -> None:
        if isinstance(message, messages.Sing):
            await self._sing(message)
            return
        stream = self._stream
        if stream is None or stream.id != message.id:
            await self._refuse(
                MessageError(
                    "no_stream", f'no stream "{message.id}" is under way; begin one with sing', "id"
                ),
                message.type,
                message.id,
            )
            return
        try:
            await self._act(stream, message)
        except (SingerError, ReadingError) as error:
            await self._refuse(error, message.type, message.id)

    async def _act(self, stream: Stream, message: Any) -> None:
        match message:
            case messages.Pause():
                stream.pause()
                await self.send_reply(replies.Paused(id=stream.id, sample=stream.position))
            case messages.Resume():
                stream.resume()
                await self.send_reply(replies.Resumed(id=stream.id, sample=stream.position))
            case messages.Control():
                stream.work.turn(message)
            case messages.Cancel():
                await self._cancel(stream, message)
            case messages.Append():
                if not isinstance(stream.work, SongWork):
                    raise MessageError(
                        "not_a_song", "notes are appended to songs; this stream is played live"
                    )
                count = await self._worked(partial(stream.work.append, message))
                await self.send_reply(replies.Appended(id=stream.id, notes=count))
                stream.wake()
            case _:
                if not isinstance(stream.work, LiveWork):
                    raise MessageError(
                        "not_live", f"{message.type} is for playing live; this stream sings a song"
                    )
                played = await self._worked(partial(stream.work.play, message))
                if played is not None:
                    await self.send_reply(played)

    async def _cancel(self, stream: Stream, message: messages.Cancel) -> None:
        if message.at == "now" or isinstance(stream.work, LiveWork):
            stream.cancel()
        elif isinstance(stream.work, SongWork):
            await self._worked(stream.work.cut)
            stream.is_cut = True
        stream.wake()

    async def _sing(self, message: messages.Sing) -> None:
        """Begin a stream, or say why not."""
        asked_s = time.monotonic()
        if self._task is not None and not self._task.done():
            await self._refuse(
                MessageError(
                    "stream_active", "a connection carries one stream at a time; wait for its end", "id"
                ),
                "sing",
                message.id,
            )
            return
        if not self._services.admit():
            text = "the server sings as many streams as it can; try again later"
            await self.send_reply(replies.Error(id=message.id, code="busy", message=text, where=""))
            return
        try:
            encoder = encoder_for(message.format.encoding)
            prepared = await self._worked(partial(self._prepared, message), FIRST_AUDIO_S)
        except (SingerError, ReadingError) as error:
            self._services.leave()
            await self.send_reply(_error(message.id, error))
            return
        except BaseException:
            self._services.leave()
            raise
        lead_s = _lead_s(message)
        stream = Stream(message.id, prepared.work, encoder, self, self._services.workers, lead_s=lead_s)
        stream.asked_s = asked_s
        self._stream = stream
        self._task = asyncio.create_task(self._run(stream, message, prepared), name=f"stream {message.id}")

    def _prepared(self, message: messages.Sing) -> _Prepared:
        song = message.score or message.performance or {}
        named = song.get("voice") if isinstance(song.get("voice"), str) else None
        asked = message.voice or named or None
        voice, credit = self._services.voice(asked, message.use), self._services.credit(asked)
        if message.live is not None:
            return _Prepared(LiveWork(message, voice), voice.name, credit)
        self._services.check_song(song)
        work = SongWork(message, voice, self._services.check_song)
        return _Prepared(work, voice.name, credit)

    async def _run(self, stream: Stream, message: messages.Sing, prepared: _Prepared) -> None:
        try:
            await self.send_reply(
                replies.Start(
                    id=stream.id,
                    sample_rate=stream.work.sample_rate_hz,
                    encoding=message.format.encoding,
                    voice=prepared.voice,
                    attribution=prepared.credit.attribution,
                    licence=prepared.credit.licence,
                    duration_s=stream.work.duration_s,
                    warnings=list(stream.work.warnings),
                )
            )
            await stream.run()
        except SingerError as error:
            await self._tell_error(_error(stream.id, error))
        except Gone:
            _LOG.info("the client of stream %s has left", stream.id)
        except Exception:
            _LOG.exception("stream %s failed", stream.id)
            failure = ModelError("internal", "the server failed; its log says how")
            await self._tell_error(_error(stream.id, failure))
        finally:
            stream.work.cancel.cancel()
            self._stream = None
            self._services.leave()
            self._services.ended(stream)

    async def _tell_error(self, error: replies.Error) -> None:
        try:
            await self.send_reply(error)
        except Gone:
            _LOG.info("the client of stream %s left before its error", error.id)

    async def _worked(self, work: Callable[[], Result], wait_s: float = 0.0) -> Result:
        """Have something done by a singing thread, at once or when it may wait so long."""
        return await asyncio.wrap_future(self._services.workers.submit(work, time.monotonic() + wait_s))

    async def _refuse(self, error: SingerError | ReadingError, of: str, id: str | None) -> None:
        where = error.where if isinstance(error, SingerError) else ""
        await self.send_reply(
            replies.Refused(id=id, of=of, code=error.code, message=error.message, where=where)
        )
        await self._count_refused()

    async def _count_refused(self) -> None:
        """Drop a client that has sent too much that cannot be followed."""
        self._refused += 1
        if self._refused >= MOST_REFUSED:
            await self._close(CLOSE_NOT_ALLOWED, f"{MOST_REFUSED} messages could not be followed")
            raise Gone

    async def _stop(self) -> None:
        """End the stream with the connection."""
        if self._stream is not None:
            self._stream.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._socket.application_state is not WebSocketState.DISCONNECTED:
            await self._close(1000, "")


def _lead_s(message: messages.Sing) -> float | None:
    if message.live is not None:
        return (message.lead_ms or 0.0) / 1000.0
    if message.pace == "reader":
        return None
    return (2_000.0 if message.lead_ms is None else message.lead_ms) / 1000.0


def _error(id: str, error: SingerError | ReadingError) -> replies.Error:
    where = error.where if isinstance(error, SingerError) else ""
    return replies.Error(id=id, code=error.code, message=error.message, where=where)
