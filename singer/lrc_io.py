"""LRC files to scores: the words at their times, all on one pitch, as an LRC file has no melody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from frontend_g2p.errors import ReadingError
from frontend_g2p.phones import Language, Syllable
from singer.errors import ScoreError
from singer.import_options import ImportOptions
from singer.imported_notes import guess_language
from singer.lrc_text import LrcLine, LrcSong, TimedText, parse_lrc
from singer.score import MOST_NOTES, NEXT_SYLLABLE, Note, Score, printable

RECITED_MIDI = 60.0
"""C4 lies in the range of every voice that ships."""
SLOWEST_SYLLABLE_S = 0.4
"""Where a file does not say when the words end, no syllable lasts longer."""
SHORTEST_SYLLABLE_S = 0.03
_BEATS_PER_SECOND = 2.0


def read_lrc(document: bytes, options: ImportOptions, title: str = "") -> Score:
    """Read an LRC file as a song on one pitch.

    A line begins at its time. Its syllables share the time until the next line evenly, at ``SLOWEST_SYLLABLE_S`` each at
    most; in the enhanced form those of a word share the time until the next word. The score counts 120 quarter notes a
    minute from the file's time 0.

    Raises:
        ScoreError: no words with times, words that cannot be read, or more of them than fit in their time.
    """
    song = parse_lrc(document, options.encoding, options.language)
    language = options.language or guess_language(line.text for line in song.lines)
    notes: list[Note] = []
    for line, end_s in zip(song.lines, _ends(song), strict=True):
        notes += _line_notes(line, end_s, language)
        if len(notes) > MOST_NOTES:
            raise ScoreError("too_many_notes", f"its words make more than {MOST_NOTES} notes")
    return Score(
        notes=tuple(notes),
        language=language,
        title=song.title or title,
        voice=options.voice,
        warnings=tuple(_warnings(song)),
    )


def _ends(song: LrcSong) -> list[float | None]:
    starts: list[float | None] = [line.start_s for line in song.lines[1:]]
    last = song.lines[-1].start_s
    return [*starts, song.length_s if song.length_s is not None and song.length_s > last else None]


def _warnings(song: LrcSong) -> Iterator[str]:
    yield "an LRC file has no melody: all is sung on C4"
    if song.left_out:
        shown = ", ".join(map(str, song.left_out[:20])) + (", ..." if len(song.left_out) > 20 else "")
        yield f"left out: lines without a time, with the time of the line before, or with credits: {shown}"


def _line_notes(line: LrcLine, end_s: float | None, language: Language) -> Iterator[Note]:
    for index, part in enumerate(line.parts):
        following = line.parts[index + 1].start_s if index + 1 < len(line.parts) else end_s
        lyrics = _lyrics(part, line, language)
        step_s = _step_s(part, following, len(lyrics), line)
        edges = [
            round((part.start_s + place * step_s) * _BEATS_PER_SECOND, 6) for place in range(len(lyrics) + 1)
        ]
        for lyric, (start_beat, end_beat) in zip(lyrics, pairwise(edges), strict=True):
            yield Note(start_beat, end_beat - start_beat, RECITED_MIDI, lyric)


def _step_s(part: TimedText, following_s: float | None, count: int, line: LrcLine) -> float:
    """How long each of its syllables lasts."""
    ends = [end for end in (part.end_s, following_s) if end is not None]
    room_s = min(ends) - part.start_s if ends else count * SLOWEST_SYLLABLE_S
    step_s = room_s / count if part.end_s is not None else min(room_s / count, SLOWEST_SYLLABLE_S)
    if step_s < SHORTEST_SYLLABLE_S:
        raise ScoreError(
            "no_time_to_sing",
            f'"{printable(part.text)}" has {count} syllables and {max(room_s, 0.0):.2f} s until what follows; '
            f"{SHORTEST_SYLLABLE_S:g} s a syllable are the least",
            f"line {line.number}",
        )
    return step_s


def _lyrics(part: TimedText, line: LrcLine, language: Language) -> list[str]:
    """The lyrics of its notes: a character or a word, and ``+`` for each further syllable of one."""
    from frontend_g2p.phonemize import read_line

    try:
        syllables = read_line(part.text, language)
    except ReadingError as error:
        raise ScoreError("lyric", str(error), f"line {line.number}") from error
    if not syllables:
        message = f'"{printable(part.text)}" has nothing to sing'
        raise ScoreError("lyric", message, f"line {line.number}")
    lyrics: list[str] = []
    for _, word in groupby(syllables, key=lambda syllable: syllable.word):
        lyrics += _word_lyrics(part.text, list(word))
    return lyrics


def _word_lyrics(text: str, word: Sequence[Syllable]) -> Iterator[str]:
    if word[0].language == "en":
        yield text[word[0].start : word[-1].end]
        yield from [NEXT_SYLLABLE] * (len(word) - 1)
        return
    for syllable in word:
        yield syllable.text or NEXT_SYLLABLE
