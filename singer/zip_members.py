"""Zip archives of strangers: members are checked before they are read, and counted while they are."""

from __future__ import annotations

import contextlib
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from singer.midi_text import decode_texts

_PIECE_BYTES = 1 << 18
_RATIO_COUNTS_FROM_BYTES = 1_000_000
_DIRECTORY_BYTES_EACH = 1_000
_UTF8_NAME, _ENCRYPTED, _STRONGLY_ENCRYPTED = 0x800, 0x1, 0x40

DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError,
    OverflowError, IndexError,
)  # fmt: skip
"""What ``zipfile`` raises for an archive that is none, or a broken one."""


class ArchiveRefused(Exception):  # noqa: N818 - named after what happens, each reader makes its own typed error of it
    """An archive that is not read.

    Attributes:
        problem: what is wrong with it, to be read after «the archive is refused:».
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """How much an archive may hold.

    Attributes:
        members: files and folders in it.
        member_bytes, total_bytes: size of one file and of all, unpacked.
        times_smaller: how many times smaller than its content a file of more than 1 MB may be packed.
    """

    members: int
    member_bytes: int
    total_bytes: int
    times_smaller: int = 200


class _Cautious:
    """A file that gives at most so many bytes at once while its directory is read, which ``zipfile`` does in one piece."""

    def __init__(self, file: BinaryIO, most_bytes: int) -> None:
        self._file, self.most_bytes = file, most_bytes
        self.seek, self.tell, self.seekable, self.close = file.seek, file.tell, file.seekable, file.close

    def read(self, size: int = -1) -> bytes:
        if size > self.most_bytes:
            raise ArchiveRefused(f"its directory has {size} bytes; {self.most_bytes} are the most")
        return self._file.read(size)


class CheckedZip:
    """An open archive whose members have been looked at.

    Attributes:
        files: path of each file in the archive, as its maker saw it, to what the archive says of it; folders are left out.
    """

    def __init__(
        self, archive: zipfile.ZipFile, files: dict[str, zipfile.ZipInfo], limits: ZipLimits
    ) -> None:
        self.files = files
        self._archive, self._limits = archive, limits
        self._total = 0

    def pieces(self, path: str) -> Iterator[bytes]:
        """Content of a member, piece by piece; whatever the archive claims, what comes out is counted.

        Raises:
            ArchiveRefused: it is larger, or packed smaller, than allowed, or it is the one that makes all too large.
        """
        info, size = self.files[path], 0
        with self._archive.open(info) as stream:
            while piece := stream.read(_PIECE_BYTES):
                size += len(piece)
                self._total += len(piece)
                self._check_size(path, size, info.compress_size)
                yield piece

    def read(self, path: str, most_bytes: int) -> bytes:
        """Content of a member of ``most_bytes`` or fewer; raises ``ArchiveRefused``."""
        content = bytearray()
        for piece in self.pieces(path):
            content += piece
            if len(content) > most_bytes:
                raise ArchiveRefused(f"its member {path[:60]!r} has more than {most_bytes / 1e6:g} MB")
        return bytes(content)

    def _check_size(self, path: str, size: int, packed: int) -> None:
        limits = self._limits
        if size > limits.member_bytes:
            raise ArchiveRefused(f"its member {path[:60]!r} has more than {limits.member_bytes / 1e6:g} MB")
        if self._total > limits.total_bytes:
            problem = f"its members have more than {limits.total_bytes / 1e6:g} MB together, at {path[:60]!r}"
            raise ArchiveRefused(problem)
        if size > _RATIO_COUNTS_FROM_BYTES and size > limits.times_smaller * max(packed, 1):
            problem = f"its member {path[:60]!r} is packed more than {limits.times_smaller} times smaller"
            raise ArchiveRefused(problem)


@contextlib.contextmanager
def checked_zip(file: BinaryIO, limits: ZipLimits) -> Iterator[CheckedZip]:
    """The archive in ``file``.

    Raises:
        ArchiveRefused: too many members, encrypted ones, links, devices, two of one name, members that lie over each other,
            or a way of packing that is not read.
        zipfile.BadZipFile and the others of ``DAMAGED``: no archive, or a damaged one; also while members are read.
    """
    cautious = _Cautious(file, limits.members * _DIRECTORY_BYTES_EACH)
    with zipfile.ZipFile(cautious) as archive:
        cautious.most_bytes = 1 << 62
        infos = archive.infolist()
        if len(infos) > limits.members:
            raise ArchiveRefused(f"it has {len(infos)} members; {limits.members} is the most")
        names = member_names(infos)
        files = [(name, info) for name, info in zip(names, infos, strict=True) if not name.endswith("/")]
        for name, info in zip(names, infos, strict=True):
            _check_member(name, info)
        if len(dict(files)) < len(files):
            twice = Counter(name for name, _ in files).most_common(1)[0][0]
            raise ArchiveRefused(f"two of its members have one name, {twice[:60]!r}")
        if sum(info.compress_size for _, info in files) > file.seek(0, 2):
            raise ArchiveRefused("its members lie over each other")
        yield CheckedZip(archive, dict(files), limits)


def _check_member(name: str, info: zipfile.ZipInfo) -> None:
    if info.flag_bits & (_ENCRYPTED | _STRONGLY_ENCRYPTED):
        raise ArchiveRefused(f"it is encrypted, at {name[:60]!r}; save it without a password")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ArchiveRefused(f"its member {name[:60]!r} is packed in a way that is not read; use deflate")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise ArchiveRefused(f"its member {name[:60]!r} is a link; put the file itself in its place")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveRefused(f"its member {name[:60]!r} is a device or another thing that is no file")


def member_names(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Names as the archive's maker saw them.

    Names that are not marked as UTF-8 come from ``zipfile`` as code page 437, whatever they are. The bytes behind them are
    UTF-8, Shift-JIS, GB18030 or Big5 if they give plausible text in it, all of one archive the same.
    """
    unmarked = [info.orig_filename for info in infos if not info.flag_bits & _UTF8_NAME]
    foreign = {name: name.encode("cp437") for name in unmarked if not name.isascii()}
    known = dict(zip(foreign, decode_texts(list(foreign.values()), None, None), strict=True))
    if any(
        raw.decode("latin-1") == known[name] for name, raw in foreign.items()
    ):  # nothing else was plausible
        known = {}
    return [
        info.orig_filename
        if info.flag_bits & _UTF8_NAME
        else known.get(info.orig_filename, info.orig_filename)
        for info in infos
    ]
