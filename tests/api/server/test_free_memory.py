"""Freed memory is given back once after each spell of work, never during one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from api.server import free_memory


def test_once_after_each_spell_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    given_at: list[int] = []
    work = [0]
    monkeypatch.setattr(free_memory, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(free_memory, "give_back", lambda: given_at.append(work[0]))

    async def watched() -> None:
        task = asyncio.create_task(free_memory.give_back_when_idle(lambda: work[0]))
        await asyncio.sleep(0.1)
        assert given_at == []
        for until in (20, 40):
            while work[0] < until:
                work[0] += 1
                await asyncio.sleep(0.001)
            await asyncio.sleep(0.1)
        task.cancel()

    asyncio.run(watched())
    assert given_at == [20, 40]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
def test_what_was_freed_leaves_the_process() -> None:
    def resident_kb() -> int:
        with Path("/proc/self/status").open() as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    blocks = [bytes(100_000) for _ in range(600)]  # below the size that is mapped by itself
    kept = blocks[::40]
    del blocks
    before_kb = resident_kb()
    free_memory.give_back()
    assert resident_kb() <= before_kb
    assert len(kept) == 15
