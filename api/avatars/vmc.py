"""The VMC protocol (https://protocol.vmc.info): OSC over UDP, as VSeeFace and other programs for VRM avatars receive it."""

from __future__ import annotations

import asyncio
import socket

from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from api.avatars.bridge import AvatarError, MouthFrame
from api.avatars.mouth import Names

PORT = 39_539
"""Where receivers listen unless told otherwise."""


class VmcBridge:
    """Sends each frame as one OSC bundle: that we are there, the time, every shape, and at last that they are to be applied.

    UDP knows no receiver: frames to a place where nobody listens are lost without an error.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = PORT, names: Names = "vrm") -> None:
        self._host, self._port = host, port
        self._names = names
        self._socket: socket.socket | None = None

    @property
    def address(self) -> str:
        """As in the command line."""
        return f"vmc://{self._host}:{self._port}"

    @property
    def names(self) -> Names:
        """The naming set of the avatar."""
        return self._names

    async def send(self, frame: MouthFrame) -> None:
        """Send ``frame``; raises ``AvatarError`` if the host is unknown or cannot be sent to."""
        try:
            if self._socket is None:
                self._socket = await self._open()
            self._socket.send(frame_bundle(frame))
        except (BlockingIOError, ConnectionRefusedError):
            return  # the frame is lost; the next one follows at once
        except OSError as error:
            await self.close()
            raise AvatarError(
                "vmc_unreachable", f"cannot be sent to: {error.strerror}", self.address
            ) from error

    async def _open(self) -> socket.socket:
        found = await asyncio.get_running_loop().getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)
        family, kind, protocol, _, address = found[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setblocking(False)
            made.connect(address)
        except OSError:
            made.close()
            raise
        return made

    async def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def frame_bundle(frame: MouthFrame) -> bytes:
    """``frame`` as one OSC bundle."""
    bundle = OscBundleBuilder(IMMEDIATELY)
    bundle.add_content(_message("/VMC/Ext/OK", 1))
    bundle.add_content(_message("/VMC/Ext/T", frame.time_s))
    for name, weight in frame.shapes.items():
        bundle.add_content(_message("/VMC/Ext/Blend/Val", name, weight))
    bundle.add_content(_message("/VMC/Ext/Blend/Apply"))
    return bundle.build().dgram


def _message(address: str, *values: int | float | str) -> OscMessage:
    message = OscMessageBuilder(address)
    for value in values:
        message.add_arg(value)
    return message.build()
