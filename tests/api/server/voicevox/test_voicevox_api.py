"""The endpoints as VOICEVOX's clients use them: shapes of replies, sound that follows the query, refusals."""

from __future__ import annotations

import base64
import hashlib
import io
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import jsonschema
import numpy as np
import pytest
import schemathesis
import soundfile
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.server.app import create_app
from api.server.settings import ServerSettings
from api.server.voicevox import song_routes
from api.server.voicevox.mount import voicevox_app
from api.server.voicevox.singers import style_id
from singer.quality import pitch_hz
from tests.api.cli_runs import ROOT
from tests.api.server.stand import Stand, standing

TOKEN = "voicevox-token"
SINGER = style_id("builtin", "frame_decode")
TEACHER = style_id("builtin", "singing_teacher")
BOTH = style_id("builtin", "sing")
SCORE: dict[str, Any] = {
    "notes": [
        {"id": "a", "key": None, "frame_length": 15, "lyric": ""},
        {"id": "b", "key": 60, "frame_length": 45, "lyric": "ド"},
        {"id": "c", "key": 62, "frame_length": 45, "lyric": "れ"},
        {"id": "d", "key": None, "frame_length": 40, "lyric": ""},
        {"key": 64, "frame_length": 45, "lyric": "ミ"},
        {"id": "f", "key": None, "frame_length": 15, "lyric": ""},
    ]
}
NUMBERS = {"type": "array", "items": {"type": "number"}}
TEXT = {"type": "string"}
TEXT_OR_NULL = {"type": ["string", "null"]}


def exactly(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False,
    }  # fmt: skip


