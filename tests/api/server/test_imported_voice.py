"""An imported bank behind the server: listed, streamed sample by sample as it sings at home, and refused for live playing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from bench.openutau_bank import make_bank
from singer.audio import encode
from singer.diffsinger.bank_singer import BankSinger
from singer.diffsinger.ds_io import document_to_ds
from singer.diffsinger.project_performance import project_performance
from singer.diffsinger.song import DsSong, stream_segments
from singer.render import render
from singer.score_json import document_to_score
from tests.api.server.rest_client import pcm
from tests.api.server.stand import Stand, standing
from tests.singer.diffsinger.songs import GIVEN
from voicebanks.load import load_voice

SCORE: dict[str, Any] = {
    "format": "singer-score", "version": 1, "language": "zh", "tempo": [{"beat": 0, "bpm": 120}],
    "notes": [
        {"start": 1 + 4 * phrase + beat, "duration": 1, "pitch": 60 + 2 * beat, "lyric": lyric}
        for phrase in range(3) for beat, lyric in enumerate("你好")
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("voices")
    make_bank(home / "toy")
    return home


@pytest.fixture(scope="module")
def stand(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SINGER_VOICES", str(home))
        with standing(tmp_path_factory.mktemp("server")) as made:
            yield made


@pytest.mark.parametrize("voice", ["toy", "toy:bright"])
def test_a_stream_is_what_singing_gives(stand: Stand, home: Path, voice: str) -> None:
    with stand.connect() as client:
        client.send(type="sing", id="a", score=SCORE, voice=voice, pace="reader", marks=["lyric", "viseme"])
        end = client.until("end")
    whole = render(document_to_score(SCORE), load_voice(voice, [home]))
    assert end["reason"] == "done"
    assert client.pcm16().tobytes() == encode(whole.samples, "pcm16")
    assert [mark["text"] for mark in client.marks("lyric")] == list("你好") * 3
    stand.wait_until_empty()


def test_it_is_listed_and_sings_over_rest(stand: Stand) -> None:
    with httpx.Client(base_url=f"http://{stand.address}", timeout=30) as client:
        listed = {each["name"]: each for each in client.get("/v1/voices").json()}
        assert (listed["toy"]["languages"], listed["toy"]["sample_rate"]) == (["zh", "en", "ja"], 44_100)
        assert (listed["toy"]["singers"], listed["builtin"]["singers"]) == (["soft", "bright"], [])
        assert client.get("/v1/voices/toy").json() == listed["toy"]
        assert client.post("/v1/sing", json={"score": SCORE, "voice": "toy"}).status_code == 200


def test_a_diffsinger_project_is_sung_as_at_home(stand: Stand, home: Path) -> None:
    bank = load_voice("toy", [home])
    assert isinstance(bank.imported, BankSinger)
    chunks = stream_segments(DsSong(document_to_ds([GIVEN])), bank.imported.bank)
    alone = np.concatenate([chunk.samples for chunk in chunks])
    with httpx.Client(base_url=f"http://{stand.address}", timeout=30) as client:
        told = client.post("/v1/sing", json={"ds": [GIVEN], "voice": "toy"})
        assert told.status_code == 200, told.text
        job = client.post("/v1/jobs", json={"ds": [GIVEN], "voice": "toy"}).json()
        while (state := client.get(f"/v1/jobs/{job['id']}").json()["state"]) in ("queued", "running"):
            time.sleep(0.05)
        assert state == "done"
        kept = pcm(client.get(f"/v1/jobs/{job['id']}/audio"))
    samples = pcm(told)
    length = min(len(alone), len(samples))
    assert np.array_equal(samples[:length], np.frombuffer(encode(alone[:length], "pcm16"), np.int16))
    assert np.array_equal(kept, samples)


@pytest.mark.parametrize("name", ["toy", "builtin"])
def test_a_diffsinger_project_is_streamed_as_it_is_performed(stand: Stand, home: Path, name: str) -> None:
    with stand.connect() as client:
        client.send(type="sing", id="a", ds=[GIVEN], voice=name, pace="reader", marks=["phone"])
        assert client.until("end")["reason"] == "done"
    stand.wait_until_empty()
    voice = load_voice(name, [home])
    performance, _ = project_performance(DsSong(document_to_ds([GIVEN])), voice)
    assert client.pcm16().tobytes() == encode(render(performance, voice).samples, "pcm16")


def test_live_playing_is_refused(stand: Stand) -> None:
    with stand.connect() as client:
        client.send(type="sing", id="a", live={"language": "zh"}, voice="toy")
        assert client.until("error")["code"] == "not_live"
    stand.wait_until_empty()
