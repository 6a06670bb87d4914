"""What REST refuses: a problem document for each error, with the place, and nothing that brings the server down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest

from api.server import songs
from api.server.problems import RequestError
from api.server.songs import read_json_body
from tests.api.server.rest_client import pcm, post, problem
from tests.api.server.songs_to_sing import song, sung
from tests.api.server.stand import Stand, standing

LARGEST_BODY = 60_000


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    folder = tmp_path_factory.mktemp("server")
    with standing(folder, largest_body_bytes=LARGEST_BODY, most_notes=60, longest_song_s=120) as made:
        yield made


@pytest.fixture(scope="module")
def client(stand: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://{stand.address}", timeout=30) as made:
        yield made


def test_a_place_in_the_song_is_named(client: httpx.Client) -> None:
    notes = [
        {"start": 0, "duration": 2, "pitch": 60, "lyric": "la"},
        {"start": 1, "duration": 1, "pitch": 60, "lyric": "li"},
    ]
    told = problem(post(client, score=song(notes=notes)), 422, "note_overlap")
    assert told["where"] == 'note 1 "li" (bar 1)'


@pytest.mark.parametrize("path", ["/v1/sing", "/v1/performance", "/v1/jobs"])
@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "body"),
        ({"score": {}, "performance": {}}, "body"),
        ({"score": song(1), "colour": "red"}, "body, colour"),
        ({"score": song(1), "sample_rate": 1}, "body, sample_rate"),
        ({"score": song(1), "seed": -1}, "body, seed"),
        ({"score": song(1), "controls": {"air": "much"}}, "body, controls, air"),
        ({"score": song(1, title="\ud800")}, "body, score"),
        ({"score": song(1), "\ud800": 1}, "body"),
    ],
)
def test_wrong_values(client: httpx.Client, path: str, body: dict[str, Any], place: str) -> None:
    content = json.dumps(body).encode()
    response = client.post(path, content=content, headers={"Content-Type": "application/json"})
    assert problem(response, 422, "wrong_value")["where"] == place


@pytest.mark.parametrize("path", ["/v1/sing", "/v1/performance", "/v1/jobs"])
@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_numbers_that_are_none(client: httpx.Client, path: str, number: str) -> None:
    content = '{"score": {"format": "singer-score", "version": 1, "notes": [{"start": ' + number + "}]}}"
    response = client.post(path, content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.json()["where"] == "body, score"


@pytest.mark.parametrize("path", ["/v1/sing", "/v1/phonemes", "/v1/performance", "/v1/jobs"])
@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 20_000, b"1" * 5_000])
def test_what_is_not_json(client: httpx.Client, path: str, content: bytes) -> None:
    response = client.post(path, content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    told = problem(response, response.status_code, response.json()["code"])
    assert told["code"] in ("not_json", "wrong_value", "bad_request")


def test_a_body_of_too_many_lists_is_refused_before_it_is_read() -> None:
    content = b'{"score": {"notes": [' + b"[]," * 1_000_000 + b"[]]}}"
    with pytest.raises(RequestError, match="1000004 lists and objects") as caught:
        read_json_body(content)
    assert (caught.value.code, caught.value.where) == ("wrong_value", "body")


@pytest.mark.parametrize("path", ["/v1/sing", "/v1/phonemes", "/v1/performance", "/v1/jobs"])
def test_a_media_type_that_is_not_read(client: httpx.Client, path: str) -> None:
    response = client.post(path, content=b"la", headers={"Content-Type": "text/plain"})
    assert problem(response, 415, "media_type")["where"] == "Content-Type"


def test_paths_and_methods_that_are_not_there(client: httpx.Client) -> None:
    problem(client.get("/v1/nothing"), 404, "not_found")
    response = client.get("/v1/sing")
    problem(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "POST"
    assert client.put("/v1/jobs/a").headers["allow"] == "DELETE, GET"
    problem(client.get("/v1/stream/schemas/sideways"), 404, "no_such_schema")
    assert client.get("/v1/stream/schemas/client").status_code == 200
    problem(client.get("/v1/live"), 404, "no_show")


def test_large_bodies_are_refused_before_they_are_read(client: httpx.Client) -> None:
    for path in ("/v1/sing", "/v1/phonemes", "/v1/jobs"):
        problem(client.post(path, json={"text": "x" * LARGEST_BODY}), 413, "body_too_large")


@pytest.mark.parametrize("path", ["/v1/sing", "/v1/phonemes", "/v1/performance"])
def test_large_bodies_that_hide_their_length(client: httpx.Client, path: str) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(LARGEST_BODY // 1_000 + 1):
            yield b"x" * 1_000

    response = client.post(path, content=pieces(), headers={"Content-Type": "application/json"})
    problem(response, 413, "body_too_large")


def test_a_small_body_in_pieces_is_read(client: httpx.Client) -> None:
    content = json.dumps({"score": song(1)}).encode()
    parts = iter([content[:50], content[50:]])
    response = client.post("/v1/sing", content=parts, headers={"Content-Type": "application/json"})
    assert np.array_equal(pcm(response), sung(song(1)))


@pytest.mark.parametrize("path", ["/v1/sing", "/v1/performance"])
def test_songs_beyond_the_limits(client: httpx.Client, path: str) -> None:
    assert problem(post(client, path, score=song(16)), 422, "too_many_notes")["where"] == "notes"
    long = song(notes=[{"start": start, "duration": 1, "pitch": 60, "lyric": "la"} for start in (0, 1e4)])
    problem(post(client, path, score=long), 422, "song_too_long")


def test_the_limits_hold_before_a_song_is_performed(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(songs, "prepare", None)
    long = song(notes=[{"start": start, "duration": 1, "pitch": 60, "lyric": "la"} for start in (0, 1e4)])
    problem(post(client, score=long), 422, "song_too_long")


@pytest.mark.parametrize("voice", ["nobody", "../builtin2", "..", ".", "/", "\\", "a\0b", "x/.."])
def test_a_voice_that_is_not_there(client: httpx.Client, voice: str) -> None:
    problem(post(client, score=song(1), voice=voice), 404, "unknown_voice")


def test_rates_that_mp3_has_not(client: httpx.Client) -> None:
    body = {"score": song(1), "sample_rate": 96_000}
    response = client.post("/v1/sing", json=body, headers={"Accept": "audio/mpeg"})
    assert problem(response, 422, "wrong_value")["where"] == "sample_rate"


def test_an_error_of_the_server_itself_tells_nothing_of_its_inside(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(songs, "prepare", fails)
    assert "secret" not in problem(post(client, score=song(1)), 500, "internal")["detail"]
