"""The most urgent piece first; errors and cancelling belong to the one who waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from api.server.workers import WHENEVER_S, Workers


@pytest.fixture
def one() -> Iterator[Workers]:
    workers = Workers(1)
    yield workers
    workers.close()


def test_the_most_urgent_piece_comes_first(one: Workers) -> None:
    gate, order = threading.Event(), []
    first = one.submit(gate.wait, 0.0)
    later = [
        one.submit(lambda name=name: order.append(name), deadline_s)
        for name, deadline_s in (("job", WHENEVER_S), ("late", 9.0), ("soon", 1.0), ("job two", WHENEVER_S))
    ]
    assert one.waiting >= 4
    gate.set()
    for future in (first, *later):
        future.result(timeout=10)
    assert order == ["soon", "late", "job", "job two"]


def test_an_error_reaches_the_one_who_waits_and_the_thread_goes_on(one: Workers) -> None:
    with pytest.raises(ZeroDivisionError):
        one.submit(lambda: 1 // 0, 0.0).result(timeout=10)
    assert one.submit(lambda: "fine", 0.0).result(timeout=10) == "fine"


def test_a_cancelled_piece_never_runs(one: Workers) -> None:
    gate, ran = threading.Event(), []
    holding = one.submit(gate.wait, 0.0)
    dropped = one.submit(lambda: ran.append(1), 0.0)
    assert dropped.cancel()
    gate.set()
    holding.result(timeout=10)
    one.submit(lambda: None, 0.0).result(timeout=10)
    assert not ran


def test_closing_cancels_what_waits() -> None:
    workers, gate = Workers(2), threading.Event()
    busy = [workers.submit(gate.wait, 0.0) for _ in range(2)]
    waiting = workers.submit(lambda: None, 0.0)
    threading.Timer(0.05, gate.set).start()
    workers.close()
    assert all(future.done() for future in busy)
    assert waiting.cancelled() or waiting.done()
    with pytest.raises(RuntimeError):
        workers.submit(lambda: None, 0.0)
