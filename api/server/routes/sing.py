"""Singing into a download, sent as it is made."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse

from api.server.credits import HEADERS_SCHEMA, Credit
from api.server.encoders import MEDIA_TYPE_OF, MP3_RATES_HZ, Encoder, accepted, encoder_for
from api.server.engine import Engine
from api.server.problems import RequestError, problems
from api.server.routes.access import AsCaller, WithEngine
from api.server.songs import FILE_TYPES, SingBody, body_of_file, prepared, read_json_body
from api.songs import Singing, chunks_of
from singer.audio import AudioChunk
from singer.cancel import CancelToken
from singer.render import RenderOptions, output_samples

router = APIRouter(prefix="/v1", tags=["singing"])

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": SingBody.model_json_schema()},
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in FILE_TYPES},
        },
    }
}
"""What OpenAPI says of the body: JSON, or a score file."""
_SOUND = {"schema": {"type": "string", "format": "binary"}}


@router.post(
    "/sing",
    summary="Sing a song",
    response_class=Response,
    openapi_extra=BODY,
    responses={
        200: {
            "description": "The sound",
            "content": {kind: _SOUND for kind in MEDIA_TYPE_OF.values()},
            "headers": HEADERS_SCHEMA,
        },
        **problems(400, 401, 403, 404, 406, 413, 415, 422, 429),
    },
)
async def sing(
    caller: AsCaller,
    engine: WithEngine,
    request: Request,
    accept: Annotated[str | None, Header(description="audio/wav, audio/flac or audio/mpeg.")] = None,
) -> StreamingResponse:
    """WAV, FLAC or MP3 by ``Accept``; the first bytes come while the rest is still to be sung."""
    kind = wanted_kind(accept)
    body = await read_body(request, engine)
    check_rate(kind, body.sample_rate)
    cancel = CancelToken()

    def begin() -> Sound:
        asked = body.voice or body.named_voice
        voice = engine.voices.get(asked, body.use)
        song = prepared(body, voice, engine.check_song)
        options = RenderOptions(sample_rate_hz=body.sample_rate, seed=body.seed)
        chunks = chunks_of(song, voice, Singing(options, cancel=cancel))
        total = output_samples(song.performance, voice, options)
        rate_hz = options.rate_of(voice)
        credit = engine.voices.credit(asked)
        return Sound(chunks, encoder_for(kind, total, rate_hz, credit.attribution), rate_hz, credit)

    sound = await asyncio.wrap_future(engine.workers.submit(begin, time.monotonic()))
    headers = {"Content-Disposition": f'attachment; filename="song.{kind}"', **sound.credit.headers()}
    return StreamingResponse(sent(engine, sound, cancel), media_type=MEDIA_TYPE_OF[kind], headers=headers)


def wanted_kind(accept: str | None) -> str:
    """The format for an ``Accept`` header; raises ``RequestError``, ``not_acceptable``."""
    kind = accepted(accept)
    if kind is None:
        made = ", ".join(MEDIA_TYPE_OF.values())
        raise RequestError("not_acceptable", f"found {str(accept)[:80]!r}; sound is made as {made}", "Accept")
    return kind


def check_rate(kind: str, sample_rate: int | None) -> None:
    """Refuse a rate that the format has not; raises ``RequestError``."""
    if kind == "mp3" and sample_rate is not None and sample_rate not in MP3_RATES_HZ:
        rates = ", ".join(map(str, MP3_RATES_HZ))
        raise RequestError("wrong_value", f"found {sample_rate}; MP3 has {rates}", "sample_rate")


async def read_body(request: Request, engine: Engine) -> SingBody:
    """What a request asks to be sung; raises ``SingerError``."""
    content = await request.body()
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type in FILE_TYPES:
        read = partial(body_of_file, content, media_type, request.query_params)
        body = await asyncio.get_running_loop().run_in_executor(engine.file_reader, read)
    elif media_type == "application/json":
        body = await asyncio.wrap_future(
            engine.workers.submit(partial(read_json_body, content), time.monotonic())
        )
    else:
        known = ", ".join(("application/json", *FILE_TYPES))
        raise RequestError(
            "media_type", f"found {media_type[:60]!r}; a song comes as {known}", "Content-Type"
        )
    engine.check_song(body.score)
    return body


@dataclass(frozen=True, slots=True)
class Sound:
    """Sound on its way to a file.

    Attributes:
        chunks: what is sung, at ``sample_rate_hz``.
        encoder: makes the file.
        sample_rate_hz: samples per second.
        credit: who sings.
    """

    chunks: Iterator[AudioChunk]
    encoder: Encoder
    sample_rate_hz: int
    credit: Credit


async def sent(engine: Engine, sound: Sound, cancel: CancelToken) -> AsyncIterator[bytes]:
    """The file, piece by piece; whoever stops reading stops the work."""
    needed_s = time.monotonic()

    def next_piece() -> tuple[bytes, float] | None:
        begun_s = time.monotonic()
        chunk = next(sound.chunks, None)
        if chunk is None:
            return None
        piece = sound.encoder.run(chunk.samples)
        engine.metrics.render_s.inc(time.monotonic() - begun_s)
        return piece, len(chunk.samples) / sound.sample_rate_hz

    try:
        while True:
            found = await asyncio.wrap_future(engine.workers.submit(next_piece, needed_s))
            if found is None:
                break
            piece, length_s = found
            needed_s += length_s
            engine.metrics.audio_s.inc(length_s)
            if piece:
                yield piece
        rest = await asyncio.wrap_future(engine.workers.submit(sound.encoder.finish, needed_s))
        if rest:
            yield rest
    finally:
        cancel.cancel()
