"""The files that a timeline can be written to, by name and by suffix."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType

from singer.errors import OutputError
from singer.timeline import KINDS
from singer.timeline_formats.timed_song import TimedSong

SUFFIXES: Mapping[str, str] = MappingProxyType(
    {"lab": ".lab", "textgrid": ".TextGrid", "lrc": ".lrc", "srt": ".srt", "ass": ".ass", "json": ".json"}
)
"""Name of each format to the suffix of its files."""
DEFAULT_RATE_HZ = 44_100


def format_of(path: str | Path) -> str:
    """Name of the format that files named like ``path`` are in.

    Raises:
        OutputError: ``unknown_format``, naming the suffixes there are.
    """
    suffix = Path(path).suffix
    for name, own in SUFFIXES.items():
        if suffix.lower() == own.lower():
            return name
    message = f"found the suffix {suffix[:20]!r}; allowed are {', '.join(SUFFIXES.values())}"
    raise OutputError("unknown_format", message, str(path))


def write_timeline(
    song: TimedSong, name: str, *, kinds: Collection[str] = KINDS, sample_rate_hz: int = DEFAULT_RATE_HZ
) -> str:
    """Text of a timeline file.

    Args:
        song: the song.
        name: one of ``SUFFIXES``.
        kinds: marks in the JSON.
        sample_rate_hz: rate that the JSON counts samples at.

    Raises:
        OutputError: ``unknown_format``.
        PerformanceError: ``no_lyrics``, where words are needed and the score is not known; ``other_score``.
    """
    from singer.timeline_formats import lab, lrc, marks_json, subtitles, textgrid

    match name:
        case "lab":
            return lab.write_lab(song)
        case "textgrid":
            return textgrid.write_textgrid(song)
        case "lrc":
            return lrc.write_lrc(song)
        case "srt":
            return subtitles.write_srt(song)
        case "ass":
            return subtitles.write_ass(song)
        case "json":
            return marks_json.write_marks_json(song, kinds, sample_rate_hz)
    raise OutputError("unknown_format", f"found {name[:20]!r}; allowed are {', '.join(SUFFIXES)}", "format")
