"""A server keeps the policies of voices: its own uses, those of requests, and who is named in the sound."""

from __future__ import annotations

import io
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
import soundfile
from websockets.sync.client import connect

from api.server.settings import SettingsError, read_server_settings
from api.server.voices import VoicePool
from singer.errors import VoicebankError
from tests.api.server.rest_client import post, problem
from tests.api.server.songs_to_sing import midi, song
from tests.api.server.stand import standing
from tests.voicebanks.bundles import own_files, write_zip
from voicebanks.store.install import install

CREDIT = "Sung by Haru 春"
NAMED = ("haru@1.1.0", CREDIT, "Apache-2.0")
POLICY = {"commercial": "with_permission", "attribution": CREDIT, "forbidden": ["political"]}


def named(response: httpx.Response) -> tuple[str, ...]:
    return tuple(unquote(response.headers[f"Singer-{part}"]) for part in ("Voice", "Attribution", "Licence"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "voices"
    monkeypatch.setenv("SINGER_VOICES", str(home))
    for version in ("1.0.0", "1.1.0"):
        policy = POLICY if version == "1.1.0" else {"commercial": "no"}
        install(write_zip(tmp_path / "v.zip", own_files(version=version, use_policy=policy)), home)
    return home


@pytest.fixture
def client(home: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    with (
        standing(tmp_path / "data") as stand,
        httpx.Client(base_url=f"http://{stand.address}", timeout=30) as made,
    ):
        yield made


def test_voices_tell_their_policies_and_a_damaged_one_is_in_nobodys_way(
    client: httpx.Client, home: Path
) -> None:
    told = client.get("/v1/voices/haru").json()
    assert (told["version"], told["use_policy"]["forbidden"]) == ("1.1.0", ["political"])
    assert client.get("/v1/voices/haru@1.0.0").json()["use_policy"]["commercial"] == "no"
    assert client.get("/v1/voices/builtin").json()["use_policy"]["commercial"] == "yes"
    problem(client.get("/v1/voices/haru@9.0.0"), 404, "unknown_voice")
    portrait = client.get("/v1/voices/haru/portrait")
    assert "sandbox" in portrait.headers["content-security-policy"]
    (home / "haru@1.1.0" / "haru" / "voicebank.json").write_bytes(b"{")
    assert client.get("/v1/voices/haru").json()["version"] == "1.0.0"
    assert client.get("/v1/voices/builtin").status_code == 200


def test_jobs_keep_policies_and_name_the_singer(client: httpx.Client) -> None:
    def ended(**body: object) -> dict[str, object]:
        job = client.post("/v1/jobs", json={"score": song(1), "voice": "haru", **body}).json()
        until_s = time.monotonic() + 20
        while job["state"] not in ("done", "failed"):
            assert time.monotonic() < until_s
            time.sleep(0.02)
            job = client.get(f"/v1/jobs/{job['id']}").json()
        return dict(job)

    assert ended(use=["political"])["error"]["code"] == "use_forbidden"  # type: ignore[index]
    sound = client.get(f"/v1/jobs/{ended()['id']}/audio")
    assert named(sound) == NAMED
    with soundfile.SoundFile(io.BytesIO(sound.content)) as file:
        assert file.comment == CREDIT


def test_requests_say_what_their_sound_is_for(client: httpx.Client) -> None:
    told = problem(post(client, score=song(1), voice="haru", use=["political"]), 403, "use_forbidden")
    assert "'political'" in told["detail"]
    problem(post(client, score=song(1), voice="haru@1.0.0", use=["commercial"]), 403, "use_forbidden")
    problem(post(client, score=song(1), voice="haru", use=["Two Words"]), 422, "wrong_value")
    assert post(client, score=song(1), voice="haru", use=["education"]).status_code == 200
    headers = {"Content-Type": "audio/midi"}
    sent = client.post("/v1/sing?voice=haru&use=education,commercial", content=midi(), headers=headers)
    problem(sent, 403, "use_forbidden")


@pytest.mark.parametrize("kind", ["wav", "flac", "mpeg"])
def test_the_singer_is_named_in_the_sound(client: httpx.Client, kind: str) -> None:
    body = {"score": song(1), "voice": "haru"}
    sound = client.post("/v1/sing", json=body, headers={"Accept": f"audio/{kind}"})
    assert named(sound) == NAMED
    with soundfile.SoundFile(io.BytesIO(sound.content)) as file:
        assert file.comment == CREDIT
        assert file.frames > 1_000


def test_a_stream_names_its_singer_before_its_sound(client: httpx.Client) -> None:
    with connect(f"ws://{client.base_url.netloc.decode()}/v1/stream") as socket:
        for voice, attribution in (("haru", CREDIT), ("builtin", "")):
            socket.send(json.dumps({"type": "sing", "id": "a", "score": song(1), "voice": voice}))
            start = json.loads(socket.recv())
            assert (start["voice"], start["attribution"], start["licence"]) == (
                voice,
                attribution,
                "Apache-2.0",
            )
            while not isinstance(frame := socket.recv(), str) or json.loads(frame)["type"] != "end":
                pass


def test_a_voice_that_is_loaded_goes_on_when_it_is_removed_or_gets_a_new_version(
    client: httpx.Client, home: Path, tmp_path: Path
) -> None:
    assert named(post(client, score=song(1), voice="haru")) == NAMED
    install(write_zip(tmp_path / "v.zip", own_files(version="2.0.0")), home)
    shutil.rmtree(home / "haru@1.1.0")
    assert named(post(client, score=song(1), voice="haru")) == NAMED
    problem(post(client, score=song(1), voice="haru", use=["political"]), 403, "use_forbidden")
    assert post(client, score=song(1), voice="haru@2.0.0").headers["Singer-Voice"] == "haru@2.0.0"


def test_names_that_are_not_there_are_not_remembered() -> None:
    pool = VoicePool((), "builtin")
    for number in range(20):
        with pytest.raises(VoicebankError):
            pool.get(f"nobody{number}")
    assert pool.get("builtin") is pool.get(None)
    assert not [name for name in vars(pool) if "nobody" in str(getattr(pool, name))]


def test_a_servers_own_uses_are_words() -> None:
    with pytest.raises(SettingsError) as caught:
        read_server_settings({"uses": ["Commercial"]}, environment={})
    assert "one word of a-z" in caught.value.message


@pytest.mark.usefixtures("home")
def test_a_server_has_uses_and_permissions_of_its_own(tmp_path: Path) -> None:
    settings = {"uses": ["commercial"], "permitted_voices": ["haru"]}
    with standing(tmp_path / "data", **settings) as stand:
        with httpx.Client(base_url=f"http://{stand.address}", timeout=30) as client:
            assert post(client, score=song(1), voice="haru").status_code == 200
            problem(post(client, score=song(1), voice="haru@1.0.0"), 403, "use_forbidden")
        assert stand.engine.voices.get("builtin").name == "builtin"
        with pytest.raises(VoicebankError):
            stand.engine.voices.get("haru@1.0.0")
