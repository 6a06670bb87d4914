"""The doors of the stream: the WebSocket, and its schemas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException, WebSocket

from api.server.stream.schemas import client_schema, server_schema
from api.server.stream.session import Services, Session

SUBPROTOCOL = "singer.v1"


def stream_router(services: Callable[[WebSocket], Services | None]) -> APIRouter:
    """Routes of ``/v1/stream``.

    Args:
        services: what a connection may use; ``None`` closes it before it is open, as a caller that is not allowed.
    """
    router = APIRouter(tags=["stream"])

    @router.websocket("/v1/stream")
    async def stream(socket: WebSocket) -> None:
        allowed = services(socket)
        if allowed is None:
            await socket.close(1008, "not allowed")
            return
        asked = socket.scope.get("subprotocols", [])
        await socket.accept(SUBPROTOCOL if SUBPROTOCOL in asked else None)
        await Session(socket, allowed).run()

    @router.get("/v1/stream/schemas/{direction}", summary="JSON Schema of the stream's messages")
    def schema(direction: str) -> dict[str, Any]:
        schemas = {"client": client_schema, "server": server_schema}
        if direction not in schemas:
            raise HTTPException(404, f'found "{direction[:20]}"; there are client and server')
        return schemas[direction]()

    return router
