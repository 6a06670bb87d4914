"""The phrases of a song, performed one by one when they are needed, so that a long song begins at once and may go on growing."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from singer.drawn_pitch import transposed_from
from singer.errors import LyricsError, ScoreError
from singer.lyrics import Laid
from singer.performance.perform import perform_phrase, performance_warnings
from singer.performance.performance import Performance, PhrasePerformance
from singer.phrases import Phrase
from singer.phrasing import split_phrases
from singer.score import HOLD, NEXT_SYLLABLE, Note, Score, TempoMap, check_range
from singer.song import laid_for
from singer.voice import Voice


class SongSource:
    """A song as a source of phrases; safe to share between the thread that sings and the one that appends.

    Attributes:
        warnings: guesses and compromises in what was given to begin with.
        score: the song with all notes so far; ``None`` for a performance.
        laid: what its notes sing; ``None`` for a performance.
    """

    def __init__(
        self,
        song: Score | Performance,
        voice: Voice,
        *,
        emotion: Mapping[str, float] | None = None,
        is_open: bool = False,
    ) -> None:
        """Read and check the whole song; nothing is performed yet.

        Args:
            song: what to sing.
            voice: who will sing it.
            emotion: in place of the score's.
            is_open: more notes will be appended.

        Raises:
            LyricsError, ScoreError, PerformanceError: a song that cannot be sung, naming the place; an open or felt
                performance.
        """
        self._lock = threading.Lock()
        self._voice = voice
        self._is_open = is_open
        self._ready: deque[PhrasePerformance] = deque()
        self._untold: list[PhrasePerformance] = []
        self._reached_s = self._sung_s = 0.0
        self._last: Phrase | None = None
        self._waiting: deque[Phrase | PhrasePerformance] = deque()
        self.warnings: tuple[str, ...] = ()
        self.score: Score | None = None
        self.laid: Laid | None = None
        if isinstance(song, Performance):
            if is_open or emotion:
                what = "appended to" if is_open else "given an emotion"
                raise ScoreError("not_a_score", f"a performance cannot be {what}; give the score")
            self._end_s = song.duration_s
            self._waiting.extend(song.phrases)
            return
        self.score = replace(song, emotion=emotion) if emotion else song
        self._end_s = song.duration_s
        phrases, self.laid = self._cut(self.score)
        self._waiting.extend(phrases)
        self.warnings = (*song.warnings, *self.laid.warnings, *performance_warnings(self.score, phrases))

    @property
    def duration_s(self) -> float | None:
        """Length of the song without what may ring on after its last note; ``None`` while it is open."""
        with self._lock:
            return None if self._is_open else self._end_s

    @property
    def end_s(self) -> float:
        """End of what is known so far: of the last note, or of the last phrase performed."""
        with self._lock:
            return max(self._end_s, self._reached_s)

    def append(self, notes: Sequence[Note], *, is_final: bool) -> int:
        """Let the song go on.

        Args:
            notes: in beats of the song, none before the end of the last one.
            is_final: nothing follows.

        Returns:
            how many notes the song has now.

        Raises:
            ScoreError, LyricsError, PerformanceError: the song is not open, or the notes cannot be sung; then nothing
                was appended.
        """
        with self._lock:
            if not self._is_open or self.score is None:
                raise ScoreError("not_open", "the song is complete; begin it as an open one to append notes")
            score = replace(self.score, notes=(*self.score.notes, *notes))
            phrases, laid = self._cut(score)
            performance_warnings(score, phrases)  # refuses what cannot be sung
            self.score, self.laid, self._end_s, self._waiting = score, laid, score.duration_s, deque(phrases)
            self._is_open = not is_final
            return len(score.notes)

    def phrases(self) -> Iterator[PhrasePerformance | None]:
        """The phrases by rising start, each performed when it is reached; ``None`` while more notes are waited for."""
        while True:
            with self._lock:
                self._perform_one_ahead()
                phrase = self._ready.popleft() if self._ready else None
                self._sung_s = phrase.end_s if phrase else self._sung_s
                if phrase is None and not self._is_open:
                    return
            yield phrase

    def change(self, *, semitones: float = 0.0, tempo_factor: float = 1.0) -> int | None:
        """Sing what is not performed yet in another key or tempo.

        Args:
            semitones: added to the pitch of all notes from the next phrase on.
            tempo_factor: by which all tempi from there on are multiplied, above 0.

        Returns:
            the first note that is changed, ``None`` if nothing is left to change.

        Raises:
            ScoreError, LyricsError, PerformanceError: what comes of it cannot be sung; then nothing was changed.
        """
        with self._lock:
            if self.score is None:
                raise ScoreError("not_a_score", "a performance has its key and its tempo; give the score")
            if not self._waiting or not isinstance(self._waiting[0], Phrase):
                return None
            first = self._waiting[0].notes[0].index
            score = _changed(self.score, first, semitones, tempo_factor)
            phrases, laid = self._cut(score)
            performance_warnings(score, phrases)  # refuses what cannot be sung
            self.score, self.laid, self._end_s, self._waiting = score, laid, score.duration_s, deque(phrases)
            return first

    def cut(self) -> None:
        """Let the song end with the phrase that is being sung."""
        with self._lock:
            self._is_open = False
            self._waiting.clear()
            self._ready.clear()
            self._untold.clear()
            self._end_s, self._reached_s = self._sung_s, self._sung_s

    def newly_known(self) -> list[PhrasePerformance]:
        """Phrases performed since the last call, with the one that follows: for telling of them before they sound."""
        with self._lock:
            self._perform_one_ahead()
            told, self._untold = self._untold, []
            return told

    def _perform_one_ahead(self) -> None:
        """Have one phrase ready that is certain: the last one of an open song may still change."""
        if self._ready or len(self._waiting) <= (1 if self._is_open else 0):
            return
        phrase = self._waiting.popleft()
        if isinstance(phrase, Phrase):
            self._last = phrase
            performed = self._performed(phrase)
        else:
            performed = phrase
        self._reached_s = performed.end_s
        self._ready.append(performed)
        self._untold.append(performed)

    def _performed(self, phrase: Phrase) -> PhrasePerformance:
        imported = self._voice.imported
        return perform_phrase(phrase) if imported is None else imported.perform(phrase)

    def _cut(self, score: Score) -> tuple[tuple[Phrase, ...], Laid]:
        """Phrases of ``score`` that are not performed yet, and what all of its notes sing.

        Only what may have changed is read again, so that appending costs the same in the first hour and the last.
        """
        check_range(score, self._voice.title, self._voice.lowest_midi, self._voice.highest_midi)
        done = -1 if self._last is None else self._last.notes[0].index
        first = max(done, 0)
        while score.notes[first].lyric.strip() in (HOLD, NEXT_SYLLABLE):
            first -= 1
        tail = replace(score, notes=score.notes[first:]) if first else score
        try:
            laid = laid_for(tail, self._voice)
        except LyricsError:
            laid_for(score, self._voice)  # names the place in the whole song
            raise
        begun = 0 if self._last is None else self._last.index + 1
        phrases: list[Phrase] = []
        found = split_phrases(tail, laid)
        if not first and not begun and done < 0:
            return found, laid
        for phrase in found:
            if phrase.notes[0].index + first > done:
                notes = tuple(replace(note, index=note.index + first) for note in phrase.notes)
                phrases.append(replace(phrase, notes=notes, index=begun + len(phrases)))
        before = self.laid.lyrics[:first] if self.laid else ()
        return tuple(phrases), Laid((*before, *laid.lyrics), laid.warnings)


def _changed(score: Score, first: int, semitones: float, tempo_factor: float) -> Score:
    """``score`` with notes from ``first`` on in another key and tempo."""
    beat = score.notes[first].start_beat
    kept = tuple(change for change in score.tempo.changes if change[0] < beat)
    here = score.tempo.bpm_at(beat)
    later = tuple((at, bpm * tempo_factor) for at, bpm in score.tempo.changes if at > beat)
    tempo = TempoMap((*kept, (beat, here * tempo_factor), *later)) if tempo_factor != 1.0 else score.tempo
    moved = tuple(replace(note, midi=note.midi + semitones) for note in score.notes[first:])
    drawn = transposed_from(score.drawn_pitch, beat, semitones)
    return replace(score, notes=(*score.notes[:first], *moved), tempo=tempo, drawn_pitch=drawn)
