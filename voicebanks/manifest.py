"""``voicebank.json``: what a voice folder says of itself. Strict: what it does not know is an error.

The names and limits here are the file format; changing one needs a new ``version``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from frontend_g2p.phones import Language
from singer.errors import VoicebankError
from singer.features import ROWS_PER_FRAME
from singer.timebase import AudioSpec

MANIFEST_NAME = "voicebank.json"
FORMAT: Literal["singer-voicebank"] = "singer-voicebank"
MODEL_ROLES: tuple[str, ...] = ("encoder", "decoder", "vocoder")

LARGEST_MANIFEST_BYTES = 1_000_000
LARGEST_FILE_BYTES = 512_000_000

_NAME = r"^[a-z][a-z0-9_-]{0,39}$"
_SHA256 = r"^[0-9a-f]{64}$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AudioContract(_Strict):
    """Sample rate and hop of the voice's models."""

    sample_rate_hz: Annotated[int, Field(ge=8_000, le=192_000)]
    hop_samples: Annotated[int, Field(ge=16, le=8_192)]

    def to_spec(self) -> AudioSpec:
        """The same as the engine's type."""
        return AudioSpec(self.sample_rate_hz, self.hop_samples)

    def metadata(self, role: str) -> dict[str, str]:
        """Entries that the ``custom_metadata_map`` of the model file for ``role`` must hold."""
        return {
            "singer_role": role,
            "sample_rate_hz": str(self.sample_rate_hz),
            "hop_samples": str(self.hop_samples),
            "rows_per_frame": str(ROWS_PER_FRAME),
        }


class Range(_Strict):
    """Notes that the voice sings, as MIDI note numbers."""

    lowest_midi: Annotated[float, Field(ge=0, le=127)]
    highest_midi: Annotated[float, Field(ge=0, le=127)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.lowest_midi >= self.highest_midi:
            raise ValueError("lowest_midi must be below highest_midi")
        return self


class FileEntry(_Strict):
    """One file of the folder, by a path inside it."""

    path: Annotated[str, Field(min_length=1, max_length=200)]
    sha256: Annotated[str, Field(pattern=_SHA256)]
    bytes: Annotated[int, Field(ge=1, le=LARGEST_FILE_BYTES)]

    @field_validator("path")
    @classmethod
    def _inside(cls, path: str) -> str:
        parts = path.split("/")
        bad = {"", ".", ".."}.intersection(parts) or set("\\:").intersection(path)
        if bad or any(ord(letter) < 32 for letter in path):
            raise ValueError(f"{path!r} must be a relative path inside the folder, with / between its parts")
        return path


class Licence(_Strict):
    """Terms of the voice: an SPDX expression and the files that hold the text."""

    spdx: Annotated[str, Field(min_length=1, max_length=100)]
    files: tuple[str, ...]


class ModelCard(_Strict):
    """Where one network comes from, for people."""

    description: str
    parameters: Annotated[int, Field(ge=0)]
    trained_on: str
    command: str


class Manifest(_Strict):
    """The whole of ``voicebank.json``.

    Attributes:
        format, version: always ``singer-voicebank`` and 1.
        name: the folder's name, by which the voice is asked for.
        title, description: for people.
        languages: languages that it sings, each with its row in the encoder's table.
        audio: audio contract; every model file repeats it in its metadata.
        range: notes that it sings.
        context_frames: frames that decoder and vocoder need on either side of a block to be exact.
        phones: inventory symbols, and ``SP`` and ``AP``, each with its row in the encoder's table.
        timbre: the singer's place in the models' timbre space.
        files: ``encoder``, ``decoder`` and ``vocoder``, and any others that are to be checked.
        licence: terms.
        cards: one entry per network, for people.
        version_of_voice: goes up with every release of the voice.
    """

    format: Literal["singer-voicebank"]
    version: Literal[1]
    name: Annotated[str, Field(pattern=_NAME)]
    title: Annotated[str, Field(min_length=1, max_length=100)]
    description: Annotated[str, Field(max_length=2_000)] = ""
    version_of_voice: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    languages: Annotated[dict[Language, Annotated[int, Field(ge=0, le=1_000)]], Field(min_length=1)]
    audio: AudioContract
    range: Range
    context_frames: Annotated[int, Field(ge=0, le=1_000)]
    phones: Annotated[
        dict[str, Annotated[int, Field(ge=0, le=10_000)]], Field(min_length=3, max_length=1_000)
    ]
    timbre: Annotated[
        tuple[Annotated[float, Field(ge=-1e3, le=1e3)], ...], Field(min_length=1, max_length=1_024)
    ]
    files: dict[str, FileEntry]
    licence: Licence
    cards: dict[str, ModelCard] = {}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [role for role in MODEL_ROLES if role not in self.files]
        if missing:
            raise ValueError(f"files lacks {', '.join(missing)}")
        absent = {"SP", "AP"} - set(self.phones)
        if absent:
            raise ValueError(f"phones lacks {', '.join(sorted(absent))}")
        rows = list(self.phones.values())
        if len(set(rows)) != len(rows):
            raise ValueError("two phones share a row")
        return self


def parse_manifest(content: bytes, where: str) -> Manifest:
    """The manifest that ``content`` holds as JSON; ``VoicebankError`` names every wrong entry."""
    if len(content) > LARGEST_MANIFEST_BYTES:
        message = f"has {len(content)} bytes; at most {LARGEST_MANIFEST_BYTES} are allowed"
        raise VoicebankError("manifest_size", message, where)
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise VoicebankError("manifest", _said(error), where) from error


def _said(error: ValidationError) -> str:
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'manifest'}: {fault['msg']}"
        for fault in error.errors(include_url=False)
    ]
    more = f" and {len(faults) - 5} more" if len(faults) > 5 else ""
    return "; ".join(faults[:5]) + more


def describe_file(folder: Path, path: str) -> FileEntry:
    """Entry for the file ``path`` of ``folder``, with its size and hash; for those who make voices."""
    content = (folder / path).read_bytes()
    return FileEntry(path=path, sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write ``manifest`` into ``folder`` as readable JSON."""
    document = manifest.model_dump(mode="json")
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (folder / MANIFEST_NAME).write_text(text + "\n", encoding="utf-8")
