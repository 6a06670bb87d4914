"""The doors that sing: a score to a query, parts of a query made anew, a query to sound."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from api.server.encoders import Wav
from api.server.engine import Engine
from api.server.routes.access import AsCaller, WithEngine
from api.server.routes.sing import Sound, sent
from api.server.songs import check_length as check_song_length
from api.server.voicevox.about import SAMPLE_RATE_HZ
from api.server.voicevox.frames import seconds
from api.server.voicevox.info_routes import StyleId, known_core, worked
from api.server.voicevox.models import FrameAudioQuery, FramePhoneme, Note, Score
from api.server.voicevox.query_song import check_query, performance_of
from api.server.voicevox.score_query import check_score, f0_for, query_of, volume_for
from api.server.voicevox.singers import Singers
from singer.cancel import CancelToken
from singer.render import RenderOptions, output_samples, stream

router = APIRouter(tags=["songs"], dependencies=[Depends(known_core)])
_COUNTABLE_FRAMES = 2**53
_NUMBERS = TypeAdapter(list[float])
_SOUND = {"content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}}


@router.post("/sing_frame_audio_query", summary="A score to a query", response_model=FrameAudioQuery)
async def sing_frame_audio_query(_: AsCaller, engine: WithEngine, score: Score, speaker: StyleId) -> Response:
    """When the phonemes sound, their pitch and their volume, by our rules of performance."""

    def made() -> bytes:
        _check(engine, score, speaker)
        return query_of(score, SAMPLE_RATE_HZ).model_dump_json().encode()

    return _json(await worked(engine, made))


@router.post("/sing_frame_f0", summary="Pitch for phonemes", response_model=list[float])
async def sing_frame_f0(
    _: AsCaller, engine: WithEngine, score: Score, frame_audio_query: FrameAudioQuery, speaker: StyleId
) -> Response:
    """The pitch of each frame for the lengths of the query's phonemes."""

    def made() -> bytes:
        _check(engine, score, speaker, frame_audio_query.phonemes)
        return _NUMBERS.dump_json(f0_for(score, frame_audio_query.phonemes))

    return _json(await worked(engine, made))


@router.post("/sing_frame_volume", summary="Volume for phonemes", response_model=list[float])
async def sing_frame_volume(
    _: AsCaller, engine: WithEngine, score: Score, frame_audio_query: FrameAudioQuery, speaker: StyleId
) -> Response:
    """The volume of each frame for the lengths of the query's phonemes and its pitch."""

    def made() -> bytes:
        _check(engine, score, speaker, frame_audio_query.phonemes)
        return _NUMBERS.dump_json(volume_for(score, frame_audio_query.phonemes, frame_audio_query.f0))

    return _json(await worked(engine, made))


@router.post("/frame_synthesis", summary="A query to sound", response_class=Response, responses={200: _SOUND})
async def frame_synthesis(
    _: AsCaller, engine: WithEngine, query: FrameAudioQuery, speaker: StyleId
) -> StreamingResponse:
    """WAV of 16 bit, sent while it is sung; a client that leaves stops the work."""
    cancel = CancelToken()

    def begin() -> tuple[Sound, int]:
        style = Singers(engine.voices).style(speaker, "frame_decode", "sing")
        _check_frames(engine, query.phonemes)
        check_query(query)
        voice = engine.voices.get(style.voice)
        performance = performance_of(query, voice)
        options = RenderOptions(sample_rate_hz=query.outputSamplingRate)
        total = output_samples(performance, voice, options)
        channels, credit = 2 if query.outputStereo else 1, engine.voices.credit(style.voice)
        wav = Wav(total, query.outputSamplingRate, channels, query.volumeScale, credit.attribution)
        chunks = stream(performance, voice, options=options, cancel=cancel)
        return Sound(chunks, wav, query.outputSamplingRate, credit), wav.size_bytes

    sound, size_bytes = await worked(engine, begin)
    head = {"Content-Length": str(size_bytes), **sound.credit.headers()}
    return StreamingResponse(sent(engine, sound, cancel), media_type="audio/wav", headers=head)


def _check(engine: Engine, score: Score, speaker: int, phonemes: Sequence[FramePhoneme] = ()) -> None:
    """Refuse what the style or the server cannot sing; raises ``SingerError``."""
    style = Singers(engine.voices).style(speaker, "singing_teacher", "sing")
    engine.check_song({"notes": score.notes})
    _check_frames(engine, score.notes)
    _check_frames(engine, phonemes)
    check_score(score, style.lowest_midi, style.highest_midi)


def _check_frames(engine: Engine, parts: Sequence[Note] | Sequence[FramePhoneme]) -> None:
    """Refuse what lasts longer than the server's limit; raises ``RequestError``."""
    frames = min(sum(max(part.frame_length, 0) for part in parts), _COUNTABLE_FRAMES)
    check_song_length(seconds(frames), engine.settings.longest_song_s)


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json")
