"""Scores to performances."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from fastapi import APIRouter, Request

from api.server.problems import RequestError, problems
from api.server.routes.access import AsCaller, WithEngine
from api.server.routes.sing import BODY, read_body
from api.server.songs import prepared
from api.songs import told
from singer.performance_io import performance_to_document

router = APIRouter(prefix="/v1", tags=["reading"])


@router.post(
    "/performance",
    summary="A song's performance",
    openapi_extra=BODY,
    responses=problems(400, 401, 403, 404, 413, 415, 422, 429),
)
async def performance(_: AsCaller, engine: WithEngine, request: Request) -> dict[str, Any]:
    """When each phone sounds, and the curves of pitch and controls: a document that can be edited and sung."""
    body = await read_body(request, engine)
    if body.performance is not None:
        message = "a performance is made of a score or a .ds project; give one"
        raise RequestError("wrong_value", message, "performance")

    def performed() -> dict[str, Any]:
        voice = engine.voices.get(body.voice or body.named_voice)
        made = told(prepared(body, voice, engine.check_song), voice)
        return {"performance": performance_to_document(made.performance), "warnings": list(made.warnings)}

    return await asyncio.wrap_future(engine.workers.submit(performed, time.monotonic()))
