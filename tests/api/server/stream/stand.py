"""A server with the stream alone, in a thread of its own, and a client that keeps what it hears."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import uvicorn
from fastapi import FastAPI
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from api.server.stream.routes import stream_router
from api.server.stream.session import Services
from api.server.stream.stream import Stream
from api.server.workers import Workers
from voicebanks.load import load_voice


@dataclass
class Stand:
    """A running server and what it was told."""

    url: str
    workers: Workers
    services: Services
    ended: list[Stream] = field(default_factory=list)
    open: int = 0

    def connect(self) -> Client:
        return Client(connect(self.url, max_size=None, close_timeout=1).__enter__())

    def wait_until_empty(self) -> None:
        deadline_s = time.monotonic() + 10
        while self.open or self.workers.waiting:
            assert time.monotonic() < deadline_s, f"{self.open} streams are left"
            time.sleep(0.01)


@contextlib.contextmanager
def standing(most_streams: int = 4, threads: int = 2, **limits: Any) -> Iterator[Stand]:
    workers = Workers(threads)
    voices = {name: load_voice(name) for name in ("builtin",)}
    stand: Stand

    def admit() -> bool:
        if stand.open >= most_streams:
            return False
        stand.open += 1
        return True

    def leave() -> None:
        stand.open -= 1

    services = Services(
        voice=lambda name: (
            voices[name or "builtin"] if (name or "builtin") in voices else load_voice(name or "")
        ),
        workers=workers,
        admit=admit,
        leave=leave,
        ended=lambda stream: stand.ended.append(stream),
        largest_message=1_000_000,
        check_song=lambda song: None,
    )
    services = replace(services, **limits)
    app = FastAPI()
    app.include_router(stream_router(lambda _: services))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="websockets-sansio"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    stand = Stand(f"ws://127.0.0.1:{listener.getsockname()[1]}/v1/stream", workers, services)
    try:
        yield stand
    finally:
        server.should_exit = True
        thread.join(10)
        workers.close()


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
        """Take frames until none has come for ``quiet_s``, or none can come."""
        with contextlib.suppress(TimeoutError, ConnectionClosed):
            while True:
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
