"""Many listeners of one show: each has a short queue of its own, and one that does not read is dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

MOST_FRAMES = 150
"""Frames that wait for one listener: 15 s of audio."""


class Dropped(Exception):  # noqa: N818 - it is no error of ours
    """The listener was too slow."""


class Listener:
    """One receiver of frames, text or binary.

    Attributes:
        was_dropped: whether it has fallen too far behind.
    """

    def __init__(self) -> None:
        self.was_dropped = False
        self._frames: asyncio.Queue[str | bytes | None] = asyncio.Queue()

    async def next(self) -> str | bytes:
        """The next frame; raises ``Dropped`` for a listener that has fallen too far behind."""
        frame = await self._frames.get()
        if frame is None:
            raise Dropped
        return frame

    def give(self, frame: str | bytes) -> bool:
        """Add a frame; ``False`` if there is no room, and the listener is dropped."""
        if self.was_dropped:
            return False
        if self._frames.qsize() >= MOST_FRAMES:
            while not self._frames.empty():
                self._frames.get_nowait()
            self._frames.put_nowait(None)
            self.was_dropped = True
            return False
        self._frames.put_nowait(frame)
        return True


class Hub:
    """Gives every frame to every listener."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    def __len__(self) -> int:
        return len(self._listeners)

    def __iter__(self) -> Iterator[Listener]:
        return iter(tuple(self._listeners))

    def join(self, *first: str | bytes) -> Listener:
        """A new listener, which hears ``first`` before all others."""
        listener = Listener()
        for frame in first:
            listener.give(frame)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Give it nothing more."""
        self._listeners.discard(listener)

    def give(self, frame: str | bytes) -> None:
        """Give a frame to all; those without room leave."""
        for listener in self:
            if not listener.give(frame):
                self.leave(listener)
