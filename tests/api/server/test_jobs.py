"""Jobs as a client sees them: what becomes of them, the same wish twice, removing, parts of the sound."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from api.server.jobs import runner as runner_module
from tests.api.server.job_gate import Gate, eventually
from tests.api.server.rest_client import problem
from tests.api.server.songs_to_sing import midi, song, sung
from tests.api.server.stand import Stand, standing


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
        patch.setattr(runner_module, "chunks_of", fails)
        failed = until(client, add(client, score=song(1), seed=30)["id"], "done", "failed")
    assert (failed["state"], failed["error"]["code"], failed["error"]["status"]) == (
        "failed",
        "internal",
        500,
    )
    assert "secret" not in json.dumps(failed)
    assert until(client, add(client, score=song(1), seed=31)["id"], "done", "failed")["state"] == "done"


def test_a_file_can_be_sung_in_the_background(client: httpx.Client) -> None:
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


def test_one_token_has_only_so_many_jobs_unfinished(tmp_path: Path) -> None:
    with (
        standing(tmp_path, most_jobs=2, job_threads=0) as stand,
        httpx.Client(base_url=f"http://{stand.address}", timeout=30) as client,
    ):
        first = [add(client, key=str(number), score=song(1), seed=number)["id"] for number in range(2)]
        problem(client.post("/v1/jobs", json={"score": song(1)}), 429, "queue_full")
        assert add(client, key="1", score=song(1), seed=1)["id"] == first[1], "the same key adds nothing"
        client.delete(f"/v1/jobs/{first[0]}")
        add(client, score=song(1))


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
