"""A phrase as VOICEVOX's own editor sends it: which requests in which order, keys moved and pitch moved back, edges muted."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from singer.quality import pitch_hz
from tests.api.server.stand import standing

TEACHER, SINGER = 6000, 3000
FRAMES_PER_S = 93.75
SUNG = ((69, "ら"), (71, "キャ"), (72, "ん"), (71, "っ"), (69, "ファ"))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        standing(tmp_path_factory.mktemp("server")) as stand,
        httpx.Client(base_url=f"http://{stand.address}/voicevox", timeout=60) as made,
    ):
        yield made


def notes(moved: int) -> list[dict[str, Any]]:
    """Notes of 0.4 s between rests; rests have neither id nor key, and keys are moved by a whole number of semitones."""
    bounds = [round((0.5 + 0.4 * number) * FRAMES_PER_S) for number in range(len(SUNG) + 1)]
    sung = [
        {"id": str(uuid.UUID(int=number)), "key": key - moved, "frame_length": end - start, "lyric": lyric}
        for number, ((key, lyric), start, end) in enumerate(zip(SUNG, bounds, bounds[1:], strict=False))
    ]
    return [{"frame_length": bounds[0], "lyric": ""}, *sung, {"frame_length": 47, "lyric": ""}]


def rendered(client: httpx.Client, moved: int) -> tuple[dict[str, Any], httpx.Response]:
    """Query, pitch, volume and sound, each from the one before; ``moved`` is the editor's key range adjustment."""

    def answer(path: str, speaker: int, body: Any) -> Any:
        response = client.post(path, params={"speaker": speaker}, json=body)
        assert response.status_code == 200, response.text
        return response if path == "/frame_synthesis" else response.json()

    score, factor = {"notes": notes(moved)}, 2 ** (moved / 12)
    query = answer("/sing_frame_audio_query", TEACHER, score)
    query["f0"] = answer("/sing_frame_f0", TEACHER, {"score": score, "frame_audio_query": query})
    query["volume"] = answer("/sing_frame_volume", TEACHER, {"score": score, "frame_audio_query": query})
    last = query["phonemes"][-1]["frame_length"]
    query["volume"][-last:] = [0.0] * last
    query["f0"] = [hz * factor for hz in query["f0"]]
    query |= {"outputSamplingRate": 48_000, "outputStereo": False, "volumeScale": 1}
    return query, answer("/frame_synthesis", SINGER, query)


def test_what_the_editor_asks_at_its_start_is_answered(client: httpx.Client) -> None:
    asked = (
        "/version",
        "/engine_manifest",
        "/supported_devices",
        "/speakers",
        "/singers",
        "/user_dict",
        "/presets",
    )
    told = {path: client.get(path).raise_for_status().json() for path in asked}
    assert told["/engine_manifest"]["frame_rate"] == FRAMES_PER_S
    assert (told["/speakers"], told["/user_dict"], told["/presets"]) == ([], {}, [])
    styles = {style["id"]: style["type"] for singer in told["/singers"] for style in singer["styles"]}
    assert (styles[TEACHER], styles[SINGER]) == ("singing_teacher", "frame_decode")
    for singer in told["/singers"]:
        info = client.get("/singer_info", params={"speaker_uuid": singer["speaker_uuid"]}).json()
        assert {style["id"] for style in info["style_infos"]} == {style["id"] for style in singer["styles"]}
    assert (
        client.post("/initialize_speaker", params={"speaker": SINGER, "skip_reinit": "true"}).status_code
        == 204
    )
    assert client.get("/is_initialized_speaker", params={"speaker": SINGER}).text == "true"


@pytest.mark.parametrize("moved", [0, -22, 28])
def test_a_phrase_of_the_editor_is_sung_at_the_pitch_of_its_notes(client: httpx.Client, moved: int) -> None:
    query, response = rendered(client, moved)
    assert [each["note_id"] for each in query["phonemes"] if each["phoneme"] == "pau"] == [None, None]
    symbols = [each["phoneme"] for each in query["phonemes"]]
    assert symbols == ["pau", "r", "a", "ky", "a", "N", "cl", "f", "a", "pau"]
    samples, rate = soundfile.read(io.BytesIO(response.content))
    assert (rate, samples.ndim) == (48_000, 1)
    frames = sum(each["frame_length"] for each in query["phonemes"])
    assert len(samples) == pytest.approx(frames / FRAMES_PER_S * rate, abs=rate * 0.011)
    for number in (0, 1, 2, 4):
        middle = int((0.5 + 0.4 * number + 0.2) * rate)
        hz = pitch_hz(samples[middle - 2_400 : middle + 2_400].astype(np.float32), rate)
        assert hz is not None
        assert 69 + 12 * np.log2(hz / 440) == pytest.approx(SUNG[number][0], abs=0.4)
    assert np.abs(samples[-int(0.3 * rate) :]).max() < 1e-3
    assert np.abs(samples).max() > 0.03
