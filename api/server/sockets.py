"""What all WebSockets of the server share: who may open one, and how it is accepted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.websockets import WebSocket

from api.server.engine import Engine, engine_of
from api.server.problems import RequestError
from api.server.security import Caller

SUBPROTOCOL = "singer.v1"
CLOSE_NOT_ALLOWED, CLOSE_TOO_LARGE, CLOSE_BUSY, CLOSE_TOO_SLOW = 1008, 1009, 1013, 4008


def caller_of(socket: WebSocket) -> Caller:
    """Who opens a WebSocket; raises ``RequestError`` for one who may not."""
    engine = engine_of(socket)
    if not engine.guard.allows_origin(socket.headers.get("origin")):
        raise RequestError(
            "origin", "this page may not use the server; its origin is not among the allowed ones"
        )
    return engine.guard.identify(socket.headers.get("authorization"), socket.scope.get("subprotocols", ()))


@contextmanager
def admitted(socket: WebSocket) -> Iterator[Engine]:
    """The server's parts while a WebSocket is open; raises ``RequestError`` for one that may not be opened."""
    engine = engine_of(socket)
    caller_of(socket)
    with engine.connection():
        yield engine


async def accept(socket: WebSocket) -> None:
    """Open it, with our subprotocol where it was asked for."""
    asked = socket.scope.get("subprotocols", ())
    await socket.accept(SUBPROTOCOL if SUBPROTOCOL in asked else None)
