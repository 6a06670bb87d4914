"""Runners on one database: leases, taking over, and that nothing is sung twice."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from sqlalchemy.exc import OperationalError

from api.server.jobs import runner as runner_module
from api.server.jobs import store as store_module
from api.server.jobs.runner import JobRunner, JobSinging
from api.server.jobs.store import JobStore
from api.server.workers import Workers
from singer.errors import OutputError
from tests.api.server.job_gate import Gate, eventually
from tests.api.server.songs_to_sing import song, sung
from voicebanks.load import load_voice


class Place:
    """Runners on one database and one folder, without a server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers = Workers(2)
        self.voice = load_voice("builtin")
        self.opened: list[tuple[JobStore, JobRunner]] = []

    def runner(self, keep_s: float = 3_600.0) -> tuple[JobStore, JobRunner]:
        store = JobStore(f"sqlite:///{self.folder / 'jobs.sqlite'}")
        singing = JobSinging(lambda name, uses: self.voice, self.workers, lambda song: None, lambda name: "")
        self.opened.append((store, JobRunner(store, singing, self.folder / "jobs", keep_s=keep_s)))
        return self.opened[-1]

    def close(self) -> None:
        for _, runner in self.opened:
            runner.close()
        self.workers.close()
        for store, _ in self.opened:
            store.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.close()


def request(seed: int = 0, bars: int = 1) -> str:
    return json.dumps({"score": song(bars), "seed": seed})


def test_two_runners_never_sing_the_same_job(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    chunks_of = runner_module.chunks_of

    def noted(song: Any, voice: Any, singing: Any) -> Iterator[Any]:
        begun.append(singing.options.seed)
        return chunks_of(song, voice, singing)

    monkeypatch.setattr(runner_module, "chunks_of", noted)
    (store, one), (_, two) = place.runner(), place.runner()
    jobs = [store.add("", request(seed), "wav", None) for seed in range(12)]
    one.start(2)
    two.start(2)
    eventually(lambda: store.counts("done") == len(jobs))
    assert sorted(begun) == list(range(12))
    for seed, job in enumerate(jobs):
        samples, _ = soundfile.read(one.audio_of(store.get(job.id, "")), dtype="int16")
        assert np.array_equal(samples, sung(song(1), seed=seed))


def test_a_lease_is_kept_while_the_work_waits_for_a_thread(
    place: Place, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "LEASE_S", 0.5)
    monkeypatch.setattr(runner_module, "RENEW_S", 0.1)
    monkeypatch.setattr(runner_module, "LOOK_S", 0.05)
    (store, one), (_, two) = place.runner(), place.runner()
    busy = threading.Event()
    blocked = [place.workers.submit(lambda: busy.wait(30), 0.0) for _ in range(2)]
    job = store.add("", request(), "wav", None)
    one.start(1)
    eventually(lambda: store.get(job.id, "").state == "running")
    owner = store.get(job.id, "").runner
    two.start(1)
    time.sleep(1.2)
    assert store.get(job.id, "").runner == owner
    busy.set()
    for each in blocked:
        each.result(10)
    gate.open.set()
    eventually(lambda: store.get(job.id, "").state == "done")
    assert store.get(job.id, "").runner == owner


def test_a_job_of_a_runner_that_is_gone_is_taken_over(place: Place) -> None:
    store, runner = place.runner()
    job = store.add("", request(), "wav", None)
    assert store.claim("gone") is not None
    assert store.claim("another") is None, "its lease has not run out"
    with sqlite3.connect(place.folder / "jobs.sqlite") as database:
        database.execute("UPDATE jobs SET lease_s = 0")
    runner.start(1)
    eventually(lambda: store.get(job.id, "").state == "done")
    assert not store.renew(job.id, "gone", 0.5)
    assert not store.end(job.id, "gone", "failed")
    assert store.get(job.id, "").state == "done"


def test_a_runner_that_is_closed_leaves_its_job_to_the_next_at_once(place: Place, gate: Gate) -> None:
    store, runner = place.runner()
    job = store.add("", request(bars=2), "wav", None)
    runner.start(1)
    assert gate.begun.wait(20)
    threading.Timer(0.1, gate.open.set).start()
    runner.close()
    assert store.get(job.id, "").state == "queued"
    assert not list((place.folder / "jobs").glob("*.part"))
    place.runner()[1].start(1)
    eventually(lambda: store.get(job.id, "").state == "done")


def test_a_job_whose_sound_is_complete_is_only_marked_done(place: Place, gate: Gate) -> None:
    store, runner = place.runner()
    job = store.add("", request(), "wav", None)
    assert store.claim("gone") is not None
    with sqlite3.connect(place.folder / "jobs.sqlite") as database:
        database.execute("UPDATE jobs SET lease_s = 0")
    path = runner.audio_of(job)
    path.parent.mkdir()
    path.write_bytes(b"complete")
    runner.start(1)
    eventually(lambda: store.get(job.id, "").state == "done")
    assert path.read_bytes() == b"complete"
    assert (gate.pieces, store.get(job.id, "").rendered) == (0, 0)


def test_old_jobs_are_forgotten_with_their_sound(place: Place) -> None:
    store, runner = place.runner(keep_s=1_000)
    old, new = (store.add("", request(seed), "wav", None) for seed in (0, 1))
    runner.start(1)
    eventually(lambda: store.counts("done") == 2)
    runner.close()
    with sqlite3.connect(place.folder / "jobs.sqlite") as database:
        database.execute("UPDATE jobs SET ended_s = ended_s - 2000 WHERE id = ?", (old.id,))
    _, next_runner = place.runner(keep_s=1_000)
    next_runner.start(1)
    eventually(lambda: not runner.audio_of(old).exists())
    assert [job.id for job in store.list("")] == [new.id]
    assert runner.audio_of(new).exists()


def test_a_database_that_fails_for_a_while_ends_no_runner(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "LOOK_S", 0.02)
    store, runner = place.runner()
    claim, failures = store.claim, [1, 2, 3]

    def sometimes(name: str) -> Any:
        if failures:
            failures.pop()
            raise OperationalError("SELECT", {}, Exception("is locked"))
        return claim(name)

    monkeypatch.setattr(store, "claim", sometimes)
    job = store.add("", request(), "wav", None)
    runner.start(1)
    eventually(lambda: store.get(job.id, "").state == "done")


def test_a_job_that_kills_its_servers_is_given_up(place: Place) -> None:
    store, runner = place.runner()
    job = store.add("", request(), "wav", None)
    for number in range(store_module.MOST_ATTEMPTS):
        assert store.claim(f"runner {number}") is not None
        with sqlite3.connect(place.folder / "jobs.sqlite") as database:
            database.execute("UPDATE jobs SET lease_s = 0")
    runner.start(1)
    eventually(lambda: store.get(job.id, "").state == "failed")
    assert json.loads(store.get(job.id, "").error or "")["code"] == "job_gives_up"


def test_servers_that_start_together_make_one_table(tmp_path: Path) -> None:
    url, failures = f"sqlite:///{tmp_path / 'jobs.sqlite'}", []

    def start() -> None:
        try:
            JobStore(url).close()
        except OutputError as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_a_database_that_cannot_be_opened_hides_its_password() -> None:
    for url in ("nothing://user:secret@host/jobs", "sqlite:////no/such/folder/jobs.sqlite", "rubbish"):
        with pytest.raises(OutputError) as caught:
            JobStore(url)
        assert caught.value.code == "database"
        assert "secret" not in str(caught.value)
