"""What a bridge to an avatar program is, and how it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from api.avatars.mouth import Names
from singer.errors import SingerError


class AvatarError(SingerError):
    """An avatar program cannot be reached, or refused what it was told.

    Attributes:
        can_pass: whether trying again later may help.
    """

    exit_code = 8

    def __init__(self, code: str, message: str, where: str = "", *, can_pass: bool = True) -> None:
        super().__init__(code, message, where)
        self.can_pass = can_pass


@dataclass(frozen=True, slots=True)
class MouthFrame:
    """The mouth at one moment.

    Attributes:
        time_s: where the playback is, in seconds of the stream.
        shapes: every shape of the bridge's naming set to its weight.
        volume: of the voice, 0 to 1.
    """

    time_s: float
    shapes: Mapping[str, float]
    volume: float


class Bridge(Protocol):
    """One avatar program."""

    @property
    def address(self) -> str:
        """Where it is, for messages."""
        ...

    @property
    def names(self) -> Names:
        """The naming set of the shapes that it wants."""
        ...

    async def send(self, frame: MouthFrame) -> None:
        """Show ``frame``, connecting first if that is needed; raises ``AvatarError``, after which it may be called again."""
        ...

    async def close(self) -> None:
        """Let go of the connection; never raises."""
        ...
