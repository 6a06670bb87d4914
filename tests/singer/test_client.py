"""The Python client: hears a real stream, and does not accept one that breaks the protocol."""

from __future__ import annotations

import asyncio
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from websockets.asyncio.server import serve

from singer.client import Audio, Heard, Marks, Message, StreamError, connect
from singer.render import render
from singer.score_json import document_to_score
from tests.api.server.stand import standing
from voicebanks.load import load_voice

SCORE: dict[str, Any] = {
    "format": "singer-score", "version": 1, "language": "en", "tempo": [{"beat": 0, "bpm": 120}],
    "notes": [{"start": 2 * beat, "duration": 1, "pitch": 60 + beat, "lyric": "la"} for beat in range(4)],
}  # fmt: skip


def test_a_song_is_heard_whole(tmp_path: Path) -> None:
    async def hear(url: str) -> list[Heard]:
        async with connect(url) as stream:
            await stream.sing(
                score=SCORE, marks=["lyric", "viseme"], pace="reader", format={"encoding": "f32le"}
            )
            await stream.control("tension", 0.0)
            return [heard async for heard in stream]

    with standing(tmp_path) as stand:
        heard = asyncio.run(hear(f"ws://{stand.address}/v1/stream"))
    samples = np.concatenate([each.samples for each in heard if isinstance(each, Audio)])
    np.testing.assert_array_equal(samples, render(document_to_score(SCORE), load_voice("builtin")).samples)
    words = [
        mark["text"]
        for each in heard
        if isinstance(each, Marks)
        for mark in each.marks
        if mark["kind"] == "lyric"
    ]
    assert words == ["la"] * 4
    assert isinstance(heard[0], Message)
    assert heard[0].type == "start"
    assert heard[-1] == Message(
        "end", {"type": "end", "id": "stream", "samples": len(samples), "reason": "done"}
    )


def test_playing_live(tmp_path: Path) -> None:
    async def play(url: str) -> list[str]:
        types = []
        async with connect(url) as stream:
            await stream.sing(live={"language": "en"})
            await stream.lyrics("hello")
            await stream.note_on("C4")
            async for heard in stream:
                types.append(heard.type if isinstance(heard, Message) else type(heard).__name__)
                if types[-1] == "note":
                    await stream.note_off("C4")
                    await stream.cancel()
        return types

    with standing(tmp_path) as stand:
        types = asyncio.run(play(f"ws://{stand.address}/v1/stream"))
    assert types[-1] == "end"
    assert {"start", "note", "Audio"} <= set(types)


def frame(first: int, samples: int) -> bytes:
    return struct.pack("<Q", first) + b"\0\0" * samples


START = {"type": "start", "id": "stream", "sample_rate": 44_100, "channels": 1, "encoding": "s16le"}
END = {"type": "end", "id": "stream", "samples": 10, "reason": "done"}


@pytest.mark.parametrize(
    ("frames", "code", "says"),
    [
        ([START, frame(0, 10), frame(11, 5)], "protocol", "a chunk starts at sample 11"),
        ([START, frame(0, 9), END], "protocol", "tells of 10 samples; 9 came"),
        (
            [START, frame(0, 10), {"type": "marks", "id": "stream", "marks": [{"kind": "f0", "sample": 5}]}],
            "protocol",
            "after its audio",
        ),
        (
            [{"type": "error", "id": "stream", "code": "busy", "message": "try later", "where": ""}],
            "busy",
            "try later",
        ),
    ],
)
def test_what_breaks_the_protocol_is_not_accepted(frames: list[Any], code: str, says: str) -> None:
    async def hear() -> None:
        async def answer(socket: Any) -> None:
            await socket.recv()
            for each in frames:
                await socket.send(each if isinstance(each, bytes) else json.dumps(each))
            if frames != [START]:
                await socket.wait_closed()

        async with serve(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with connect(f"ws://127.0.0.1:{port}") as stream:
                await stream.sing(score=SCORE)
                async for _ in stream:
                    pass

    with pytest.raises(StreamError, match=says) as caught:
        asyncio.run(hear())
    assert caught.value.code == code


def test_importing_the_client_needs_no_package_of_the_server() -> None:
    import subprocess
    import sys

    code = "import sys, singer.client; print('websockets' in sys.modules)"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "False"
    )
