"""The messages of a stream, both ways: strict types, and JSON Schemas made from them."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from frontend_g2p.phones import Language
from singer.errors import SingerError
from voicebanks.use_policy import UseName

MarkKind = Literal["phone", "viseme", "note", "lyric", "f0", "loudness", "breath"]
Id = Annotated[str, Field(min_length=1, max_length=64, description="names the stream")]


class MessageError(SingerError):
    """A message that cannot be followed.

    Attributes:
        of: type of the message, "" if it has none that is known.
        id: stream that it named, if any.
    """

    def __init__(
        self, code: str, message: str, where: str = "", *, of: str = "", id: str | None = None
    ) -> None:
        super().__init__(code, message, where)
        self.of, self.id = of, id


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Format(_Message):
    """How audio is sent."""

    encoding: Literal["s16le", "f32le", "opus"] = "s16le"
    sample_rate: Literal[44_100, 48_000] = 44_100

    @model_validator(mode="after")
    def _opus_has_one_rate(self) -> Format:
        if self.encoding == "opus" and self.sample_rate != 48_000:
            raise ValueError("opus needs sample_rate 48000")
        return self


class Live(_Message):
    """Playing by notes."""

    language: Language = "zh"


class Sing(_Message):
    """Begin a stream."""

    type: Literal["sing"]
    id: Id
    score: Annotated[dict[str, Any] | None, Field(description="a score (docs/score.md)")] = None
    performance: Annotated[
        dict[str, Any] | None, Field(description="a performance (docs/performance.md)")
    ] = None
    ds: Annotated[
        list[dict[str, Any]] | None,
        Field(description="segments of a .ds project (docs/formats.md)"),
    ] = None
    live: Live | None = None
    voice: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    use: Annotated[list[UseName], Field(max_length=8, description="what the sound is for")] = []
    format: Format = Format()
    marks: list[MarkKind] = []
    lead_ms: Annotated[float, Field(ge=0, le=30_000)] | None = None
    pace: Literal["clock", "reader"] = "clock"
    open: bool = False
    controls: dict[str, float] = {}
    emotion: dict[str, float] | None = None
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0

    @model_validator(mode="after")
    def _one_thing_to_sing(self) -> Sing:
        songs = ("score", "performance", "ds", "live")
        given = [name for name in songs if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            raise ValueError(f"one of score, performance, ds and live is needed, found {found}")
        if self.live is not None:
            wrong = [name for name in ("open", "emotion") if getattr(self, name)]
            if wrong or self.pace != "clock":
                raise ValueError("open, emotion and pace are for songs, not for playing live")
            if self.lead_ms is not None and self.lead_ms > 1_000:
                raise ValueError("lead_ms is at most 1000 when playing live")
        elif self.lead_ms is not None and self.lead_ms < 100:
            raise ValueError("lead_ms is at least 100 for songs")
        return self


class Append(_Message):
    """Go on with an open score."""

    type: Literal["append"]
    id: Id
    notes: list[dict[str, Any]] = []
    final: bool = False


class Control(_Message):
    """Turn a control."""

    type: Literal["control"]
    id: Id
    name: Annotated[str, Field(max_length=64)]
    value: float
    ramp_ms: float = 50.0


class Pause(_Message):
    """Stop the clock."""

    type: Literal["pause"]
    id: Id


class Resume(_Message):
    """Start the clock again."""

    type: Literal["resume"]
    id: Id


class Cancel(_Message):
    """End the stream early."""

    type: Literal["cancel"]
    id: Id
    at: Literal["now", "phrase"] = "now"


class NoteOn(_Message):
    """Playing live: a note begins."""

    type: Literal["note_on"]
    id: Id
    pitch: float | Annotated[str, Field(max_length=8)]
    lyric: Annotated[str, Field(max_length=200)] | None = None
    velocity: int = 100


class NoteOff(_Message):
    """Playing live: a note is let go."""

    type: Literal["note_off"]
    id: Id
    pitch: float | Annotated[str, Field(max_length=8)]


class Lyrics(_Message):
    """Playing live: words for the notes to come."""

    type: Literal["lyrics"]
    id: Id
    text: Annotated[str, Field(max_length=10_000)]
    language: Language | None = None
    replace: bool = False


ClientMessage = Annotated[
    Sing | Append | Control | Pause | Resume | Cancel | NoteOn | NoteOff | Lyrics, Field(discriminator="type")
]
CLIENT_TYPES: tuple[type[_Message], ...] = (
    Sing, Append, Control, Pause, Resume, Cancel, NoteOn, NoteOff, Lyrics,
)  # fmt: skip
_CLIENT: TypeAdapter[Any] = TypeAdapter(ClientMessage)
_NAMES = {model.model_fields["type"].annotation.__args__[0] for model in CLIENT_TYPES}  # type: ignore[union-attr]


def read_message(text: str) -> Any:
    """The message in a text frame.

    Raises:
        MessageError: not JSON, no message, or one with keys or values that are not allowed; ``where`` names the key.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MessageError(
            "not_json", f"a text frame holds a JSON object; this is none: {str(error)[:80]}"
        ) from error
    if not isinstance(raw, dict):
        raise MessageError("not_a_message", f"a text frame holds a JSON object, found {type(raw).__name__}")
    of = raw.get("type") if isinstance(raw.get("type"), str) else ""
    stream = raw.get("id") if isinstance(raw.get("id"), str) else None
    if of not in _NAMES:
        message = f'found type "{str(raw.get("type"))[:20]}"; allowed are {", ".join(sorted(_NAMES))}'
        raise MessageError("unknown_type", message, "type", id=stream)
    try:
        return _CLIENT.validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ", ".join(str(part)[:40] for part in first["loc"][1:])
        found = "" if isinstance(first["input"], dict | list) else f" (found {str(first['input'])[:40]!r})"
        message = first["msg"].removeprefix("Value error, ") + found
        raise MessageError(first["type"], message, where, of=str(of), id=stream) from error
    except RecursionError as error:
        raise MessageError("too_deep", "the message is nested too deeply", of=str(of), id=stream) from error
