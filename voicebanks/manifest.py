"""``voicebank.json``: what a voice folder says of itself. Strict: what it does not know is an error.

A trained voice has models of its own (``Manifest``); a designed one names the voice whose models it uses
(``DesignedManifest``). The names and limits here are the file format; changing one needs a new ``version``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from frontend_g2p.phones import Language
from singer.controls import CHARACTER_COLOURS, CONTROLS
from singer.errors import VoicebankError
from singer.features import ROWS_PER_FRAME
from singer.timebase import AudioSpec
from voicebanks.timbre_space import axis_refusal
from voicebanks.use_policy import UsePolicy

MANIFEST_NAME = "voicebank.json"
FORMAT: Literal["singer-voicebank"] = "singer-voicebank"
MODEL_ROLES: tuple[str, ...] = ("encoder", "decoder", "vocoder")

_OPTIONAL = ("character", "axes", "mix", "timbre", "timbres", "use_policy")
LARGEST_MANIFEST_BYTES = 1_000_000
LARGEST_FILE_BYTES = 512_000_000

NAME_PATTERN = r"^[a-z][a-z0-9_-]{0,39}$"
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


VoiceName = Annotated[str, Field(pattern=NAME_PATTERN)]
Timbre = Annotated[
    tuple[Annotated[float, Field(ge=-1e3, le=1e3)], ...], Field(min_length=1, max_length=1_024)
]


class _Identity(_Strict):
    """What every ``voicebank.json`` holds.

    Attributes:
        format, version: always ``singer-voicebank`` and 1.
        name: the folder's name, by which the voice is asked for.
        title, description: for people.
        version_of_voice: goes up with every release of the voice.
        range: notes that it sings.
        licence: terms.
        character: name of a control that acts on features to what the singer adds to every performance.
        axes: where the singer stands in the timbre space, for people; ``character`` is what sounds.
        mix: name of a taught timbre to its weight in ``timbre``, for people; empty if the singer is one taught timbre.
        use_policy: what the voice may be used for, in words that a program can follow.
    """

    format: Literal["singer-voicebank"]
    version: Literal[1]
    name: VoiceName
    title: Annotated[str, Field(min_length=1, max_length=100)]
    description: Annotated[str, Field(max_length=2_000)] = ""
    version_of_voice: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    range: Range
    licence: Licence
    character: dict[str, float] = {}
    axes: dict[str, float] = {}
    mix: dict[str, Annotated[float, Field(ge=0.0, allow_inf_nan=False)]] = {}
    use_policy: UsePolicy | None = None

    @field_validator("title", "description")
    @classmethod
    def _printable(cls, text: str) -> str:
        if not text.isprintable() or text.isspace():
            raise ValueError(f"{text[:40]!r} must be one line of letters that can be seen")
        return text

    @field_validator("character")
    @classmethod
    def _in_range(cls, character: dict[str, float]) -> dict[str, float]:
        for name, value in character.items():
            if name not in CHARACTER_COLOURS:
                raise ValueError(f"found {name[:40]!r}; allowed are {', '.join(CHARACTER_COLOURS)}")
            if refusal := CONTROLS[name].refusal(name, value):
                raise ValueError(refusal)
        return character

    @field_validator("axes")
    @classmethod
    def _in_space(cls, axes: dict[str, float]) -> dict[str, float]:
        for name, value in axes.items():
            if refusal := axis_refusal(name, value):
                raise ValueError(refusal)
        return axes


class Manifest(_Identity):
    """``voicebank.json`` of a trained voice.

    Attributes:
        languages: languages that it sings, each with its row in the encoder's table.
        audio: audio contract; every model file repeats it in its metadata.
        context_frames: frames that decoder and vocoder need on either side of a block to be exact.
        phones: inventory symbols, and ``SP`` and ``AP``, each with its row in the encoder's table.
        timbre: the singer's place in the models' timbre space.
        timbres: the places that the models were taught, by name; designed voices may mix them.
        files: ``encoder``, ``decoder`` and ``vocoder``, and any others that are to be checked.
        cards: one entry per network, for people.
    """

    languages: Annotated[dict[Language, Annotated[int, Field(ge=0, le=1_000)]], Field(min_length=1)]
    audio: AudioContract
    context_frames: Annotated[int, Field(ge=0, le=1_000)]
    phones: Annotated[
        dict[str, Annotated[int, Field(ge=0, le=10_000)]], Field(min_length=3, max_length=1_000)
    ]
    timbre: Timbre
    timbres: dict[str, Timbre] = {}
    files: dict[str, FileEntry]
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
        uneven = [name for name, timbre in self.timbres.items() if len(timbre) != len(self.timbre)]
        if uneven:
            raise ValueError(f"timbres.{uneven[0]} is not as long as timbre")
        return self


class DesignedManifest(_Identity):
    """``voicebank.json`` of a voice that sings with the models, phones and languages of another one.

    Attributes:
        base: name of that voice, which has models of its own.
        timbre: place in the models' timbre space, if it is not the base's.
        files: files of this folder that are to be checked; models are never among them.
    """

    base: VoiceName
    timbre: Timbre | None = None
    files: dict[str, FileEntry] = {}

    @model_validator(mode="after")
    def _leans_on_another(self) -> Self:
        if self.base == self.name:
            raise ValueError("base must be another voice")
        own = [role for role in MODEL_ROLES if role in self.files]
        if own:
            raise ValueError(f"files holds {', '.join(own)}, but the models are the base's")
        return self

    def over(self, base: Manifest) -> Manifest:
        """The whole manifest: the base's with this voice's identity, its timbre if it has one, and both their files."""
        identity = {name: getattr(self, name) for name in _Identity.model_fields}
        models = {role: base.files[role] for role in MODEL_ROLES}
        timbre = base.timbre if self.timbre is None else self.timbre
        if len(timbre) != len(base.timbre):
            raise ValueError(
                f"timbre has {len(timbre)} numbers, its base {base.name!r} takes {len(base.timbre)}; design the voice again"
            )
        return base.model_copy(update={**identity, "timbre": timbre, "files": {**models, **self.files}})


def parse_manifest(content: bytes, where: str) -> Manifest | DesignedManifest:
    """The manifest that ``content`` holds as JSON: designed if it names a base; ``VoicebankError`` names every wrong entry."""
    if len(content) > LARGEST_MANIFEST_BYTES:
        message = f"has {len(content)} bytes; at most {LARGEST_MANIFEST_BYTES} are allowed"
        raise VoicebankError("manifest_size", message, where)
    try:
        kind = DesignedManifest if _names_a_base(content) else Manifest
        return kind.model_validate_json(content)
    except ValidationError as error:
        raise VoicebankError("manifest", said(error), where) from error


def _names_a_base(content: bytes) -> bool:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):  # said better by the validation that follows
        return False
    return isinstance(document, dict) and "base" in document


def said(error: ValidationError, whole: str = "manifest") -> str:
    """The first five faults that pydantic found, in one line; each names its entry, or ``whole`` where no single one is wrong."""
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or whole}: {fault['msg']}"
        for fault in error.errors(include_url=False)
    ]
    more = f" and {len(faults) - 5} more" if len(faults) > 5 else ""
    return "; ".join(faults[:5]) + more


def describe_file(folder: Path, path: str) -> FileEntry:
    """Entry for the file ``path`` of ``folder``, with its size and hash; for those who make voices."""
    content = (folder / path).read_bytes()
    return FileEntry(path=path, sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))


def write_manifest(folder: Path, manifest: Manifest | DesignedManifest) -> None:
    """Write ``manifest`` into ``folder`` as readable JSON; optional entries that are empty are left out."""
    document = {
        key: value for key, value in manifest.model_dump(mode="json").items() if value or key not in _OPTIONAL
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (folder / MANIFEST_NAME).write_text(text + "\n", encoding="utf-8")
