"""What the environment says: read here, once, into a frozen value. Command-line options win over it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Folders of the user.

    Attributes:
        voice_folders: folders that hold voices, looked into before the shipped ones: those of ``SINGER_VOICES``
            (several with the path separator between them), then ``$XDG_DATA_HOME/singer/voices``.
        cache_folder: where sung phrases are kept when asked for: ``$XDG_CACHE_HOME/singer/phrases``.
        config_folder: what the user has allowed or chosen: ``$XDG_CONFIG_HOME/singer``.
    """

    voice_folders: tuple[Path, ...]
    cache_folder: Path
    config_folder: Path


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``environment``, by default the process's own."""
    values = os.environ if environment is None else environment
    home = Path(values.get("HOME") or Path.home())
    own = [Path(part) for part in values.get("SINGER_VOICES", "").split(os.pathsep) if part]
    data = Path(values.get("XDG_DATA_HOME") or home / ".local" / "share")
    cache = Path(values.get("XDG_CACHE_HOME") or home / ".cache")
    config = Path(values.get("XDG_CONFIG_HOME") or home / ".config")
    return Settings((*own, data / "singer" / "voices"), cache / "singer" / "phrases", config / "singer")