QUERY = exactly(
    f0=NUMBERS,
    volume=NUMBERS,
    phonemes={
        "type": "array",
        "items": exactly(phoneme=TEXT, frame_length={"type": "integer", "minimum": 0}, note_id=TEXT_OR_NULL),
    },
    volumeScale={"type": "number"},
    outputSamplingRate={"type": "integer"},
    outputStereo={"type": "boolean"},
)
STYLE = exactly(name=TEXT, id={"type": "integer"}, type={"enum": ["singing_teacher", "frame_decode", "sing"]})
SPEAKERS = {
    "type": "array",
    "items": exactly(
        name=TEXT,
        speaker_uuid={"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
        styles={"type": "array", "items": STYLE, "minItems": 1},
        version=TEXT,
        supported_features=exactly(permitted_synthesis_morphing={"enum": ["ALL", "SELF_ONLY", "NOTHING"]}),
    ),
}
INFO = exactly(
    policy=TEXT,
    portrait=TEXT,
    style_infos={
        "type": "array",
        "items": exactly(
            id={"type": "integer"},
            icon=TEXT,
            portrait=TEXT_OR_NULL,
            voice_samples={"type": "array", "items": TEXT},
        ),
    },
)
MANIFEST = {
    "type": "object",
    "required": [
        "manifest_version", "name", "brand_name", "uuid", "url", "icon", "default_sampling_rate", "frame_rate",
        "terms_of_service", "update_infos", "dependency_licenses", "supported_features",
    ],
    "properties": {
        "icon": TEXT, "default_sampling_rate": {"const": 44_100}, "frame_rate": {"const": 93.75},
        "update_infos": {"type": "array"},
        "dependency_licenses": {"type": "array"},
        "supported_features": {
            "type": "object",
            "required": [
                "adjust_mora_pitch", "adjust_phoneme_length", "adjust_speed_scale", "adjust_pitch_scale",
                "adjust_intonation_scale", "adjust_volume_scale", "interrogative_upspeak", "synthesis_morphing",
            ],
            "properties": {"sing": {"const": True}},
            "additionalProperties": {"type": "boolean"},
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    folder = tmp_path_factory.mktemp("server")
    tokens = folder / "tokens.toml"
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    tokens.write_text(f'[[token]]\nname = "a"\nsha256 = "{digest}"\nrequests_per_minute = 1000000\n')
    with standing(
        folder, tokens_file=tokens, longest_song_s=60, most_notes=50, largest_body_bytes=2_000_000
    ) as made:
        yield made


@pytest.fixture(scope="module")
def client(stand: Stand) -> Iterator[httpx.Client]:
    head = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=f"http://{stand.address}/voicevox", headers=head, timeout=30) as made:
        yield made


def asked(client: httpx.Client, path: str, speaker: int, body: Any) -> httpx.Response:
    return client.post(path, params={"speaker": speaker}, json=body)


@pytest.fixture(scope="module")
def query(client: httpx.Client) -> dict[str, Any]:
    response = asked(client, "/sing_frame_audio_query", TEACHER, SCORE)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def refused(response: httpx.Response, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    detail = response.json()["detail"]
    assert detail
    return str(detail)


def sound(response: httpx.Response) -> tuple[np.ndarray, int]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "audio/wav"
    assert int(response.headers["content-length"]) == len(response.content)
    with soundfile.SoundFile(io.BytesIO(response.content)) as file:
        assert file.subtype == "PCM_16"
    samples, rate = soundfile.read(io.BytesIO(response.content), always_2d=True)
    return samples, rate


# --- who the engine is


def test_versions_and_devices(client: httpx.Client) -> None:
    version = client.get("/version").json()
    assert client.get("/core_versions").json() == [version]
    assert client.get("/supported_devices").json() == {"cpu": True, "cuda": False, "dml": False}
    assert client.get("/supported_devices", params={"core_version": version}).status_code == 200
    assert client.get("/speakers").json() == []
    response = client.get("/singers", params={"core_version": "0.0.1"})
    assert refused(response, 422) == response.json()["message"]


def test_the_manifest_has_what_its_schema_asks(client: httpx.Client) -> None:
    manifest = client.get("/engine_manifest").json()
    jsonschema.validate(manifest, MANIFEST)
    assert png_size(manifest["icon"]) == (256, 256)


def png_size(text: str) -> tuple[int, int]:
    content = base64.b64decode(text, validate=True)
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def test_singers_have_numbers_that_stay(client: httpx.Client) -> None:
    singers = client.get("/singers").json()
    jsonschema.validate(singers, SPEAKERS)
    numbers = [style["id"] for singer in singers for style in singer["styles"]]
    assert len(set(numbers)) == len(numbers)
    assert all(0 <= number < 2**31 for number in numbers)
    by_name = {singer["name"]: singer for singer in singers}
    suyin = {style["type"]: style["id"] for style in by_name["Suyin 素音"]["styles"]}
    assert suyin == {"frame_decode": 3000, "singing_teacher": 6000, "sing": 9000}
    assert {style["id"] for style in by_name["Builtin"]["styles"]} == {SINGER, TEACHER, BOTH}
    assert SINGER == 121743288


def test_a_singer_has_pictures_and_terms(client: httpx.Client) -> None:
    for singer in client.get("/singers").json():
        info = client.get("/singer_info", params={"speaker_uuid": singer["speaker_uuid"]}).json()
        jsonschema.validate(info, INFO)
        assert singer["name"] in info["policy"]
        assert png_size(info["portrait"]) == (360, 440)
        assert {each["id"] for each in info["style_infos"]} == {each["id"] for each in singer["styles"]}
        assert {png_size(each["icon"]) for each in info["style_infos"]} == {(256, 256)}
    for path in ("/singer_info", "/speaker_info"):
        assert (
            refused(client.get(path, params={"speaker_uuid": "x"}), 404)
            == "該当するキャラクターが見つかりません"
        )
        refused(client.get(path), 422)


def test_a_voice_is_loaded_when_it_is_asked_for(client: httpx.Client) -> None:
    def is_ready(speaker: int) -> bool:
        found = client.get("/is_initialized_speaker", params={"speaker": speaker}).json()
        assert isinstance(found, bool)
        return found

    assert is_ready(SINGER)
    assert not is_ready(3001)
    response = client.post("/initialize_speaker", params={"speaker": 3001, "skip_reinit": True})
    assert (response.status_code, response.content) == (204, b"")
    assert is_ready(6001)
    for method, path in (("GET", "/is_initialized_speaker"), ("POST", "/initialize_speaker")):
        refused(client.request(method, path, params={"speaker": 1}), 422)


# --- from a score to sound


def test_a_query_has_the_shape_of_the_model(client: httpx.Client, query: dict[str, Any]) -> None:
    jsonschema.validate(query, QUERY)
    assert (
        len(query["f0"])
        == len(query["volume"])
        == sum(each["frame_length"] for each in query["phonemes"])
        == 205
    )
    assert [each["phoneme"] for each in query["phonemes"]] == [
        "pau",
        "d",
        "o",
        "r",
        "e",
        "pau",
        "m",
        "i",
        "pau",
    ]
    assert [each["note_id"] for each in query["phonemes"]] == ["a", "b", "b", "c", "c", "d", None, None, "f"]
    assert asked(client, "/sing_frame_audio_query", BOTH, SCORE).json() == query


def test_old_scores_without_keys_in_rests_are_the_same(client: httpx.Client, query: dict[str, Any]) -> None:
    notes = [{name: value for name, value in note.items() if value is not None} for note in SCORE["notes"]]
    assert asked(client, "/sing_frame_audio_query", TEACHER, {"notes": notes}).json() == query


def test_pitch_and_volume_made_anew_are_those_of_the_query(
    client: httpx.Client, query: dict[str, Any]
) -> None:
    body = {"score": SCORE, "frame_audio_query": query}
    for path, name in (("/sing_frame_f0", "f0"), ("/sing_frame_volume", "volume")):
        found = asked(client, path, TEACHER, body).json()
        jsonschema.validate(found, NUMBERS)
        assert found == query[name]


def vowels(query: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """Start and end of each vowel, seconds."""
    ends = np.cumsum([each["frame_length"] for each in query["phonemes"]])
    for each, end in zip(query["phonemes"], ends, strict=True):
        if each["phoneme"] in "aiueo":
            yield (end - each["frame_length"]) * 256 / 24_000, end * 256 / 24_000


def errors_cents(samples: np.ndarray, rate: int, query: dict[str, Any]) -> np.ndarray:
    """What the heard pitch is off the query's in windows of 40 ms inside the vowels."""
    found = []
    for start_s, end_s in vowels(query):
        for centre_s in np.arange(start_s + 0.06, end_s - 0.06, 0.02):
            window = samples[int((centre_s - 0.02) * rate) : int((centre_s + 0.02) * rate)]
            heard_hz = pitch_hz(window.astype(np.float32), rate)
            assert heard_hz is not None
            due_hz = query["f0"][int(centre_s * 93.75)]
            found.append(1200 * np.log2(heard_hz / due_hz))
    return np.abs(found)


@pytest.mark.parametrize("speaker", [SINGER, 3000, 9000])
def test_the_sound_has_the_pitch_of_the_query(
    client: httpx.Client, query: dict[str, Any], speaker: int
) -> None:
    samples, rate = sound(asked(client, "/frame_synthesis", speaker, query))
    assert (rate, samples.shape) == (44_100, (round(205 * 256 * 44_100 / 24_000), 1))
    assert np.median(errors_cents(samples[:, 0], rate, query)) < 2.0
    changed = {
        **query,
        "f0": [hz * 2 ** (-5 / 12 + 0.5 * frame / 205) for frame, hz in enumerate(query["f0"])],
    }
    samples, rate = sound(asked(client, "/frame_synthesis", speaker, changed))
    off = errors_cents(samples[:, 0], rate, changed)
    assert np.median(off) < 4.0
    assert np.percentile(off, 90) < 12.0


def level_db(samples: np.ndarray, rate: int, span: tuple[float, float]) -> float:
    part = samples[int((span[0] + 0.05) * rate) : int((span[1] - 0.05) * rate)]
    return float(10 * np.log10(np.mean(part**2)))


def test_volume_is_heard_against_what_the_voice_would_give(
    client: httpx.Client, query: dict[str, Any]
) -> None:
    plain, rate = sound(asked(client, "/frame_synthesis", SINGER, query))
    first, second, third = vowels(query)
    middle = round(second[0] * 93.75) - 3
    changed = [*query["volume"][:middle], *(value / 4 for value in query["volume"][middle:])]
    softer, _ = sound(asked(client, "/frame_synthesis", SINGER, {**query, "volume": changed}))
    assert level_db(softer, rate, first) == pytest.approx(level_db(plain, rate, first), abs=0.2)
    for span in (second, third):
        assert level_db(softer, rate, span) - level_db(plain, rate, span) == pytest.approx(-12, abs=1.5)
    muted, _ = sound(asked(client, "/frame_synthesis", SINGER, {**query, "volume": [0.0] * 205}))
    assert np.abs(muted).max() < 0.0005


def test_scale_rate_and_channels(client: httpx.Client, query: dict[str, Any]) -> None:
    plain, _ = sound(asked(client, "/frame_synthesis", SINGER, query))
    half, _ = sound(asked(client, "/frame_synthesis", SINGER, {**query, "volumeScale": 0.5}))
    assert np.abs(half - plain / 2).max() <= 1.01 / 32768
    stereo, rate = sound(asked(client, "/frame_synthesis", SINGER, {**query, "outputStereo": True}))
    assert (rate, stereo.shape) == (44_100, (len(plain), 2))
    assert (stereo == plain).all()
    other, rate = sound(
        asked(
            client, "/frame_synthesis", SINGER, {**query, "outputStereo": True, "outputSamplingRate": 24_000}
        )
    )
    assert (rate, other.shape) == (24_000, (205 * 256, 2))
    assert np.median(errors_cents(other[:, 0], rate, query)) < 2.0
    loud, _ = sound(asked(client, "/frame_synthesis", SINGER, {**query, "volumeScale": 100}))
    assert np.abs(loud).max() == pytest.approx(1.0, abs=1e-4)


def test_rests_are_silent_and_the_same_query_gives_the_same_samples(
    client: httpx.Client, query: dict[str, Any]
) -> None:
    samples, rate = sound(asked(client, "/frame_synthesis", SINGER, query))
    again, _ = sound(asked(client, "/frame_synthesis", SINGER, query))
    assert (samples == again).all()
    (_, first_end_s), (third_start_s, _) = list(pairwise(vowels(query)))[1]
    rest = samples[int((first_end_s + 0.16) * rate) : int((third_start_s - 0.25) * rate)]
    assert len(rest) > 500
    assert np.abs(rest).max() < 0.002


# --- what is refused


def changed(number: int, **note: Any) -> dict[str, Any]:
    return {"notes": [{**each, **note} if at == number else each for at, each in enumerate(SCORE["notes"])]}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (changed(1, lyric="カー"), "lyricが不正です: カー"),
        (changed(1, lyric="kiss"), "lyricが不正です: kiss"),
        (changed(1, key=None), "keyがnullの場合、lyricは空文字列である必要があります。"),
        (changed(0, key=60), "lyricが空文字列の場合、keyはnullである必要があります。"),
        (changed(1, key=2), "notes[1]: keyは"),
        (changed(1, key=10**30), "notes[1]: keyは"),
        ({"notes": SCORE["notes"][1:]}, "consonant_lengths[0] must be 0"),
        ({"notes": []}, "notes"),
    ],
)
def test_a_wrong_score_is_400_with_its_reason(
    client: httpx.Client, body: dict[str, Any], detail: str
) -> None:
    assert refused(asked(client, "/sing_frame_audio_query", TEACHER, body), 400).startswith(detail)


def test_a_singer_has_its_own_range_and_a_teacher_that_of_all(client: httpx.Client) -> None:
    low = changed(1, key=45)
    assert "C3" in refused(asked(client, "/sing_frame_audio_query", 9000, low), 400)
    assert asked(client, "/sing_frame_audio_query", 6000, low).status_code == 200


@pytest.mark.parametrize(
    "path", ["/sing_frame_audio_query", "/sing_frame_f0", "/sing_frame_volume", "/frame_synthesis"]
)
def test_a_style_that_is_unknown_or_of_another_kind_is_422(
    client: httpx.Client, query: dict[str, Any], path: str
) -> None:
    body = {"/sing_frame_audio_query": SCORE, "/frame_synthesis": query}.get(
        path, {"score": SCORE, "frame_audio_query": query}
    )
    for speaker in (-1024, 0, 2**40, TEACHER if path == "/frame_synthesis" else SINGER):
        response = asked(client, path, speaker, body)
        assert (
            response.json()["message"]
            == refused(response, 422)
            == "指定されたスタイルが見つかりませんでした。"
        )
    (place,) = client.post(path, json=body).json()["detail"]
    assert (place["loc"], place["type"]) == (["query", "speaker"], "missing")


def test_a_body_of_another_shape_is_422_with_its_places(client: httpx.Client, query: dict[str, Any]) -> None:
    wrong = asked(client, "/sing_frame_audio_query", TEACHER, changed(1, frame_length="long"))
    refused(wrong, 422)
    (place,) = wrong.json()["detail"]
    assert (place["loc"], set(place)) == (["body", "notes", 1, "frame_length"], {"loc", "msg", "type"})
    for content in (b"{", b"[]", b'{"notes": NaN}', b"\xff"):
        head = {"Content-Type": "application/json"}
        response = client.post(
            "/sing_frame_audio_query", params={"speaker": TEACHER}, content=content, headers=head
        )
        refused(response, 422 if content != b"\xff" else response.status_code)
        assert response.status_code in (400, 422)
    text = io.StringIO()
    text.write(
        '{"f0": [NaN], "volume": [0], "phonemes": [{"phoneme": "a", "frame_length": 1}], "volumeScale": 1, '
    )
    text.write('"outputSamplingRate": 24000, "outputStereo": false}')
    head = {"Content-Type": "application/json"}
    response = client.post(
        "/frame_synthesis", params={"speaker": SINGER}, content=text.getvalue(), headers=head
    )
    assert "finite" in refused(response, 422)


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"f0": [220.0]}, "f0の長さ"), ({"outputSamplingRate": 10**30}, "outputSamplingRate"),
        ({"volumeScale": -1}, "volumeScale"),
        ({"phonemes": [{"phoneme": "q", "frame_length": 205}]}, "phoneme q is not valid"),
    ],
)  # fmt: skip
def test_a_wrong_query_is_400_with_its_reason(
    client: httpx.Client, query: dict[str, Any], changes: dict[str, Any], detail: str
) -> None:
    assert refused(asked(client, "/frame_synthesis", SINGER, {**query, **changes}), 400).startswith(detail)


