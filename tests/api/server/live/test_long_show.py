"""A show of many songs, sung as fast as it can be, holds no more at its end than at its beginning."""

from __future__ import annotations

import asyncio
import gc
import json
import tracemalloc
from pathlib import Path

import pytest

from api.server.live import show as show_module
from api.server.live.show import RATE_HZ, Show, ShowOptions
from api.server.workers import Workers
from tests.api.server.live.test_show import song
from voicebanks.load import load_voice

SONGS, WARM_UP = 60, 25
MOST_GROWTH_BYTES = 1_000_000


def test_memory_stays_flat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show_module, "LEAD_S", 1e9)
    monkeypatch.setattr(show_module, "MOST_SUNG", WARM_UP)
    songs = tmp_path / "songs"
    songs.mkdir()
    (songs / "rose.json").write_text(json.dumps(song("A Rose", 64, bars=2)), "utf-8")
    workers = Workers(1)
    show = Show(ShowOptions(songs, (), tmp_path / "show.json"), load_voice("builtin"), workers)

    async def sing(count: int) -> int:
        """Bytes that are held after so many songs."""
        target = show.state.next_number + count - 1
        listener = show.audio.join()
        for _ in range(count):
            show.request("rose")
        while not show.state.sung or show.state.sung[-1].number < target:
            assert await listener.next()
        show.audio.leave(listener)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    async def both() -> int:
        running = asyncio.create_task(show.run())
        grown = -await sing(WARM_UP) + await sing(SONGS)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return grown

    tracemalloc.start()
    try:
        grown = asyncio.run(both())
    finally:
        tracemalloc.stop()
        workers.close()
    assert len(show.state.sung) == WARM_UP
    assert show.samples / RATE_HZ > 200
    assert grown < MOST_GROWTH_BYTES, (
        f"{grown / 1e6:.1f} MB more after {show.samples / RATE_HZ / 60:.0f} minutes"
    )
