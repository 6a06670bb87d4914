"""Is it there, is it ready, what does it count."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from api.server.routes.access import WithEngine

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the server there")
async def healthz() -> dict[str, str]:
    """It answers, so it is."""
    return {"status": "ok"}


@router.get("/readyz", summary="Can it sing", responses={503: {"description": "Not now"}})
async def readyz(engine: WithEngine) -> JSONResponse:
    """Whether the voice is loaded and the database answers."""
    database = await asyncio.to_thread(engine.jobs.is_reachable)
    ready = {"voice": engine.voices.is_loaded, "database": database}
    return JSONResponse({"ready": all(ready.values()), **ready}, 200 if all(ready.values()) else 503)


@router.get("/metrics", summary="Counts for Prometheus", response_class=Response)
async def metrics(engine: WithEngine) -> Response:
    """The page that Prometheus reads."""
    page, media_type = await asyncio.to_thread(engine.metrics.page)
    return Response(page, media_type=media_type)
