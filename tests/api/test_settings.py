"""The environment, read into settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from api.settings import read_settings


def test_defaults_lie_under_home() -> None:
    settings = read_settings({"HOME": "/home/ki"})
    assert settings.voice_folders == (Path("/home/ki/.local/share/singer/voices"),)
    assert settings.cache_folder == Path("/home/ki/.cache/singer/phrases")
    assert settings.config_folder == Path("/home/ki/.config/singer")


def test_own_folders_come_first_and_xdg_counts() -> None:
    environment = {
        "HOME": "/home/ki",
        "SINGER_VOICES": os.pathsep.join(["/a", "", "/b"]),
        "XDG_DATA_HOME": "/data",
        "XDG_CACHE_HOME": "/cache",
        "XDG_CONFIG_HOME": "/config",
    }
    settings = read_settings(environment)
    assert settings.voice_folders == (Path("/a"), Path("/b"), Path("/data/singer/voices"))
    assert settings.cache_folder == Path("/cache/singer/phrases")
    assert settings.config_folder == Path("/config/singer")


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SINGER_VOICES", "/somewhere")
    assert read_settings().voice_folders[0] == Path("/somewhere")
