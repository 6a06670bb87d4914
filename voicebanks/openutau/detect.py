"""Which folders hold a bank made for OpenUtau's DiffSinger."""

from __future__ import annotations

from pathlib import Path

CONFIG_NAME = "dsconfig.yaml"


def is_bank(folder: Path) -> bool:
    """Whether a folder holds a bank made for OpenUtau's DiffSinger."""
    try:
        return (folder / CONFIG_NAME).is_file() and not (folder / "voicebank.json").is_file()
    except OSError:  # too long for a name, or a folder that may not be looked into
        return False
