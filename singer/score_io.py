"""Score files in: JSON, MIDI, MusicXML, LRC, projects of other editors; JSON out. One reader per format, chosen by the bytes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

from singer.errors import ScoreError
from singer.import_options import ImportOptions
from singer.projects.formats import find_project, readable_endings
from singer.score import Score
from singer.score_json import read_score_json, write_score_json
from singer.whole_file import write_whole

LARGEST_FILE_BYTES = 20_000_000
_LRC = re.compile(rb"(\xef\xbb\xbf)?\s*(\[[a-z]+:[^\]]*\]\s*)*\[\d+:\d\d", re.IGNORECASE)
_SUFFIXES = {
    ".json": "json",
    ".mid": "midi",
    ".midi": "midi",
    ".kar": "midi",
    ".musicxml": "musicxml",
    ".xml": "musicxml",
    ".mxl": "mxl",
    ".lrc": "lrc",
}


def load_score(
    source: str | Path | BinaryIO | bytes, *, options: ImportOptions | None = None, name: str = ""
) -> Score:
    """Read a score from a file, an open binary file or bytes.

    The format is found from the content, and from the name only where the content does not tell.

    Args:
        source: path, binary file or the bytes themselves.
        options: choices for everything but JSON.
        name: of the file, where ``source`` has none; its ending tells projects apart.

    Raises:
        ScoreError: the file cannot be read, is in no known format, is unsafe or damaged, or breaks a rule of
            scores.
    """
    document, found = read_source(source)
    name = found or name
    chosen = options or ImportOptions()
    match find_format(document, name):
        case "json":
            return read_score_json(document)
        case "midi":
            from singer.midi_io import read_midi

            return read_midi(document, chosen, title=Path(name).stem)
        case "mxl":
            from singer.musicxml_io import read_musicxml
            from singer.mxl_archive import unpack_mxl

            return read_musicxml(unpack_mxl(document), chosen, title=Path(name).stem)
        case "musicxml":
            from singer.musicxml_io import read_musicxml

            return read_musicxml(document, chosen, title=Path(name).stem)
        case "lrc":
            from singer.lrc_io import read_lrc

            return read_lrc(document, chosen, title=Path(name).stem)
        case project:
            from singer.projects.read import read_project

            return read_project(document, project, chosen, title=Path(name).stem)


def save_score(score: Score, path: str | Path) -> None:
    """Write a score as JSON; the file is complete or, on an error, as it was.

    Raises:
        OutputError: the file cannot be written.
    """
    write_whole(write_score_json(score), path)


def read_source(source: str | Path | BinaryIO | bytes) -> tuple[bytes, str]:
    """Bytes and name of a score file ("" if it has none), never more than ``LARGEST_FILE_BYTES``.

    Raises:
        ScoreError: missing, not readable, empty or too large.
    """
    name = ""
    if isinstance(source, bytes):
        document = source
    elif isinstance(source, str | Path):
        name = str(source)
        try:
            with open(source, "rb") as stream:
                document = stream.read(LARGEST_FILE_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ScoreError("not_readable", f"cannot read the score: {reason}", name) from error
    else:
        document = source.read(LARGEST_FILE_BYTES + 1)
        name = str(getattr(source, "name", ""))
    if not document:
        raise ScoreError("empty_file", "the file is empty", name)
    if len(document) > LARGEST_FILE_BYTES:
        raise ScoreError("too_large", f"the file has more than {LARGEST_FILE_BYTES / 1e6:g} MB", name)
    return document, name


def find_format(document: bytes, name: str = "") -> str:
    """Format of a score file: ``json``, ``midi``, ``musicxml``, ``mxl``, ``lrc`` or a project's, as ``find_project`` names it.

    Projects go by the ending of their name, then by their first bytes; the others by the bytes, then the name.

    Raises:
        ScoreError: neither tells.
    """
    project = find_project(document, name)
    if project:
        return project
    start = document[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"MThd") or (start.startswith(b"RIFF") and b"RMID" in start):
        return "midi"
    if start.startswith(b"PK\x03\x04"):
        return "mxl"
    if start.startswith(b"<") or document[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "musicxml"
    if start.startswith(b"{"):
        return "json"
    if _LRC.match(document[:4096]):
        return "lrc"
    by_name = _SUFFIXES.get(Path(name).suffix.lower())
    if by_name is None:
        raise ScoreError(
            "unknown_format",
            "not a score the engine reads: JSON, MIDI (.mid, .kar), MusicXML (.musicxml, .xml, .mxl), LRC (.lrc) or a project "
            f"({readable_endings()})",
            name,
        )
    return by_name
