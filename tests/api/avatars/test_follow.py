"""Mouths on the playback's clock: offset, pause, sound that comes late, and bridges that fail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from api.avatars.bridge import AvatarError, MouthFrame
from api.avatars.follow import CLOSING_FRAMES, Follower, PlaybackClock
from api.avatars.mouth import MouthTrack, Names
from tests.api.avatars import virtual_time
from tests.api.avatars.marks import END, RATE_HZ, SONG


class Notebook:
    """A bridge that keeps what it is sent, with the loop's time, and fails when it is told to."""

    def __init__(self, fails: Callable[[int], Exception | None] = lambda attempt: None) -> None:
        self.frames: list[tuple[float, MouthFrame]] = []
        self.attempts: list[float] = []
        self.closed = 0
        self.names: Names = "vrm"
        self._fails = fails

    @property
    def address(self) -> str:
        return f"notebook{id(self)}"

    async def send(self, frame: MouthFrame) -> None:
        now_s = asyncio.get_running_loop().time()
        self.attempts.append(now_s)
        if error := self._fails(len(self.attempts)):
            raise error
        self.frames.append((now_s, frame))

    async def close(self) -> None:
        self.closed += 1

    def opened_s(self, name: str = "aa") -> float:
        return next(now_s for now_s, frame in self.frames if frame.shapes[name] >= 0.5)


def follow(
    *bridges: Notebook, offset_ms: float = 0.0, during: Callable[[PlaybackClock], object] | None = None
) -> Follower:
    """Follow the song with a playback that starts at 2 s; ``during`` may do things to its clock."""

    async def show() -> Follower:
        loop = asyncio.get_running_loop()
        track, clock = MouthTrack(RATE_HZ, offset_ms), PlaybackClock(loop.time)
        track.add(SONG)
        track.finish(END)
        loop.call_at(2.0, clock.start)
        if during:
            during(clock)
        follower = Follower(track, clock, bridges)
        await follower.run()
        return follower

    made: Follower = virtual_time.run(show())
    return made


@pytest.mark.parametrize("offset_ms", [-120.0, 0.0, 80.0])
def test_the_mouth_opens_at_its_mark_and_the_offset(offset_ms: float) -> None:
    bridge = Notebook()
    follow(bridge, offset_ms=offset_ms)
    assert bridge.opened_s() == pytest.approx(3.0 + offset_ms / 1_000, abs=1 / 60 + 0.001)
    assert all(frame.time_s == 0.0 for now_s, frame in bridge.frames if now_s < 2.0)


def test_a_pause_holds_the_mouth_and_moves_what_comes_later() -> None:
    def during(clock: PlaybackClock) -> None:
        loop = asyncio.get_running_loop()
        loop.call_at(3.2, clock.pause)
        loop.call_at(4.2, clock.start)

    bridge = Notebook()
    follow(bridge, during=during)
    held = [frame.shapes["aa"] for now_s, frame in bridge.frames if 3.22 < now_s < 4.18]
    assert len(held) > 50
    assert set(held) == {1.0}
    assert bridge.opened_s("ih") == pytest.approx(2.0 + 3.0 + 1.0, abs=0.02)


def test_the_clock_waits_for_sound_that_has_not_come() -> None:
    def during(clock: PlaybackClock) -> None:
        loop = asyncio.get_running_loop()
        clock.limit(0.5)
        loop.call_at(4.0, clock.limit, 0.7)
        loop.call_at(5.0, clock.limit, 10.0)

    bridge = Notebook()
    follow(bridge, during=during)
    positions = {round(now_s, 1): frame.time_s for now_s, frame in bridge.frames}
    assert positions[3.5] == 0.5
    assert positions[4.8] == pytest.approx(0.7)
    assert bridge.opened_s() == pytest.approx(5.0 + 0.3, abs=0.02)


def test_frames_come_at_60_hz_and_the_last_ones_are_closed() -> None:
    bridge = Notebook()
    follow(bridge)
    assert len(bridge.frames) == pytest.approx(60 * 6.06 + CLOSING_FRAMES, abs=3)
    for _, frame in bridge.frames[-CLOSING_FRAMES:]:
        assert not any(frame.shapes.values())
        assert frame.volume == 0.0
    assert bridge.closed == 1


def test_a_bridge_that_fails_is_tried_again_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    broken = Notebook(lambda attempt: AvatarError("gone", "has gone away") if attempt < 3 else None)
    sound = Notebook()
    with caplog.at_level(logging.WARNING):
        follower = follow(broken, sound)
    assert len(sound.frames) > 360
    assert broken.attempts[:3] == pytest.approx([0.0, 1.0, 3.0], abs=0.02)
    assert broken.frames[0][0] == broken.attempts[2]
    assert len(broken.frames) > 180
    assert not follower.failures
    assert [record.getMessage().count("has gone away") for record in caplog.records] == [1]


def test_a_bridge_with_a_defect_stops_nobody() -> None:
    broken, sound = Notebook(lambda attempt: KeyError("a defect")), Notebook()
    follower = follow(broken, sound)
    assert len(sound.frames) > 360
    assert list(follower.failures) == [broken.address]


def test_a_bridge_that_can_never_work_is_given_up() -> None:
    refused = Notebook(lambda attempt: AvatarError("no", "is not allowed", can_pass=False))
    sound = Notebook()
    follower = follow(refused, sound)
    assert len(refused.attempts) == 1
    assert refused.closed == 1
    assert list(follower.failures) == [refused.address]
    assert len(sound.frames) > 360


def test_stopped_in_the_middle_it_closes_the_mouth() -> None:
    bridge = Notebook()

    async def show() -> None:
        track, clock = MouthTrack(RATE_HZ), PlaybackClock(asyncio.get_running_loop().time)
        track.add(SONG)
        clock.start()
        running = asyncio.create_task(Follower(track, clock, [bridge]).run())
        await asyncio.sleep(1.2)
        assert bridge.frames[-1][1].shapes["aa"] == 1.0
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    virtual_time.run(show())
    assert not any(bridge.frames[-1][1].shapes.values())
    assert bridge.closed == 1


def test_a_program_that_still_asks_its_user_is_not_asked_again_at_the_end() -> None:
    class Asking(Notebook):
        async def send(self, frame: MouthFrame) -> None:
            self.attempts.append(0.0)
            await asyncio.sleep(1_000)

    bridge, sound = Asking(), Notebook()

    async def show() -> None:
        track, clock = MouthTrack(RATE_HZ), PlaybackClock(asyncio.get_running_loop().time)
        follower = Follower(track, clock, [bridge, sound])
        running = asyncio.create_task(follower.run())
        assert not await follower.tried(5.0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    virtual_time.run(show())
    assert len(bridge.attempts) == 1
    assert bridge.closed == 1
    assert len(sound.frames) > 280
