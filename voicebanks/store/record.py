"""``installed.json``: what an installation put where. It lies beside the voice's folder, never in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from singer.errors import VoicebankError
from voicebanks.homes import parse_versioned
from voicebanks.manifest import said
from voicebanks.store.files import FileFacts
from voicebanks.use_policy import UsePolicy

RECORD_NAME = "installed.json"
_LARGEST_BYTES = 10_000_000


class Source(BaseModel):
    """Where the voice came from: name of the zip or folder, and hash of the zip."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    file_name: str
    sha256: str = ""


class Record(BaseModel):
    """The whole of ``installed.json``.

    Attributes:
        format, version: always ``singer-installed-voice`` and 1.
        name, version_of_voice: of the voice.
        kind: name of its kind, see ``voicebanks.store.kinds``.
        installed: date and time, UTC, ISO 8601.
        source: where it came from.
        files: path in the voice's folder to size and hash, of every file.
        left_out: what the source held besides, path to reason.
        use_policy: what is known of the allowed uses, for a voice that cannot say it itself.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: Literal["singer-installed-voice"] = "singer-installed-voice"
    version: Literal[1] = 1
    name: str
    version_of_voice: str
    kind: str
    installed: str
    source: Source
    files: Annotated[dict[str, FileFacts], Field(min_length=1)]
    left_out: dict[str, str] = {}
    use_policy: UsePolicy | None = None


def read_record(folder: Path) -> Record | None:
    """What is recorded of the voice in ``folder``; ``None`` if it was not installed.

    Raises:
        VoicebankError: ``record``: it cannot be read.
    """
    path = folder.absolute().parent / RECORD_NAME
    if parse_versioned(path.parent.name) is None:
        return None
    try:
        with path.open("rb") as file:
            return Record.model_validate_json(file.read(_LARGEST_BYTES))
    except OSError as error:
        raise VoicebankError("record", f"cannot be read: {error.strerror}", str(path)) from error
    except ValidationError as error:
        raise VoicebankError("record", said(error, "record"), str(path)) from error


def recorded_policy(folder: Path) -> UsePolicy | None:
    """The policy that was found when the voice in ``folder`` was installed, if it was."""
    record = read_record(folder)
    return record.use_policy if record else None


def record_text(record: Record) -> str:
    """The record as readable JSON."""
    return json.dumps(record.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