def test_a_query_of_another_score_is_400(client: httpx.Client, query: dict[str, Any]) -> None:
    body = {"score": changed(1, lyric="ミ"), "frame_audio_query": query}
    for path in ("/sing_frame_f0", "/sing_frame_volume"):
        assert "一致しません" in refused(asked(client, path, TEACHER, body), 400)


def test_limits_of_the_server_hold(client: httpx.Client, query: dict[str, Any]) -> None:
    long = [{"key": None, "frame_length": length, "lyric": ""} for length in (5_000, 10**400)]
    for notes in ([long[0]] * 2, [long[1]]):
        assert "60 s" in refused(asked(client, "/sing_frame_audio_query", TEACHER, {"notes": notes}), 422)
    phonemes = [{"phoneme": "pau", "frame_length": 6_000}]
    refused(asked(client, "/frame_synthesis", SINGER, {**query, "phonemes": phonemes}), 422)
    many = {"notes": [{"key": None, "frame_length": 1, "lyric": ""}] * 51}
    assert "51 notes" in refused(asked(client, "/sing_frame_audio_query", TEACHER, many), 422)
    large = client.post("/frame_synthesis", params={"speaker": SINGER}, content=b" " * 2_000_001)
    assert (large.status_code, bool(large.json()["detail"])) == (413, True)


