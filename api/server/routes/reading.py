"""Lyrics to phones."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.commands.phonemes import entry, read_lyrics
from api.server.problems import problems
from api.server.routes.access import AsCaller, WithEngine
from frontend_g2p.phones import Language

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
