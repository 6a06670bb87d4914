"""Voice folders of this engine, to be installed: what ``voicebank.json`` says, compared with what is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from singer.errors import VoicebankError
from voicebanks.documents import read_json
from voicebanks.homes import Versioned, parse_versioned
from voicebanks.manifest import (
    LARGEST_MANIFEST_BYTES,
    MANIFEST_NAME,
    DesignedManifest,
    Manifest,
    parse_manifest,
)
from voicebanks.store.files import check_models, files_below


def identify(folder: Path, title: str, asked: Versioned | None) -> Versioned:
    """Name and version, as the manifest says; another one cannot be asked for."""
    manifest = _manifest(folder)
    found = parse_versioned(f"{manifest.name}@{manifest.version_of_voice}")
    if found is None:
        message = (
            f"version_of_voice is {manifest.version_of_voice!r}; each of its numbers has 6 digits at most"
        )
        raise VoicebankError("manifest", message, MANIFEST_NAME)
    if asked is not None and (asked.name, asked.version or found.version) != (found.name, found.version):
        message = (
            f"its manifest says that it is {found}; it cannot be installed under another name or version"
        )
        raise VoicebankError("voice_name", message, MANIFEST_NAME)
    return found


def check(folder: Path, search: Sequence[Path]) -> None:
    """Manifest, hashes, licence, base and models; raises ``VoicebankError`` and ``ModelError``."""
    from voicebanks.load import check_files, open_folder

    voice = open_folder(folder, search)
    for path in files_below(folder):
        if path.endswith(".json"):
            read_json((folder / path).read_bytes(), path)
    check_models(folder)
    check_files(voice)


def _manifest(folder: Path) -> Manifest | DesignedManifest:
    with (folder / MANIFEST_NAME).open("rb") as file:
        content = file.read(LARGEST_MANIFEST_BYTES + 1)
    read_json(content, MANIFEST_NAME)
    return parse_manifest(content, MANIFEST_NAME)
