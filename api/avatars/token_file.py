"""A secret of the user in a file that nobody else can read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from singer.errors import OutputError

_LONGEST = 1_000


def read_token(path: Path) -> str:
    """The token in the file at ``path``; empty if there is none that can be read."""
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(_LONGEST).strip()
    except (OSError, ValueError):
        return ""


def write_token(path: Path, token: str) -> None:
    """Put ``token`` into the file at ``path`` in one step, with mode 0600; raises ``OutputError``."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(token + "\n")
            os.replace(partial, path)
        except BaseException:
            os.unlink(partial)
            raise
    except OSError as error:
        raise OutputError("output_failed", f"cannot be written: {error.strerror}", str(path)) from error
