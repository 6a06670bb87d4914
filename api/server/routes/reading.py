"""Lyrics to phones, and scores to performances."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from api.commands.phonemes import entry, read_lyrics
from api.server.problems import RequestError, problems
from api.server.routes.access import AsCaller, WithEngine
from api.server.routes.sing import BODY, read_body
from api.server.songs import prepared
from frontend_g2p.phones import Language
from singer.performance_io import performance_to_document

router = APIRouter(prefix="/v1", tags=["reading"])


class PhonemesBody(BaseModel):
    """A line of lyrics."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "好一朵美丽的茉莉花 and a rose", "language": "zh"}]},
    )

    text: Annotated[str, Field(min_length=1, max_length=2_000)]
    language: Annotated[Language | None, Field(description="Guessed from the script if not given.")] = None


@router.post("/phonemes", summary="How lyrics are read", responses=problems(401, 403, 413, 415, 422, 429))
async def phonemes(_: AsCaller, engine: WithEngine, body: PhonemesBody) -> list[dict[str, Any]]:
    """The syllables of a line, with the reading chosen for each and its phones."""

    def read() -> list[dict[str, Any]]:
        return [entry(syllable) for syllable in read_lyrics(body.text, body.language, None)]

    return await asyncio.wrap_future(engine.workers.submit(read, time.monotonic()))


@router.post(
    "/performance",
    summary="A score's performance",
    openapi_extra=BODY,
    responses=problems(401, 403, 404, 413, 415, 422, 429),
)
async def performance(_: AsCaller, engine: WithEngine, request: Request) -> dict[str, Any]:
    """When each phone sounds, and the curves of pitch and controls: a document that can be edited and sung."""
    body = await read_body(request, engine)
    if body.score is None:
        raise RequestError("wrong_value", "a performance is made of a score; give one", "score")

    def performed() -> dict[str, Any]:
        made = prepared(body, engine.voices.get(body.voice or body.named_voice), engine.check_song)
        return {"performance": performance_to_document(made.performance), "warnings": list(made.warnings)}

    return await asyncio.wrap_future(engine.workers.submit(performed, time.monotonic()))
