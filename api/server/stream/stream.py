"""One stream on its way to one client: work is asked for, marks and audio are sent, the clock is kept."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from concurrent.futures import Future
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from api.server.stream import replies
from api.server.stream.encoding import Encoder
from api.server.stream.work import Step, Work
from api.server.workers import Workers
from singer.errors import Cancelled

CHUNK_S = 0.1
"""Longest piece of audio in one frame."""
MARKS_AHEAD_S = 0.5
FIRST_AUDIO_S = 0.3
"""How long the first audio may wait when others need theirs sooner: a crowd of new streams must not starve the old ones."""
START_BUFFER_S = 0.5
"""Clients are told to play so long after their first chunk."""
MOST_MARKS = 500
"""Marks in one message."""


class Outlet(Protocol):
    """Where a stream's frames go; sending waits for a client that is slow, within a limit."""

    async def send_reply(self, reply: replies.Reply) -> None:
        """Send a text frame."""
        ...

    async def send_audio(self, frame: bytes) -> None:
        """Send a binary frame."""
        ...


class Clock:
    """Seconds since it was started, without those in which it stood."""

    def __init__(self) -> None:
        self._started_s: float | None = None
        self._stood_s = 0.0
        self._stands_since_s: float | None = None

    def start(self) -> None:
        """Begin to count, if that has not been done."""
        if self._started_s is None:
            self._started_s = time.monotonic()

    def stop(self) -> None:
        """Stand still."""
        if self._stands_since_s is None:
            self._stands_since_s = time.monotonic()

    def go_on(self) -> None:
        """Count again."""
        if self._stands_since_s is not None and self._started_s is not None:
            self._stood_s += time.monotonic() - max(self._stands_since_s, self._started_s)
        self._stands_since_s = None

    @property
    def stands(self) -> bool:
        """Whether it stands still."""
        return self._stands_since_s is not None

    @property
    def started(self) -> bool:
        """Whether it was started."""
        return self._started_s is not None

    @property
    def now_s(self) -> float:
        """What it shows."""
        if self._started_s is None:
            return 0.0
        until_s = time.monotonic() if self._stands_since_s is None else self._stands_since_s
        return max(until_s - self._started_s, 0.0) - self._stood_s


