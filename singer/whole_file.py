"""Text files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from singer.errors import OutputError


def write_whole(text: str, path: str | Path) -> None:
    """Write ``text`` as UTF-8; the file is complete or, on an error, as it was.

    Raises:
        OutputError: the file cannot be written.
    """
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        unfinished.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise OutputError("not_writable", f"cannot write: {error.strerror}", str(path)) from error
