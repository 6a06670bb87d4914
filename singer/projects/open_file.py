"""A stranger's project file to a ``Song``, in a process of its own that is killed when it takes too much."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import singer
from singer.errors import ScoreError
from singer.projects.formats import READ, ProjectFormat
from singer.projects.imported import Song, song_of
from singer.zip_members import DAMAGED, ArchiveRefused, ZipLimits, checked_zip

LONGEST_S = 30.0
"""Wall time for opening one file; starting the process and loading LibreSVIP takes about a second of it."""
MOST_MEMBERS = 500
LARGEST_MEMBER_BYTES = 20_000_000
_ZIP_LIMITS = ZipLimits(MOST_MEMBERS, member_bytes=LARGEST_MEMBER_BYTES, total_bytes=LARGEST_MEMBER_BYTES)


def open_file(document: bytes, format_name: str, encoding: str | None = None) -> Song:
    """The song in a project file.

    Args:
        document: the file.
        format_name: a key of ``READ``.
        encoding: text encoding of a UST file; ``None`` finds it out.

    Raises:
        ScoreError: LibreSVIP is not installed, or the file is damaged, unsafe or too large to open.
    """
    known = READ[format_name]
    if format_name == "ust":
        from singer.projects.ust import read_ust

        return read_ust(document, encoding)
    _check_parts(document, known)
    if find_spec("libresvip") is None:
        raise ScoreError(
            "projects_not_installed",
            f"reading {known.program} files (.{known.name}) needs LibreSVIP: pip install 'singer-engine[projects]'",
        )
    return _opened(document, known)


def _check_parts(document: bytes, known: ProjectFormat) -> None:
    """Refuse what no honest file has, before anything takes it apart."""
    if known.kind == "xml":
        from singer.musicxml_tree import parse_xml

        parse_xml(document)
    elif known.kind == "zip":
        _check_zip(document, known)


def _check_zip(document: bytes, known: ProjectFormat) -> None:
    try:
        with checked_zip(io.BytesIO(document), _ZIP_LIMITS) as archive:
            sizes = {path: info.file_size for path, info in archive.files.items()}
    except ArchiveRefused as error:
        raise _unsafe(known, error.problem) from error
    except DAMAGED as error:
        raise _damaged(known, str(error)) from error
    for path, size in sizes.items():
        if size > LARGEST_MEMBER_BYTES and not path.lower().endswith(".wav"):
            raise _unsafe(known, f"its member {path[:60]!r} has more than {LARGEST_MEMBER_BYTES / 1e6:g} MB")


def _opened(document: bytes, known: ProjectFormat) -> Song:
    root = str(Path(singer.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([root, *filter(None, sys.path)])}
    command = [sys.executable, "-P", "-m", "singer.projects.opened", known.name]
    try:
        done = subprocess.run(
            command, input=document, capture_output=True, timeout=LONGEST_S, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        raise _unsafe(known, f"opening it took more than {LONGEST_S:g} s") from None
    except OSError as error:
        message = f"cannot start the process that opens it: {error.strerror}"
        raise ScoreError("project_not_opened", message) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise _unsafe(known, "opening it took too much time or memory") from None
    if "error" in answer:
        raise _damaged(known, answer["error"])
    return song_of(answer["song"])


def _damaged(known: ProjectFormat, reason: str) -> ScoreError:
    shown = "".join(character if character.isprintable() else " " for character in reason)[:200]
    return ScoreError(
        "project_damaged", f"cannot be read as a file of {known.program} (.{known.name}): {shown}"
    )


def _unsafe(known: ProjectFormat, reason: str) -> ScoreError:
    return ScoreError("project_unsafe", f"the file of {known.program} (.{known.name}) is refused: {reason}")
