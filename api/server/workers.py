"""The threads that sing: pieces of work from all streams, requests and jobs, the most urgent first.

A piece is small (a block of audio), so a new stream waits for the pieces under way alone, and twenty streams share two
threads fairly: whoever runs dry first is served first.
"""

from __future__ import annotations

import heapq
import itertools
import math
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

Result = TypeVar("Result")

WHENEVER_S = math.inf
"""Deadline of work that nobody waits for, such as jobs; it comes after everything else, in the order it was given."""


class Workers:
    """A fixed number of threads over one queue, ordered by deadline.

    Attributes:
        threads: how many there are.
        finished: pieces done so far, about.
    """

    def __init__(self, threads: int) -> None:
        self.threads, self.finished = threads, 0
        self._waiting: list[tuple[float, int, Callable[[], Any], Future[Any]]] = []
        self._number = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._running = [
            threading.Thread(target=self._work, name=f"singer-{index}", daemon=True)
            for index in range(threads)
        ]
        for thread in self._running:
            thread.start()

    def submit(self, work: Callable[[], Result], deadline_s: float) -> Future[Result]:
        """Have ``work`` done by a thread.

        Args:
            work: called once, without arguments.
            deadline_s: on ``time.monotonic``'s clock; when its result is needed.

        Returns:
            its result, or its exception. A future that is cancelled before its turn never runs.

        Raises:
            RuntimeError: after ``close``.
        """
        future: Future[Result] = Future()
        with self._changed:
            if self._closed:
                raise RuntimeError("the workers are closed")
            heapq.heappush(self._waiting, (deadline_s, next(self._number), work, future))
            self._changed.notify()
        return future

    @property
    def waiting(self) -> int:
        """Pieces that no thread has begun."""
        with self._changed:
            return len(self._waiting)

    def close(self) -> None:
        """Finish what is under way, cancel what waits, end the threads."""
        with self._changed:
            self._closed = True
            dropped, self._waiting = self._waiting, []
            self._changed.notify_all()
        for _, _, _, future in dropped:
            future.cancel()
        for thread in self._running:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                _, _, work, future = heapq.heappop(self._waiting)
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = work()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)
            self.finished += 1
            del work, future
