"""What somebody wants to have installed, a zip archive or a folder: its files by name, none of them read yet.

Members of a zip and files of a folder pass the same rules. Nothing here writes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from singer.errors import VoicebankError
from singer.zip_members import DAMAGED, ArchiveRefused, ZipLimits, checked_zip
from voicebanks.store.names import check_paths

LIMITS = ZipLimits(members=5_000, member_bytes=2_000_000_000, total_bytes=6_000_000_000)
_PIECE_BYTES = 1 << 20
_PASSED_OVER = ("__MACOSX", "__pycache__")


@dataclass(frozen=True, slots=True)
class Bundle:
    """Files that might become a voice.

    Attributes:
        where: name of the zip or folder, for messages.
        title: the same without its ending: what a voice without a name of its own is named after.
        files: path of each file, with ``/`` between its parts, to its size as told, which is not believed.
        pieces: gives the content of a file, piece by piece; raises ``VoicebankError``.
        left_out: what will not be installed, path to reason; grows while the bundle is sorted.
        sha256: hash of the zip; empty for a folder.
    """

    where: str
    title: str
    files: dict[str, int]
    pieces: Callable[[str], Iterator[bytes]]
    left_out: dict[str, str] = field(default_factory=dict)
    sha256: str = ""

    def content(self, path: str, most_bytes: int) -> bytes:
        """A whole file of ``most_bytes`` or fewer; raises ``VoicebankError``."""
        content = bytearray()
        for piece in self.pieces(path):
            content += piece
            if len(content) > most_bytes:
                raise VoicebankError("file_size", f"{path!r} has more than {most_bytes} bytes", self.where)
        return bytes(content)


@contextlib.contextmanager
def opened(source: Path) -> Iterator[Bundle]:
    """The files in ``source``.

    Raises:
        VoicebankError: neither a zip archive nor a folder, or one that is not safe: the message names the member.
    """
    where = source.name or str(source)
    if source.is_dir():
        yield _folder(source.resolve(), where)
        return
    if source.exists() and not source.is_file():
        raise VoicebankError("damaged_archive", "is neither a zip archive nor a folder", where)
    with (
        contextlib.ExitStack() as stack
    ):  # errors of whoever installs pass through here, and are not the archive's
        try:
            file = stack.enter_context(source.open("rb"))
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise _not_readable(error, where) from error
        with _as_voicebank_error(where):
            archive = stack.enter_context(checked_zip(file, LIMITS))
        files = {path: info.file_size for path, info in archive.files.items()}
        check_paths(files, where)

        def pieces(path: str) -> Iterator[bytes]:
            with _as_voicebank_error(where):
                yield from archive.pieces(path)

        yield _without_hidden(Bundle(where, source.stem, files, pieces, sha256=sha256))


def _not_readable(error: OSError, where: str) -> VoicebankError:
    return VoicebankError("not_readable", f"cannot be read: {error.strerror}", where)


@contextlib.contextmanager
def _as_voicebank_error(where: str) -> Iterator[None]:
    try:
        yield
    except ArchiveRefused as error:
        raise VoicebankError("unsafe_archive", f"the archive is refused: {error.problem}", where) from error
    except DAMAGED as error:
        message = f"is no zip archive, or a damaged one: {str(error)[:100]}"
        raise VoicebankError("damaged_archive", message, where) from error


def _without_hidden(bundle: Bundle) -> Bundle:
    """The same without what systems and tools leave behind."""
    for path in [path for path in bundle.files if any(map(_is_hidden, path.split("/")))]:
        bundle.left_out[path] = "left by a system or a tool"
        del bundle.files[path]
    return bundle


def _is_hidden(part: str) -> bool:
    return part.startswith(".") or part in _PASSED_OVER


def _folder(folder: Path, where: str) -> Bundle:
    left_out: dict[str, str] = {}
    files: dict[str, int] = {}
    try:
        for path, size in _walk(folder, "", left_out, where):
            files[path] = size
            if len(files) > LIMITS.members:
                raise VoicebankError("unsafe_folder", f"has more than {LIMITS.members} files", where)
    except OSError as error:
        raise _not_readable(error, where) from error
    check_paths(files, where)
    return Bundle(where, folder.name, files, lambda path: _read(folder, path, where), left_out)


def _walk(folder: Path, above: str, left_out: dict[str, str], where: str) -> Iterator[tuple[str, int]]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        path = f"{above}{entry.name}"
        if _is_hidden(entry.name):
            left_out[path if path.isprintable() else ascii(path)] = "left by a system or a tool"
        elif entry.is_symlink():
            message = f"its file {path[:80]!r} is a link; put the file itself in its place"
            raise VoicebankError("unsafe_folder", message, where)
        elif entry.is_dir():
            check_paths([path], where)
            yield from _walk(Path(entry.path), f"{path}/", left_out, where)
        elif entry.is_file():
            yield path, entry.stat().st_size
        else:
            message = f"{path[:80]!r} is a device or another thing that is no file"
            raise VoicebankError("unsafe_folder", message, where)


def _read(folder: Path, path: str, where: str) -> Iterator[bytes]:
    """Pieces of a file that is no link, whatever may have been put in its place since it was looked at."""
    flags = (
        getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")
    )  # a pipe would be waited for
    try:
        handle = os.open(folder / path, os.O_RDONLY | sum(flags))
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise VoicebankError("unsafe_folder", f"{path[:80]!r} is no file any more", where)
            size = 0
            while piece := file.read(_PIECE_BYTES):
                size += len(piece)
                if size > LIMITS.member_bytes:
                    message = f"its file {path[:80]!r} has more than {LIMITS.member_bytes / 1e6:g} MB"
                    raise VoicebankError("unsafe_folder", message, where)
                yield piece
    except OSError as error:
        raise _not_readable(error, f"{where}/{path}") from error
