"""Compressed MusicXML (.mxl): a zip archive, opened with distrust."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from singer.errors import ScoreError

LARGEST_MEMBER_BYTES = 20_000_000
LARGEST_CONTAINER_BYTES = 100_000
MOST_MEMBERS = 500
MOST_TIMES_SMALLER = 200
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
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            members = _checked_members(archive)
            return _read(archive, members[_root_path(archive, members)], LARGEST_MEMBER_BYTES)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
    ) as error:
        raise ScoreError("mxl_damaged", f"the .mxl archive is damaged: {error}") from error


def _checked_members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_MEMBERS:
        raise _unsafe(f"it has {len(infos)} members; {MOST_MEMBERS} is the most")
    for info in infos:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in info.filename:
            raise _unsafe(f"its member {info.filename[:60]!r} leads out of the archive")
        if path.suffix.lower() in (".mxl", ".zip"):
            raise _unsafe(f"it holds another archive, {info.filename[:60]!r}")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _unsafe(f"its member {info.filename[:60]!r} is packed in a way that .mxl does not use")
        if info.flag_bits & 1:
            raise _unsafe("it is encrypted; save it without a password")
    names = [info.filename for info in infos]
    if len(set(names)) < len(names):
        raise _unsafe("two of its members have one name")
    return {info.filename: info for info in infos}


def _root_path(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> str:
    if _CONTAINER in members:
        from singer.musicxml_tree import parse_xml

        container = parse_xml(_read(archive, members[_CONTAINER], LARGEST_CONTAINER_BYTES))
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


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    with archive.open(info) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise _unsafe(f"its member {info.filename[:60]!r} has more than {most / 1e6:g} MB")
    if len(content) > 1_000_000 and len(content) > MOST_TIMES_SMALLER * max(info.compress_size, 1):
        raise _unsafe(
            f"its member {info.filename[:60]!r} is packed more than {MOST_TIMES_SMALLER} times smaller"
        )
    if content.startswith(_ARCHIVES):
        raise _unsafe(f"it holds another archive, {info.filename[:60]!r}")
    return content


def _unsafe(problem: str) -> ScoreError:
    return ScoreError("mxl_unsafe", f"the .mxl archive is refused: {problem}")
