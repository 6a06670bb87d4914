"""Project files of other editors to scores."""

from __future__ import annotations

from typing import Any

from singer.import_options import ImportOptions
from singer.projects.imported import Song
from singer.projects.open_file import open_file
from singer.projects.to_score import to_score
from singer.score import Score


def read_project(document: bytes, format_name: str, options: ImportOptions, title: str = "") -> Score:
    """Read the sung track of a project file.

    Args:
        document: the file.
        format_name: as ``formats.find_project`` names it.
        options: which track, in which language, and what to do with chords.
        title: name of the song where the file has none.

    Raises:
        ScoreError: the file cannot be opened, or its track is no score; see ``open_file`` and ``to_score``.
    """
    return to_score(open_file(document, format_name, options.encoding), options, title)


def list_tracks(document: bytes, format_name: str) -> list[dict[str, Any]]:
    """Number, name and counts of a project file's sung tracks; raises ``ScoreError``."""
    song: Song = open_file(document, format_name)
    return [
        {"number": number, "name": track.name, "notes": len(track.notes), "syllables": len(track.notes)}
        for number, track in enumerate(song.tracks, 1)
    ]
