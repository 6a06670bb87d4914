"""The doors of a show: its state, requests and the operator's words by REST, audio and events by WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field

from api.server.live.hub import Dropped, Hub, Listener
from api.server.live.show import Show
from api.server.live.state import Entry, Manner
from api.server.problems import RequestError, problems
from api.server.routes.access import AsCaller, WithEngine
from api.server.sockets import CLOSE_NOT_ALLOWED, CLOSE_TOO_SLOW, accept, admitted
from singer.errors import SingerError


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Request(_Body):
    """A song that somebody asks for."""

    song: Annotated[str, Field(min_length=1, max_length=200, examples=["jasmine", "#茉莉花"])]
    by: Annotated[str, Field(max_length=100, examples=["a viewer"])] = ""


class Override(_Body):
    """The operator's word: this song, now."""

    song: Annotated[str, Field(min_length=1, max_length=200, examples=["jasmine"])]
    at: Literal["phrase", "now"] = "phrase"


class Skip(_Body):
    """Leave the song that is sung."""

    at: Literal["phrase", "now"] = "phrase"


class Order(_Body):
    """Numbers of entries that come first."""

    numbers: Annotated[list[int], Field(max_length=1_000, examples=[[3, 1]])]


class Playing(_Body):
    """Whether the show goes on."""

    playing: bool


def _show(engine: WithEngine) -> Show:
    if engine.show is None:
        raise RequestError(
            "no_show", "this server has no show; start it with a folder of scores (show_folder)"
        )
    return engine.show


async def _operated(_: AsCaller, engine: WithEngine) -> Show:
    return _show(engine)


TheShow = Annotated[Show, Depends(_operated)]
_ANSWERS = problems(401, 403, 404, 413, 422, 429)
router = APIRouter(prefix="/v1/live", tags=["live"], responses=_ANSWERS)


@router.get("", summary="The show: what is sung, what waits, what was sung")
async def state(show: TheShow) -> dict[str, Any]:
    """The show as it is now."""
    return show.document()


@router.get("/repertoire", summary="The songs that may be asked for")
async def repertoire(show: TheShow) -> dict[str, Any]:
    """All songs, and the files that hold none."""
    songs = [
        {"name": song.name, "title": song.title, "duration_s": round(song.duration_s, 3)}
        for song in show.repertoire.songs.values()
    ]
    return {"songs": songs, "problems": show.repertoire.problems}


@router.post("/requests", status_code=201, summary="Ask for a song, by name, title or chat message")
async def request(show: TheShow, body: Request) -> Entry:
    """Its place in the queue."""
    return show.request(body.song, body.by)


@router.delete("/requests/{number}", summary="Take a song out of the queue")
async def drop(show: TheShow, number: int) -> Entry:
    """What was taken out."""
    return show.drop(number)


@router.post("/order", summary="Sort the queue")
async def order(show: TheShow, body: Order) -> dict[str, Any]:
    """The show with its queue sorted."""
    show.order(body.numbers)
    return show.document()


@router.post("/skip", summary="Leave the song that is sung")
async def skip(show: TheShow, body: Skip) -> dict[str, Any]:
    """The show; the next song comes when the phrase is over, or at once."""
    show.skip(at=body.at)
    return show.document()


@router.post("/override", status_code=201, summary="Sing a song before all others")
async def override(show: TheShow, body: Override) -> Entry:
    """Its place in the queue: the first."""
    return show.override(body.song, at=body.at)


@router.put("/playing", summary="Go on, or stand after the phrase that is sung")
async def play(show: TheShow, body: Playing) -> dict[str, Any]:
    """The show."""
    show.play(body.playing)
    return show.document()


@router.put("/manner", summary="Key and tempo of what is not sung yet")
async def manner(show: TheShow, body: Manner) -> dict[str, Any]:
    """The show, and the first note of the song under way that is changed."""
    return {"changed_from_note": show.sing_in(body), **show.document()}


@router.websocket("/events")
async def events(socket: WebSocket) -> None:
    """What happens, as JSON; the first message is the show as it is."""
    async with _opened(socket) as show:
        if show is not None:
            await _tell(socket, show.events, show.events.join(_first_event(show)))


@router.websocket("/audio")
async def audio(socket: WebSocket) -> None:
    """The show's sound and marks, frames as of /v1/stream."""
    async with _opened(socket) as show:
        if show is not None:
            await _tell(socket, show.audio, show.listen())


def _first_event(show: Show) -> str:
    return json.dumps({"event": "state", "sample": show.samples, "show": show.document()})


@contextlib.asynccontextmanager
async def _opened(socket: WebSocket) -> AsyncIterator[Show | None]:
    """The show of a WebSocket that may hear it; closed otherwise."""
    try:
        with admitted(socket) as engine:
            show = _show(engine)
            await accept(socket)
            yield show
    except SingerError as error:
        await socket.close(CLOSE_NOT_ALLOWED, error.message[:100])
        yield None


async def _tell(socket: WebSocket, hub: Hub, listener: Listener) -> None:
    """Send what a listener is given until it leaves or is too slow; what it sends is not heard."""
    sending = asyncio.create_task(_send_all(socket, listener))
    leaving = asyncio.create_task(_until_left(socket))
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.leave(listener)
        for task in (sending, leaving):
            task.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)
        with contextlib.suppress(RuntimeError, OSError, WebSocketDisconnect):
            await socket.close(CLOSE_TOO_SLOW if listener.was_dropped else 1000)


async def _send_all(socket: WebSocket, listener: Listener) -> None:
    with contextlib.suppress(Dropped, RuntimeError, OSError, WebSocketDisconnect):
        while True:
            frame = await listener.next()
            await (socket.send_text(frame) if isinstance(frame, str) else socket.send_bytes(frame))


async def _until_left(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
