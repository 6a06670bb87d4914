"""What the server says in a stream; docs/streaming.md gives each message its meaning."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Samples = Annotated[int, Field(ge=0)]


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def text(self) -> str:
        """The text frame."""
        return self.model_dump_json()


class Start(_Reply):
    """The stream begins."""

    type: Literal["start"] = "start"
    id: str
    sample_rate: int
    channels: Literal[1] = 1
    encoding: Literal["s16le", "f32le", "opus"]
    voice: str
    attribution: str
    licence: str
    duration_s: float | None
    warnings: list[str]


class Marks(_Reply):
    """What sounds when; before the audio that it describes."""

    type: Literal["marks"] = "marks"
    id: str
    marks: list[dict[str, Any]]


class Turned(_Reply):
    """A control was turned."""

    type: Literal["control"] = "control"
    id: str
    name: str
    value: float
    sample: Samples


class Appended(_Reply):
    """Notes were appended."""

    type: Literal["appended"] = "appended"
    id: str
    notes: int


class Note(_Reply):
    """Playing live: a note begins."""

    type: Literal["note"] = "note"
    id: str
    pitch: float
    lyric: str
    sample: Samples
    vowel_sample: Samples
    phones: list[str]


class Paused(_Reply):
    """The clock stands."""

    type: Literal["paused"] = "paused"
    id: str
    sample: Samples


class Resumed(_Reply):
    """The clock runs again."""

    type: Literal["resumed"] = "resumed"
    id: str
    sample: Samples


class Refused(_Reply):
    """A message was not followed."""

    type: Literal["refused"] = "refused"
    id: str | None
    of: str
    code: str
    message: str
    where: str


class End(_Reply):
    """The stream is complete, or was cancelled."""

    type: Literal["end"] = "end"
    id: str
    samples: Samples
    reason: Literal["done", "cancelled"]


class Error(_Reply):
    """The stream failed, or could not begin."""

    type: Literal["error"] = "error"
    id: str
    code: str
    message: str
    where: str


SERVER_TYPES: tuple[type[_Reply], ...] = (
    Start, Marks, Turned, Appended, Note, Paused, Resumed, Refused, End, Error,
)  # fmt: skip
Reply = Start | Marks | Turned | Appended | Note | Paused | Resumed | Refused | End | Error
