"""An event loop whose clock jumps to the next thing to do: an hour of frames in a moment, each at its exact time.

Sockets work too, as long as both of their ends belong to the loop: what was sent is read before the clock goes on.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any


class _Jumping(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        found = super().select(0.001 if timeout else timeout)
        if not found and timeout is not None and timeout > 0:
            self.now_s += timeout
        return found


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.jumping = _Jumping()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now_s


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """``asyncio.run`` with a clock of its own that starts at 0."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(coroutine)
