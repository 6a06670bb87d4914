"""The doors that tell of the engine and its singers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar, get_args

from fastapi import APIRouter, Depends, HTTPException, Query, Response

from api.server.engine import Engine
from api.server.problems import RequestError
from api.server.routes.access import AsCaller, WithEngine
from api.server.voicevox.about import engine_manifest, engine_version, singer_info
from api.server.voicevox.errors import NO_SINGER
from api.server.voicevox.models import EngineManifest, Speaker, SpeakerInfo, StyleType, SupportedDevicesInfo
from api.server.voicevox.singers import Singers

Result = TypeVar("Result")
_KINDS: tuple[StyleType, ...] = get_args(StyleType)


def known_core(
    _: AsCaller,
    core_version: Annotated[str | None, Query(description="The version of the server, or nothing.")] = None,
) -> None:
    """Refuse another version; raises ``RequestError``, ``unknown_core``."""
    if core_version and core_version != engine_version():
        raise RequestError("unknown_core", f"バージョン {core_version[:40]} のコアは見つかりません")


router = APIRouter(tags=["singers"])
_OfCore = [Depends(known_core)]
StyleId = Annotated[int, Query(alias="speaker", description="Number of a style.")]


async def worked(engine: Engine, work: Callable[[], Result]) -> Result:
    """Have ``work`` done by a worker, as soon as there is one."""
    return await asyncio.wrap_future(engine.workers.submit(work, time.monotonic()))


@router.get("/version", summary="Version of the server")
async def version(_: AsCaller) -> str:
    """Our own, not that of VOICEVOX."""
    return engine_version()


@router.get("/core_versions", summary="Versions of what sings")
async def core_versions(_: AsCaller) -> list[str]:
    """There is one."""
    return [engine_version()]


@router.get("/supported_devices", summary="What it can sing with", dependencies=_OfCore)
async def supported_devices(_: AsCaller) -> SupportedDevicesInfo:
    """The server sings with the processor."""
    return SupportedDevicesInfo(cpu=True, cuda=False, dml=False)


@router.get("/engine_manifest", summary="Who the engine is")
async def manifest(_: AsCaller, engine: WithEngine) -> EngineManifest:
    """Name, rates, features, terms."""
    return await worked(engine, lambda: engine_manifest(engine.voices))


@router.get("/speakers", summary="Who can speak", dependencies=_OfCore)
async def speakers(_: AsCaller) -> list[Speaker]:
    """Nobody: the voices sing."""
    return []


@router.get("/user_dict", summary="Words of the user")
async def user_dict(_: AsCaller) -> dict[str, Any]:
    """There are none, as lyrics are kana; the editor asks for them before anything else."""
    return {}


@router.get("/presets", summary="Manners of speaking")
async def presets(_: AsCaller) -> list[Any]:
    """There are none: nobody speaks."""
    return []


@router.get("/singers", summary="Who can sing", dependencies=_OfCore)
async def singers(_: AsCaller, engine: WithEngine) -> list[Speaker]:
    """The voices that sing Japanese."""
    return await worked(engine, Singers(engine.voices).speakers)


@router.get("/speaker_info", summary="Pictures and terms of a speaker", dependencies=_OfCore)
async def speaker_info(_: AsCaller, speaker_uuid: str) -> SpeakerInfo:
    """There is none."""
    raise HTTPException(404, NO_SINGER)


@router.get("/singer_info", summary="Pictures and terms of a singer", dependencies=_OfCore)
async def info(
    _: AsCaller,
    engine: WithEngine,
    speaker_uuid: str,
    resource_format: Annotated[
        Literal["base64", "url"], Query(description="Pictures are given as base64 in either case.")
    ] = "base64",
) -> SpeakerInfo:
    """Its portrait, drawn as PNG."""

    def told() -> SpeakerInfo:
        found = Singers(engine.voices).named(speaker_uuid)
        if found is None:
            raise HTTPException(404, NO_SINGER)
        return singer_info(engine.voices, found)

    return await worked(engine, told)


@router.get("/is_initialized_speaker", summary="Is a voice loaded", dependencies=_OfCore)
async def is_initialized(_: AsCaller, engine: WithEngine, speaker: StyleId) -> bool:
    """Whether its first song begins without waiting."""
    return await worked(
        engine, lambda: engine.voices.is_ready(Singers(engine.voices).style(speaker, *_KINDS).voice)
    )


@router.post("/initialize_speaker", summary="Load a voice", status_code=204, dependencies=_OfCore)
async def initialize(
    _: AsCaller,
    engine: WithEngine,
    speaker: StyleId,
    skip_reinit: Annotated[bool, Query(description="A voice is loaded once in any case.")] = False,
) -> Response:
    """So that its first song begins without waiting."""
    await worked(engine, lambda: engine.voices.get(Singers(engine.voices).style(speaker, *_KINDS).voice))
    return Response(status_code=204)
