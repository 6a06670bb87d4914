"""The plug-in against a strict VTube Studio: handshake, permission, parameters, keep-alive, and a connection that drops."""

from __future__ import annotations

import asyncio
import itertools
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from api.avatars.bridge import AvatarError, MouthFrame
from api.avatars.follow import Follower, PlaybackClock
from api.avatars.mouth import MouthTrack
from api.avatars.vtube_studio import PARAMETERS, VTubeStudioBridge
from tests.api.avatars import virtual_time
from tests.api.avatars.marks import END, RATE_HZ, SONG
from tests.api.avatars.studio import Studio

HANDSHAKE = ["AuthenticationTokenRequest", "AuthenticationRequest", *["ParameterCreationRequest"] * 3]
INJECT = "InjectParameterDataRequest"


def frame(opening: float = 0.0, form: float = 0.0, volume: float = 0.0) -> MouthFrame:
    return MouthFrame(0.0, {"ParamMouthOpenY": opening, "ParamMouthForm": form}, volume)


def with_studio(
    studio: Studio, token_file: Path, act: Callable[[VTubeStudioBridge], Awaitable[object]]
) -> None:
    async def show() -> None:
        async with studio.standing():
            bridge = VTubeStudioBridge(token_file, "127.0.0.1", studio.port)
            try:
                await act(bridge)
            finally:
                await bridge.close()

    virtual_time.run(show())
    assert not studio.faults


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "token"


def test_the_first_time_it_asks_and_keeps_the_permission_to_itself(token_file: Path) -> None:
    studio = Studio()
    with_studio(studio, token_file, lambda bridge: bridge.send(frame(0.5, -0.25, 0.75)))
    assert studio.asked == [*HANDSHAKE, INJECT]
    assert set(studio.parameters) == set(PARAMETERS)
    assert studio.told[0][1] == {"SingerMouthOpen": 0.5, "SingerMouthForm": -0.25, "SingerVoiceVolume": 0.75}
    assert token_file.read_text(encoding="utf-8").strip() == "token0"
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
    assert list(token_file.parent.iterdir()) == [token_file]


def test_the_next_time_it_does_not_ask(token_file: Path) -> None:
    studio = Studio()
    for _ in range(2):
        with_studio(studio, token_file, lambda bridge: bridge.send(frame()))
    assert studio.asked[len(HANDSHAKE) + 1 :] == [*HANDSHAKE[1:], INJECT]


def test_a_permission_that_is_refused_is_asked_for_anew(token_file: Path) -> None:
    token_file.parent.mkdir()
    token_file.write_text("taken back")
    token_file.chmod(0o644)
    studio = Studio()
    with_studio(studio, token_file, lambda bridge: bridge.send(frame()))
    assert studio.asked == ["AuthenticationRequest", *HANDSHAKE, INJECT]
    assert token_file.read_text(encoding="utf-8").strip() == "token0"
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600


def test_it_asks_its_user_only_once_if_they_say_no(token_file: Path) -> None:
    studio = Studio()
    studio.refuse["AuthenticationTokenRequest"] = 50

    async def act(bridge: VTubeStudioBridge) -> None:
        track, clock = MouthTrack(RATE_HZ), PlaybackClock(asyncio.get_running_loop().time)
        track.finish(20_000)
        clock.start()
        follower = Follower(track, clock, [bridge])
        await follower.run()
        assert "allow it in VTube Studio" in str(follower.failures[bridge.address])

    with_studio(studio, token_file, act)
    assert studio.asked == ["AuthenticationTokenRequest"]
    assert not token_file.exists()


@pytest.mark.parametrize(
    ("kind", "number", "said", "can_pass"),
    [
        ("AuthenticationTokenRequest", 1, "Start API", False),
        ("AuthenticationTokenRequest", 51, "answer there first", True),
        ("ParameterCreationRequest", 352, "belongs to another plug-in", False),
        (INJECT, 454, "another plug-in sets", True),
        (INJECT, 999, "fault 999", True),
    ],
)
def test_its_errors_become_ours(token_file: Path, kind: str, number: int, said: str, can_pass: bool) -> None:
    studio = Studio()
    studio.refuse[kind] = number

    async def act(bridge: VTubeStudioBridge) -> None:
        with pytest.raises(AvatarError) as caught:
            await bridge.send(frame())
        assert caught.value.code == "vts_refused"
        assert said in caught.value.message
        assert f"error {number}" in caught.value.message
        assert caught.value.where == f"vts://127.0.0.1:{studio.port}"
        assert caught.value.can_pass is can_pass

    with_studio(studio, token_file, act)


