"""Files of a voice that lie on the disk: which there are, what they hold, and that they are there for good."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from singer.onnx_check import check_onnx


class FileFacts(BaseModel):
    """Size and hash of a file, by which a change is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    bytes: int
    sha256: str


def files_below(folder: Path) -> list[str]:
    """Paths of all that is no folder, with ``/`` between their parts, sorted; links are told, not followed."""
    found = []
    for above, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(above) / name).is_symlink()]
        found += [(Path(above) / name).relative_to(folder).as_posix() for name in (*names, *links)]
    return sorted(found)


def facts_of(path: Path) -> FileFacts:
    """Facts of the file as it is now."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return FileFacts(bytes=file.tell(), sha256=digest.hexdigest())


def check_models(folder: Path) -> None:
    """Look at every ``.onnx`` file, without running it; raises ``ModelError``."""
    for path in files_below(folder):
        if path.lower().endswith(".onnx"):
            check_onnx((folder / path).read_bytes(), path)


def keep_folder(folder: Path) -> None:
    """Let what was renamed in ``folder`` outlast a loss of power, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
