"""LRC files taken apart: lines of words with their times; the plain form and the enhanced one, with a time for each word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from frontend_g2p.phones import Language
from singer.errors import ScoreError
from singer.midi_text import decode_texts

LARGEST_LRC_BYTES = 1_000_000
_TIME = r"(\d{1,4}):([0-5]?\d)(?:[.:,](\d{1,3}))?"
_LINE_STAMP = re.compile(rf"\s*\[{_TIME}\]")
_WORD_STAMP = re.compile(rf"<{_TIME}>")
_TAG = re.compile(r"\s*\[([A-Za-z#]+):(.*)\]\s*\Z")
_CREDIT = re.compile(
    r"\s*(作?[词詞曲]|编曲|編曲|制作人?|監製|监制|演唱|歌手|混音|录音|錄音|歌[：:]|作詞|"
    r"(lyrics|words|music|written|composed|arranged|produced|vocals?)( by)?)\s*[:：]",
    re.IGNORECASE,
)
"""Who wrote and played the song, which many files have as lines with times."""
_LENGTH = re.compile(rf"\s*{_TIME}\s*\Z")


@dataclass(frozen=True, slots=True)
class TimedText:
    """A word, or a line without times for its words.

    Attributes:
        start_s, end_s: when it is sung; ``end_s`` is ``None`` where the file does not say.
        text: not empty.
    """

    start_s: float
    text: str
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class LrcLine:
    """One line of the song.

    Attributes:
        number: of the line in the file, from 1.
        start_s: its time.
        parts: its words in order, or the whole of it; none where the line only says that the one before has ended.
    """

    number: int
    start_s: float
    parts: tuple[TimedText, ...]

    @property
    def text(self) -> str:
        """The line as one text."""
        return " ".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class LrcSong:
    """What an LRC file holds.

    Attributes:
        title: its ``ti`` tag.
        lines: by rising time; of lines with the same time (a translation) only the first.
        length_s: its ``length`` tag.
        left_out: numbers of the lines that were left out: without a time, with the time of another, or with credits.
    """

    title: str
    lines: tuple[LrcLine, ...]
    length_s: float | None
    left_out: tuple[int, ...]


def parse_lrc(document: bytes, encoding: str | None = None, language: Language | None = None) -> LrcSong:
    """Take an LRC file apart. A positive ``offset`` tag, in milliseconds, makes all times earlier.

    Args:
        document: the file.
        encoding: of its text; ``None`` finds it out.
        language: helps to find it out.

    Raises:
        ScoreError: too large, in another encoding, or no line has words and a time.
    """
    if len(document) > LARGEST_LRC_BYTES:
        raise ScoreError("too_large", f"the LRC file has more than {LARGEST_LRC_BYTES / 1e6:g} MB")
    text = decode_texts([document.removeprefix(b"\xef\xbb\xbf")], encoding, language)[0]
    tags: dict[str, str] = {}
    found: list[LrcLine] = []
    left_out: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        tag = _TAG.match(line)
        stamped = list(_stamped(number, line))
        if tag and not stamped:
            tags.setdefault(tag[1].lower(), tag[2].strip())
        elif line.strip() and not stamped:
            left_out.append(number)
        found += stamped
    found.sort(key=lambda line: line.start_s)
    lines = _sung(found, left_out)
    if not any(line.parts for line in lines):
        raise ScoreError("no_lyrics", "no line of the LRC file has a time and words, such as [00:12.30]la la")
    earlier_s = _offset_s(tags.get("offset", ""))
    length = _LENGTH.match(tags.get("length", ""))
    return LrcSong(
        tags.get("ti", "")[:500],
        tuple(_moved(line, earlier_s) for line in lines),
        _seconds(length) if length else None,
        tuple(sorted(left_out)),
    )


def _stamped(number: int, line: str) -> Iterator[LrcLine]:
    """The line once for each of its times: a chorus may have several."""
    starts: list[float] = []
    rest = line
    while stamp := _LINE_STAMP.match(rest):
        starts.append(_seconds(stamp))
        rest = rest[stamp.end() :]
    if starts:
        parts = tuple(_parts(rest, starts[0]))
        for start_s in starts:
            later_s = start_s - starts[0]
            yield LrcLine(number, start_s, tuple(_later(part, later_s) for part in parts))


def _parts(text: str, start_s: float) -> Iterator[TimedText]:
    stamps = list(_WORD_STAMP.finditer(text))
    before = text[: stamps[0].start()] if stamps else text
    if before.strip():
        yield TimedText(start_s, before.strip(), _seconds(stamps[0]) if stamps else None)
    for index, stamp in enumerate(stamps):
        following = stamps[index + 1] if index + 1 < len(stamps) else None
        word = text[stamp.end() : following.start() if following else None].strip()
        if word:
            yield TimedText(_seconds(stamp), word, _seconds(following) if following else None)


def _sung(lines: list[LrcLine], left_out: list[int]) -> list[LrcLine]:
    kept: list[LrcLine] = []
    for line in lines:
        if _CREDIT.match(line.text):
            left_out.append(line.number)
        elif kept and kept[-1].start_s == line.start_s and kept[-1].parts:
            left_out += [line.number] if line.parts else []
        elif kept and kept[-1].start_s == line.start_s:
            kept[-1] = line
        else:
            kept.append(line)
    return kept


def _moved(line: LrcLine, earlier_s: float) -> LrcLine:
    parts = tuple(_later(part, -earlier_s) for part in line.parts)
    return replace(line, start_s=max(line.start_s - earlier_s, 0.0), parts=parts)


def _later(part: TimedText, by_s: float) -> TimedText:
    end_s = None if part.end_s is None else max(part.end_s + by_s, 0.0)
    return replace(part, start_s=max(part.start_s + by_s, 0.0), end_s=end_s)


def _seconds(stamp: re.Match[str]) -> float:
    minutes, seconds, fraction = stamp.groups()
    return int(minutes) * 60 + int(seconds) + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)


def _offset_s(text: str) -> float:
    try:
        return max(min(int(text), 600_000), -600_000) / 1000
    except ValueError:
        return 0.0
