"""Mouths that follow the playback of a stream: one clock, and any number of avatar programs at 60 frames a second."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Callable, Sequence

from api.avatars.bridge import AvatarError, Bridge, MouthFrame
from api.avatars.mouth import FADE_S, SHAPES, MouthTrack

FRAMES_PER_S = 60
RETRY_S = 1.0
"""After an error, a bridge is left alone for this long, then for twice as long, and so on."""
LONGEST_RETRY_S = 8.0
CLOSING_FRAMES = 6
"""How often the closed mouth is told at the end, for programs to which a frame may be lost."""
CLOSING_S = 1.0
"""How long a bridge may take over its closing."""

_log = logging.getLogger(__name__)


class PlaybackClock:
    """Where the playback is. It stands until it is started, while it is paused, and where the sound has not come yet.

    Args:
        now_s: a clock that never goes back, in seconds.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._reached_s = 0.0
        self._since_s: float | None = None
        self._limit_s = math.inf

    @property
    def is_running(self) -> bool:
        """Whether it was started and is not paused."""
        return self._since_s is not None

    def position_s(self) -> float:
        """Seconds of the stream that have been played."""
        if self._since_s is None:
            return self._reached_s
        return min(self._reached_s + self._now_s() - self._since_s, self._limit_s)

    def start(self) -> None:
        """Go on from where it stands."""
        if self._since_s is None:
            self._since_s = self._now_s()

    def pause(self) -> None:
        """Stand still."""
        self._reached_s, self._since_s = self.position_s(), None

    def limit(self, until_s: float) -> None:
        """Stand at ``until_s`` when it is reached; from an earlier limit, where it waits, it goes on from there."""
        running = self.is_running
        self.pause()
        self._limit_s = max(until_s, self._reached_s)
        if running:
            self.start()


class Follower:
    """Drives bridges along a track.

    Marks go into the track as they come; ``run`` ends some frames after the track's end. A bridge that fails is
    logged and tried again, and leaves the others alone; one that says that trying again is of no use is given up.

    Attributes:
        failures: address of a bridge to what it last failed with; not there while it works.
    """

    def __init__(self, track: MouthTrack, clock: PlaybackClock, bridges: Sequence[Bridge]) -> None:
        self.failures: dict[str, Exception] = {}
        self._track, self._clock = track, clock
        self._bridges = tuple(bridges)
        self._tried = [asyncio.Event() for _ in self._bridges]

    async def run(self) -> None:
        """Drive all bridges until the track has ended; cancelled, it closes the mouths before it stops."""
        async with asyncio.TaskGroup() as group:
            for place in range(len(self._bridges)):
                group.create_task(self._drive(place))

    async def tried(self, timeout_s: float) -> bool:
        """Wait until each bridge has shown a frame or failed; gives whether that came in time."""
        waiting = [tried.wait() for tried in self._tried]
        try:
            await asyncio.wait_for(asyncio.gather(*waiting), timeout_s)
        except TimeoutError:
            return False
        return True

    async def _drive(self, place: int) -> None:
        bridge, tried = self._bridges[place], self._tried[place]
        try:
            await self._follow(bridge, tried)
        finally:
            if tried.is_set() and bridge.address not in self.failures:
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(self._close_mouth(bridge), CLOSING_S)
            await bridge.close()

    async def _follow(self, bridge: Bridge, tried: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        retry_s, due_s = RETRY_S, loop.time()
        while not self._is_over():
            try:
                await bridge.send(self._frame(bridge))
            except Exception as error:
                self._note(bridge, error)
                tried.set()
                if isinstance(error, AvatarError) and not error.can_pass:
                    return
                due_s = loop.time() + retry_s
                retry_s = min(2 * retry_s, LONGEST_RETRY_S)
            else:
                self.failures.pop(bridge.address, None)
                tried.set()
                retry_s = RETRY_S
                due_s = max(due_s + 1 / FRAMES_PER_S, loop.time())
            await self._sleep_until(due_s)

    async def _sleep_until(self, due_s: float) -> None:
        """Sleep, but for a bridge that waits to be tried again: no longer than the song."""
        loop = asyncio.get_running_loop()
        while (left_s := due_s - loop.time()) > 0 and not self._is_over():
            await asyncio.sleep(min(left_s, RETRY_S))
        await asyncio.sleep(0)

    def _note(self, bridge: Bridge, error: Exception) -> None:
        if str(self.failures.get(bridge.address)) != str(error):
            known = isinstance(error, AvatarError | OSError)
            _log.warning("%s: %s", bridge.address, error, exc_info=None if known else error)
        self.failures[bridge.address] = error

    def _frame(self, bridge: Bridge) -> MouthFrame:
        time_s = self._clock.position_s()
        shapes = self._track.weights(time_s, bridge.names)
        return MouthFrame(time_s, shapes, self._track.volume(time_s))

    def _is_over(self) -> bool:
        end_s = self._track.end_s
        return end_s is not None and self._clock.position_s() >= end_s + FADE_S

    async def _close_mouth(self, bridge: Bridge) -> None:
        shapes = dict.fromkeys(SHAPES[bridge.names], 0.0)
        for _ in range(CLOSING_FRAMES):
            await bridge.send(MouthFrame(self._clock.position_s(), shapes, 0.0))
            await asyncio.sleep(1 / FRAMES_PER_S)
