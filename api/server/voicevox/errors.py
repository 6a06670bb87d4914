"""Errors as VOICEVOX's clients read them: ``{"detail": ...}``, and ``message`` beside it for styles and versions."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from api.server.problems import RequestError, sendable, status_of
from singer.errors import PerformanceError, ScoreError, SingerError

_LOG = logging.getLogger(__name__)
NO_STYLE = "指定されたスタイルが見つかりませんでした。"
NO_SINGER = "該当するキャラクターが見つかりません"
_UNKNOWN = ("unknown_style", "unknown_core")
_PLACE_SCHEMA = {
    "type": "object",
    "required": ["loc", "msg", "type"],
    "properties": {
        "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
        "msg": {"type": "string"},
        "type": {"type": "string"},
    },
}
_DETAIL_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["detail"],
    "properties": {
        "detail": {"anyOf": [{"type": "string"}, {"type": "array", "items": _PLACE_SCHEMA}]},
        "message": {"type": "string"},
    },
}


class SongError(SingerError):
    """A song or query that cannot be sung: 400."""

    def __init__(self, message: str) -> None:
        super().__init__("song", message)


_OF_SONGS = (SongError, ScoreError, PerformanceError)


def details(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of the refusals with these statuses."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {"application/json": {"schema": _DETAIL_SCHEMA}},
        }
        for status in statuses
    }


def no_style() -> RequestError:
    """The style is not known, or is not for this."""
    return RequestError("unknown_style", NO_STYLE)


def tell_details(app: FastAPI) -> None:
    """Let ``app`` answer errors as the VOICEVOX engine does."""

    @app.exception_handler(SingerError)
    async def _ours(_: Request, error: SingerError) -> JSONResponse:
        detail = sendable(str(error))
        told = {"message": detail} if error.code in _UNKNOWN else {}
        status = 400 if isinstance(error, _OF_SONGS) else status_of(error)
        headers = error.headers if isinstance(error, RequestError) else {}
        return JSONResponse({"detail": detail, **told}, status, headers)

    @app.exception_handler(RequestValidationError)
    async def _values(_: Request, error: RequestValidationError) -> JSONResponse:
        found = [
            {"loc": [sendable(str(part)) if isinstance(part, str) else part for part in each["loc"]],
             "msg": sendable(str(each["msg"])), "type": each["type"]}
            for each in error.errors()[:100]
        ]  # fmt: skip
        return JSONResponse({"detail": found}, 422)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return JSONResponse({"detail": "the server failed; its log says how"}, 500)
