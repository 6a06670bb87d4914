"""Compressed MusicXML (.mxl): a zip archive, opened with distrust."""

from __future__ import annotations

import io
from collections.abc import Collection
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from singer.errors import ScoreError
from singer.zip_members import DAMAGED, ArchiveRefused, CheckedZip, ZipLimits, checked_zip

LARGEST_MEMBER_BYTES = 20_000_000
LARGEST_CONTAINER_BYTES = 100_000
_LIMITS = ZipLimits(members=500, member_bytes=LARGEST_MEMBER_BYTES, total_bytes=2 * LARGEST_MEMBER_BYTES)
_CONTAINER = "META-INF/container.xml"
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
_MUSICXML_TYPES = (None, "application/vnd.recordare.musicxml+xml", "application/vnd.recordare.musicxml")


def unpack_mxl(document: bytes) -> bytes:
    """The MusicXML document in an .mxl archive: the one its container names, else its only one.

    Nothing is written to disk. Members are read with a limit, whatever size the archive claims for them.

    Raises:
        ScoreError: not a zip archive, encrypted, too many or too large members, paths that lead out of the
            archive, an archive inside the archive, or no MusicXML in it.
    """
    try:
        with checked_zip(io.BytesIO(document), _LIMITS) as archive:
            _check_names(archive.files)
            return _read(archive, _root_path(archive), LARGEST_MEMBER_BYTES)
    except ArchiveRefused as error:
        raise ScoreError("mxl_unsafe", f"the .mxl archive is refused: {error.problem}") from error
    except DAMAGED as error:
        raise ScoreError("mxl_damaged", f"the .mxl archive is damaged: {error}") from error


def _check_names(names: Collection[str]) -> None:
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in name:
            raise ArchiveRefused(f"its member {name[:60]!r} leads out of the archive")
        if path.suffix.lower() in (".mxl", ".zip"):
            raise ArchiveRefused(f"it holds another archive, {name[:60]!r}")


def _root_path(archive: CheckedZip) -> str:
    members = archive.files
    if _CONTAINER in members:
        from singer.musicxml_tree import parse_xml

        container = parse_xml(_read(archive, _CONTAINER, LARGEST_CONTAINER_BYTES))
        for rootfile in (element for element in container.iter() if _local_name(element) == "rootfile"):
            path = rootfile.get("full-path")
            if path in members and rootfile.get("media-type") in _MUSICXML_TYPES:
                return str(path)
    scores = [name for name in members if name.lower().endswith((".xml", ".musicxml")) and name != _CONTAINER]
    if len(scores) != 1:
        raise ScoreError(
            "mxl_without_score", f"the .mxl archive must hold one MusicXML file, found {len(scores)}"
        )
    return scores[0]


def _local_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _read(archive: CheckedZip, path: str, most: int) -> bytes:
    content = archive.read(path, most)
    if content.startswith(_ARCHIVES):
        raise ArchiveRefused(f"it holds another archive, {path[:60]!r}")
    return content
