"""Jobs: what becomes of them, whose they are, and that nothing is sung twice."""

from __future__ import annotations

import io
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from api.server.jobs import runner as runner_module
from api.server.jobs import store as store_module
from api.server.jobs.runner import JobRunner, JobSinging
from api.server.jobs.store import JobStore
from api.server.workers import Workers
from singer.errors import OutputError
from tests.api.server.songs_to_sing import song, sung
from tests.api.server.stand import Stand, standing
from voicebanks.load import load_voice


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with standing(tmp_path_factory.mktemp("server"), longest_song_s=120) as made:
        yield made


@pytest.fixture(scope="module")
def client(stand: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://{stand.address}", timeout=30) as made:
        yield made


def add(client: httpx.Client, accept: str = "*/*", key: str | None = None, **body: Any) -> dict[str, Any]:
    headers = {"Accept": accept} | ({"Idempotency-Key": key} if key else {})
    response = client.post("/v1/jobs", json=body, headers=headers)
    assert response.status_code == 202, response.text
    job: dict[str, Any] = response.json()
    return job


def until(client: httpx.Client, id: str, *states: str) -> dict[str, Any]:
    deadline_s = time.monotonic() + 30
    while (job := client.get(f"/v1/jobs/{id}").json())["state"] not in states:
        assert time.monotonic() < deadline_s, job
        time.sleep(0.02)
    return dict(job)


def eventually(is_so: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


class Gate:
    """Holds the singing of jobs after their first piece until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.open = threading.Event(), threading.Event()
        self.pieces = 0
        stream = runner_module.stream

        def held(*arguments: Any, **options: Any) -> Iterator[Any]:
            for chunk in stream(*arguments, **options):
                self.pieces += 1
                yield chunk
                self.begun.set()
                self.open.wait(30)

        monkeypatch.setattr(runner_module, "stream", held)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    made = Gate(monkeypatch)
    yield made
    made.open.set()


def lines(*notes: tuple[float, str]) -> dict[str, Any]:
    """A score of notes that start at some beats."""
    return song(notes=[{"start": at, "duration": 1, "pitch": 60, "lyric": lyric} for at, lyric in notes])


# --- the life of a job


@pytest.mark.parametrize(
    ("accept", "kind"), [("*/*", "wav"), ("application/json", "wav"), ("audio/flac", "flac")]
)
def test_a_job_is_sung_and_fetched(client: httpx.Client, stand: Stand, accept: str, kind: str) -> None:
    job = add(client, accept, score=song(), seed=3)
    assert (job["state"], job["format"], job["audio"], job["error"]) == ("queued", kind, None, None)
    done = until(client, job["id"], "done", "failed")
    assert (done["state"], done["progress"], done["audio"]) == ("done", 1.0, f"/v1/jobs/{job['id']}/audio")
    assert done["ended_s"] >= done["created_s"]
    response = client.get(done["audio"])
    assert response.headers["content-type"] == f"audio/{kind}"
    samples, _ = soundfile.read(io.BytesIO(response.content), dtype="int16")
    assert np.array_equal(samples, sung(song(), seed=3))
    assert client.get("/v1/jobs").json()[0] == done
    assert not list((stand.engine.settings.data_folder / "jobs").glob("*.part"))


def test_a_job_says_how_far_it_is(client: httpx.Client, gate: Gate) -> None:
    job = add(client, score=song(2), seed=20)
    assert gate.begun.wait(20)
    running = until(client, job["id"], "running")
    response = client.get(f"/v1/jobs/{job['id']}/audio")
    assert (response.status_code, response.json()["code"]) == (409, "no_audio")
    assert 0 <= running["progress"] < 1
    assert running["ended_s"] is None
    gate.open.set()
    assert until(client, job["id"], "done", "failed")["state"] == "done"


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        ({"score": song(1, voice="nobody")}, "unknown_voice", "nobody"),
        ({"score": lines((0.0, "[xx9]"))}, "", 'note 0 "[xx9]"'),
        ({"score": lines((0.0, "la"), (500.0, "la"))}, "song_too_long", "score"),
        ({"score": song(1), "controls": {"nothing": 1.0}}, "", "nothing"),
    ],
)  # fmt: skip
def test_a_failed_job_tells_its_problem(
    client: httpx.Client, body: dict[str, Any], code: str, place: str
) -> None:
    job = add(client, **body)
    failed = until(client, job["id"], "done", "failed")
    assert failed["state"] == "failed"
    error = failed["error"]
    assert error["code"] == code or not code
    assert error["status"] in (404, 422)
    assert place in error["where"] + error["detail"]
    assert client.get(f"/v1/jobs/{job['id']}/audio").json()["code"] == "no_audio"


def test_an_unexpected_failure_ends_the_job_not_the_runner(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("a secret")

    with monkeypatch.context() as patch:
        patch.setattr(runner_module, "stream", fails)
        failed = until(client, add(client, score=song(1), seed=30)["id"], "done", "failed")
    assert (failed["state"], failed["error"]["code"], failed["error"]["status"]) == (
        "failed",
        "internal",
        500,
    )
    assert "secret" not in json.dumps(failed)
    assert until(client, add(client, score=song(1), seed=31)["id"], "done", "failed")["state"] == "done"


def test_a_file_can_be_sung_in_the_background(client: httpx.Client) -> None:
    from tests.api.server.songs_to_sing import midi

    response = client.post("/v1/jobs", content=midi(), headers={"Content-Type": "audio/midi"})
    assert until(client, response.json()["id"], "done", "failed")["state"] == "done"


# --- the same wish twice


def test_the_same_key_gives_the_same_job(client: httpx.Client) -> None:
    first = add(client, key="one", score=song(1))
    until(client, first["id"], "done")
    assert add(client, key="one", score=song(1))["id"] == first["id"]
    assert add(client, key="two", score=song(1))["id"] != first["id"]
    assert add(client, score=song(1))["id"] != first["id"]
    for changes in ({"json": {"score": song(2)}}, {"json": {"score": song(1)}, "accept": "audio/flac"}):
        headers = {"Idempotency-Key": "one", "Accept": changes.get("accept", "*/*")}
        response = client.post("/v1/jobs", json=changes["json"], headers=headers)
        assert (response.status_code, response.json()["code"]) == (409, "job_key")
        assert response.json()["where"] == "Idempotency-Key"
    response = client.post("/v1/jobs", json={"score": song(1)}, headers={"Idempotency-Key": "x" * 129})
    assert response.status_code == 422


def test_many_at_once_with_one_key_make_one_job(client: httpx.Client) -> None:
    ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: ids.append(add(client, key="crowd", score=song(1))["id"]))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(ids) == 8
    assert len(set(ids)) == 1


# --- removing


def test_removing_a_job_that_waits_runs_or_is_done(client: httpx.Client, stand: Stand, gate: Gate) -> None:
    folder = stand.engine.settings.data_folder / "jobs"
    running = add(client, score=song(3), seed=40)
    assert gate.begun.wait(20)
    waiting = add(client, score=song(1), seed=41)
    for job in (waiting, running):
        assert client.delete(f"/v1/jobs/{job['id']}").status_code == 204
        assert client.get(f"/v1/jobs/{job['id']}").status_code == 404
        assert client.delete(f"/v1/jobs/{job['id']}").json()["code"] == "no_such_job"
    gate.open.set()
    eventually(lambda: not list(folder.glob("*.part")))
    done = add(client, score=song(1), seed=42)
    until(client, done["id"], "done")
    assert client.delete(f"/v1/jobs/{done['id']}").status_code == 204
    left = {path.name.partition(".")[0] for path in folder.glob("*.*")}
    assert not left & {running["id"], waiting["id"], done["id"]}


def test_a_job_removed_when_its_sound_is_just_complete_leaves_none(
    client: httpx.Client, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, end = stand.engine.jobs, stand.engine.jobs.end
    ended = threading.Event()

    def removed_before(id: str, runner: str, state: Any, error: str | None = None) -> bool:
        store.cancel(id, "")
        try:
            return end(id, runner, state, error)
        finally:
            ended.set()

    monkeypatch.setattr(store, "end", removed_before)
    job = add(client, score=song(1), seed=43)
    assert ended.wait(20)
    folder = stand.engine.settings.data_folder / "jobs"
    eventually(lambda: not list(folder.glob(f"{job['id']}.*")))


# --- parts of the sound


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-99", 0, 99), ("bytes=1000-1999", 1_000, 1_999), ("bytes=-50", -50, -1)],
)
def test_a_part_of_the_sound(client: httpx.Client, asked: str, first: int, last: int) -> None:
    job = add(client, key="range", score=song(1))
    url = until(client, job["id"], "done")["audio"]
    whole = client.get(url)
    assert whole.headers["accept-ranges"] == "bytes"
    response = client.get(url, headers={"Range": asked})
    assert response.status_code == 206
    assert response.content == whole.content[first : last + 1 or None]
    assert response.headers["content-range"].endswith(f"/{len(whole.content)}")
    beyond = client.get(url, headers={"Range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416


# --- several runners


class Place:
    """Runners on one database and one folder, without a server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers = Workers(2)
        self.voice = load_voice("builtin")
        self.opened: list[tuple[JobStore, JobRunner]] = []

    def runner(self, keep_s: float = 3_600.0) -> tuple[JobStore, JobRunner]:
        store = JobStore(f"sqlite:///{self.folder / 'jobs.sqlite'}")
        singing = JobSinging(lambda name: self.voice, self.workers, lambda song: None)
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
    stream = runner_module.stream

    def noted(*arguments: Any, options: Any, **others: Any) -> Iterator[Any]:
        begun.append(options.seed)
        return stream(*arguments, options=options, **others)

    monkeypatch.setattr(runner_module, "stream", noted)
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
    from sqlalchemy.exc import OperationalError

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


def test_a_database_that_cannot_be_opened_hides_its_password() -> None:
    for url in ("nothing://user:secret@host/jobs", "sqlite:////no/such/folder/jobs.sqlite", "rubbish"):
        with pytest.raises(OutputError) as caught:
            JobStore(url)
        assert caught.value.code == "database"
        assert "secret" not in str(caught.value)
