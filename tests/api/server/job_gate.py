"""Holds and watches jobs while they are sung."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from api.server.jobs import runner as runner_module


def eventually(is_so: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


class Gate:
    """Holds the singing of jobs after their first piece until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.open = threading.Event(), threading.Event()
        self.pieces = 0
        chunks_of = runner_module.chunks_of

        def held(*arguments: Any, **options: Any) -> Iterator[Any]:
            for chunk in chunks_of(*arguments, **options):
                self.pieces += 1
                yield chunk
                self.begun.set()
                self.open.wait(30)

        monkeypatch.setattr(runner_module, "chunks_of", held)
