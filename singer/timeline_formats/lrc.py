"""Enhanced LRC: ``[mm:ss.xx]`` before a line, ``<mm:ss.xx>`` before each word and after the last one."""

from __future__ import annotations

from collections.abc import Iterator

from singer.timeline_formats.timed_song import Line, TimedSong, lyric_lines

_NO_TAGS = str.maketrans("<>[]", "‹›［］")
"""LRC has no way to write these signs as text."""


def write_lrc(song: TimedSong) -> str:
    """The lines of a song in enhanced LRC, with its title and length; a word is stamped where its first vowel starts.

    Raises:
        PerformanceError: ``no_lyrics`` or ``other_score``.
    """
    lines = lyric_lines(song)
    head = [f"[ti:{song.title.translate(_NO_TAGS)}]"] if song.title else []
    minutes, seconds = divmod(round(song.duration_s), 60)
    head += [f"[length:{minutes:02d}:{seconds:02d}]"]
    return "\n".join([*head, *("".join(_line(line)) for line in lines)]) + "\n"


def _line(line: Line) -> Iterator[str]:
    words = line.words
    yield f"[{_stamp(words[0].start_s)}]"
    for word in words:
        yield f"{word.before}<{_stamp(word.start_s)}>{word.text.translate(_NO_TAGS)}"
    yield f"<{_stamp(words[-1].end_s)}>"


def _stamp(time_s: float) -> str:
    hundredths = int(time_s * 100 + 0.5)
    return f"{hundredths // 6000:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"
