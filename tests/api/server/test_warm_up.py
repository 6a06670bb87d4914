"""Warming up: every language is ready, what stays is out of garbage collection, what cannot be sung is only told."""

from __future__ import annotations

import gc
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from api.commands.serve import _listen
from api.server.warm_up import warm_up
from voicebanks.load import load_voice


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_was_loaded_is_not_looked_through_again(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        warm_up(load_voice("builtin"))
    assert not caplog.records
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < gc.get_freeze_count()


def test_a_language_that_cannot_be_sung_is_told_and_the_others_are_warm(
    caplog: pytest.LogCaptureFixture,
) -> None:
    voice = load_voice("builtin")
    without = replace(voice, phones={name: row for name, row in voice.phones.items() if name != "f"})
    with caplog.at_level(logging.WARNING):
        warm_up(without)
    assert [record.args[0] for record in caplog.records if isinstance(record.args, tuple)] == ["yue", "en"]
    assert gc.get_freeze_count() > 10_000


def test_small_frames_are_sent_at_once() -> None:
    with _listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
