"""Who may ask: tokens, rates, numbers at the same time, and pages of other sites."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from api.server.routes import sing as sing_route
from api.server.security import read_tokens
from api.server.settings import SettingsError
from tests.api.server.songs_to_sing import song
from tests.api.server.stand import Stand, standing

ALLOWED = "https://show.example"
LOCAL = ("http://localhost", "http://127.0.0.1:5173", "https://localhost:8443", "http://[::1]:3000")
FOREIGN = (
    "https://evil.example", "http://show.example", "https://show.example.evil.example", "null",
    "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://[::1", "",
)  # fmt: skip


def sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def tokens_file(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    folder = tmp_path_factory.mktemp("server")
    tokens = tokens_file(
        folder / "tokens.toml",
        *("[[token]]", 'name = "ada"', f'sha256 = "{sha256("ada-token")}"'),
        *("[[token]]", 'name = "bob"', f'sha256 = "{sha256("bob-token")}"'),
        *("[[token]]", 'name = "slow"', f'sha256 = "{sha256("slow-token")}"', "requests_per_minute = 3"),
        *("[[token]]", 'name = "lone"', f'sha256 = "{sha256("lone-token")}"', "concurrent = 1"),
    )
    with standing(folder, tokens_file=tokens, allowed_origins=[ALLOWED + "/"], job_threads=0) as made:
        yield made


def ask(stand: Stand, token: str | None = None, path: str = "/v1/voices", **headers: str) -> httpx.Response:
    given = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.get(f"http://{stand.address}{path}", headers={**given, **headers}, timeout=30)


# --- tokens


def test_a_known_token_may_ask(stand: Stand) -> None:
    assert ask(stand, "ada-token").status_code == 200
    assert ask(stand, Authorization="bearer  ada-token").status_code == 200


@pytest.mark.parametrize(
    "authorization", [None, "Bearer wrong", "Bearer", "Basic ada-token", "ada-token", "Bearer \xff"]
)
@pytest.mark.parametrize("path", ["/v1/voices", "/v1/jobs", "/v1/live"])
def test_anything_else_may_not(stand: Stand, authorization: str | None, path: str) -> None:
    headers = {} if authorization is None else {b"Authorization": authorization.encode("latin-1")}
    response = httpx.get(f"http://{stand.address}{path}", headers=headers)  # type: ignore[arg-type]
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.json()["code"], response.json()["where"]) == ("unauthorised", "Authorization")


def test_every_route_that_sings_or_tells_wants_a_token(stand: Stand) -> None:
    paths = ask(stand, path="/openapi.json").json()["paths"]
    open_paths = {"/healthz", "/readyz", "/metrics", "/v1/stream/schemas/{direction}"}
    for path, methods in paths.items():
        if path in open_paths:
            continue
        for method in methods:
            url = f"http://{stand.address}{path.format(id='a', name='a', number=1)}"
            response = httpx.request(method, url, headers={"Content-Type": "application/json"}, content=b"{}")
            assert response.status_code == 401, (method, path, response.text)


def test_websockets_take_the_token_as_header_or_subprotocol(stand: Stand) -> None:
    with stand.connect(additional_headers={"Authorization": "Bearer ada-token"}) as client:
        client.send(type="sing", id="a", score=song(1), pace="reader")
        assert client.until("end", "error")["type"] == "end"
    with stand.connect(subprotocols=["singer.v1", "bearer.bob-token"]) as client:
        assert client.connection.subprotocol == "singer.v1"
        client.send(type="sing", id="a", score=song(1), pace="reader")
        assert client.until("end", "error")["type"] == "end"
    stand.wait_until_empty()


@pytest.mark.parametrize("path", ["/v1/stream", "/v1/live/events", "/v1/live/audio"])
@pytest.mark.parametrize("subprotocols", [None, ["singer.v1"], ["singer.v1", "bearer.wrong"]])
def test_websockets_without_a_known_token_are_closed(
    stand: Stand, path: str, subprotocols: list[str] | None
) -> None:
    with (
        pytest.raises((InvalidStatus, ConnectionClosedError)),
        stand.connect(path, subprotocols=subprotocols) as it,
    ):
        it.next()


def test_jobs_of_another_token_are_not_there(stand: Stand) -> None:
    url, of_ada = f"http://{stand.address}/v1/jobs", {"Authorization": "Bearer ada-token"}
    job = httpx.post(url, json={"score": song(1)}, headers=of_ada).json()
    assert ask(stand, "ada-token", f"/v1/jobs/{job['id']}").status_code == 200
    assert [each["id"] for each in ask(stand, "ada-token", "/v1/jobs").json()] == [job["id"]]
    for path in (f"/v1/jobs/{job['id']}", f"/v1/jobs/{job['id']}/audio"):
        response = ask(stand, "bob-token", path)
        assert (response.status_code, response.json()["code"]) == (404, "no_such_job")
    assert ask(stand, "bob-token", "/v1/jobs").json() == []
    removed = httpx.delete(f"{url}/{job['id']}", headers={"Authorization": "Bearer bob-token"})
    assert removed.status_code == 404
    assert httpx.delete(f"{url}/{job['id']}", headers=of_ada).status_code == 204


def test_the_same_key_of_two_tokens_gives_two_jobs(stand: Stand) -> None:
    url = f"http://{stand.address}/v1/jobs"
    ids = set()
    for token in ("ada-token", "bob-token"):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "same"}
        ids.add(httpx.post(url, json={"score": song(1)}, headers=headers).json()["id"])
    assert len(ids) == 2


# --- rates


def test_more_requests_than_the_rate_are_refused(stand: Stand) -> None:
    answers = [ask(stand, "slow-token") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[-1].json()["code"] == "too_many_requests"
    assert ask(stand, "ada-token").status_code == 200


def test_more_at_the_same_time_than_allowed_are_refused(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, chunks_of = threading.Event(), sing_route.chunks_of

    def held(*arguments: object, **options: object) -> Iterator[object]:
        for chunk in chunks_of(*arguments, **options):  # type: ignore[arg-type]
            yield chunk
            gate.wait(20)

    monkeypatch.setattr(sing_route, "chunks_of", held)
    url, headers = f"http://{stand.address}/v1/sing", {"Authorization": "Bearer lone-token"}
    with httpx.stream("POST", url, json={"score": song(2)}, headers=headers, timeout=30) as first:
        assert first.status_code == 200
        second = ask(stand, "lone-token")
        assert second.status_code == 429
        assert second.headers["retry-after"] == "1"
        assert second.json()["code"] == "too_many_at_once"
        with stand.connect(additional_headers=headers) as client:
            client.send(type="sing", id="a", score=song(1))
            assert client.until("error", "start")["code"] == "busy"
        gate.set()
        first.read()
    assert ask(stand, "lone-token").status_code == 200
    stand.wait_until_empty()


# --- origins


@pytest.mark.parametrize("origin", [*LOCAL, ALLOWED])
def test_pages_of_this_machine_and_allowed_ones_may_ask(stand: Stand, origin: str) -> None:
    response = ask(stand, "ada-token", Origin=origin)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize("origin", FOREIGN)
def test_pages_of_other_sites_may_not(stand: Stand, origin: str) -> None:
    response = ask(stand, "ada-token", Origin=origin)
    assert (response.status_code, response.json()["code"]) == (403, "origin")
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [*((one, True) for one in (*LOCAL, ALLOWED)), *((one, False) for one in FOREIGN[:6])],
)
def test_preflight(stand: Stand, origin: str, allowed: bool) -> None:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    response = httpx.options(f"http://{stand.address}/v1/jobs", headers=headers)
    assert response.is_success == allowed
    assert (response.headers.get("access-control-allow-origin") == origin) == allowed
    if allowed:
        assert "idempotency-key" in response.headers["access-control-allow-headers"].lower()


def test_refusals_can_be_read_by_allowed_pages(stand: Stand) -> None:
    response = ask(stand, "wrong", Origin=ALLOWED)
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (401, ALLOWED)


@pytest.mark.parametrize("path", ["/v1/stream", "/v1/live/events", "/v1/live/audio"])
@pytest.mark.parametrize("origin", FOREIGN[:5])
def test_websockets_of_other_sites_are_closed(stand: Stand, path: str, origin: str) -> None:
    headers = {"Authorization": "Bearer ada-token"}
    with (
        pytest.raises((InvalidStatus, ConnectionClosedError)),
        stand.connect(path, origin=origin, additional_headers=headers) as it,
    ):
        it.next()


@pytest.mark.parametrize("origin", [ALLOWED, LOCAL[0]])
def test_websockets_of_allowed_pages_are_open(stand: Stand, origin: str) -> None:
    with stand.connect(origin=origin, subprotocols=["bearer.ada-token"]) as client:
        client.send(type="sing", id="a", score=song(1), pace="reader")
        assert client.until("end", "error")["type"] == "end"
    stand.wait_until_empty()


# --- the file


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["[[token]]", 'name = "ada"'], "token, 0, sha256"),
        (["[[token]]", 'name = "ada"', 'sha256 = "plain"'], "token, 0, sha256"),
        (["[[token]]", 'name = ""', f'sha256 = "{sha256("a")}"'], "token, 0, name"),
        (["[[token]]", 'name = "a"', f'sha256 = "{sha256("a")}"', "rate = 3"], "token, 0, rate"),
        (["[[token]]", 'name = "a"', f'sha256 = "{sha256("a")}"', "concurrent = 0"], "token, 0, concurrent"),
        (["tokens = 3"], "tokens"),
        (["[[token"], "cannot be read"),
    ],
)  # fmt: skip
def test_a_tokens_file_that_is_wrong(tmp_path: Path, lines: list[str], said: str) -> None:
    path = tokens_file(tmp_path / "tokens.toml", *lines)
    with pytest.raises(SettingsError) as caught:
        read_tokens(path)
    assert said in caught.value.message
    assert caught.value.where == str(path)


def test_a_tokens_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read_tokens(tmp_path / "none.toml")
    assert caught.value.code == "tokens_file"


def test_a_file_without_tokens_lets_nobody_in(tmp_path: Path) -> None:
    with standing(tmp_path, tokens_file=tokens_file(tmp_path / "tokens.toml")) as stand:
        assert ask(stand, "none").status_code == 401
        assert ask(stand).status_code == 401
        assert ask(stand, path="/healthz").status_code == 200
