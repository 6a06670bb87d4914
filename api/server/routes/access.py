"""Who may come in by REST: the dependencies of all routes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from api.server.engine import Engine, engine_of
from api.server.problems import RequestError
from api.server.security import Caller

_SCHEME = HTTPBearer(auto_error=False, description="A token of the tokens file, where the server has one.")
"""For OpenAPI alone; the guard reads the header."""


async def _caller(
    request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(_SCHEME)]
) -> AsyncIterator[Caller]:
    engine = engine_of(request)
    if not engine.guard.allows_origin(request.headers.get("origin")):
        raise RequestError(
            "origin", "this page may not use the server; its origin is not among the allowed ones"
        )
    caller = engine.guard.identify(request.headers.get("authorization"))
    with engine.guard.one_more(caller):
        yield caller


def _engine(request: Request) -> Engine:
    return engine_of(request)


async def json_only(connection: HTTPConnection) -> None:
    """Refuse a body that is not said to be JSON; raises ``RequestError``, ``media_type``."""
    if connection.scope.get("method") not in ("POST", "PUT"):
        return
    found = connection.headers.get("content-type", "")
    if found.partition(";")[0].strip().lower() != "application/json":
        message = f"found {found[:60]!r}; this body is application/json"
        raise RequestError("media_type", message, "Content-Type")


AsCaller = Annotated[Caller, Depends(_caller)]
"""Who asks; refuses those who may not."""
WithEngine = Annotated[Engine, Depends(_engine)]
"""The server's parts."""
