"""Subtitles: SRT, a line for each phrase, and ASS with karaoke, where each syllable fills while it is sung."""

from __future__ import annotations

from singer.timeline_formats.timed_song import Line, TimedSong, lyric_lines

_STYLE = "Karaoke"
_NO_TAGS = str.maketrans("{}\\", "｛｝＼")
"""Neither format can be relied on to show these signs as text."""


def write_srt(song: TimedSong) -> str:
    """The lines of a song as SubRip subtitles, shown from the first sound of a phrase to its last.

    Raises:
        PerformanceError: ``no_lyrics`` or ``other_score``.
    """
    from pysubs2 import SSAEvent, SSAFile

    subtitles = SSAFile()
    for line in lyric_lines(song):
        start_ms, end_ms = int(line.start_s * 1000 + 0.5), int(line.end_s * 1000 + 0.5)
        subtitles.append(SSAEvent(start=start_ms, end=end_ms, text=line.text.translate(_NO_TAGS)))
    return subtitles.to_string("srt")


def write_ass(song: TimedSong) -> str:
    """The lines of a song as Advanced SubStation subtitles with karaoke (the tags k and kf).

    A line is shown from the first sound of its phrase to the last; a syllable begins to fill where its vowel starts, and
    has filled where the next one's starts. Times are rounded to hundredths once, lengths are their differences.

    Raises:
        PerformanceError: ``no_lyrics`` or ``other_score``.
    """
    from pysubs2 import Alignment, Color, SSAEvent, SSAFile, SSAStyle

    subtitles = SSAFile()
    for line in lyric_lines(song):
        start_ms, end_ms = 10 * _hundredths(line.start_s), 10 * _hundredths(line.end_s)
        subtitles.append(SSAEvent(start=start_ms, end=end_ms, text=_karaoke(line), style=_STYLE))
    subtitles.info |= {"Title": song.title, "PlayResX": "1920", "PlayResY": "1080"}
    subtitles.styles = {
        _STYLE: SSAStyle(
            fontname="Noto Sans CJK SC",
            fontsize=72.0,
            primarycolor=Color(255, 200, 60),
            secondarycolor=Color(255, 255, 255),
            outline=3.0,
            shadow=0.0,
            alignment=Alignment.BOTTOM_CENTER,
            marginv=60,
        )
    }
    return subtitles.to_string("ass", header_notice="")


def _karaoke(line: Line) -> str:
    reached = _hundredths(line.start_s)
    parts: list[str] = []
    for piece in line.pieces:
        start, end = _hundredths(piece.start_s), _hundredths(piece.end_s)
        if start > reached:
            parts.append(f"{{\\k{start - reached}}}")
        parts.append(f"{piece.before}{{\\kf{end - start}}}{piece.text.translate(_NO_TAGS)}")
        reached = end
    return "".join(parts)


def _hundredths(time_s: float) -> int:
    return int(time_s * 100 + 0.5)
