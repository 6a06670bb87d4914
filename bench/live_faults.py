"""What a server holds out: clients that vanish, half-open sockets, nonsense, bodies that are too large, and being killed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from bench.live_server import LiveServer, serving
from bench.material import song_of_length
from bench.options import Options
from bench.report import Row
from singer.score_json import score_to_document

KILLED, FUZZED, RESTARTS = 200, 10_000, 20
IDLE_S = 6.0
_TYPES: tuple[Any, ...] = (
    "sing", "append", "control", "pause", "resume", "cancel", "note_on", "note_off", "lyrics", "", None, 7, [],
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None,
    -1,
    1e308,
    "",
    "x" * 300,
    [],
    {},
    [[[[]]]],
    True,
    {"format": "singer-score"},
    0,
)
_KEYS = (
    "id", "score", "performance", "live", "voice", "format", "marks", "lead_ms", "name", "value", "notes", "pitch", "text",
)  # fmt: skip


def fault_rows(folder: Path, options: Options, how: str, details: dict[str, Any]) -> list[Row]:
    """Two rows: faults that a server must live through, and jobs that must live through a server's death."""
    score = score_to_document(song_of_length(8.0))
    score.pop("voice", None)
    with serving(folder / "faults", options.voice, "--largest-body-bytes", "200000") as server:
        _vanish(server, score, 5 if options.toy else 50)
        _fuzz(server, score, 90 if options.toy else 2_000)
        before_mb = _idle_mb(server)
        _vanish(server, score, 3 if options.toy else KILLED)
        half_open = _half_open(server, 5 if options.toy else 50)
        refused = _fuzz(server, score, 100 if options.toy else FUZZED)
        too_large = sum(_send_large(server, chunked) == 413 for chunked in (False, True))
        for sock in half_open:
            sock.close()
        left = _left(server)
        grown_mb = _idle_mb(server) - before_mb
        alive = server.process.poll() is None
    details["faults"] = {"left": left, "grown_mb": grown_mb, "refused": refused, "too_large": too_large}
    fine = alive and not any(left.values()) and too_large == 2 and (options.toy or grown_mb < 10.0)
    told = (
        f"{'up' if alive else 'DOWN'}; left over: {left['streams']:g} streams, {left['connections']:g} connections, "
        f"{left['work']:g} pieces of work; memory {grown_mb:+.1f} MB after a warm-up; {refused} answers to nonsense; "
        f"bodies refused {too_large} of 2"
    )
    what = f"faults: {KILLED} clients killed mid-stream, 50 half-open sockets, {FUZZED} malformed frames, oversize bodies"
    rows = [Row(what, "server stays up, no leak of tasks or memory", told, fine, how)]
    rows.append(_job_row(folder / "jobs", options, score, how, details))
    return rows


def _vanish(server: LiveServer, score: dict[str, Any], times: int) -> None:
    generator = random.Random(7)
    for number in range(times):
        client = connect(server.stream_url, max_size=None).__enter__()
        client.send(json.dumps({"type": "sing", "id": "a", "score": score, "marks": ["viseme"]}))
        for _ in range(generator.randint(1, 8)):
            client.recv(30)
        client.socket.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0" if number % 2 else b"\0" * 8
        )
        client.socket.close()


def _half_open(server: LiveServer, count: int) -> list[socket.socket]:
    """Connections that stop in the middle of their handshake, or never begin one."""
    host, _, port = server.address.rpartition(":")
    opened = []
    for number in range(count):
        sock = socket.create_connection((host, int(port)))
        if number % 2:
            sock.sendall(b"GET /v1/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upg")
        opened.append(sock)
    return opened


def _fuzz(server: LiveServer, score: dict[str, Any], count: int) -> int:
    """Send frames that are wrong in all ways; returns how many answers came."""
    generator = random.Random(11)
    answers, sent = 0, 0
    while sent < count:
        with (
            contextlib.suppress(ConnectionClosed, OSError, TimeoutError),
            connect(server.stream_url, max_size=None) as client,
        ):
            for _ in range(90):
                client.send(nonsense(generator, score))
                sent += 1
            until_s = time.monotonic() + 0.5  # some frames are right by chance, and begin a stream
            with contextlib.suppress(TimeoutError):
                while time.monotonic() < until_s:
                    client.recv(0.05)
                    answers += 1
    return answers


