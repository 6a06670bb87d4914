"""``singer avatar`` from end to end: a server sings, the sound is the engine's, and the mouths stand as the marks say."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import json
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from api.avatars import playback
from api.avatars.bridge import MouthFrame
from api.avatars.mouth import SHAPES, Names
from api.avatars.playback import LEAD_S, SAMPLE_RATE_HZ, Show, play
from singer.audio import encode
from singer.performance_io import load_performance
from singer.render import RenderOptions, render
from singer.score_json import document_to_score
from tests.api.avatars.studio import Studio
from tests.api.avatars.test_vmc import Receiver
from tests.api.cli_runs import ROOT, SCORE, environment, run, write
from tests.api.server.stand import Stand, standing
from voicebanks.load import load_voice

NOTES = [
    {"start": 1, "duration": 1, "pitch": "E4", "lyric": "妈"},
    {"start": 2, "duration": 1, "pitch": 67, "lyric": "秘"},
    {"start": 4, "duration": 1, "pitch": "A4", "lyric": "花"},
]
SONG = {**SCORE, "notes": NOTES, "tempo": [{"beat": 0, "bpm": 150}]}
NEAR_S = 0.04


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with standing(tmp_path_factory.mktemp("server")) as made:
        yield made


@pytest.fixture
def song(own_home: Path) -> Path:
    return write(Path("song.json").resolve(), **{key: SONG[key] for key in ("notes", "tempo")})


@contextlib.contextmanager
def studio_in_a_thread(studio: Studio) -> Iterator[None]:
    ready, loop = threading.Event(), asyncio.new_event_loop()
    done = asyncio.Event()

    async def stand_until_done() -> None:
        async with studio.standing():
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(stand_until_done(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()


def marks_of(stand: Stand, **song: Any) -> list[dict[str, Any]]:
    with stand.connect() as client:
        client.send(type="sing", id="m", marks=["viseme"], pace="reader", **song)
        client.until("end")
        return client.marks("viseme")


def rendered(song: Any) -> bytes:
    options = RenderOptions(sample_rate_hz=SAMPLE_RATE_HZ)
    return encode(render(song, load_voice("builtin"), options=options).samples, "pcm16")


def check_mouths(frames: list[list[tuple[Any, ...]]], marks: list[dict[str, Any]], names: Names) -> int:
    """Each frame that is not near a mark shows the mark before it, by the frame's own time; gives how many are so."""
    starts_s = [mark["sample"] / SAMPLE_RATE_HZ for mark in marks]
    end_s = starts_s[-1] + marks[-1]["samples"] / SAMPLE_RATE_HZ
    checked = 0
    for frame in frames:
        time_s = frame[1][1]
        if any(abs(time_s - moment_s) <= NEAR_S for moment_s in (*starts_s, end_s)):
            continue
        now = [mark for mark, start_s in zip(marks, starts_s, strict=True) if start_s < time_s < end_s]
        wanted = dict.fromkeys(SHAPES[names], 0.0) | (now[-1][names] if now else {})
        shown = {message[1]: message[2] for message in frame[2:-1]}
        assert shown == pytest.approx(wanted, abs=1e-6), time_s
        checked += 1
    return checked


def test_a_song_is_sung_and_followed_by_two_programs(stand: Stand, song: Path, own_home: Path) -> None:
    receiver, studio = Receiver(), Studio()
    with studio_in_a_thread(studio):
        result = run(
            "avatar", song, "-o", "song.wav",
            "--server", f"ws://{stand.address}/v1/stream",
            "--to", f"vmc://127.0.0.1:{receiver.port}",
            "--to", f"vts://127.0.0.1:{studio.port}",
        )  # fmt: skip
    assert result.exit_code == 0, result.output
    samples, rate = soundfile.read("song.wav", dtype="int16")
    assert rate == SAMPLE_RATE_HZ
    assert samples.tobytes() == rendered(document_to_score(SONG))
    frames = receiver.frames()
    marks = marks_of(stand, score=SONG)
    assert check_mouths(frames, marks, "vrm") > 60
    times_s = [frame[1][1] for frame in frames]
    assert times_s[0] == 0.0
    assert all(a <= b for a, b in itertools.pairwise(times_s))
    assert times_s[-1] >= len(samples) / rate
    assert not studio.faults
    opened = [values["SingerMouthOpen"] for _, values in studio.told]
    assert max(opened) == pytest.approx(max(mark["live2d"]["ParamMouthOpenY"] for mark in marks), abs=1e-3)
    assert opened[-1] == 0.0
    token_file = own_home / ".config" / "singer" / "vtube_studio_token"
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600


