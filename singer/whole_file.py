"""Files that appear whole or not at all."""

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
    write_whole_bytes(text.encode(), path)


def write_whole_bytes(content: bytes, path: str | Path) -> None:
    """Write ``content``; the file is complete or, on an error, as it was.

    Raises:
        OutputError: the file cannot be written.
    """
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise OutputError("not_writable", f"cannot write: {error.strerror}", str(path)) from error
