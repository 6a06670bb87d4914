"""One exported bank for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebanks.load import find_voice
from voicebanks.openutau_export.export import export_bank


@pytest.fixture(scope="session")
def builtin_bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The builtin voice as a bank, not to be written to."""
    pytest.importorskip("resvg_py")
    folder = tmp_path_factory.mktemp("banks") / "builtin"
    export_bank(find_voice("builtin"), folder)
    return folder