def test_a_performance_goes_to_standard_output_as_bare_samples(stand: Stand, song: Path) -> None:
    assert run("perform", song, "-o", "song.performance.json").exit_code == 0
    receiver = Receiver()
    result = run(
        "avatar", "song.performance.json", "-o", "-", "--names", "arkit", "--voice", "builtin",
        "--server", f"ws://{stand.address}/v1/stream", "--to", f"vmc://127.0.0.1:{receiver.port}",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert result.stdout_bytes == rendered(load_performance("song.performance.json"))
    document = json.loads(Path("song.performance.json").read_text(encoding="utf-8"))
    assert check_mouths(receiver.frames(), marks_of(stand, performance=document), "arkit") > 60


class Keeper:
    """A bridge that keeps its frames, and a sink that keeps what it is given and at which frame."""

    def __init__(self, wait: Callable[[int], None] = lambda samples: None) -> None:
        self.frames: list[MouthFrame] = []
        self.written: list[tuple[int, int]] = []
        """How many frames had been shown when a write was over, and how many samples were then written."""
        self.samples: list[np.ndarray] = []
        self.clipped_samples = 0
        self.address, self.names = "keeper", "vrm"
        self._wait = wait

    async def send(self, frame: MouthFrame) -> None:
        self.frames.append(frame)

    async def close(self) -> None:
        pass

    def write(self, samples: np.ndarray) -> None:
        self._wait(len(self.written))
        self.samples.append(samples)
        self.written.append((len(self.frames), sum(map(len, self.samples))))

    def pcm16(self) -> bytes:
        return encode(np.concatenate(self.samples), "pcm16")


def test_mouths_wait_for_a_player_that_is_slow(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playback, "MOST_WAITING_S", 0.6)
    monkeypatch.setattr(playback, "FEW_WAITING_S", 0.2)
    told = []
    tell = playback._Playback._tell

    async def noting(self: playback._Playback, kind: str) -> None:
        told.append(kind)
        await tell(self, kind)

    monkeypatch.setattr(playback._Playback, "_tell", noting)
    keeper = Keeper(lambda place: time.sleep(0.5) if place in (0, 8) else None)
    show = Show({"score": SONG}, f"ws://{stand.address}/v1/stream")
    asyncio.run(play(show, [keeper], keeper))
    assert keeper.pcm16() == rendered(document_to_score(SONG))
    assert told[:2] == ["pause", "resume"]
    first_shown = keeper.written[0][0]
    assert all(frame.time_s == 0.0 for frame in keeper.frames[:first_shown])
    for (_, samples), (shown, _) in itertools.pairwise(keeper.written):
        assert all(frame.time_s <= samples / SAMPLE_RATE_HZ + 1e-9 for frame in keeper.frames[:shown])
    assert check_mouths_of(keeper.frames, marks_of(stand, score=SONG)) > 60


def check_mouths_of(frames: list[MouthFrame], marks: list[dict[str, Any]]) -> int:
    told = [
        [(), ("T", frame.time_s), *(("Val", *item) for item in frame.shapes.items()), ()] for frame in frames
    ]
    return check_mouths(told, marks, "vrm")


def test_the_calibration_song_opens_a_closed_mouth_each_second(stand: Stand) -> None:
    page = (ROOT / "docs" / "avatars.md").read_text(encoding="utf-8")
    document = json.loads(page.split("```json\n")[1].split("```")[0])
    marks = marks_of(stand, score=document, voice="builtin")
    vowels = [place for place, mark in enumerate(marks) if mark["viseme"] == "aa"]
    opened = [
        marks[place]["sample"] / SAMPLE_RATE_HZ for place in vowels if marks[place - 1]["viseme"] == "PP"
    ]
    assert opened == pytest.approx([1.0, 2.0, 3.0, 4.0], abs=0.02)


def test_it_plays_no_faster_than_real_time(stand: Stand) -> None:
    moments_s: list[float] = []
    keeper = Keeper(lambda place: moments_s.append(time.monotonic()))
    played = asyncio.run(play(Show({"score": SONG}, f"ws://{stand.address}/v1/stream"), [keeper], keeper))
    before_last = keeper.written[-2][1] / SAMPLE_RATE_HZ
    assert moments_s[-1] - moments_s[0] >= before_last - LEAD_S - 0.01
    assert before_last > 1.5
    assert played.voice == "builtin"
    assert not played.failures


def test_a_program_that_is_not_there_is_told_of_and_the_song_is_sung(stand: Stand, song: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as made:
        port = made.getsockname()[1]
    result = run(
        "avatar", song, "-o", "song.wav", "--server", f"ws://{stand.address}/v1/stream", "--to", f"vts://127.0.0.1:{port}"
    )  # fmt: skip
    assert result.exit_code == 0
    assert f"vts://127.0.0.1:{port} did not follow" in result.stderr
    assert "Start API" in result.stderr
    assert Path("song.wav").stat().st_size == 44 + len(rendered(document_to_score(SONG)))


@pytest.mark.parametrize(
    "target",
    ["vmc:127.0.0.1", "http://127.0.0.1", "vts://", "vmc://127.0.0.1:0", "vmc://h:99999", "vmc://h/x"],
)
def test_addresses_are_checked_first(song: Path, target: str) -> None:
    result = run("avatar", song, "--to", target)
    assert result.exit_code == 8
    assert repr(target) in result.stderr
    assert "vmc://HOST:PORT" in result.stderr


def test_what_the_server_refuses_is_said_and_no_file_is_left(stand: Stand, song: Path) -> None:
    to = ("--to", f"vmc://127.0.0.1:{Receiver().port}", "-o", "song.wav")
    unknown = run("avatar", song, *to, "--server", f"ws://{stand.address}/v1/stream", "--voice", "nobody")
    assert unknown.exit_code == 8
    assert "nobody" in unknown.stderr
    elsewhere = run("avatar", song, *to, "--server", f"ws://{stand.address}/v1/nothing")
    assert elsewhere.exit_code == 8
    assert "ws://" in elsewhere.stderr
    with socket.create_server(("127.0.0.1", 0)) as made:
        port = made.getsockname()[1]
    nobody = run("avatar", song, *to, "--server", f"ws://127.0.0.1:{port}/v1/stream")
    assert nobody.exit_code == 8
    assert "start it with singer serve" in nobody.stderr
    wrong = run("avatar", song, *to, "--server", "not an address")
    assert wrong.exit_code == 8
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["song.json"]


def test_the_token_is_shown_to_the_server(tmp_path: Path, song: Path) -> None:
    tokens = tmp_path / "tokens.toml"
    tokens.write_text(f'[[token]]\nname = "stage"\nsha256 = "{hashlib.sha256(b"secret").hexdigest()}"\n')
    to = ("--to", f"vmc://127.0.0.1:{Receiver().port}", "-o", "song.wav")
    with standing(tmp_path / "data", tokens_file=tokens) as guarded:
        server = ("--server", f"ws://{guarded.address}/v1/stream")
        refused = run("avatar", song, *to, *server, "--token", "wrong")
        assert refused.exit_code == 8
        assert "--token" in refused.stderr
        assert not Path("song.wav").exists()
        assert run("avatar", song, *to, *server, "--token", "secret").exit_code == 0
        assert Path("song.wav").exists()


@pytest.mark.parametrize("stops", ["interrupt", "player"])
def test_stopped_in_the_middle_it_closes_the_mouth(stand: Stand, song: Path, stops: str) -> None:
    receiver = Receiver()
    command = [
        sys.executable,
        "-m",
        "api.cli",
        "avatar",
        str(song),
        "-o",
        "-" if stops == "player" else "song.wav",
    ]
    command += ["--server", f"ws://{stand.address}/v1/stream", "--to", f"vmc://127.0.0.1:{receiver.port}"]
    heeding = partial(
        signal.signal, signal.SIGINT, signal.SIG_DFL
    )  # a shell lets what it runs behind ignore it
    process = subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heeding
    )
    assert process.stdout
    frames: list[list[tuple[Any, ...]]] = []
    while not any(message[-1] > 0.3 for frame in frames for message in frame[2:-1]):
        assert process.poll() is None
        frames += receiver.frames()
        time.sleep(0.01)
    if stops == "player":
        process.stdout.close()
    else:
        process.send_signal(signal.SIGINT)
    assert process.wait(10) == (8 if stops == "player" else 130)
    assert all(message[-1] == 0.0 for message in receiver.frames()[-1][2:-1])
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["song.json"]
