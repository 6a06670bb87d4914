"""Errors as problem documents (RFC 9457): one place maps the engine's errors, FastAPI's and the server's own to HTTP."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.reporting import as_singer_error
from frontend_g2p.errors import ReadingError
from singer.errors import Cancelled, ModelError, OutputError, SingerError, VoicebankError

_LOG = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_CLIENT_GONE = 499
"""What nginx calls a request whose client has left."""
STATUS: dict[str, int] = {
    "no_such_job": 404,
    "no_such_entry": 404,
    "no_show": 404,
    "no_such_schema": 404,
    "no_audio": 409,
    "job_key": 409,
    "unauthorised": 401,
    "origin": 403,
    "use_forbidden": 403,
    "not_acceptable": 406,
    "body_too_large": 413,
    "media_type": 415,
    "too_many_requests": 429,
    "too_many_at_once": 429,
    "queue_full": 429,
    "busy": 503,
}
"""Codes whose status is not that of their kind."""


class Problem(BaseModel):
    """What went wrong, as ``application/problem+json``."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/note_overlap",
                    "title": HTTPStatus(422).phrase,
                    "status": 422,
                    "detail": 'it starts at beat 2, but note 3 "mo" (bar 1) lasts until beat 3',
                    "code": "note_overlap",
                    "where": 'note 4 "li" (bar 1)',
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    where: str = ""


class RequestError(SingerError):
    """A request that the server does not follow.

    Attributes:
        headers: what the reply's head says besides.
    """

    def __init__(
        self, code: str, message: str, where: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(code, message, where)
        self.headers = headers or {}


def status_of(error: SingerError) -> int:
    """The HTTP status of an error."""
    if error.code in STATUS:
        return STATUS[error.code]
    if isinstance(error, ModelError | OutputError):
        return 500
    if isinstance(error, VoicebankError):
        return 404 if error.code == "unknown_voice" else 422
    return _CLIENT_GONE if isinstance(error, Cancelled) else 422


def problem_of(error: SingerError | ReadingError) -> Problem:
    """An error as a problem."""
    told = error if isinstance(error, SingerError) else as_singer_error(error)
    status = status_of(told)
    return Problem(
        type=f"/problems/{told.code}",
        title="Client Closed Request" if status == _CLIENT_GONE else HTTPStatus(status).phrase,
        status=status,
        detail=sendable(told.message),
        code=told.code,
        where=sendable(told.where),
    )


def sendable(text: str) -> str:
    """Text without halves of surrogate pairs, which UTF-8 has not."""
    return text.encode(errors="replace").decode()


def reply(error: SingerError | ReadingError) -> JSONResponse:
    """The response that tells of an error."""
    problem = problem_of(error)
    headers = error.headers if isinstance(error, RequestError) else {}
    return JSONResponse(problem.model_dump(), problem.status, {**headers}, media_type=MEDIA_TYPE)


def tell_problems(app: FastAPI) -> None:
    """Let ``app`` answer every error with a problem document."""

    @app.exception_handler(SingerError)
    async def _ours(_: Request, error: SingerError) -> JSONResponse:
        return reply(error)

    @app.exception_handler(ReadingError)
    async def _lyrics(_: Request, error: ReadingError) -> JSONResponse:
        return reply(error)

    @app.exception_handler(RequestValidationError)
    async def _values(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            return reply(RequestError("not_json", f"the body is not JSON: {first['ctx']['error']}", "body"))
        where = ", ".join(str(part)[:40] for part in first["loc"])
        return reply(RequestError("wrong_value", str(first["msg"]), where))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        title = HTTPStatus(error.status_code).phrase
        code = title.lower().replace(" ", "_")
        problem = Problem(
            type=f"/problems/{code}",
            title=title,
            status=error.status_code,
            detail=str(error.detail),
            code=code,
        )
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(_methods(request))
        return JSONResponse(problem.model_dump(), error.status_code, headers, media_type=MEDIA_TYPE)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return reply(ModelError("internal", "the server failed; its log says how"))


def _methods(request: Request) -> list[str]:
    """What may be done at the path of a request, by all routes that have it."""
    routes = request.scope["app"].routes
    return [
        method
        for method in METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of the replies with these statuses."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
        }
        for status in statuses
    }
