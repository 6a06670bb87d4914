"""Which voices there are."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from api.server.problems import problems
from api.server.routes.access import AsCaller, WithEngine

router = APIRouter(prefix="/v1/voices", tags=["voices"])
Name = Annotated[str, Path(max_length=64, examples=["suyin"])]


@router.get("", summary="The voices", responses=problems(401, 403, 422, 429))
async def voices(_: AsCaller, engine: WithEngine) -> list[dict[str, Any]]:
    """Every voice that the server can sing with."""
    return await asyncio.to_thread(engine.voices.documents)


@router.get("/{name}", summary="One voice", responses=problems(401, 403, 404, 422, 429))
async def voice(_: AsCaller, engine: WithEngine, name: Name) -> dict[str, Any]:
    """Who the singer is, and what they can sing."""
    return await asyncio.to_thread(engine.voices.document, name)


@router.get(
    "/{name}/portrait",
    summary="A voice's portrait",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}, **problems(401, 403, 404, 422, 429)},
)
async def portrait(_: AsCaller, engine: WithEngine, name: Name) -> Response:
    """A picture made by code, SVG."""
    picture = await asyncio.to_thread(engine.voices.portrait, name)
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
    return Response(picture, media_type="image/svg+xml", headers=headers)  # whoever drew it, it runs nothing
