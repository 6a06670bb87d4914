"""REST as a client sees it: exact sound, in the format asked for, as it is made."""

from __future__ import annotations

import http.client
import io
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from api.server.routes import sing as sing_route
from api.server.songs import SingBody
from tests.api.server.rest_client import pcm, post, problem
from tests.api.server.songs_to_sing import midi, musicxml, song, sung
from tests.api.server.stand import Stand, standing
from tests.singer.diffsinger.songs import GIVEN
from tests.singer.projects.sources import ust

MP3_PADDING_SAMPLES = 3 * 1_152


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    folder = tmp_path_factory.mktemp("server")
    with standing(folder) as made:
        yield made


@pytest.fixture(scope="module")
def client(stand: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://{stand.address}", timeout=30) as made:
        yield made


# --- health, voices, reading


def test_the_server_tells_of_itself(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "voice": True, "database": True})


def test_a_server_whose_database_is_gone_is_not_ready(
    client: httpx.Client, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand.engine.jobs, "is_reachable", lambda: False)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "voice": True, "database": False})
    assert client.get("/healthz").status_code == 200


def test_metrics_count_requests_sound_and_threads(client: httpx.Client, stand: Stand) -> None:
    before = stand.engine.metrics.audio_s._value.get()
    post(client, score=song(1), sample_rate=22_050)
    page = client.get("/metrics")
    assert page.headers["content-type"].startswith("text/plain")
    found = 'singer_requests_total{method="POST",route="/v1/sing",status="200"}'
    assert found in page.text
    for name in ("singer_streams", "singer_connections", "singer_work_waiting", "singer_jobs_queued"):
        assert f"\n{name} 0.0" in page.text
    made_s = stand.engine.metrics.audio_s._value.get() - before
    assert made_s == pytest.approx(4 * 60 / 150, abs=0.3)


def test_odd_methods_are_counted_as_one(client: httpx.Client) -> None:
    for number in range(3):
        problem(client.request(f"ODD{number}", "/v1/sing"), 405, "method_not_allowed")
    page = client.get("/metrics").text
    assert 'singer_requests_total{method="other",route="/v1/sing",status="405"} 3.0' in page
    assert "ODD" not in page


def test_voices(client: httpx.Client) -> None:
    voices = {voice["name"]: voice for voice in client.get("/v1/voices").json()}
    assert {"builtin", "suyin"} <= set(voices)
    assert client.get("/v1/voices/suyin").json() == voices["suyin"]
    portrait = client.get(voices["suyin"]["portrait"])
    assert portrait.headers["content-type"] == "image/svg+xml"
    assert b"<svg" in portrait.content
    problem(client.get("/v1/voices/nobody"), 404, "unknown_voice")
    problem(client.get("/v1/voices/nobody/portrait"), 404, "unknown_voice")
    problem(client.get("/v1/voices/" + "x" * 65), 422, "wrong_value")


def test_phonemes(client: httpx.Client) -> None:
    syllables = post(client, "/v1/phonemes", text="好花", language="zh").json()
    assert len(syllables) == 2
    assert problem(post(client, "/v1/phonemes", text=""), 422, "wrong_value")["where"] == "body, text"
    told = problem(post(client, "/v1/phonemes", text="la", language="xx"), 422, "wrong_value")
    assert told["where"] == "body, language"


def test_a_performance_sings_as_its_score(client: httpx.Client) -> None:
    told = post(client, "/v1/performance", score=song()).json()
    assert told["performance"]["format"] == "singer-performance"
    again = pcm(post(client, performance=told["performance"]))
    assert np.array_equal(again, sung(song()))
    assert problem(
        post(client, "/v1/performance", performance=told["performance"]), 422, "wrong_value"
    )["where"] == "performance"  # fmt: skip


# --- singing


@pytest.mark.parametrize("seed", [0, 5])
def test_wav_is_what_the_engine_renders(client: httpx.Client, seed: int) -> None:
    response = post(client, score=song(), seed=seed)
    assert response.headers["content-type"] == "audio/wav"
    assert 'filename="song.wav"' in response.headers["content-disposition"]
    assert np.array_equal(pcm(response), sung(song(), seed=seed))


def test_another_rate(client: httpx.Client) -> None:
    response = post(client, score=song(), sample_rate=48_000)
    samples, rate = soundfile.read(io.BytesIO(response.content), dtype="int16")
    assert rate == 48_000
    assert np.array_equal(samples, sung(song(), sample_rate=48_000))


def test_flac_has_the_same_samples(client: httpx.Client) -> None:
    response = client.post("/v1/sing", json={"score": song()}, headers={"Accept": "audio/flac"})
    assert response.headers["content-type"] == "audio/flac"
    assert np.array_equal(pcm(response), sung(song()))