class Stream:
    """One stream.

    Attributes:
        id: its name.
        work: what it sings.
        position: samples sent so far.
        underruns: pieces of audio that were sent after the moment at which the client needed them.
        first_audio_s: time from ``asked_s`` to the first audio, once there is some.
        is_cut: whether it was asked to end with the phrase that is sung.
    """

    def __init__(
        self, id: str, work: Work, encoder: Encoder, outlet: Outlet, workers: Workers, *, lead_s: float | None
    ) -> None:
        """Make it ready; ``run`` lets it begin. Without ``lead_s`` nothing but the client's reading holds it back."""
        self.id, self.work = id, work
        self.position = self.underruns = 0
        self.asked_s = time.monotonic()
        self.first_audio_s: float | None = None
        self.is_cut = False
        self._encoder, self._outlet, self._workers = encoder, outlet, workers
        self._lead_s = lead_s
        self._rate = work.sample_rate_hz
        self._clock = Clock()
        self._changed = asyncio.Event()
        self._marks: deque[dict[str, Any]] = deque()

    async def run(self) -> None:
        """Send all of it, and how it ended.

        Raises:
            SingerError: the work failed; nothing more was sent.
        """
        try:
            await self._send_all()
        except Cancelled:
            await self._outlet.send_reply(replies.End(id=self.id, samples=self.position, reason="cancelled"))
            return
        for frame in self._encoder.finish():
            await self._outlet.send_audio(frame)
        await self._tell_marks(None)
        reason: Literal["done", "cancelled"] = "cancelled" if self.is_cut else "done"
        await self._outlet.send_reply(replies.End(id=self.id, samples=self.position, reason=reason))

    def pause(self) -> None:
        """Stop the clock."""
        self._clock.stop()
        self._changed.set()

    def resume(self) -> None:
        """Start the clock again."""
        self._clock.go_on()
        self._changed.set()

    def cancel(self) -> None:
        """End as soon as the model runs that are under way are over."""
        self.work.cancel.cancel()
        self._changed.set()

    def wake(self) -> None:
        """Look again whether the work can go on."""
        self._changed.set()

    async def _send_all(self) -> None:
        await (self._play() if self.work.is_live else self._sing())

    async def _sing(self) -> None:
        """A song: the next block is made while the last one is sent."""
        coming = self._ask(0)
        while True:
            step = await self._finished(coming)
            if step.is_last:
                return
            await self._tell(step)
            if step.samples is None:
                await self._wait(None)
                coming = self._ask(0)
                continue
            coming = self._ask(len(step.samples))
            try:
                await self._send(step.samples)
            except BaseException:
                coming.cancel()
                raise

    async def _play(self) -> None:
        """Played live: the next block is made when it is needed, and no sooner."""
        while True:
            step = await self._finished(self._ask(0))
            await self._tell(step)
            if step.samples is not None:
                await self._send(step.samples)
            await self._until_needed()

    def _ask(self, ahead_samples: int) -> Future[Step]:
        """Have the next piece made by the time at which the client needs it."""
        left_s = (self.position + ahead_samples) / self._rate - self._clock.now_s
        wait_s = left_s if self._clock.started or self.work.is_live else FIRST_AUDIO_S
        return self._workers.submit(self.work.advance, time.monotonic() + wait_s)

    async def _finished(self, coming: Future[Step]) -> Step:
        try:
            return await asyncio.wrap_future(coming)
        except asyncio.CancelledError:
            self.work.cancel.cancel()
            raise

    async def _tell(self, step: Step) -> None:
        self._marks.extend(step.marks)
        for turned in step.turned:
            await self._outlet.send_reply(
                replies.Turned(id=self.id, name=turned.name, value=turned.value, sample=turned.sample)
            )

    async def _send(self, samples: NDArray[np.float32]) -> None:
        size = int(CHUNK_S * self._rate)
        for first in range(0, len(samples), size):
            piece = samples[first : first + size]
            await self._until_wanted(len(piece))
            await self._tell_marks(self.position + len(piece))
            if self._clock.started and self._clock.now_s > self.position / self._rate + self._slack_s:
                self.underruns += 1
            for frame in self._encoder.run(self.position, piece):
                await self._outlet.send_audio(frame)
            self._note_first_audio()
            self.position += len(piece)

    @property
    def _slack_s(self) -> float:
        """How late audio may be for a client that begins to play so long after its first chunk."""
        return CHUNK_S / 2 if self.work.is_live else START_BUFFER_S

    def _note_first_audio(self) -> None:
        if self.first_audio_s is None:
            self.first_audio_s = time.monotonic() - self.asked_s
        if not self._clock.stands:
            self._clock.start()

    async def _until_wanted(self, samples: int) -> None:
        """Wait until ``samples`` more do not run further ahead than they may."""
        while True:
            self.work.cancel.check()
            if self._clock.stands:
                await self._wait(None)
                continue
            if self._lead_s is None or self.work.is_live or not self._clock.started:
                return
            early_s = (self.position + samples) / self._rate - self._clock.now_s - self._lead_s
            if early_s <= 0:
                return
            await self._wait(early_s)

    async def _until_needed(self) -> None:
        """Playing live: wait until the next block must be rendered, and no longer, so that notes come in late."""
        while True:
            self.work.cancel.check()
            if self._clock.stands:
                await self._wait(None)
                continue
            early_s = self.position / self._rate - self._clock.now_s - (self._lead_s or 0.0)
            if early_s <= 0:
                return
            await asyncio.sleep(early_s)

    async def _wait(self, longest_s: float | None) -> None:
        """Wait for a change, or ``longest_s``."""
        self.work.cancel.check()
        self._changed.clear()
        try:
            await asyncio.wait_for(self._changed.wait(), longest_s)
        except TimeoutError:
            return
        self.work.cancel.check()

    async def _tell_marks(self, before: int | None) -> None:
        """Send the marks up to a while after sample ``before``, or all that are left."""
        limit = None if before is None else before + MARKS_AHEAD_S * self._rate
        batch: list[dict[str, Any]] = []
        while self._marks and (limit is None or self._marks[0]["sample"] < limit):
            batch.append(self._marks.popleft())
            if len(batch) == MOST_MARKS:
                await self._outlet.send_reply(replies.Marks(id=self.id, marks=batch))
                batch = []
        if batch:
            await self._outlet.send_reply(replies.Marks(id=self.id, marks=batch))
