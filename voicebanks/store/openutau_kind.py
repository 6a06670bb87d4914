"""OpenUtau DiffSinger banks, to be installed: named, looked through without being run, and their terms read off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from singer.errors import VoicebankError
from voicebanks.documents import check_yaml, read_json, read_yaml
from voicebanks.homes import Versioned, parse_versioned
from voicebanks.manifest import said
from voicebanks.store.files import check_models, files_below
from voicebanks.store.known_licences import policy_from_texts
from voicebanks.store.names import name_from, version_from
from voicebanks.use_policy import POLICY_NAME, UsePolicy, combined

CONFIG_NAME = "dsconfig.yaml"
_CHARACTER_NAME = "character.yaml"
_MODEL_KEYS = ("acoustic", "linguistic", "dur", "pitch", "variance")
_FILE_KEYS = (*_MODEL_KEYS, "phonemes", "languages")


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
    """What must hold of a bank before it is installed: the place where its full check belongs.

    Its documents are plain data, the files that they name lie in the bank, models can be read and reach for nothing outside.
    Whether the models fit each other is not looked at here.

    Raises:
        VoicebankError: naming the file and its entry.
    """
    if not (folder / CONFIG_NAME).is_file():
        message = (
            f"has no {CONFIG_NAME}: a bank of recordings for another kind of synthesis, not for DiffSinger"
        )
        raise VoicebankError("bank", message, folder.name)
    names = files_below(folder)
    for path in names:
        if path.endswith(".json"):
            read_json((folder / path).read_bytes(), path)
        elif path.endswith((".yaml", ".yml")):
            check_yaml((folder / path).read_bytes(), path)
        elif path.endswith(".emb") and (size := (folder / path).stat().st_size) % 4:
            raise VoicebankError("bank", f"has {size} bytes; numbers of 4 bytes were expected", path)
    if not _mapping(folder, CONFIG_NAME).get("acoustic"):
        raise VoicebankError("bank", "the entry acoustic names no model", CONFIG_NAME)
    for config in (path for path in names if path.rpartition("/")[2] == CONFIG_NAME):
        for key, named in _named_files(_mapping(folder, config)):
            _check_named(folder, config, key, named)
    check_models(folder)


def _named_files(config: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key in _FILE_KEYS:
        value = config.get(key)
        if value is not None and not isinstance(value, str):
            raise VoicebankError(
                "bank", f"the entry {key} is {str(value)[:40]!r}; a file was expected", CONFIG_NAME
            )
        if value:
            yield key, value


def _check_named(folder: Path, config: str, key: str, named: str) -> None:
    """A file that a configuration names must be there and lie in the bank."""
    home = folder.resolve()
    wanted = PurePosixPath(config).parent / named.replace("\\", "/")
    try:
        found = (folder / wanted).resolve()
        inside, there = found.is_relative_to(home), found.is_file()
    except (OSError, ValueError) as error:  # too long, or with a zero in it
        raise VoicebankError(
            "bank", f"the entry {key} is {named[:60]!r}, which is no file", config
        ) from error
    if not inside or PurePosixPath(named).is_absolute():
        message = f"the entry {key} is {named[:60]!r}, which lies outside the bank"
        raise VoicebankError("bank", message, config)
    if not there:
        message = f"the entry {key} names {named[:60]!r}, which is not in the bank"
        raise VoicebankError("bank", message, config)


def _mapping(folder: Path, path: str) -> dict[str, Any]:
    document = read_yaml((folder / path).read_bytes(), path)
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
