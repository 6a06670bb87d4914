"""``passport.json``: where a singer comes from, and the evidence that she is nobody else. Strict, as the manifest is.

The names and limits here are the file format; changing one needs a new ``version``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from singer.errors import VoicebankError
from voicebanks.load import VoiceFolder
from voicebanks.manifest import MODEL_ROLES, said

PASSPORT_NAME = "passport.json"
FORMAT: Literal["singer-passport"] = "singer-passport"
LARGEST_PASSPORT_BYTES = 1_000_000
TOLERANCE = 0.02
"""Largest difference between a recorded and a re-measured similarity; other processors round the teacher otherwise."""

_SUM_SLACK = 1e-6

Text = Annotated[str, Field(min_length=1, max_length=1_000)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Similarity = Annotated[float, Field(ge=-1.0, le=1.0)]
Weight = Annotated[float, Field(ge=-2.0, le=2.0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Package(_Strict):
    """An installed package, as it was when the passport was written."""

    name: Text
    version: Text


class Teacher(_Strict):
    """The model that made the material: its name, its licence, the packages that brought it, and its hash."""

    name: Text
    licence: Text
    packages: tuple[Package, ...]
    model_sha256: Sha256


class Mix(_Strict):
    """A taught timbre: source voice to weight, for each half of the teacher's style; each half sums to 1.

    A weight below 0 leads away from a source voice.
    """

    timbre: Annotated[dict[str, Weight], Field(min_length=1)]
    prosody: Annotated[dict[str, Weight], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for half, weights in (("timbre", self.timbre), ("prosody", self.prosody)):
            if abs(sum(weights.values()) - 1.0) > _SUM_SLACK:
                raise ValueError(
                    f"the weights of {half} sum to {sum(weights.values()):g}; they must sum to 1"
                )
        return self


class Spread(_Strict):
    """Mean, lowest and highest of several similarities."""

    mean: Similarity
    lowest: Similarity
    highest: Similarity

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.lowest <= self.mean <= self.highest:
            raise ValueError(f"found lowest {self.lowest}, mean {self.mean}, highest {self.highest}")
        return self


class Figures(_Strict):
    """Similarities on material of one kind. ``docs/passport.md`` says how to read them.

    Attributes:
        same_source: two takes of one source voice, over the source voices.
        different_sources: takes of two source voices, over all pairs.
        same_singer: two takes of the singer.
        to_sources: the singer to each source voice.
        to_mix: the singer to her own mix, sung by the teacher.
        mix_to_sources: that mix to each source voice.
        to_singers: the singer to each other shipped singer.
        across_languages: single lines of the singer in two languages, over all pairs.
        across_languages_of_sources: the same within each source voice.
    """

    same_source: Spread
    different_sources: Spread
    same_singer: Similarity
    to_sources: Annotated[dict[str, Similarity], Field(min_length=1)]
    to_mix: Similarity
    mix_to_sources: Annotated[dict[str, Similarity], Field(min_length=1)]
    to_singers: dict[str, Similarity]
    across_languages: Spread
    across_languages_of_sources: Spread


class Tool(_Strict):
    """The speaker encoder that measured: package, version, licence, and the hash of its weights."""

    name: Text
    version: Text
    licence: Text
    weights_sha256: Sha256


class Material(_Strict):
    """What was compared.

    Attributes:
        lines: names of the lines of the first take, then of the second; the takes share none.
        sung_s, spoken_s: seconds of each kind that one voice gave, both takes together.
    """

    lines: tuple[tuple[Text, ...], tuple[Text, ...]]
    sung_s: Annotated[float, Field(gt=0)]
    spoken_s: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _disjoint(self) -> Self:
        shared = set(self.lines[0]) & set(self.lines[1])
        if shared or not all(self.lines):
            raise ValueError(f"each take needs lines of its own; shared are {sorted(shared)}")
        return self


class Evidence(_Strict):
    """The measurements: with what, on what, and the figures when all voices sing and when all speak."""

    tool: Tool
    material: Material
    sung: Figures
    spoken: Figures


class Passport(_Strict):
    """The whole of ``passport.json``.

    Attributes:
        format, version: always ``singer-passport`` and 1.
        singer, version_of_voice, licence: as in the manifest; the licence as an SPDX expression.
        teacher: where the material came from.
        sources: source voice, a style table of the teacher, to its licence.
        mixes: each taught timbre to its mix.
        taught_as: the taught timbre that is the singer, or that the singer was designed from.
        blend: weights of the taught timbres that a designed singer was mixed from (the manifest's ``mix``); empty if the singer
            is ``taught_as`` alone.
        warps: changes of the taught timbre, name of a control to amount (the manifest's ``character``); empty if the singer is
            the timbre as taught.
        commands: what was run to make the voice and this document.
        files: path of each model file to its SHA-256.
        evidence: measured similarities.
    """

    format: Literal["singer-passport"]
    version: Literal[1]
    singer: Text
    version_of_voice: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    licence: Text
    teacher: Teacher
    sources: Annotated[dict[str, Text], Field(min_length=1)]
    mixes: Annotated[dict[str, Mix], Field(min_length=1)]
    taught_as: Text
    blend: dict[str, Annotated[float, Field(ge=0.0, le=1e3)]] = {}
    warps: dict[str, Annotated[float, Field(ge=-1e3, le=1e3)]] = {}
    commands: Annotated[tuple[Text, ...], Field(min_length=1)]
    files: Annotated[dict[str, Sha256], Field(min_length=1)]
    evidence: Evidence

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.taught_as not in self.mixes:
            raise ValueError(f"taught_as is {self.taught_as!r}; mixes has {', '.join(sorted(self.mixes))}")
        used = {name for mix in self.mixes.values() for name in (*mix.timbre, *mix.prosody)}
        if used != set(self.sources):
            raise ValueError(f"the mixes use {sorted(used)}, sources names {sorted(self.sources)}")
        for kind in ("sung", "spoken"):
            figures: Figures = getattr(self.evidence, kind)
            for name in ("to_sources", "mix_to_sources"):
                if set(getattr(figures, name)) != used:
                    raise ValueError(f"evidence.{kind}.{name} must name each of {sorted(used)} once")
        return self


def read_passport(folder: Path) -> Passport:
    """The passport in ``folder``.

    Raises:
        VoicebankError: it is not there (``passport_missing``) or breaks a rule (``passport``: the message names
            every wrong entry).
    """
    path = folder / PASSPORT_NAME
    if not path.is_file() or path.is_symlink():
        message = (
            f"holds no {PASSPORT_NAME}; python -m singer.training passport NAME writes one for a voice "
            "that the recipes made, or that was designed from one"
        )
        raise VoicebankError("passport_missing", message, str(folder))
    with path.open("rb") as file:
        content = file.read(LARGEST_PASSPORT_BYTES + 1)
    if len(content) > LARGEST_PASSPORT_BYTES:
        message = f"has more than the {LARGEST_PASSPORT_BYTES} bytes that are allowed"
        raise VoicebankError("passport_size", message, str(path))
    try:
        return Passport.model_validate_json(content)
    except ValidationError as error:
        raise VoicebankError("passport", said(error, "passport"), str(path)) from error


def parse_evidence(content: str) -> Evidence:
    """Evidence as ``python -m singer.training measure`` prints it; raises ``VoicebankError``."""
    try:
        return Evidence.model_validate_json(content)
    except ValidationError as error:
        raise VoicebankError("passport", said(error, "passport"), "measured evidence") from error


def write_passport(folder: Path, passport: Passport) -> None:
    """Write ``passport`` into ``folder`` as readable JSON; the old one is replaced when the new one is complete."""
    text = json.dumps(passport.model_dump(mode="json"), ensure_ascii=False, indent=1)
    partial = folder / f"{PASSPORT_NAME}.partial"
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(folder / PASSPORT_NAME)


def model_hashes(voice: VoiceFolder) -> dict[str, str]:
    """Path of each model file, the base's for a designed voice, to the SHA-256 of its content now.

    Raises:
        VoicebankError: a model file cannot be read.
    """
    found = {}
    for role in MODEL_ROLES:
        path = voice.manifest.files[role].path
        try:
            with (voice.folder_of(role) / path).open("rb") as file:
                found[path] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            message = f"cannot be read: {error.strerror}"
            raise VoicebankError("file_missing", message, str(voice.folder_of(role) / path)) from error
    return found


def folder_differences(voice: VoiceFolder, passport: Passport) -> tuple[str, ...]:
    """Each way in which the voice folder is not the one that the passport speaks of; raises as ``model_hashes``."""
    manifest = voice.manifest
    said = {
        "singer": (passport.singer, manifest.name),
        "version_of_voice": (passport.version_of_voice, manifest.version_of_voice),
        "licence": (passport.licence, manifest.licence.spdx),
        "blend": (passport.blend, dict(manifest.mix)),
        "warps": (passport.warps, dict(manifest.character)),
    }
    wrong = [
        f"{key}: the passport says {recorded!r}, {manifest_says!r} is in the manifest"
        for key, (recorded, manifest_says) in said.items()
        if recorded != manifest_says
    ]
    found = model_hashes(voice)
    for path in sorted(found.keys() | passport.files.keys()):
        recorded, now = passport.files.get(path, "nothing"), found.get(path, "no model of this voice")
        if recorded != now:
            wrong.append(f"{path}: the passport says {recorded}, found is {now}")
    return tuple(wrong)


def evidence_differences(recorded: Evidence, measured: Evidence) -> tuple[str, ...]:
    """Each place where ``measured`` is not ``recorded``: similarities by more than ``TOLERANCE``, the rest at all."""
    wrong = []
    old, new = (
        dict(_leaves(evidence.model_dump(exclude={"material": {"sung_s", "spoken_s"}})))
        for evidence in (recorded, measured)
    )
    for place in (*old, *(place for place in new if place not in old)):
        first, second = old.get(place, "nothing"), new.get(place, "nothing")
        if isinstance(first, float) and isinstance(second, float):
            if abs(first - second) > TOLERANCE:
                wrong.append(
                    f"{place}: recorded {first:.3f}, measured {second:.3f}, allowed {TOLERANCE} apart"
                )
        elif first != second:
            wrong.append(f"{place}: recorded {_short(first)}, measured {_short(second)}")
    return tuple(wrong)


def _leaves(document: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _short(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