def test_mp3_has_the_same_sound_within_its_padding(client: httpx.Client) -> None:
    response = client.post("/v1/sing", json={"score": song()}, headers={"Accept": "audio/mpeg"})
    assert response.headers["content-type"] == "audio/mpeg"
    found, expected = pcm(response).astype(float), sung(song()).astype(float)
    assert 0 <= len(found) - len(expected) <= MP3_PADDING_SAMPLES
    delay = int(np.argmax(np.correlate(found[: 2 * 44_100], expected[: 44_100 + 22_050], "valid")))
    assert delay <= MP3_PADDING_SAMPLES
    heard = found[delay : delay + len(expected)]
    assert np.corrcoef(heard, expected[: len(heard)])[0, 1] > 0.99


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "audio/wav"),
        ("*/*", "audio/wav"),
        ("", "audio/wav"),
        ("audio/*", "audio/wav"),
        ("audio/flac", "audio/flac"),
        ("text/html, audio/mpeg;q=0.3, audio/flac; q=0.8", "audio/flac"),
        ("AUDIO/MPEG;q=0.5, audio/x-wav;q=0.4", "audio/mpeg"),
        ("audio/flac;q=0.2, */*;q=0.1", "audio/flac"),
        ("audio/flac;q=0.2, */*", "audio/wav"),
        ("audio/wav;q=0, */*", "audio/flac"),
        ("audio/wav;q=0.1, */*;q=0.5", "audio/flac"),
        ("audio/flac;q=0, audio/mpeg", "audio/mpeg"),
        ("audio/mpeg, audio/flac", "audio/mpeg"),
    ],
)
def test_the_best_liked_format_is_made(client: httpx.Client, accept: str | None, media_type: str) -> None:
    request = client.build_request("POST", "/v1/sing", json={"score": song(1)})
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    response = client.send(request)
    assert (response.status_code, response.headers["content-type"]) == (200, media_type)


@pytest.mark.parametrize("accept", ["image/png", "audio/wav;q=0", "audio/ogg, text/*", "audio/wav;q=much"])
def test_a_format_that_is_not_made(client: httpx.Client, accept: str) -> None:
    for path in ("/v1/sing", "/v1/jobs"):
        response = client.post(path, json={"score": song(1)}, headers={"Accept": accept})
        assert problem(response, 406, "not_acceptable")["where"] == "Accept"


@pytest.mark.parametrize("media_type", ["audio/midi", "audio/midi; charset=binary", "AUDIO/X-MIDI"])
def test_a_midi_file_is_sung(client: httpx.Client, media_type: str) -> None:
    response = client.post("/v1/sing", content=midi(), headers={"Content-Type": media_type})
    assert len(pcm(response)) >= 44_100


@pytest.mark.parametrize("media_type", ["application/vnd.recordare.musicxml+xml", "text/xml"])
def test_a_musicxml_file_is_sung(client: httpx.Client, media_type: str) -> None:
    headers = {"Content-Type": media_type}
    response = client.post("/v1/sing?verse=1&language=en", content=musicxml(), headers=headers)
    assert len(pcm(response)) >= 44_100


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("verse=²", "query, verse"),
        ("verse=0", "query, verse"),
        ("verse=" + "9" * 5_000, "query, verse"),
        ("language=xx", "query, language"),
        ("voice=" + "x" * 65, "query, voice"),
    ],
)
def test_wrong_wishes_for_a_file(client: httpx.Client, query: str, place: str) -> None:
    response = client.post(f"/v1/sing?{query}", content=musicxml(), headers={"Content-Type": "text/xml"})
    assert problem(response, 422, "wrong_value")["where"] == place


@pytest.mark.parametrize("query", ["track=²", "track=" + "9" * 5_000, "track=7", "track=nobody"])
def test_a_track_that_is_not_there(client: httpx.Client, query: str) -> None:
    response = client.post(f"/v1/sing?{query}", content=midi(), headers={"Content-Type": "audio/midi"})
    assert response.status_code == 422
    assert response.json()["code"] != "internal"


@pytest.mark.parametrize(
    "media_type", ["audio/midi", "application/xml", "application/vnd.recordare.musicxml"]
)
def test_a_file_that_holds_no_score(client: httpx.Client, media_type: str) -> None:
    response = client.post("/v1/sing", content=b"PK\x03\x04 no song", headers={"Content-Type": media_type})
    assert response.status_code == 422
    problem(response, 422, response.json()["code"])


# --- sound comes as it is made


