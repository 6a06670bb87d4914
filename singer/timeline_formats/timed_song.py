"""A song with its words, and the intervals and lines that timeline files are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from singer.errors import PerformanceError
from singer.lyrics import Laid
from singer.performance.performance import SLACK_S, Performance, PhrasePerformance
from singer.performance.phone_timing import SILENCE
from singer.score import Score
from singer.sung_text import SungText, separators
from singer.timeline import Mark, phrase_marks, sung_notes


@dataclass(frozen=True, slots=True)
class TimedSong:
    """What a timeline file is made of.

    Attributes:
        performance: when what is sung.
        score: the score that it was made from; ``None`` if it is not known: then there are no words.
        laid: what the score's notes sing; with it words are written syllable by syllable.
    """

    performance: Performance
    score: Score | None = None
    laid: Laid | None = None

    @property
    def title(self) -> str:
        """Title of the song on one line."""
        return one_line(self.performance.title)

    @property
    def duration_s(self) -> float:
        """Length of the song in seconds."""
        return self.performance.duration_s


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time with a label."""

    start_s: float
    end_s: float
    label: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One syllable of a line.

    Attributes:
        start_s, end_s: from its vowel to the next syllable's, or to the end of its sound where silence follows.
        text: what is shown of it.
        before: what stands between it and the piece before, a blank or nothing.
        word_start: whether a word begins with it.
    """

    start_s: float
    end_s: float
    text: str
    before: str
    word_start: bool


@dataclass(frozen=True, slots=True)
class Line:
    """The words of one phrase.

    Attributes:
        start_s, end_s: first and last sound of the phrase, silence and breath apart.
        pieces: by rising start; at least one, none without text.
    """

    start_s: float
    end_s: float
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The line as it is read."""
        return "".join(piece.before + piece.text for piece in self.pieces)

    @property
    def words(self) -> tuple[Piece, ...]:
        """The pieces with those of one word joined."""
        words: list[Piece] = []
        for piece in self.pieces:
            if words and not piece.word_start:
                words[-1] = replace(words[-1], end_s=piece.end_s, text=words[-1].text + piece.text)
            else:
                words.append(piece)
        return tuple(words)


def one_line(text: str) -> str:
    """``text`` with each run of blanks and line ends as one blank."""
    return " ".join(text.split())


def lyric_lines(song: TimedSong) -> tuple[Line, ...]:
    """The lines of a song, one for each phrase that has words.

    Raises:
        PerformanceError: ``no_lyrics``, if the score is not known; ``other_score``, if it is not the song's.
    """
    if song.score is None:
        message = "a performance does not hold the words; give the score that it was made from, too"
        raise PerformanceError("no_lyrics", message)
    lines = (_line(phrase, song) for phrase in song.performance.phrases)
    return tuple(line for line in lines if line)


def _line(phrase: PhrasePerformance, song: TimedSong) -> Line | None:
    marks = phrase_marks(phrase, ("lyric",), song.score, song.laid)
    texts = {mark.values["note"]: mark for mark in marks if mark.values["text"]}
    syllables: list[tuple[Mark, float]] = []
    for note in sung_notes(phrase.phones):
        if note.note in texts:
            syllables.append((texts[note.note], note.end_s))
        elif syllables:
            syllables[-1] = (syllables[-1][0], note.end_s)
    if not syllables:
        return None
    shown = [SungText(mark.values["text"], mark.values["word_start"]) for mark, _ in syllables]
    pieces = (
        Piece(mark.time_s, end_s, one_line(text.text), before, text.word_start)
        for (mark, end_s), text, before in zip(syllables, shown, separators(shown), strict=True)
    )
    sung = [span for span in phrase.phones if span.role is not None]
    return Line(sung[0].start_s, sung[-1].end_s, tuple(pieces))


def phone_intervals(song: TimedSong) -> tuple[Interval, ...]:
    """All phones by inventory symbol, from 0 to the end of the song without gaps; silences that meet are one."""
    spans = [span for phrase in song.performance.phrases for span in phrase.phones]
    phones = covered((Interval(span.start_s, span.end_s, span.symbol) for span in spans), song, SILENCE)
    joined: list[Interval] = []
    for phone in phones:
        if joined and joined[-1].label == phone.label == SILENCE:
            joined[-1] = replace(joined[-1], end_s=phone.end_s)
        else:
            joined.append(phone)
    return tuple(joined)


def covered(intervals: Iterable[Interval], song: TimedSong, gap_label: str) -> tuple[Interval, ...]:
    """Intervals by rising start with those between them, so that they cover the song from 0 to its end."""
    found: list[Interval] = []
    reached_s = 0.0
    for interval in intervals:
        if interval.start_s > reached_s + SLACK_S:
            found.append(Interval(reached_s, interval.start_s, gap_label))
            reached_s = interval.start_s
        end_s = min(interval.end_s, song.duration_s)
        found.append(Interval(reached_s, end_s, interval.label))
        reached_s = end_s
    if song.duration_s > reached_s + SLACK_S:
        found.append(Interval(reached_s, song.duration_s, gap_label))
    return tuple(found)
