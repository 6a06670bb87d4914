"""A small passport that breaks no rule, for the tests to spoil."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from voicebanks.load import open_folder
from voicebanks.passport import PASSPORT_NAME, model_hashes


def figures() -> dict[str, Any]:
    return {
        "same_source": {"mean": 0.95, "lowest": 0.94, "highest": 0.96},
        "different_sources": {"mean": 0.7, "lowest": 0.6, "highest": 0.8},
        "same_singer": 0.93,
        "to_sources": {"ann": 0.7, "bea": 0.72},
        "to_mix": 0.8,
        "mix_to_sources": {"ann": 0.8, "bea": 0.85},
        "to_singers": {},
        "across_languages": {"mean": 0.8, "lowest": 0.7, "highest": 0.9},
        "across_languages_of_sources": {"mean": 0.85, "lowest": 0.7, "highest": 0.9},
    }


def evidence() -> dict[str, Any]:
    return {
        "tool": {"name": "Toy", "version": "1.0", "licence": "Apache-2.0", "weights_sha256": "0" * 64},
        "material": {"lines": [["one", "two"], ["three"]], "sung_s": 20.0, "spoken_s": 18.5},
        "sung": figures(),
        "spoken": figures(),
    }


def document(folder: Path) -> dict[str, Any]:
    """A passport for the voice in ``folder``."""
    voice = open_folder(folder)
    return {
        "format": "singer-passport",
        "version": 1,
        "singer": voice.manifest.name,
        "version_of_voice": voice.manifest.version_of_voice,
        "licence": voice.manifest.licence.spdx,
        "teacher": {
            "name": "Toy teacher",
            "licence": "Apache-2.0",
            "packages": [{"name": "toy", "version": "1.2"}],
            "model_sha256": "1" * 64,
        },
        "sources": {"ann": "Apache-2.0", "bea": "Apache-2.0"},
        "mixes": {"both": {"timbre": {"ann": 0.25, "bea": 0.75}, "prosody": {"bea": 1.0}}},
        "taught_as": "both",
        "blend": {},
        "warps": {},
        "commands": ["make toy"],
        "files": model_hashes(voice),
        "evidence": evidence(),
    }


def write(folder: Path, content: dict[str, Any]) -> None:
    (folder / PASSPORT_NAME).write_text(json.dumps(content), encoding="utf-8")