class Pieces:
    """Counts the pieces of sound that are made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = 0
        stream = sing_route.chunks_of

        def counted(*arguments: Any, **options: Any) -> Iterator[Any]:
            for chunk in stream(*arguments, **options):
                self.made += 1
                yield chunk

        monkeypatch.setattr(sing_route, "chunks_of", counted)


def begun(stand: Stand, bars: int = 15) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """A request for a song of ``bars`` bars, of which nothing was read."""
    host, _, port = stand.address.partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=20)
    connection.request(
        "POST", "/v1/sing", json.dumps({"score": song(bars)}), {"Content-Type": "application/json"}
    )
    return connection, connection.getresponse()


def test_the_first_bytes_come_before_the_song_is_sung(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    gate_at, pieces = 3, Pieces(monkeypatch)
    counted = sing_route.chunks_of
    let_go: list[bool] = []

    def held(*arguments: Any, **options: Any) -> Iterator[Any]:
        for number, chunk in enumerate(counted(*arguments, **options)):
            while number >= gate_at and not let_go:
                time.sleep(0.005)
            yield chunk

    monkeypatch.setattr(sing_route, "chunks_of", held)
    connection, response = begun(stand, 4)
    try:
        first = response.read(4_096)
        assert first.startswith(b"RIFF")
        assert pieces.made <= gate_at + 1
        let_go.append(True)
        rest = response.read()
    finally:
        let_go.append(True)
        connection.close()
    assert pieces.made > gate_at + 1
    assert (first + rest)[44:] == sung(song(4)).tobytes()


def test_a_client_that_leaves_stops_the_work(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = Pieces(monkeypatch)
    whole, response = begun(stand)
    response.read()
    whole.close()
    all_pieces, pieces.made = pieces.made, 0
    slow = sing_route.chunks_of

    def slowed(*arguments: Any, **options: Any) -> Iterator[Any]:
        for chunk in slow(*arguments, **options):
            time.sleep(0.05)
            yield chunk

    monkeypatch.setattr(sing_route, "chunks_of", slowed)
    connection, response = begun(stand)
    response.read(1_000)
    response.close()
    connection.close()
    deadline_s, before = time.monotonic() + 10, -1
    while pieces.made != before:
        assert time.monotonic() < deadline_s
        before = pieces.made
        time.sleep(0.3)
    assert pieces.made < all_pieces - 2
    stand.wait_until_empty()


@pytest.mark.parametrize(
    ("query", "media_type"), [("", "application/x-ust"), ("?name=song.ust", "application/octet-stream")]
)
def test_a_project_of_another_editor(client: httpx.Client, query: str, media_type: str) -> None:
    headers = {"Content-Type": media_type}
    response = client.post(f"/v1/performance{query}", content=ust(), headers=headers)
    assert response.status_code == 200, response.text
    found = response.json()
    assert any("Flags" in warning for warning in found["warnings"])
    assert {span["note"] for phrase in found["performance"]["phrases"] for span in phrase["phones"]} >= {
        0,
        1,
        2,
        3,
    }


def test_an_lrc_file(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/x-lrc"}
    response = client.post("/v1/performance", content="[00:01.00]你好\n".encode(), headers=headers)
    assert response.status_code == 200, response.text
    assert "no melody" in " ".join(response.json()["warnings"])


@pytest.mark.parametrize("query", ["", "?name=song.ds"])
def test_a_diffsinger_project_is_the_same_as_a_file_and_as_json(client: httpx.Client, query: str) -> None:
    headers = {"Content-Type": "application/octet-stream" if query else "application/x-ds"}
    as_file = client.post(f"/v1/sing{query}", content=json.dumps([GIVEN]).encode(), headers=headers)
    as_json = client.post("/v1/sing", json={"ds": [GIVEN]})
    assert (as_file.status_code, as_json.status_code) == (200, 200), as_file.text
    assert as_file.content == as_json.content
    assert np.abs(pcm(as_file)).max() > 1000
    made = client.post("/v1/performance", json={"ds": [GIVEN]}).json()["performance"]
    phones = [span["phone"] for phrase in made["phrases"] for span in phrase["phones"]]
    assert phones[:3] == ["SP", "n", "i"]
    assert client.post("/v1/sing", json={"performance": made}).content == as_json.content


def test_a_faulty_diffsinger_project_is_told_by_segment(client: httpx.Client) -> None:
    response = client.post("/v1/sing", json={"ds": [GIVEN, {**GIVEN, "offset": 4, "ph_dur": "1"}]})
    assert response.status_code == 422
    assert (response.json()["code"], response.json()["where"]) == ("ds", "segment 1, ph_dur")


def test_a_damaged_project(client: httpx.Client) -> None:
    response = client.post(
        "/v1/sing", content=b'{"tracks": 7}', headers={"Content-Type": "application/x-svp"}
    )
    assert response.status_code == 422
    assert response.json()["code"] == "project_damaged"


def test_a_file_that_is_read_for_long_keeps_nobody_from_singing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    real = sing_route.body_of_file

    def slow(*given: Any) -> SingBody:
        begun.set()
        assert go_on.wait(20)
        return real(*given)

    monkeypatch.setattr(sing_route, "body_of_file", slow)
    with (
        standing(tmp_path, render_threads=1) as stand,
        httpx.Client(base_url=f"http://{stand.address}", timeout=20) as client,
        ThreadPoolExecutor(1) as uploads,
    ):
        upload = uploads.submit(
            client.post, "/v1/sing", content=midi(), headers={"Content-Type": "audio/midi"}
        )
        try:
            assert begun.wait(10)
            with httpx.Client(base_url=f"http://{stand.address}", timeout=10) as other:
                assert post(other, score=song(1)).status_code == 200
        finally:
            go_on.set()
        assert upload.result().status_code == 200
