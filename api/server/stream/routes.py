"""The doors of the stream: the WebSocket, and its schemas."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, WebSocket

from api.server.engine import engine_of
from api.server.problems import RequestError, problems
from api.server.sockets import CLOSE_BUSY, CLOSE_NOT_ALLOWED, accept, caller_of
from api.server.stream.schemas import client_schema, server_schema
from api.server.stream.session import Session

router = APIRouter(tags=["stream"])


@router.websocket("/v1/stream")
async def stream(socket: WebSocket) -> None:
    """Sing as docs/streaming.md says."""
    try:
        engine, caller = engine_of(socket), caller_of(socket)
        with engine.connection():
            await accept(socket)
            await Session(socket, engine.services(caller)).run()
    except RequestError as error:
        await socket.close(CLOSE_BUSY if error.code == "busy" else CLOSE_NOT_ALLOWED, error.message[:100])


@router.get(
    "/v1/stream/schemas/{direction}", summary="JSON Schema of the stream's messages", responses=problems(404)
)
async def schema(direction: str) -> dict[str, Any]:
    """What a client (``client``) or the server (``server``) sends in text frames."""
    schemas = {"client": client_schema, "server": server_schema}
    if direction not in schemas:
        raise RequestError(
            "no_such_schema", f"found {direction[:20]!r}; there are client and server", "direction"
        )
    return schemas[direction]()
