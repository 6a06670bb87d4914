"""Praat TextGrids: tiers of phones, notes and lyrics, in the long text format of Praat's manual.

Written here, as it is a few lines: the package for it that is kept up, praatio, has no types and writes to files only.
"""

from __future__ import annotations

from collections.abc import Iterator

from singer.pitch_names import pitch_name
from singer.timeline import song_marks
from singer.timeline_formats.timed_song import Interval, TimedSong, covered, lyric_lines, phone_intervals


def write_textgrid(song: TimedSong) -> str:
    """A TextGrid with the tiers ``phones`` (IPA), ``notes`` (pitch names) and, if the score is known, ``lyrics``.

    Raises:
        PerformanceError: ``other_score``, if the score is not the song's.
    """
    tiers = {"phones": phone_intervals(song), "notes": covered(_notes(song), song, "")}
    if song.score is not None:
        tiers["lyrics"] = covered(_lyrics(song), song, "")
    lines = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {song.duration_s!r}",
        "tiers? <exists>",
        f"size = {len(tiers)}",
        "item []:",
    ]
    for number, (name, intervals) in enumerate(tiers.items(), start=1):
        lines += [f"    item [{number}]:", *_tier(name, intervals, song.duration_s)]
    return "\n".join(lines) + "\n"


def _tier(name: str, intervals: tuple[Interval, ...], duration_s: float) -> Iterator[str]:
    yield '        class = "IntervalTier"'
    yield f'        name = "{name}"'
    yield "        xmin = 0"
    yield f"        xmax = {duration_s!r}"
    yield f"        intervals: size = {len(intervals)}"
    for number, interval in enumerate(intervals, start=1):
        label = interval.label.replace('"', '""')
        yield f"        intervals [{number}]:"
        yield f"            xmin = {interval.start_s!r}"
        yield f"            xmax = {interval.end_s!r}"
        yield f'            text = "{label}"'


def _notes(song: TimedSong) -> Iterator[Interval]:
    for mark in song_marks(song.performance, ("note",), song.score):
        midi = mark.values["midi"]
        name = pitch_name(midi if song.score else float(round(midi)))
        yield Interval(mark.time_s, mark.end_s or mark.time_s, name)


def _lyrics(song: TimedSong) -> Iterator[Interval]:
    for line in lyric_lines(song):
        for piece in line.pieces:
            yield Interval(piece.start_s, piece.end_s, piece.text)
