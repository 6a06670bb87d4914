"""Long work: songs that are sung in the background."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from api.server.credits import HEADERS_SCHEMA
from api.server.encoders import MEDIA_TYPE_OF
from api.server.engine import Engine
from api.server.jobs.store import Job
from api.server.problems import Problem, RequestError, problems
from api.server.routes.access import AsCaller, WithEngine
from api.server.routes.sing import BODY, check_rate, read_body, wanted_kind
from api.server.songs import SingBody
from singer.errors import SingerError

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
Id = Annotated[str, Path(max_length=64, description="the job's id")]


class JobDocument(BaseModel):
    """Where a job stands."""

    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    format: Literal["wav", "flac", "mp3"]
    progress: float
    created_s: float
    ended_s: float | None
    audio: str | None
    error: Problem | None


def _document(job: Job) -> JobDocument:
    found: dict[str, Any] = {
        name: getattr(job, name) for name in ("id", "state", "progress", "created_s", "ended_s")
    }
    audio = f"/v1/jobs/{job.id}/audio" if job.state == "done" else None
    error = None if job.error is None else Problem.model_validate_json(job.error)
    return JobDocument(**found, format=job.kind, audio=audio, error=error)  # type: ignore[arg-type]


@router.post(
    "", status_code=202, summary="Sing a song in the background", openapi_extra=BODY,
    responses=problems(400, 401, 403, 406, 409, 413, 415, 422, 429),
)  # fmt: skip
async def add(
    caller: AsCaller,
    engine: WithEngine,
    request: Request,
    accept: Annotated[
        str | None, Header(description="Format of the sound: audio/wav, audio/flac, audio/mpeg.")
    ] = None,
    idempotency_key: Annotated[
        str | None, Header(max_length=128, description="The same key gives the same job.")
    ] = None,
) -> JobDocument:
    """The job; it is finished even if the server is killed and started again."""
    kind = wanted_kind(None if accept is None or "json" in accept else accept)
    body = await read_body(request, engine)
    check_rate(kind, body.sample_rate)
    text = json.dumps(body.model_dump(exclude_defaults=True), ensure_ascii=False)
    job = await asyncio.to_thread(engine.jobs.add, caller.name, text, kind, idempotency_key)
    engine.runner.tell()
    return _document(job)


@router.get("", summary="Your jobs, the newest first", responses=problems(401, 403, 422, 429))
async def jobs(caller: AsCaller, engine: WithEngine) -> list[JobDocument]:
    """All of the caller's jobs that are kept."""
    return [_document(job) for job in await asyncio.to_thread(engine.jobs.list, caller.name)]


@router.get("/{id}", summary="One job", responses=problems(401, 403, 404, 422, 429))
async def job(caller: AsCaller, engine: WithEngine, id: Id) -> JobDocument:
    """Where it stands."""
    return _document(await asyncio.to_thread(engine.jobs.get, id, caller.name))


@router.get(
    "/{id}/audio",
    summary="A job's sound",
    response_class=Response,
    responses={
        200: {"content": {kind: {} for kind in MEDIA_TYPE_OF.values()}, "headers": HEADERS_SCHEMA},
        **problems(401, 403, 404, 409, 422, 429),
    },
)
async def audio(caller: AsCaller, engine: WithEngine, id: Id) -> FileResponse:
    """The sound of a job that is done; parts of it by ``Range``."""
    found = await asyncio.to_thread(engine.jobs.get, id, caller.name)
    path = engine.runner.audio_of(found)
    if found.state != "done" or not path.is_file():
        raise RequestError("no_audio", f"the job is {found.state}; its sound is there when it is done", "id")
    headers = await asyncio.to_thread(_credit_headers, engine, found)
    return FileResponse(
        path, headers=headers, media_type=MEDIA_TYPE_OF[found.kind], filename=f"song.{found.kind}"
    )


def _credit_headers(engine: Engine, job: Job) -> dict[str, str]:
    """Who has sung it; nothing if the voice has been removed since: the sound itself names the singer as well."""
    body = SingBody.model_validate_json(job.request)
    try:
        return engine.voices.credit(body.voice or body.named_voice).headers()
    except SingerError:
        return {}


@router.delete("/{id}", status_code=204, summary="Remove a job", responses=problems(401, 403, 404, 422, 429))
async def remove(caller: AsCaller, engine: WithEngine, id: Id) -> None:
    """Stop it if it is under way, and remove it with its sound."""
    found = await asyncio.to_thread(engine.jobs.get, id, caller.name)
    await asyncio.to_thread(engine.jobs.cancel, id, caller.name)
    engine.runner.audio_of(found).unlink(missing_ok=True)
