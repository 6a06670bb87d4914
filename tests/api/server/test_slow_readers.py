"""A client that asks for a song and does not read it is dropped; the server goes on."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import httpx
import pytest

from api.server import slow_readers
from tests.api.server.songs_to_sing import song
from tests.api.server.stand import standing


def test_who_stops_reading_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_readers, "SLOW_S", 0.3)
    body = json.dumps({"score": song(60), "sample_rate": 192_000}).encode()
    with standing(tmp_path) as stand:
        host, _, port = stand.address.rpartition(":")
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        sock.connect((host, int(port)))
        head = f"POST /v1/sing HTTP/1.1\r\nHost: {stand.address}\r\nContent-Type: application/json\r\n"
        sock.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert sock.recv(1_000).startswith(b"HTTP/1.1 200")
        before = stand.engine.workers.finished
        time.sleep(3.0)  # two minutes of sound would be long done
        sung = stand.engine.workers.finished
        time.sleep(1.0)
        assert before <= sung == stand.engine.workers.finished, "the song goes on for nobody"
        sock.settimeout(5)
        received = b""
        while piece := sock.recv(1_000_000):
            received += piece
        assert len(received) < 120 * 192_000, "more than half of it was sent"
        assert httpx.get(f"http://{stand.address}/healthz").status_code == 200
        sock.close()
