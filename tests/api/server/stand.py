"""A server in a thread of its own, and a client that keeps what it hears."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from api.server.app import create_app
from api.server.engine import Engine
from api.server.settings import ServerSettings
from api.server.stream.stream import Stream


class Stand:
    """A running server.

    Attributes:
        address: host and port.
        engine: its parts.
        ended: the streams that have ended.
    """

    def __init__(self, address: str, engine: Engine) -> None:
        self.address, self.engine = address, engine
        self.ended: list[Stream] = []
        told = engine._ended

        def ended(stream: Stream) -> None:
            self.ended.append(stream)
            told(stream)

        engine._ended = ended  # type: ignore[method-assign]

    def connect(self, path: str = "/v1/stream", **options: Any) -> Client:
        url = f"ws://{self.address}{path}"
        return Client(connect(url, max_size=None, close_timeout=1, **options).__enter__())

    def wait_until_empty(self, connections: int = 0) -> None:
        """Wait until no stream is left, and no more than ``connections``."""
        deadline_s = time.monotonic() + 10
        engine = self.engine
        while engine.streams or engine.connections > connections or engine.workers.waiting:
            assert time.monotonic() < deadline_s, f"{self.engine.streams} streams are left"
            time.sleep(0.01)


@contextlib.contextmanager
def standing(folder: Path, **settings: Any) -> Iterator[Stand]:
    """A server on a free port; its data lie in ``folder``."""
    made = {
        "default_voice": "builtin",
        "data_folder": folder,
        "most_streams": 4,
        "render_threads": 2,
        **settings,
    }
    app = create_app(ServerSettings.model_validate(made))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="websockets-sansio"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server could not start"
        time.sleep(0.005)
    try:
        yield Stand(f"127.0.0.1:{listener.getsockname()[1]}", app.state.engine)
    finally:
        server.should_exit = True
        thread.join(10)


class Client:
    """One connection; ``heard`` and ``samples`` grow as frames come in."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[dict[str, Any]] = []
        self.audio: list[tuple[int, bytes]] = []
        self.order: list[tuple[str, int]] = []
        """Kind of each frame with its first sample, in the order of arrival."""

    def send(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))

    def next(self, timeout_s: float = 20.0) -> dict[str, Any] | tuple[int, bytes]:
        frame = self.connection.recv(timeout_s)
        if isinstance(frame, bytes):
            found = (struct.unpack("<Q", frame[:8])[0], frame[8:])
            self.audio.append(found)
            self.order.append(("audio", found[0]))
            return found
        message: dict[str, Any] = json.loads(frame)
        self.heard.append(message)
        self.order += [("mark", mark["sample"]) for mark in message.get("marks", ())]
        return message

    def until(self, *types: str) -> dict[str, Any]:
        while True:
            frame = self.next()
            if isinstance(frame, dict) and frame["type"] in types:
                return frame

    def drain(self, quiet_s: float) -> None:
        """Take frames until none has come for ``quiet_s``, none can come, or ten times as long has passed."""
        until_s = time.monotonic() + 10 * quiet_s
        with contextlib.suppress(TimeoutError, ConnectionClosed):
            while time.monotonic() < until_s:
                self.next(quiet_s)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.heard if message["type"] == kind]

    def marks(self, kind: str) -> list[dict[str, Any]]:
        return [mark for message in self.of("marks") for mark in message["marks"] if mark["kind"] == kind]

    def pcm16(self) -> np.ndarray:
        """All audio, whose chunks must follow each other without gaps."""
        reached = 0
        for first, content in self.audio:
            assert first == reached, f"chunk at {first}, expected {reached}"
            reached += len(content) // 2
        return np.frombuffer(b"".join(content for _, content in self.audio), "<i2")

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
