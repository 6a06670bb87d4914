"""A show: sings its queue on one clock, takes requests and the operator's word, goes on after a restart, stays small."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from tests.api.server.stand import Client, Stand, standing


def song(title: str, pitch: int, bars: int = 4) -> dict[str, Any]:
    notes = [
        {"start": 3 * bar + beat, "duration": 1, "pitch": pitch + beat, "lyric": lyric}
        for bar in range(bars)
        for beat, lyric in enumerate(("la", "sa"))
    ]
    return {
        "format": "singer-score", "version": 1, "title": title, "language": "en", "tempo": [{"beat": 0, "bpm": 190}],
        "notes": notes,
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repertoire of three songs, and a file that holds none."""
    songs = tmp_path / "songs"
    songs.mkdir()
    for name, title, pitch in (("jasmine", "茉莉花", 60), ("rose", "A Rose", 64), ("fill", "Humming", 55)):
        (songs / f"{name}.json").write_text(json.dumps(song(title, pitch)), "utf-8")
    (songs / "broken.json").write_text("{}", "utf-8")
    return songs


@pytest.fixture
def stand(folder: Path, tmp_path: Path) -> Iterator[Stand]:
    with standing(tmp_path / "data", show_folder=folder) as made:
        yield made


def ask(stand: Stand, method: str, path: str, **body: Any) -> Any:
    reply = httpx.request(method, f"http://{stand.address}/v1/live{path}", json=body or None)
    assert reply.status_code < 300, reply.text
    return reply.json()


def until(client: Client, event: str) -> dict[str, Any]:
    while True:
        heard = client.next()
        assert isinstance(heard, dict)
        if heard["event"] == event:
            return heard


class Events(Client):
    """Keeps no order of marks: events have none."""

    def next(self, timeout_s: float = 20.0) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.connection.recv(timeout_s))
        return message


def events(stand: Stand) -> Events:
    return Events(stand.connect("/v1/live/events").connection)


def test_requests_are_found_by_name_title_and_chat(stand: Stand) -> None:
    repertoire = ask(stand, "GET", "/repertoire")
    assert [each["name"] for each in repertoire["songs"]] == ["fill", "jasmine", "rose"]
    assert list(repertoire["problems"]) == ["broken.json"]
    ask(stand, "PUT", "/playing", playing=False)
    found = [
        ask(stand, "POST", "/requests", song=text)["song"]
        for text in ("rose", "唱 #茉莉花!", "a ROSE", "jas")
    ]
    assert found == ["rose", "jasmine", "rose", "jasmine"]
    reply = httpx.post(f"http://{stand.address}/v1/live/requests", json={"song": "Yesterday"})
    assert reply.status_code == 422
    assert "茉莉花" in reply.json()["detail"]


def test_the_queue_is_sung_in_order_on_one_clock(stand: Stand) -> None:
    listener, told = stand.connect("/v1/live/audio"), events(stand)
    ask(stand, "POST", "/requests", song="rose", by="ann")
    ask(stand, "POST", "/requests", song="jasmine")
    begun = [until(told, "song") for _ in range(2)]
    assert [event["entry"]["song"] for event in begun] == ["rose", "jasmine"]
    until(told, "ended")
    while listener.audio == [] or listener.audio[-1][0] < begun[1]["sample"] + 48_000:
        listener.next()
    sung = [listener.marks("note")[place]["midi"] for place in (0, 8)]
    assert sung == [64, 60]
    first = listener.audio[0][0]
    for (before, content), (after, _) in zip(listener.audio, listener.audio[1:], strict=False):
        assert after == before + len(content) // 2
    samples = np.frombuffer(b"".join(content for _, content in listener.audio), "<i2")
    for mark in [mark for mark in listener.marks("phone") if mark["role"] == "nucleus"][:8]:
        middle = mark["sample"] + mark["samples"] // 2 - first
        assert np.abs(samples[middle - 500 : middle + 500]).max() > 300
    assert ask(stand, "GET", "")["sung"][0]["song"] == "rose"
    for client in (listener, told):
        client.connection.close()