def test_an_unknown_parameter_is_refused_and_made_again(token_file: Path) -> None:
    studio = Studio()

    async def act(bridge: VTubeStudioBridge) -> None:
        await bridge.send(frame())
        del studio.parameters["SingerMouthForm"]  # its user removed it
        with pytest.raises(AvatarError, match="error 453"):
            await bridge.send(frame(0.5))
        await bridge.send(frame(0.5))

    with_studio(studio, token_file, act)
    assert set(studio.parameters) == set(PARAMETERS)
    assert len(studio.told) == 2


def test_ids_of_parameters_follow_the_rules() -> None:
    assert all(name.isascii() and name.isalnum() and 4 <= len(name) <= 32 for name in PARAMETERS)
    assert all(lowest in (-1.0, 0.0) and 0 < len(meaning) <= 256 for lowest, meaning in PARAMETERS.values())


def test_what_stands_still_is_told_every_second_and_no_more_than_needed(token_file: Path) -> None:
    studio = Studio()

    async def act(bridge: VTubeStudioBridge) -> None:
        track, clock = MouthTrack(RATE_HZ), PlaybackClock(asyncio.get_running_loop().time)
        track.add(SONG[:1])
        track.finish(20_000)
        clock.start()
        await Follower(track, clock, [bridge]).run()

    with_studio(studio, token_file, act)
    times_s = [now_s for now_s, _ in studio.told]
    gaps_s = [b - a for a, b in itertools.pairwise(times_s)]
    assert times_s[0] < 0.1
    assert times_s[-1] > 19.5
    assert max(gaps_s) <= 1.0
    assert 20 <= len(times_s) <= 60


def test_every_change_is_told(token_file: Path) -> None:
    studio = Studio()

    async def act(bridge: VTubeStudioBridge) -> None:
        track, clock = MouthTrack(RATE_HZ), PlaybackClock(asyncio.get_running_loop().time)
        track.add(SONG)
        track.finish(END)
        await bridge.send(frame())
        clock.start()
        began_s = asyncio.get_running_loop().time()
        await Follower(track, clock, [bridge]).run()
        opened_s = next(now_s for now_s, values in studio.told if values["SingerMouthOpen"] >= 0.5)
        assert opened_s - began_s == pytest.approx(1.0, abs=1 / 60 + 0.005)

    with_studio(studio, token_file, act)
    assert max(values["SingerMouthOpen"] for _, values in studio.told) == 1.0
    assert studio.told[-1][1] == dict.fromkeys(PARAMETERS, 0.0)


def test_a_dropped_connection_is_made_again_while_the_song_goes_on(token_file: Path) -> None:
    studio = Studio()

    async def act(bridge: VTubeStudioBridge) -> None:
        track, clock = MouthTrack(RATE_HZ), PlaybackClock(asyncio.get_running_loop().time)
        track.add(SONG)
        track.finish(END)
        clock.start()
        follower = Follower(track, clock, [bridge])
        asyncio.get_running_loop().call_at(0.9, setattr, studio, "drop_at", INJECT)
        await follower.run()
        assert not follower.failures

    with_studio(studio, token_file, act)
    assert studio.connections == 2
    assert studio.asked.count("AuthenticationTokenRequest") == 1
    times_s = [now_s for now_s, _ in studio.told]
    assert max(b - a for a, b in itertools.pairwise(times_s)) == pytest.approx(1.3, abs=0.4)
    assert studio.told[-1][1] == dict.fromkeys(PARAMETERS, 0.0)


def test_no_studio_is_an_error_that_can_pass(token_file: Path, unused_port: int) -> None:
    async def show() -> None:
        with pytest.raises(AvatarError) as caught:
            await VTubeStudioBridge(token_file, "127.0.0.1", unused_port).send(frame())
        assert caught.value.code == "vts_unreachable"
        assert "Start API" in caught.value.message
        assert caught.value.can_pass

    asyncio.run(show())


def test_a_permission_that_cannot_be_kept_is_used_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "config").write_text("no folder")
    studio = Studio()
    with_studio(studio, tmp_path / "config" / "token", lambda bridge: bridge.send(frame()))
    assert len(studio.told) == 1
    assert str(tmp_path / "config" / "token") in caplog.text
    assert "token0" not in caplog.text


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as made:
        port: int = made.getsockname()[1]
        return port
