"""Tables of a module: phonemes, languages and speakers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from singer.errors import VoicebankError
from voicebanks.documents import read_json
from voicebanks.openutau.yaml_file import Config, read_inside

MOST_PHONEMES = 100_000
LARGEST_WIDTH = 65_536


def read_tokens(config: Config, home: Path) -> dict[str, int]:
    """Phoneme to number: a JSON map, or a text with one phoneme a line whose number is that of its line, from 0."""
    path = config.path("phonemes", "phonemes.txt")
    where = f"{config.where}: phonemes ({path.name})"
    content = read_inside(home, str(path), where)
    if path.suffix.lower() == ".json":
        tokens = _numbers(read_json(content, where), where)
    else:
        try:
            lines = content.decode("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise VoicebankError("bank", f"is not UTF-8 (byte {error.start})", where) from error
        tokens = {line.strip(): place for place, line in enumerate(lines) if line.strip()}
    if len(tokens) > MOST_PHONEMES or "SP" not in tokens:
        message = f"found {len(tokens)} phonemes, SP {'is' if 'SP' in tokens else 'is not'} one of them"
        raise VoicebankError("bank", f"{message}; SP and up to {MOST_PHONEMES} are needed", where)
    return tokens


def read_languages(config: Config, home: Path) -> dict[str, int]:
    """Language to number; empty if the module has no such table, or names one that is not there and that no model needs."""
    if not config.has("languages"):
        return {}
    path = config.path("languages")
    if not config.raw.get("use_lang_id") and not path.exists():
        return {}
    where = f"{config.where}: languages ({path.name})"
    return _numbers(read_json(read_inside(home, str(path), where), where), where)


def read_speakers(config: Config, home: Path, width: int | None) -> dict[str, NDArray[np.float32]]:
    """Speaker to vector, float32 [H]: raw little-endian numbers of ``NAME.emb``.

    Args:
        config: configuration of the module.
        home: folder of the bank.
        width: H as the model says; ``None`` leaves it to the configuration.
    """
    told = config.whole("hidden_size", 256, 1, LARGEST_WIDTH)
    needed = width or told
    found: dict[str, NDArray[np.float32]] = {}
    for name in config.names("speakers"):
        path = config.folder / f"{name}.emb"
        where = f"{config.where}: speakers ({name}.emb)"
        content = read_inside(home, str(path), where)
        if len(content) != 4 * needed:
            message = f"found {len(content)} bytes; expected are {4 * needed}, {needed} float32 numbers"
            raise VoicebankError("bank", message, where)
        vector = np.frombuffer(content, "<f4").astype(np.float32)
        if not np.isfinite(vector).all():
            raise VoicebankError("bank", "holds numbers that are not finite", where)
        found[name] = vector
    return found


def _numbers(raw: Any, where: str) -> dict[str, int]:
    if not isinstance(raw, Mapping) or not all(
        isinstance(key, str) and isinstance(value, int) and 0 <= value < 2**31 for key, value in raw.items()
    ):
        raise VoicebankError("bank", "expected is a map of names to whole numbers from 0", where)
    return dict(raw)
