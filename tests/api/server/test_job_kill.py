"""Jobs outlive their server: killed three times in the middle of them, they end once each, with the right sound."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from singer.score_json import document_to_score
from singer.song import perform_song
from tests.api.cli_runs import environment
from tests.api.server.songs_to_sing import song, sung
from voicebanks.load import load_voice

KILLS = 3
BARS = 12
SEEDS = range(4)


class Process:
    """A real ``singer serve``, started and killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: subprocess.Popen[str] | None = None

    def start(self) -> httpx.Client:
        command = [
            sys.executable, "-m", "api.cli", "serve", "--port", "0", "--data-folder", str(self.folder),
            "--default-voice", "builtin", "--render-threads", "1", "--job-threads", "2", "--log-level", "warning",
        ]  # fmt: skip
        self.running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment())
        assert self.running.stderr is not None
        line = self.running.stderr.readline()
        found = re.search(r"http://\S+", line)
        assert found, line
        client = httpx.Client(base_url=found.group(), timeout=30)
        assert client.get("/readyz").status_code == 200
        return client

    def kill(self) -> None:
        """The hard way: it can tidy nothing."""
        assert self.running is not None
        self.running.send_signal(signal.SIGKILL)
        self.running.communicate(timeout=20)
        self.running = None

    def rows(self) -> dict[str, tuple[str, int, float]]:
        """State, sung phrases and progress of each job."""
        with closing(sqlite3.connect(self.folder / "jobs.sqlite", timeout=20)) as database:
            found = database.execute("SELECT id, state, rendered, progress FROM jobs")
            return {id: (state, rendered, progress) for id, state, rendered, progress in found}

    def let_leases_run_out(self) -> None:
        """As if the time of a lease had passed since the kill."""
        with closing(sqlite3.connect(self.folder / "jobs.sqlite", timeout=20)) as database, database:
            database.execute("UPDATE jobs SET lease_s = 0 WHERE state = 'running'")


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    made = Process(tmp_path)
    yield made
    if made.running is not None:
        made.kill()


def until(is_so: Any, timeout_s: float = 60.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline_s
        time.sleep(0.005)


def test_jobs_outlive_three_kills(process: Process) -> None:
    client = process.start()
    jobs: dict[str, int] = {}
    for seed in SEEDS:
        told = client.post("/v1/jobs", json={"score": song(BARS), "seed": seed}).json()
        jobs[told["id"]] = seed
    total = len(SEEDS) * BARS
    for number in range(1, KILLS + 1):
        aim = total * number // (KILLS + 1)
        until(lambda aim=aim: sum(row[1] for row in process.rows().values()) >= aim)
        process.kill()
        left = process.rows()
        assert any(state == "running" for state, _, _ in left.values()), (
            "the kill came in the middle of no job"
        )
        if number > 1:  # the first time the lease runs out by itself
            process.let_leases_run_out()
        client = process.start()
    until(lambda: all(row[0] in ("done", "failed") for row in process.rows().values()))
    rows = process.rows()
    assert rows.keys() == jobs.keys()
    assert {state for state, _, _ in rows.values()} == {"done"}
    phrases = len(perform_song(document_to_score(song(BARS)), load_voice("builtin")).performance.phrases)
    assert phrases == BARS
    for id, (_, rendered, _) in rows.items():
        assert phrases - KILLS <= rendered <= phrases + KILLS, (
            f"job {id} sang {rendered} phrases of {phrases}"
        )
        content = client.get(f"/v1/jobs/{id}/audio")
        assert content.status_code == 200
        path = process.folder / "jobs" / f"{id}.wav"
        assert path.read_bytes() == content.content
        samples, _ = soundfile.read(path, dtype="int16")
        assert np.array_equal(samples, sung(song(BARS), seed=jobs[id]))
    client.close()


def test_an_address_that_is_taken_is_told(process: Process) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "api.cli",
            "serve",
            "--port",
            str(port),
            "--data-folder",
            str(process.folder),
        ]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False, env=environment()
        )
    assert done.returncode == 7
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_is_asked_to_end_ends(process: Process) -> None:
    process.start().close()
    assert process.running is not None
    process.running.send_signal(signal.SIGTERM)
    _, told = process.running.communicate(timeout=20)
    assert "Traceback" not in told
    assert "Error" not in told
    process.running = None
