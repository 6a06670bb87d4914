"""What a VMC receiver hears: whole frames, one bundle each, with the mouth of the marks."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage

from api.avatars.bridge import AvatarError, MouthFrame
from api.avatars.follow import CLOSING_FRAMES, Follower, PlaybackClock
from api.avatars.mouth import SHAPES, MouthTrack, Names
from api.avatars.vmc import VmcBridge
from tests.api.avatars import virtual_time
from tests.api.avatars.marks import END, RATE_HZ, SONG


class Receiver:
    """A VMC receiver on a port of its own; ``frames`` reads what has come."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**22)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]

    def frames(self) -> list[list[tuple[Any, ...]]]:
        found = []
        while True:
            try:
                content = self.socket.recv(65_536)
            except BlockingIOError:
                return found
            assert OscBundle.dgram_is_bundle(content)
            messages = []
            for part in OscBundle(content):
                assert isinstance(part, OscMessage)
                messages.append((part.address, *part.params))
            found.append(messages)


def test_a_frame_is_one_bundle_with_apply_last() -> None:
    receiver = Receiver()

    async def show() -> None:
        bridge = VmcBridge("127.0.0.1", receiver.port)
        await bridge.send(MouthFrame(1.5, {"aa": 0.25, "ih": 0.0}, 0.5))
        await bridge.close()

    asyncio.run(show())
    assert receiver.frames() == [
        [
            ("/VMC/Ext/OK", 1),
            ("/VMC/Ext/T", 1.5),
            ("/VMC/Ext/Blend/Val", "aa", 0.25),
            ("/VMC/Ext/Blend/Val", "ih", 0.0),
            ("/VMC/Ext/Blend/Apply",),
        ]
    ]


@pytest.mark.parametrize("names", ["vrm", "vrm0", "arkit"])
def test_a_song_is_60_frames_a_second_with_the_marks_mouths(names: Names) -> None:
    receiver = Receiver()

    async def show() -> None:
        track, clock = MouthTrack(RATE_HZ), PlaybackClock(asyncio.get_running_loop().time)
        track.add(SONG)
        track.finish(END)
        clock.start()
        await Follower(track, clock, [VmcBridge("127.0.0.1", receiver.port, names)]).run()

    virtual_time.run(show())
    frames = receiver.frames()
    assert len(frames) == pytest.approx(60 * 4.06 + CLOSING_FRAMES, abs=2)
    for frame in frames:
        assert [message[0] for message in frame[:2]] == ["/VMC/Ext/OK", "/VMC/Ext/T"]
        assert [message[:2] for message in frame[2:-1]] == [
            ("/VMC/Ext/Blend/Val", name) for name in SHAPES[names]
        ]
        assert frame[-1] == ("/VMC/Ext/Blend/Apply",)
    for mark in SONG:
        middle_s = (mark["sample"] + 250) / RATE_HZ if mark["samples"] > 100 else 1.52
        nearest = min(frames, key=lambda frame: abs(frame[1][1] - middle_s))
        shown = {message[1]: message[2] for message in nearest[2:-1] if message[2] > 1e-6}
        if mark["samples"] > 100:
            assert shown == pytest.approx(mark[names])
        else:  # a closure of 40 ms: a frame is at most 8 ms from its middle
            assert shown.get("aa", 0.0) + shown.get("A", 0.0) + shown.get("jawOpen", 0.0) < 0.4
    assert all(message[2] == 0.0 for frame in frames[-CLOSING_FRAMES:] for message in frame[2:-1])


def test_nobody_listens_is_no_error_but_an_unknown_host_is() -> None:
    closed = Receiver()
    closed.socket.close()

    async def show() -> None:
        bridge = VmcBridge("127.0.0.1", closed.port)
        for _ in range(3):
            await bridge.send(MouthFrame(0.0, {"aa": 1.0}, 1.0))
            await asyncio.sleep(0.01)
        await bridge.close()
        with pytest.raises(AvatarError) as caught:
            await VmcBridge("no-such-host.invalid").send(MouthFrame(0.0, {"aa": 1.0}, 1.0))
        assert caught.value.code == "vmc_unreachable"
        assert caught.value.where == "vmc://no-such-host.invalid:39539"

    asyncio.run(show())
