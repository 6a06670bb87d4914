"""Runs of the command line, in this process or in one of its own, and the song that they are about."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from api.cli import main

ROOT = Path(__file__).parents[2]
BUILTIN = ("--voice", "builtin")

SCORE: dict[str, Any] = {
    "format": "singer-score",
    "version": 1,
    "title": "Two lines",
    "language": "zh",
    "voice": "builtin",
    "tempo": [{"beat": 0, "bpm": 120}],
    "notes": [
        {"start": 1, "duration": 1, "pitch": "E4", "lyric": "好"},
        {"start": 2, "duration": 1, "pitch": 67, "lyric": "-"},
        {"start": 3, "duration": 2, "pitch": "A4", "lyric": "花"},
        {"start": 7, "duration": 2, "pitch": "G4", "lyric": "你"},
    ],
}


def write(path: Path, **changes: object) -> Path:
    path.write_text(json.dumps({**SCORE, **changes}, ensure_ascii=False), encoding="utf-8")
    return path


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def run_process(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "api.cli", *map(str, arguments)]
    return subprocess.run(
        command, input=stdin, capture_output=True, timeout=60, check=False, env=environment()
    )


def environment() -> dict[str, str]:
    """This process's environment, with the project on the path."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}
