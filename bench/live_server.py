"""``singer serve`` as a process of its own, watched from outside."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class LiveServer:
    """A running server.

    Attributes:
        process: the process.
        address: its host and port.
    """

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, address

    @property
    def stream_url(self) -> str:
        """Where streams are opened."""
        return f"ws://{self.address}/v1/stream"

    def resident_mb(self) -> float:
        """Resident memory now, by the kernel."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024.0 if found else float("nan")

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The JSON that a route answers with."""
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"http://{self.address}{path}", content, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.loads(reply.read() or b"null")

    def counts(self) -> dict[str, float]:
        """The plain numbers of ``/metrics``."""
        with urllib.request.urlopen(f"http://{self.address}/metrics", timeout=60) as reply:
            lines = reply.read().decode().splitlines()
        plain = (line.partition(" ") for line in lines if line[:1] != "#" and "{" not in line)
        return {name: float(value) for name, _, value in plain}

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def serving(folder: Path, voice: str, *options: str) -> Iterator[LiveServer]:
    """A server whose data lie in ``folder``; it is ended with the block."""
    command = [
        sys.executable, "-m", "api.cli", "serve", "--port", "0", "--data-folder", str(folder), "--default-voice", voice,
        "--log-level", "warning", *options,
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        if process.stderr is None:
            raise RuntimeError("the server has no standard error")
        line = ""
        while "singing at http://" not in line:
            line = process.stderr.readline()
            if not line:
                raise RuntimeError("the server did not start")
        yield LiveServer(process, line.strip().rpartition("//")[2])
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
