"""The stream as a client sees it: exact audio, marks before their sound, one end, controls, pauses, clean refusals."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import jsonschema
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosedError

from api.server.stream.schemas import client_schema, server_schema
from singer.audio import encode
from singer.render import RenderOptions, render
from singer.score_json import document_to_score
from tests.api.server.songs_to_sing import song
from tests.api.server.stand import Client, Stand, standing
from voicebanks.load import load_voice


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with standing(tmp_path_factory.mktemp("server")) as made:
        yield made


@pytest.fixture
def client(stand: Stand) -> Iterator[Client]:
    with stand.connect() as made:
        yield made
    stand.wait_until_empty()


ALL = ["phone", "viseme", "note", "lyric", "f0", "loudness", "breath"]


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_audio_is_what_singing_the_score_gives(client: Client, rate: int) -> None:
    client.send(
        type="sing", id="a", score=song(3), pace="reader", format={"encoding": "s16le", "sample_rate": rate}
    )
    end = client.until("end")
    whole = render(
        document_to_score(song(3)), load_voice("builtin"), options=RenderOptions(sample_rate_hz=rate)
    )
    assert encode(whole.samples, "pcm16") == client.pcm16().tobytes()
    assert end == {"type": "end", "id": "a", "samples": len(whole.samples), "reason": "done"}
    (start,) = client.of("start")
    assert (start["sample_rate"], start["channels"], start["voice"]) == (rate, 1, "builtin")
    assert start["duration_s"] == pytest.approx(14 * 60 / 150)
    assert client.heard[0]["type"] == "start"
    assert client.heard[-1]["type"] == "end"


def test_marks_come_before_their_audio_and_describe_it(client: Client) -> None:
    client.send(type="sing", id="a", score=song(3), pace="reader", marks=ALL)
    end = client.until("end")
    sent = 0
    for kind, sample in client.order:
        if kind == "audio":
            sent = sample
        else:
            assert sample >= sent, "a mark came after its audio"
    assert {mark["kind"] for message in client.of("marks") for mark in message["marks"]} == set(ALL) - {
        "breath"
    }
    for message in client.of("marks"):
        assert [mark["sample"] for mark in message["marks"]] == sorted(
            mark["sample"] for mark in message["marks"]
        )
    assert [mark["note"] for mark in client.marks("lyric")] == [0, 1, 3, 4, 5, 7, 8, 9, 11]
    assert all(mark["sample"] <= end["samples"] for mark in client.marks("phone"))
    vowels = {mark["sample"] for mark in client.marks("phone") if mark["role"] == "nucleus"}
    mouths = [mark["sample"] for mark in client.marks("viseme")]
    for vowel in vowels:  # heard up to 16 ms after its boundary
        assert any(0 <= mouth - vowel <= 0.016 * 44_100 + 1 for mouth in mouths)


def test_every_message_fits_its_schema(client: Client) -> None:
    sing = {"type": "sing", "id": "a", "score": song(1), "pace": "reader", "marks": ALL}
    jsonschema.validate(sing, client_schema())
    client.send(**sing)
    client.send(type="control", id="a", name="tension", value=0.5)
    client.until("end", "error")
    client.send(type="nonsense")
    client.until("refused")
    for message in client.heard:
        jsonschema.validate(message, server_schema())


def test_floats_are_the_engines_own(client: Client) -> None:
    client.send(type="sing", id="a", score=song(1), pace="reader", format={"encoding": "f32le"})
    client.until("end")
    samples = np.frombuffer(b"".join(content for _, content in client.audio), "<f4")
    np.testing.assert_array_equal(samples, render(document_to_score(song(1)), load_voice("builtin")).samples)


def test_opus_packets_hold_the_song(client: Client) -> None:
    sphn = pytest.importorskip("sphn")
    client.send(
        type="sing", id="a", score=song(2), pace="reader", format={"encoding": "opus", "sample_rate": 48_000}
    )
    end = client.until("end")
    assert [first for first, _ in client.audio] == [960 * place for place in range(len(client.audio))]
    assert 0 <= 960 * len(client.audio) - end["samples"] < 960
    size = sum(len(content) for _, content in client.audio)
    assert size < end["samples"] / 2, "smaller than a quarter of the samples"
    assert sphn is not None


def test_the_lead_is_kept_and_pausing_stops_the_clock(client: Client) -> None:
    client.send(type="sing", id="a", score=song(6), lead_ms=300)
    client.until("start")
    begun_s = time.monotonic()
    while time.monotonic() - begun_s < 0.6:
        client.next()
    ahead_s = sum(len(content) for _, content in client.audio) / 2 / 44_100 - (time.monotonic() - begun_s)
    assert ahead_s < 0.45
    client.send(type="pause", id="a")
    paused = client.until("paused")
    heard = len(client.audio)
    client.drain(0.5)
    assert len(client.audio) - heard <= 1
    client.send(type="resume", id="a")
    assert client.until("resumed")["sample"] >= paused["sample"]
    client.next()
    client.send(type="cancel", id="a")
    end = client.until("end")
    assert end["reason"] == "cancelled"
    assert end["samples"] == len(client.pcm16())


def test_cancel_at_the_phrase_ends_with_it(client: Client) -> None:
    client.send(type="sing", id="a", score=song(8), lead_ms=300)
    client.until("start")
    while len(client.audio) < 5:
        client.next()
    client.send(type="cancel", id="a", at="phrase")
    end = client.until("end")
    assert end["reason"] == "cancelled"
    whole = encode(render(document_to_score(song(8)), load_voice("builtin")).samples, "pcm16")
    heard = np.frombuffer(whole, "<i2")[: end["samples"]]
    assert 1.5 < end["samples"] / 44_100 < 2.4, "a phrase lasts 1.6 s"
    assert np.abs(client.pcm16().astype(int) - heard).max() <= 1


def test_a_control_acts_from_the_sample_that_is_told(client: Client) -> None:
    client.send(type="sing", id="a", score=song(6), lead_ms=200, controls={"breathiness": 0.2})
    client.until("start")
    while len(client.audio) < 4:
        client.next()
    client.send(type="control", id="a", name="loudness_db", value=-24, ramp_ms=20)
    told = client.until("control")
    if told["name"] != "loudness_db":
        told = client.until("control")
    client.until("end")
    samples = client.pcm16().astype(float)
    at = told["sample"]
    assert at >= client.audio[3][0]
    loud, soft = (np.sqrt(np.mean(part**2)) for part in (samples[:at], samples[at + 2_000 :]))
    assert soft < loud / 6


def test_an_open_song_grows(client: Client) -> None:
    whole = song(4)
    client.send(type="sing", id="a", score={**whole, "notes": whole["notes"][:6]}, pace="reader", open=True)
    assert client.until("start")["duration_s"] is None
    client.send(type="append", id="a", notes=whole["notes"][6:11])
    assert client.until("appended")["notes"] == 11
    client.send(type="append", id="a", notes=[{"start": 1, "duration": 1, "pitch": 60, "lyric": "la"}])
    refused = client.until("refused")
    assert (refused["of"], refused["code"]) == ("append", "note_order")
    assert refused["where"].startswith("note 11")
    client.send(type="append", id="a", notes=whole["notes"][11:], final=True)
    client.until("end")
    expected = encode(render(document_to_score(whole), load_voice("builtin")).samples, "pcm16")
    assert client.pcm16().tobytes() == expected


def test_playing_live(client: Client) -> None:
    client.send(type="sing", id="k", live={"language": "en"}, marks=["viseme", "phone", "lyric", "note"])
    assert client.until("start")["duration_s"] is None
    client.send(type="lyrics", id="k", text="twinkle")
    client.send(type="note_on", id="k", pitch="E4")
    note = client.until("note")
    assert note["lyric"] == "twin"
    assert note["phones"][-1] == "ɪ"
    while client.audio[-1][0] < note["vowel_sample"] + 8_000:
        client.next()
    client.send(type="note_off", id="k", pitch=64)
    client.send(type="cancel", id="k")
    assert client.until("end")["reason"] == "cancelled"
    samples = client.pcm16()
    assert not samples[: note["sample"] - 441].any()
    assert np.abs(samples[note["vowel_sample"] :]).max() > 500
    sent = 0
    for kind, sample in client.order:
        if kind == "audio":
            sent = sample
        else:
            assert sample >= sent
    assert note["vowel_sample"] in {mark["sample"] for mark in client.marks("viseme")}
    assert [mark["text"] for mark in client.marks("lyric")] == ["twin"]


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"score": {"format": "singer-score"}}, "version", "version"),
        ({"score": {**song(3), "notes": []}}, "no_notes", "notes"),
        (
            {"score": {**song(3), "notes": [{"start": 0, "duration": 1, "pitch": 60, "lyric": "☃"}]}},
            "",
            "note 0",
        ),
        ({"voice": "nobody"}, "", ""),
        ({"controls": {"tension": 9}}, "control", "control tension"),
        ({"emotion": {"fury": 1}}, "emotion", "emotion"),
    ],
)
def test_a_song_that_cannot_be_sung_gets_one_error(
    stand: Stand, client: Client, change: dict[str, Any], code: str, where: str
) -> None:
    client.send(**{"type": "sing", "id": "a", "score": song(3), **change})
    error = client.until("error", "start")
    assert error["type"] == "error"
    assert code in error["code"]
    assert error["where"].startswith(where)
    client.send(type="sing", id="b", score=song(1), pace="reader")
    client.until("end")


@pytest.mark.parametrize(
    ("text", "code", "of"),
    [
        ("", "not_json", ""),
        ("[]", "not_a_message", ""),
        ("{}", "unknown_type", ""),
        ('{"type": "sing", "score": {}}', "missing", "sing"),
        ('{"type": "sing", "id": 7, "score": {}}', "string_type", "sing"),
        ('{"type": "pause", "id": "nobody"}', "no_stream", "pause"),
        ('{"type": "note_on", "id": "a", "pitch": NaN}', "finite_number", "note_on"),
    ],
)
def test_what_is_no_message_is_refused(client: Client, text: str, code: str, of: str) -> None:
    client.connection.send(text)
    refused = client.until("refused")
    assert (refused["code"], refused["of"]) == (code, of)
    assert refused["message"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "value_error"),
        ({"score": {}, "performance": {}}, "value_error"),
        ({"score": {}, "sped": 2}, "extra_forbidden"),
        ({"score": {}, "lead_ms": 5}, "value_error"),
        ({"score": {}, "marks": ["smell"]}, "literal_error"),
        ({"score": {}, "format": {"encoding": "mp3"}}, "literal_error"),
        ({"score": {}, "format": {"encoding": "opus"}}, "value_error"),
    ],
)
def test_a_stream_that_cannot_begin_gets_an_error(client: Client, change: dict[str, Any], code: str) -> None:
    client.send(type="sing", id="a", **change)
    error = client.until("error", "refused", "start")
    assert (error["type"], error["id"], error["code"]) == ("error", "a", code)


def test_messages_that_do_not_fit_the_stream_are_refused(client: Client) -> None:
    client.send(type="sing", id="a", score=song(8), lead_ms=300)
    client.until("start")
    for message, code in (
        ({"type": "sing", "id": "b", "score": song(3)}, "stream_active"),
        ({"type": "note_on", "id": "a", "pitch": 60}, "not_live"),
        ({"type": "append", "id": "a", "notes": [], "final": True}, "not_open"),
        ({"type": "control", "id": "a", "name": "nonsense", "value": 1}, "control"),
        ({"type": "pause", "id": "b"}, "no_stream"),
    ):
        client.send(**message)
        assert client.until("refused")["code"] == code
    client.connection.send(b"\x00\x01")
    assert client.until("refused")["code"] == "binary"
    client.send(type="cancel", id="a")
    client.until("end")


def test_a_client_that_sends_nothing_but_nonsense_is_closed(stand: Stand) -> None:
    with stand.connect() as client:
        for _ in range(100):
            client.connection.send("nonsense")
        client.drain(5.0)
        with pytest.raises(ConnectionClosedError, match="could not be followed"):
            client.next()
        assert len(client.of("refused")) == 100


def test_a_server_that_is_full_says_so_and_the_others_go_on(stand: Stand) -> None:
    singing = [stand.connect() for _ in range(4)]
    for client in singing:
        client.send(type="sing", id="a", score=song(3), lead_ms=200)
        client.until("start")
    with stand.connect() as late:
        late.send(type="sing", id="a", score=song(1))
        assert late.until("error", "start")["code"] == "busy"
        for client in singing:
            assert client.until("end")["reason"] == "done"
            client.connection.close()
        stand.wait_until_empty(connections=1)
        late.send(type="sing", id="b", score=song(1), pace="reader")
        assert late.until("end", "error")["type"] == "end"
    stand.wait_until_empty()


def test_clients_that_vanish_leave_nothing(stand: Stand) -> None:
    for number in range(12):
        client = stand.connect()
        client.send(type="sing", id="a", score=song(8), lead_ms=200 if number % 2 else 5_000)
        client.until("start")
        client.next()
        client.connection.socket.close() if number % 3 else client.connection.close()
        stand.wait_until_empty()


def test_a_client_that_does_not_read_costs_bounded_memory(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.server.stream import session

    monkeypatch.setattr(session, "SLOW_S", 0.5)
    client = stand.connect()
    client.connection.socket.setsockopt(1, 8, 4_096)
    client.send(type="sing", id="a", score=song(300), pace="reader")
    stand_s = time.monotonic()
    while not stand.ended or stand.ended[-1].position == 0 or stand.engine.streams:
        assert time.monotonic() - stand_s < 30
        time.sleep(0.05)
    assert stand.ended[-1].position < 100 * 44_100
    client.connection.socket.close()
