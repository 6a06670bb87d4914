"""Lyrics onto notes: reads every lyric of a score and says what each note sings, holds or breathes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from frontend_g2p.phones import Language, Syllable
from frontend_g2p.user_dictionary import UserDictionary
from singer.errors import LyricsError
from singer.phrases import NoteKind, ends_phrase
from singer.score import BREATH, HOLD, NEXT_SYLLABLE, Score, printable

_HOLD_SIGNS = frozenset((HOLD, "‐", "‑", "‒", "–", "−", "ー", "－", "—", "―", "〜", "～"))
_LINE_UNITS = 60
_LINE_CODE_POINTS = 500


@dataclass(frozen=True, slots=True)
class NoteLyric:
    """What one note sings.

    Attributes:
        kind: ``sung`` begins ``syllables``; ``hold`` goes on with the vowel before; ``breath`` is a breath.
        syllables: one; more where the word has more syllables than notes; none unless ``sung``.
    """

    kind: NoteKind
    syllables: tuple[Syllable, ...] = ()


@dataclass(frozen=True, slots=True)
class Laid:
    """Lyrics laid on notes.

    Attributes:
        lyrics: one for each note of the score.
        warnings: what the user should look at: guessed readings, vowels sung again after a rest; with places.
    """

    lyrics: tuple[NoteLyric, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    """A lyric with the notes for its syllables: its own note, then its ``+`` notes."""

    notes: tuple[int, ...]
    text: str
    language: Language
    phones: str | None


def is_hold(lyric: str) -> bool:
    """Whether a note's lyric is a sign that holds the vowel before it: ``-``, a lone ``ー``, a dash."""
    return lyric.strip() in _HOLD_SIGNS


def lay_lyrics(score: Score, user_dictionary: UserDictionary | None = None) -> Laid:
    """Read all lyrics of ``score`` and lay their syllables on its notes.

    A word gives one syllable to its own note and one to each ``+`` note. With fewer notes than syllables
    the last note sings the rest; English words are first read in a variant that fits (ev'ry, heav'n,
    fi-re), and 花儿 takes one note or two. ``-`` and a lone ``ー`` or dash hold the vowel; after a rest or a breath
    they sing it again.

    Args:
        score: the song.
        user_dictionary: the user's own readings.

    Raises:
        LyricsError: a lyric that cannot be read, or a ``+`` with no syllable left; ``where`` names the note.
    """
    words = tuple(_words(score))
    lines = tuple(_lines(score, words))
    readings = [reading for line in lines for reading in _read(score, line, user_dictionary)]
    lyrics: list[NoteLyric] = [
        NoteLyric("breath" if note.lyric.strip() == BREATH else "hold") for note in score.notes
    ]
    warnings: list[str] = []
    for word, reading in zip(words, readings, strict=True):
        syllables = _fit(word, reading)
        for note, share in zip(word.notes, _shares(score, word, syllables), strict=True):
            lyrics[note] = NoteLyric("sung", share)
        warnings.extend(_guesses(score, word, syllables))
    warnings.extend(warning for line in lines for warning in _romaji_doubts(score, line, lyrics))
    warnings.extend(_sing_again(score, lyrics))
    return Laid(tuple(lyrics), tuple(warnings))


def _words(score: Score) -> Iterator[_Word]:
    head: int | None = None
    slots: list[int] = []
    for index, note in enumerate(score.notes):
        lyric = note.lyric.strip()
        if lyric == NEXT_SYLLABLE:
            if head is None:
                raise LyricsError(
                    "no_word", 'there is no word before this "+"; write a lyric', score.where(index)
                )
            slots.append(index)
        elif is_hold(lyric) and head is None:
            raise LyricsError(
                "nothing_to_hold",
                "there is no vowel to hold before this note; write a lyric",
                score.where(index),
            )
        elif not is_hold(lyric) and lyric != BREATH:
            if head is not None:
                yield _word(score, head, slots)
            head, slots = index, [index]
    if head is not None:
        yield _word(score, head, slots)


def _word(score: Score, head: int, slots: Sequence[int]) -> _Word:
    note = score.notes[head]
    return _Word(tuple(slots), note.lyric, note.language or score.language, note.phones)


def _lines(score: Score, words: Sequence[_Word]) -> Iterator[Sequence[_Word]]:
    """Words in lines: from rest to rest or breath, so that a reading sees its line and no other."""
    line: list[_Word] = []
    length = 0
    for word in words:
        if line and (
            _parted(score, line[-1].notes[0], word.notes[0])
            or len(line) >= _LINE_UNITS
            or length + len(word.text) > _LINE_CODE_POINTS
        ):
            yield line
            line, length = [], 0
        line.append(word)
        length += len(word.text)
    if line:
        yield line


