"""The project files of other editors: their names, endings and media types, and how a file is recognised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType
from typing import Literal

Kind = Literal["json", "xml", "yaml", "zip", "binary", "text"]


@dataclass(frozen=True, slots=True)
class ProjectFormat:
    """One kind of project file.

    Attributes:
        name: its ending without the dot, which is also its name here.
        program: the editor that it belongs to, for people.
        kind: what it is made of; decides which checks come before it is parsed.
        sign: what the first 4 096 bytes hold, where they tell; a regular expression.
    """

    name: str
    program: str
    kind: Kind
    sign: bytes | None = None

    @property
    def media_type(self) -> str:
        """Media type for requests; none of these formats has a registered one."""
        return f"application/x-{self.name}"


READ: Mapping[str, ProjectFormat] = MappingProxyType(
    {
        found.name: found
        for found in (
            ProjectFormat("ustx", "OpenUtau", "yaml", rb"(?m)^ustx_version:"),
            ProjectFormat("ust", "UTAU", "text", rb"\A\s*\[#(VERSION|SETTING)\]"),
            ProjectFormat(
                "svp", "Synthesizer V Studio", "json", rb'\A\s*\{(?=[\s\S]*"(library|renderConfig)")'
            ),
            ProjectFormat("s5p", "Synthesizer V Editor", "json", rb'\A\s*\{(?=[\s\S]*"instrumental")'),
            ProjectFormat("vsqx", "VOCALOID 3 and 4", "xml", rb"<vsq[34][\s>]"),
            ProjectFormat(
                "vpr", "VOCALOID 5 and 6", "zip", rb"\APK\x03\x04[\s\S]*Project[\\/]sequence\.json"
            ),
            ProjectFormat("ccs", "CeVIO", "xml", rb"<Scenario[\s>]"),
            ProjectFormat("tssln", "VoiSona", "binary", rb"\ATSSolution\x00"),
            ProjectFormat("vvproj", "VOICEVOX", "json", rb'\A\s*\{(?=[\s\S]*"(talk|appVersion)")'),
            ProjectFormat("acep", "ACE Studio", "binary", rb'\A(ACEP2|\s*\{(?=[\s\S]*"compressMethods?"))'),
            ProjectFormat("dv", "DeepVocal", "binary", rb"\ASHARPKEY"),
            ProjectFormat("ufdata", "UtaFormatix", "json", rb'\A\s*\{(?=[\s\S]*"formatVersion")'),
        )
    }
)
"""Formats that are read besides JSON, MIDI and MusicXML."""

WRITTEN = ("json", "ustx", "svp", "vsqx", "ust", "mid", "musicxml")
"""Formats that a score can be written to, by their endings."""

_HEAD_BYTES = 4_096


def find_project(document: bytes, name: str) -> str | None:
    """Name of a project file's format (a key of ``READ``), by its ending, else by its first bytes."""
    head = document[:_HEAD_BYTES]
    if b'"singer-score"' in head:
        return None
    ending = PurePath(name).suffix[1:].lower()
    if ending in READ:
        return ending
    signs = ((found.name, found.sign) for found in READ.values() if found.sign)
    return next((known for known, sign in signs if re.search(sign, head)), None)


def readable_endings() -> str:
    """The endings of ``READ`` for a message."""
    return ", ".join(f".{name}" for name in READ)