def nonsense(generator: random.Random, score: dict[str, Any]) -> str | bytes:
    """A frame that is wrong in one way or another; some are right by chance."""
    kind = generator.randrange(6)
    if kind == 0:
        return bytes(generator.randrange(256) for _ in range(generator.randrange(40)))
    if kind == 1:
        return "".join(chr(generator.choice((34, 91, 123, 44, 58, 48, 0x4E00, 0x1F600))) for _ in range(20))
    values: tuple[Any, ...] = (*_VALUES, score)
    message: dict[str, Any] = {"type": generator.choice(_TYPES)}
    for key in generator.sample(_KEYS, generator.randrange(1, 6)):
        message[key] = generator.choice(values)
    if kind == 5:
        message = {
            "type": "sing",
            "id": "a",
            "score": generator.choice(values),
            "seed": generator.randrange(3),
        }
    text = json.dumps(message)
    if kind == 2:
        cut = generator.randrange(len(text))
        return text[:cut] + chr(generator.randrange(32, 127)) + text[cut + 1 :]
    return text[: generator.randrange(1, len(text))] if kind == 3 else text


def _send_large(server: LiveServer, chunked: bool) -> int:
    """Send a body that is too large, its size told or not; returns the status."""
    content = (b" " * 65_536 for _ in range(16)) if chunked else b" " * 1_048_576
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"http://{server.address}/v1/sing", content, headers, method="POST")
    if chunked:
        request.add_header("Transfer-Encoding", "chunked")
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError:
        return 413  # the server closed the door in the middle of the body


def _left(server: LiveServer) -> dict[str, float]:
    """What is left when all clients are gone, after a while for their ends."""
    names = {"streams": "singer_streams", "connections": "singer_connections", "work": "singer_work_waiting"}
    for _ in range(100):
        counts = server.counts()
        left = {name: counts[key] for name, key in names.items()}
        if not any(left.values()):
            break
        time.sleep(0.1)
    return left


def _idle_mb(server: LiveServer) -> float:
    """Resident memory when the server has given back what it had freed, which it does when it has nothing to do."""
    time.sleep(IDLE_S)
    return server.resident_mb()


def _job_row(folder: Path, options: Options, score: dict[str, Any], how: str, details: dict[str, Any]) -> Row:
    """Jobs of a server that is killed again and again."""
    restarts = 2 if options.toy else RESTARTS
    jobs: dict[str, int] = {}
    generator = random.Random(13)
    for _ in range(restarts):
        with serving(folder, options.voice) as server:
            for _ in range(2):
                seed = len(jobs)
                jobs[server.ask("POST", "/v1/jobs", {"score": score, "seed": seed})["id"]] = seed
            time.sleep(generator.uniform(0.1, 1.2))
            server.kill()
    with serving(folder, options.voice) as server:
        for _ in range(1_200):
            told = {job["id"]: job for job in server.ask("GET", "/v1/jobs")}
            if all(job["state"] == "done" for job in told.values()):
                break
            time.sleep(0.25)
        hashes = [_hash_of(server, id) for id in jobs]
    files = list((folder / "jobs").glob("*.wav"))
    done = sum(told.get(id, {}).get("state") == "done" for id in jobs)
    once = len(told) == len(jobs) and len(set(hashes)) == len(jobs) and len(files) == len(jobs)
    details["jobs"] = {"jobs": len(jobs), "done": done, "files": len(files)}
    return Row(
        f"jobs of a server that is killed (SIGKILL) {RESTARTS} times",
        "none lost or doubled",
        f"{done} of {len(jobs)} done, {len(files)} files, {len(set(hashes))} different songs",
        done == len(jobs) and once,
        how,
    )


def _hash_of(server: LiveServer, id: str) -> str:
    with urllib.request.urlopen(f"http://{server.address}/v1/jobs/{id}/audio", timeout=60) as reply:
        return hashlib.sha256(reply.read()).hexdigest()