def _parted(score: Score, first: int, last: int) -> bool:
    """Whether a rest or a breath lies between two notes."""
    notes = range(first, last + 1)
    return any(score.notes[note].lyric.strip() == BREATH for note in notes) or any(
        ends_phrase(_rest_s(score, before, after)) for before, after in pairwise(notes)
    )


def _rest_s(score: Score, before: int, after: int) -> float:
    end_s = score.tempo.seconds_at(score.notes[before].end_beat)
    return score.tempo.seconds_at(score.notes[after].start_beat) - end_s


def _read(
    score: Score, words: Sequence[_Word], user_dictionary: UserDictionary | None
) -> tuple[tuple[Syllable, ...], ...]:
    from frontend_g2p.phonemize import LyricUnit, UnitReadingError, read_units

    units = [LyricUnit(word.text, word.language, word.phones) for word in words]
    try:
        return read_units(units, user_dictionary)
    except UnitReadingError as error:
        where = score.where(words[error.unit].notes[0])
        raise LyricsError(error.code, error.message, where) from error


def _fit(word: _Word, reading: tuple[Syllable, ...]) -> tuple[Syllable, ...]:
    """Syllables of a word in the variant that has as many as there are notes, if there is one."""
    from frontend_g2p.english.variants import fit_syllables
    from frontend_g2p.erhua import split_erhua

    count = len(word.notes)
    if len(reading) == count or any(syllable.source in ("user", "typed") for syllable in reading):
        return reading
    if all(syllable.language == "en" for syllable in reading):
        one_word = len({syllable.word for syllable in reading}) == 1
        return (one_word and fit_syllables(reading, count)) or reading
    apart = tuple(part for syllable in reading for part in split_erhua(syllable))
    return apart if len(apart) == count else reading


def _shares(score: Score, word: _Word, syllables: tuple[Syllable, ...]) -> Iterator[tuple[Syllable, ...]]:
    """Syllables of each note of a word: one each, the last note sings the rest."""
    count = len(word.notes)
    if count > len(syllables):
        shown = "·".join(syllable.text or syllable.reading for syllable in syllables)
        plural = "syllable" if len(syllables) == 1 else "syllables"
        raise LyricsError(
            "no_syllable_left",
            f'"{printable(word.text)}" has {len(syllables)} {plural} ({shown}), none is left for this note; '
            f'write "{HOLD}" to hold the vowel, or a lyric of its own',
            score.where(word.notes[len(syllables)]),
        )
    for position in range(count - 1):
        yield (syllables[position],)
    yield syllables[count - 1 :]


def _guesses(score: Score, word: _Word, syllables: tuple[Syllable, ...]) -> Iterator[str]:
    if any(syllable.source == "network" for syllable in syllables):
        reading = " · ".join(syllable.reading for syllable in syllables)
        yield (
            f"{score.where(word.notes[0])}: the word is in no dictionary; its reading is a guess: {reading}. "
            "Type the reading as the lyric, or add it to your dictionary, if it is wrong"
        )


def _romaji_doubts(score: Score, line: Sequence[_Word], lyrics: Sequence[NoteLyric]) -> Iterator[str]:
    """Words of a Japanese line that are romaji and English alike, where the line's other notes settle nothing."""
    from frontend_g2p.normalise import normalise
    from frontend_g2p.romaji_words import has_kana_or_kanji, is_also_english

    words = [word for word in line if word.language == "ja" and word.phones is None]
    if not any(has_kana_or_kanji(normalise(word.text).text) for word in words):
        return
    for word in words:
        sung = lyrics[word.notes[0]].syllables
        if not is_also_english(word.text) or sung[0].source == "user":
            continue
        if sung[0].language == "ja":
            reading = "".join(syllable.reading for syllable in sung)
            yield f'{score.where(word.notes[0])}: read as romaji, {reading}; for English give it "language": "en"'
        else:
            yield f"{score.where(word.notes[0])}: read as English; if it is romaji, write it in kana"


def _sing_again(score: Score, lyrics: list[NoteLyric]) -> Iterator[str]:
    """Turn holds that a rest or a breath cuts off from their vowel into the vowel sung anew."""
    last: Syllable | None = None
    for index, lyric in enumerate(lyrics):
        if lyric.syllables:
            last = lyric.syllables[-1]
        cut_off = lyrics[index - 1].kind == "breath" or ends_phrase(_rest_s(score, index - 1, index))
        if lyric.kind == "hold" and last is not None and cut_off:
            phones = tuple(phone for phone in last.phones if phone.role in ("nucleus", "coda"))
            lyrics[index] = NoteLyric("sung", (replace(last, text="", end=last.start, phones=phones),))
            yield f"{score.where(index)}: this hold follows a rest or breath, so its vowel is sung again"
