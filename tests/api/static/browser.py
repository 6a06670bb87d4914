"""A headless Chromium, told what to do over its debugging protocol."""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-port=0", "--window-size=960,540",
)  # fmt: skip


class Page:
    """One page."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection, self._numbers = connection, itertools.count(1)

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer: dict[str, Any] = json.loads(self._connection.recv(30))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                found: dict[str, Any] = answer["result"]
                return found

    def value(self, expression: str) -> Any:
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait_for(self, expression: str, longest_s: float = 20.0) -> Any:
        deadline_s = time.monotonic() + longest_s
        while not (found := self.value(expression)):
            assert time.monotonic() < deadline_s, (
                f"{expression} did not come; {self.value('JSON.stringify(window.singer)')}"
            )
            time.sleep(0.05)
        return found


@contextlib.contextmanager
def browsing(url: str, folder: Path) -> Iterator[Page]:
    """A page at ``url``; the browser's profile lies in ``folder``."""
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("Chromium is not installed")
    running = subprocess.Popen(
        [program, *OPTIONS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        told = folder / "DevToolsActivePort"
        deadline_s = time.monotonic() + 30
        while not told.exists() or len(told.read_text().split()) < 2:
            assert time.monotonic() < deadline_s, "the browser did not start"
            time.sleep(0.05)
        port = told.read_text().split()[0]
        target = httpx.put(f"http://127.0.0.1:{port}/json/new?{url}").json()
        with connect(target["webSocketDebuggerUrl"], max_size=None) as connection:
            yield Page(connection)
    finally:
        running.terminate()
        running.wait(10)
