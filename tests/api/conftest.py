"""A home of its own for every run, and a score in its working folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api.cli_runs import SCORE


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No voices, cache or files of the machine's user."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "SINGER_VOICES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return home


@pytest.fixture
def score(own_home: Path) -> Path:
    path = Path("song.json").resolve()
    path.write_text(json.dumps(SCORE, ensure_ascii=False), encoding="utf-8")
    return path
