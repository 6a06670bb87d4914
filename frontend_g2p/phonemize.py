"""A line of lyrics, or the lyrics of neighbouring notes, to sung syllables.

The order of authority: phones and readings written into the lyric, the user's dictionary, then the reader of
each span's language. Text that cannot be read is an error with its place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from frontend_g2p.erhua import merge_erhua, split_erhua
from frontend_g2p.errors import ReadingError
from frontend_g2p.markup import PLACEHOLDER, FixedReading, MarkedText, parse_markup
from frontend_g2p.normalise import normalise
from frontend_g2p.phones import Language, Syllable
from frontend_g2p.reading import read_marked
from frontend_g2p.scripts import script_of
from frontend_g2p.typed import explicit_phones
from frontend_g2p.user_dictionary import UserDictionary


class UnitReadingError(ReadingError):
    """A lyric that cannot be read, with the index ``unit`` of the note's lyric it is in; the span is inside
    that.
    """

    def __init__(self, error: ReadingError, unit: int, start: int, end: int) -> None:
        super().__init__(error.code, error.message, error.text, start, end)
        self.unit = unit


@dataclass(frozen=True, slots=True)
class LyricUnit:
    """The lyric of one note.

    Attributes:
        text: what is written under the note, at least one syllable.
        language: language of the line it stands in, or the note's own.
        phones: explicit phones of its one syllable, blank-separated (``"n i"``), which replace the reading.
    """

    text: str
    language: Language
    phones: str | None = None


def read_line(
    text: str, language: Language, *, user_dictionary: UserDictionary | None = None
) -> tuple[Syllable, ...]:
    """Read one line of lyrics; ``language`` is the language of the line, whose scripts may be mixed.

    Raises:
        ReadingError: some of the text cannot be read; the span is in ``text``.
    """
    marked = parse_markup(normalise(text), text, language)
    try:
        syllables = read_marked(marked, language, user_dictionary)
    except ReadingError as error:
        start, end = _source_span(marked, error.start, error.end)
        raise ReadingError(error.code, error.message, text[start:end], start, end) from error
    return tuple(_in_source(syllables, marked, text))


def read_units(
    units: Sequence[LyricUnit], user_dictionary: UserDictionary | None = None
) -> tuple[tuple[Syllable, ...], ...]:
    """Read the lyrics of the notes of one phrase, each in the context of its neighbours.

    Gives the syllables of each unit, at least one, with spans in that unit's text; words are numbered through. 儿
    in the same unit as the character before it becomes that syllable's rhotic coda.

    Raises:
        UnitReadingError: a unit cannot be read, or holds nothing to sing (``no_syllable``).
    """
    result: list[list[Syllable]] = []
    first = 0
    while first < len(units):
        last = first + 1
        while last < len(units) and units[last].language == units[first].language:
            last += 1
        next_word = max((syllable.word for unit in result for syllable in unit), default=-1) + 1
        for syllables in _read_same_language(units, first, last, user_dictionary):
            result.append([replace(syllable, word=syllable.word + next_word) for syllable in syllables])
        first = last
    return tuple(map(tuple, result))


def syllable_variants(word: Sequence[Syllable], count: int) -> tuple[Syllable, ...] | None:
    """Say a word in ``count`` syllables (fire in one or two, 花儿 in one or two), or ``None`` if it cannot be."""
    if len(word) == count:
        return tuple(word)
    if word and all(syllable.language == "en" for syllable in word):
        from frontend_g2p.english import fit_syllables

        return fit_syllables(tuple(word), count)
    split = [part for syllable in word for part in split_erhua(syllable)]
    return next((tuple(variant) for variant in (split, merge_erhua(word)) if len(variant) == count), None)


@dataclass(frozen=True, slots=True)
class _JoinedUnits:
    """Units in one text: ``parts[i]`` stands at ``whole.starts[i]`` of ``whole.text``."""

    parts: tuple[MarkedText, ...]
    whole: MarkedText

    def owner(self, position: int) -> int:
        """Index of the unit that holds a position of the joined text (blanks between belong to the unit
        before).
        """
        return max(bisect_right(self.whole.starts, position) - 1, 0)

    def local(self, owner: int, position: int) -> int:
        return min(max(position - self.whole.starts[owner], 0), len(self.parts[owner].text))


def _read_same_language(
    units: Sequence[LyricUnit], first: int, last: int, user_dictionary: UserDictionary | None
) -> list[list[Syllable]]:
    joined = _join([_marked_unit(units[index], index) for index in range(first, last)])
    try:
        syllables = read_marked(joined.whole, units[first].language, user_dictionary)
    except ReadingError as error:
        raise _blame(error, joined, units, first) from error
    owned: list[list[Syllable]] = [[] for _ in joined.parts]
    owner = 0
    for syllable in syllables:
        if syllable.start < syllable.end:
            owner = joined.owner(syllable.start)
        owned[owner].append(syllable)
    _share_words(owned, joined)
    result: list[list[Syllable]] = []
    for index, (part, found) in enumerate(zip(joined.parts, owned, strict=True)):
        unit = units[first + index]
        if not found:
            raise _nothing_to_sing(unit, first + index)
        local = [
            replace(s, start=joined.local(index, s.start), end=joined.local(index, s.end)) for s in found
        ]
        result.append(merge_erhua(_in_source(local, part, unit.text)))
    return result


def _marked_unit(unit: LyricUnit, index: int) -> MarkedText:
    try:
        if unit.phones is None:
            return parse_markup(normalise(unit.text), unit.text, unit.language)
        explicit_phones(unit.phones.strip().removeprefix("[").removesuffix("]"))
    except ReadingError as error:
        raise UnitReadingError(error, index, error.start, error.end) from error
    except ValueError as error:
        bad = ReadingError("bad_reading", f"phones {unit.phones!r}: {error}", unit.text, 0, len(unit.text))
        raise UnitReadingError(bad, index, 0, len(unit.text)) from error
    reading = f"[{' '.join(unit.phones.strip().removeprefix('[').removesuffix(']').split())}]"
    return MarkedText(PLACEHOLDER, ((0, len(unit.text)),), (FixedReading(0, 1, unit.language, (reading,)),))


def _join(parts: Sequence[MarkedText]) -> _JoinedUnits:
    """Put the units in one text, with blanks where two Latin words or two numbers would run together."""
    text = ""
    starts: list[int] = []
    fixed: list[FixedReading] = []
    for part in parts:
        if text and part.text and _keeps_apart(text[-1]) and _keeps_apart(part.text[0]):
            text += " "
        starts.append(len(text))
        fixed += [_moved(item, len(text)) for item in part.fixed]
        text += part.text
    spans = tuple((index, index + 1) for index in range(len(text)))
    return _JoinedUnits(tuple(parts), MarkedText(text, spans, tuple(fixed), tuple(starts)))


def _keeps_apart(character: str) -> bool:
    return script_of(character) in ("latin", "digit") or character == "'"


def _moved(item: FixedReading, offset: int) -> FixedReading:
    return replace(item, start=item.start + offset, end=item.end + offset)


def _share_words(owned: list[list[Syllable]], joined: _JoinedUnits) -> None:
    """Give each unit of a word a syllable where the reader gave all to the first: 明|日 is あ|した."""
    for index in range(1, len(owned)):
        before = owned[index - 1]
        if owned[index] or len(before) < 2 or not joined.parts[index].text.strip():
            continue
        if before[-1].word == before[-2].word and before[0].end > joined.whole.starts[index]:
            owned[index] = before[1:]
            owned[index - 1] = before[:1]


def _blame(
    error: ReadingError, joined: _JoinedUnits, units: Sequence[LyricUnit], first: int
) -> UnitReadingError:
    owner = joined.owner(error.start)
    start, end = joined.local(owner, error.start), joined.local(owner, error.end)
    start, end = _source_span(joined.parts[owner], start, end)
    text = units[first + owner].text[start:end]
    return UnitReadingError(
        ReadingError(error.code, error.message, text, start, end), first + owner, start, end
    )


def _nothing_to_sing(unit: LyricUnit, index: int) -> UnitReadingError:
    message = f"{unit.text!r} holds nothing to sing; write a syllable, '-' to hold the vowel, AP for a breath"
    error = ReadingError("no_syllable", message, unit.text, 0, len(unit.text))
    return UnitReadingError(error, index, 0, len(unit.text))


def _in_source(syllables: Sequence[Syllable], marked: MarkedText, text: str) -> list[Syllable]:
    """Put syllables of a marked text in their places of the caller's; two never share a character (½ has four)."""
    placed: list[Syllable] = []
    for syllable in syllables:
        start, end = _source_span(marked, syllable.start, syllable.end)
        if placed:
            start = max(start, placed[-1].end)
            end = max(start, end)
        placed.append(replace(syllable, text=text[start:end], start=start, end=end))
    return placed


def _source_span(marked: MarkedText, start: int, end: int) -> tuple[int, int]:
    """Span of the caller's text behind a span of the marked text; an empty one stays behind its character."""
    if start < end:
        return marked.spans[start][0], marked.spans[end - 1][1]
    place = marked.spans[start - 1][1] if start > 0 else 0
    return place, place