def test_the_operator_orders_drops_skips_and_overrides(stand: Stand) -> None:
    told = events(stand)
    ask(stand, "POST", "/requests", song="rose")
    until(told, "song")
    numbers = [ask(stand, "POST", "/requests", song=name)["number"] for name in ("jasmine", "fill", "rose")]
    ask(stand, "POST", "/order", numbers=[numbers[2], numbers[0]])
    assert [each["number"] for each in ask(stand, "GET", "")["queue"]] == [numbers[2], numbers[0], numbers[1]]
    ask(stand, "DELETE", f"/requests/{numbers[2]}")
    ask(stand, "POST", "/skip", at="phrase")
    assert until(told, "song")["entry"]["song"] == "jasmine"
    ask(stand, "POST", "/override", song="rose", at="now")
    assert until(told, "song")["entry"]["song"] == "rose"
    reply = httpx.delete(f"http://{stand.address}/v1/live/requests/999")
    assert (reply.status_code, reply.json()["code"]) == (404, "no_such_entry")
    told.connection.close()


def test_one_person_has_only_so_many_wishes(stand: Stand) -> None:
    ask(stand, "PUT", "/playing", playing=False)
    for _ in range(3):
        ask(stand, "POST", "/requests", song="rose", by="ann")
    reply = httpx.post(f"http://{stand.address}/v1/live/requests", json={"song": "rose", "by": "ann"})
    assert (reply.status_code, reply.json()["code"]) == (429, "too_many_requests")
    ask(stand, "POST", "/requests", song="rose", by="bob")


def test_key_and_tempo_change_for_what_is_not_sung_yet(stand: Stand) -> None:
    listener, told = stand.connect("/v1/live/audio"), events(stand)
    ask(stand, "POST", "/requests", song="rose")
    ask(stand, "POST", "/requests", song="jasmine")
    until(told, "song")
    while not listener.marks("note"):
        listener.next()
    assert ask(stand, "PUT", "/manner", semitones=2, tempo_factor=1.5)["changed_from_note"] in (2, 4, 6)
    begun = until(told, "song")["sample"]
    while not [mark for mark in listener.marks("note") if mark["sample"] > begun]:
        listener.next()
    notes = listener.marks("note")
    assert notes[0]["midi"] == 64
    assert notes[7]["midi"] == 67, "the last note of the first song is in the new key"
    assert next(mark for mark in notes if mark["sample"] > begun)["midi"] == 62
    reply = httpx.put(f"http://{stand.address}/v1/live/manner", json={"semitones": 90})
    assert reply.status_code == 422
    for client in (listener, told):
        client.connection.close()


def test_filler_gives_way_to_a_request(folder: Path, tmp_path: Path) -> None:
    with standing(tmp_path / "data", show_folder=folder, show_filler=["fill"]) as stand:
        told = events(stand)
        deadline_s = time.monotonic() + 10
        while not ask(stand, "GET", "")["filler"]:
            assert time.monotonic() < deadline_s
        ask(stand, "POST", "/requests", song="rose")
        assert until(told, "song")["entry"]["song"] == "rose"
        assert until(told, "ended")["entry"]["song"] == "rose"
        assert until(told, "filler")["title"] == "Humming"
        told.connection.close()


def test_a_show_goes_on_after_a_restart(folder: Path, tmp_path: Path) -> None:
    with standing(tmp_path / "data", show_folder=folder) as stand:
        listener = stand.connect("/v1/live/audio")
        ask(stand, "PUT", "/manner", semitones=1, tempo_factor=1.0)
        ask(stand, "POST", "/requests", song="rose", by="ann")
        ask(stand, "POST", "/requests", song="jasmine")
        while len(listener.marks("note")) < 5:
            listener.next()
        listener.connection.close()
    with standing(tmp_path / "data", show_folder=folder) as stand:
        listener = stand.connect("/v1/live/audio")
        while not listener.marks("note"):
            listener.next()
        first = listener.marks("note")[0]
        assert first["note"] in (4, 5, 6)
        assert first["midi"] == 65 + first["note"] % 2
        state = ask(stand, "GET", "")
        assert state["current"]["song"] == "rose"
        assert [entry["song"] for entry in state["queue"]] == ["jasmine"]
        listener.connection.close()


def test_a_listener_that_does_not_read_is_dropped_and_the_others_hear_on(stand: Stand) -> None:
    from api.server.live.hub import MOST_FRAMES

    deaf, good = stand.engine.show.audio.join(), stand.connect("/v1/live/audio")  # type: ignore[union-attr]
    for _ in range(MOST_FRAMES):
        deaf.give(b"")
    while len(good.audio) < 10:
        good.next()
    assert deaf.was_dropped
    assert deaf not in set(stand.engine.show.audio)  # type: ignore[union-attr]
    good.connection.close()


def test_without_a_repertoire_there_is_no_show(tmp_path: Path) -> None:
    with standing(tmp_path) as stand:
        reply = httpx.get(f"http://{stand.address}/v1/live")
        assert (reply.status_code, reply.json()["code"]) == (404, "no_show")
