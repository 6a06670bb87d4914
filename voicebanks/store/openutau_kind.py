"""OpenUtau DiffSinger banks, to be installed: named, looked through, opened without being run, and their terms read off."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from singer.errors import VoicebankError
from voicebanks.documents import check_yaml, read_json, read_yaml
from voicebanks.homes import Versioned, parse_versioned
from voicebanks.manifest import said
from voicebanks.openutau.vocoder_package import PACKAGES_NAME
from voicebanks.store.files import check_models, files_below
from voicebanks.store.known_licences import policy_from_texts
from voicebanks.store.names import name_from, version_from
from voicebanks.use_policy import POLICY_NAME, UsePolicy, combined

CONFIG_NAME = "dsconfig.yaml"
_CHARACTER_NAME = "character.yaml"


def identify(folder: Path, title: str, asked: Versioned | None) -> Versioned:
    """As asked; else the name made from ``title``, the folder's or the zip's, and the version of ``character.yaml``."""
    character = _mapping(folder, _CHARACTER_NAME) if (folder / _CHARACTER_NAME).is_file() else {}
    name = asked.name if asked else name_from(title) or "?"
    version = (asked.version if asked else "") or version_from(_text(character.get("version")))
    found = parse_versioned(f"{name}@{version}")
    if found is None:
        message = f"no name can be made from {title[:40]!r}; give one with --as, such as --as haru@1.0.0"
        raise VoicebankError("voice_name", message, title[:60])
    return found


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) else ""


def check_bank(folder: Path, search: Sequence[Path]) -> None:
    """The full check: documents are plain data, models reach for nothing outside, and the bank opens as it does to sing.

    Args:
        folder: of the bank, named as it will be.
        search: folders of voices, the first one that it will be installed in; shared vocoders may lie beside them.

    Raises:
        VoicebankError: naming the file and its entry.
        ModelError: a model that is unsafe, damaged or takes other inputs; a package that is missing.
    """
    from voicebanks.openutau.open_bank import open_bank

    if not (folder / CONFIG_NAME).is_file():
        message = (
            f"has no {CONFIG_NAME}: a bank of recordings for another kind of synthesis, not for DiffSinger"
        )
        raise VoicebankError("bank", message, folder.name)
    for path in files_below(folder):
        if path.endswith(".json"):
            read_json((folder / path).read_bytes(), path)
        elif path.endswith((".yaml", ".yml")):
            check_yaml((folder / path).read_bytes(), path)
    check_models(folder)
    try:
        open_bank(folder, search)
    except VoicebankError as error:
        if error.code != "vocoder_missing":
            raise
        message = f"needs a vocoder that is not in it; put its folder or .oudep file into {search[0] / PACKAGES_NAME} first"
        raise VoicebankError(error.code, message, error.where) from error


def _mapping(folder: Path, path: str) -> dict[str, Any]:
    document = read_yaml((folder / path).read_bytes(), path, as_texts=path == _CHARACTER_NAME)
    if not isinstance(document, dict):
        raise VoicebankError("bank", "must hold entries of the form key: value", path)
    return document


def policy(folder: Path) -> UsePolicy | None:
    """What the bank says in ``use-policy.json``, as those that this engine exports do, and what its texts say for sure.

    Raises:
        VoicebankError: that file cannot be read.
    """
    found = policy_from_texts(folder)
    path = folder / POLICY_NAME
    if not path.is_file():
        return found
    try:
        own = UsePolicy.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise VoicebankError("bank", said(error, "use policy"), str(path)) from error
    return own if found is None else combined(own, found)