def test_tokens_and_origins_are_asked_for(client: httpx.Client, stand: Stand) -> None:
    bare = httpx.get(f"http://{stand.address}/voicevox/singers")
    assert refused(bare, 401)
    assert bare.headers["www-authenticate"] == "Bearer"
    refused(client.get("/singers", headers={"Origin": "https://elsewhere.example"}), 403)
    own = client.get("/singers", headers={"Origin": "http://localhost:5173"})
    assert own.headers["access-control-allow-origin"] == "http://localhost:5173"


def test_failures_are_told_without_their_cause(
    client: httpx.Client, query: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setattr(song_routes, "performance_of", failing)
    assert "secret" not in refused(asked(client, "/frame_synthesis", SINGER, query), 500)
    refused(client.get("/nowhere"), 404)
    refused(client.get("/frame_synthesis"), 405)


# --- as a server


def test_a_client_that_leaves_stops_the_work(
    client: httpx.Client, stand: Stand, query: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, slow = [], song_routes.stream

    def slowed(*arguments: Any, **options: Any) -> Iterator[Any]:
        for chunk in slow(*arguments, **options):
            made.append(len(chunk.samples))
            time.sleep(0.05)
            yield chunk

    monkeypatch.setattr(song_routes, "stream", slowed)
    times = 20
    long = {**query, **{name: query[name] * times for name in ("f0", "volume", "phonemes")}}
    with client.stream("POST", "/frame_synthesis", params={"speaker": SINGER}, json=long) as response:
        assert response.status_code == 200
        next(response.iter_raw(1_000))
    deadline_s, before = time.monotonic() + 10, -1
    while len(made) != before:
        assert time.monotonic() < deadline_s
        before = len(made)
        time.sleep(0.3)
    assert 0 < sum(made) < 0.5 * times * 205 * 256 * 44_100 / 24_000
    stand.wait_until_empty()


def test_requests_are_counted_by_their_whole_path(client: httpx.Client, stand: Stand) -> None:
    client.get("/version")
    client.get("/nowhere")
    page = httpx.get(f"http://{stand.address}/metrics").text
    assert 'singer_requests_total{method="GET",route="/voicevox/version",status="200"}' in page
    assert 'route="/voicevox/nowhere"' not in page


described = schemathesis.openapi.from_dict(voicevox_app(create_app(ServerSettings())).openapi())


@described.parametrize()
@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_answers_are_as_described(case: schemathesis.Case, stand: Stand) -> None:
    case.call_and_validate(
        f"http://{stand.address}/voicevox",
        headers={"Authorization": f"Bearer {TOKEN}"},
        excluded_checks=[positive_data_acceptance],
    )


def test_the_docs_list_every_route() -> None:
    page = (ROOT / "docs" / "voicevox.md").read_text(encoding="utf-8")
    for path, methods in voicevox_app(create_app(ServerSettings())).openapi()["paths"].items():
        for method in methods:
            assert f"`{method.upper()} {path}`" in page
