"""Read a text without markup: spans of languages, each by its reader, with the given readings put in their
places.

All places here are in the given text; :mod:`frontend_g2p.phonemize` brings them into the caller's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from frontend_g2p.errors import ReadingError
from frontend_g2p.han import HanReading
from frontend_g2p.markup import FixedReading, MarkedText
from frontend_g2p.numbers import spell_numbers, spread
from frontend_g2p.phones import LANGUAGES, Language, Phone, Syllable
from frontend_g2p.scripts import script_of
from frontend_g2p.spans import Span, split_spans
from frontend_g2p.typed import explicit_phones, jyutping_phones, pinyin_phones
from frontend_g2p.typed_words import find_typed_readings
from frontend_g2p.user_dictionary import UserDictionary

LONGEST_WORD = 64
"""Letters in a Latin word; longer ones are no words, and some readers take quadratic time for them."""


def read_marked(
    marked: MarkedText, language: Language, user_dictionary: UserDictionary | None = None
) -> list[Syllable]:
    """Read ``marked`` as a line of ``language``; the syllables' ``text`` is left to the caller.

    Raises:
        ReadingError: some of the text cannot be read; places are in ``marked.text``.
    """
    text = marked.text
    taken = [False] * len(text)
    fixed = [_check_fixed(item, text) for item in marked.fixed]
    _take(fixed, taken)
    fixed += _user_readings(text, language, user_dictionary, taken)
    typed = _take(find_typed_readings(text, language, taken, marked.starts), taken)
    pieces: list[list[Syllable]] = [_fixed_syllables(item) for item in [*fixed, *typed]]
    text = _masked(text, typed)
    for span in split_spans(text, language):
        pieces.extend(_read_span(text, span, taken))
    return _in_order(pieces)


def _take(found: list[FixedReading], taken: list[bool]) -> list[FixedReading]:
    for item in found:
        taken[item.start : item.end] = [True] * (item.end - item.start)
    return found


def _masked(text: str, typed: list[FixedReading]) -> str:
    """The text with Latin letters in place of typed readings, whose tone digits would count what follows (2里)."""
    for item in typed:
        text = text[: item.start] + "A" * (item.end - item.start) + text[item.end :]
    return text


def _user_readings(
    text: str, language: Language, user_dictionary: UserDictionary | None, taken: list[bool]
) -> list[FixedReading]:
    """Words of the user's dictionary: those of the line's language anywhere, others in spans of their
    language.
    """
    if user_dictionary is None:
        return []
    found = _take(user_dictionary.find(text, language, taken), taken)
    spans = split_spans(text, language)
    for other in LANGUAGES:
        if other == language:
            continue
        foreign = list(taken)
        for span in spans:
            if span.language != other:
                foreign[span.start : span.end] = [True] * (span.end - span.start)
        found += _take(user_dictionary.find(text, other, foreign), taken)
    return found


def _in_order(pieces: list[list[Syllable]]) -> list[Syllable]:
    """Sort syllables by place and number their words anew, so that each piece's words stay apart."""
    keyed = [(s.start, s.end, order, s.word, s) for order, piece in enumerate(pieces) for s in piece]
    keyed.sort(key=lambda item: item[:2])
    syllables: list[Syllable] = []
    numbers: dict[tuple[int, int], int] = {}
    for _, _, order, word, syllable in keyed:
        number = numbers.setdefault((order, word), len(numbers))
        syllables.append(replace(syllable, word=number))
    return syllables


def _read_span(text: str, span: Span, taken: list[bool]) -> Iterator[list[Syllable]]:
    if span.language is None:
        raise _unreadable(text, span)
    if span.language in ("zh", "yue"):
        yield _read_han_span(text, span, taken)
        return
    for start, end in _free_stretches(span, taken):
        _check_words(text, start, end)
        if any(script_of(character) != "mark" for character in text[start:end]):
            yield list(_reader(span.language)(text[start:end], start, 0))


def _reader(language: Language) -> Callable[[str, int, int], list[Syllable]]:
    if language == "en":
        from frontend_g2p.english import read_english

        return read_english
    from frontend_g2p.japanese import read_japanese

    return read_japanese


def _free_stretches(span: Span, taken: list[bool]) -> Iterator[tuple[int, int]]:
    start = span.start
    for position in range(span.start, span.end + 1):
        if position == span.end or taken[position]:
            if start < position:
                yield start, position
            start = position + 1


def _check_words(text: str, start: int, end: int) -> None:
    word_start = start
    for position in range(start, end + 1):
        if position < end and script_of(text[position]) == "latin":
            continue
        if position - word_start > LONGEST_WORD:
            word = text[word_start:position]
            raise ReadingError(
                "too_long",
                f"a word of {len(word)} letters ({word[:12]}…); words have at most {LONGEST_WORD}: "
                "write one syllable and hold it with '-' notes",
                word,
                word_start,
                position,
            )
        word_start = position + 1


def _unreadable(text: str, span: Span) -> ReadingError:
    found = text[span.start : span.end]
    name = unicodedata.name(found[0], f"U+{ord(found[0]):04X}").capitalize()
    return ReadingError(
        "unknown_symbol",
        f"{found[:20]!r} ({name}) is in no script that is sung here; Han, kana, Latin letters and digits "
        "are: take it out, or give its sound in phones, such as [n i]",
        found,
        span.start,
        span.end,
    )


def _read_han_span(text: str, span: Span, taken: list[bool]) -> list[Syllable]:
    is_mandarin = span.language == "zh"
    left, right = _touches(text, span.start, span.start - 1), _touches(text, span.end - 1, span.end)
    spelled = spell_numbers(left + text[span.start : span.end] + right, "zh" if is_mandarin else "yue")
    offset = span.start - len(left)
    readings = _read_han(_without_iteration_marks(spelled.text), is_mandarin)
    syllables: list[Syllable] = []
    read = [False] * len(spelled.text)
    for reading in readings:
        read[reading.start : reading.end] = [True] * (reading.end - reading.start)
        start, end = _source_span(spelled.spans, reading, offset)
        if any(taken[start:end]) or (start == end and start > 0 and taken[start - 1]):
            continue
        phones = pinyin_phones(reading.reading) if is_mandarin else jyutping_phones(reading.reading)
        language: Language = "zh" if is_mandarin else "yue"
        syllables.append(
            Syllable("", language, reading.reading, phones, start, end, reading.word, reading.source)
        )
    for position, character in enumerate(spelled.text):
        start, end = spelled.spans[position][0] + offset, spelled.spans[position][1] + offset
        if not read[position] and script_of(character) == "han" and not any(taken[start:end]):
            raise _unknown_han(character, "Mandarin" if is_mandarin else "Cantonese", start, end)
    return syllables


def _touches(text: str, inside: int, outside: int) -> str:
    """Stand-in for the text of another language that touches a span, so that 穿着T恤 is no 穿着 before a pause."""
    if (
        not 0 <= outside < len(text)
        or script_of(text[outside]) == "mark"
        or script_of(text[inside]) == "mark"
    ):
        return ""
    return "A"


def _read_han(text: str, is_mandarin: bool) -> list[HanReading]:
    if is_mandarin:
        from frontend_g2p.mandarin import read_han as read_mandarin

        return read_mandarin(text)
    from frontend_g2p.cantonese import read_han as read_cantonese

    return read_cantonese(text)


def _source_span(spans: tuple[tuple[int, int], ...], reading: HanReading, offset: int) -> tuple[int, int]:
    if reading.start == reading.end:
        end = spans[reading.start - 1][1]
        return end + offset, end + offset
    return spans[reading.start][0] + offset, spans[reading.end - 1][1] + offset


def _without_iteration_marks(text: str) -> str:
    characters = list(text)
    for index in range(1, len(characters)):
        if characters[index] in "々〻":
            characters[index] = characters[index - 1]
    return "".join(characters)


def _unknown_han(character: str, language: str, start: int, end: int) -> ReadingError:
    example = "hang2" if language == "Mandarin" else "hong4"
    return ReadingError(
        "unknown_word",
        f"no {language} reading is known for {character!r} (U+{ord(character):04X}); write one after it "
        f"in braces: {character}{{{example}}}",
        character,
        start,
        end,
    )


def _check_fixed(item: FixedReading, text: str) -> FixedReading:
    """Complain about a given reading that its reader refuses, at the place where it was given."""
    try:
        _fixed_syllables(item)
    except ReadingError as error:
        raise ReadingError(
            error.code, error.message, text[item.start : item.end], item.start, item.end
        ) from error
    return item


def _fixed_syllables(item: FixedReading) -> list[Syllable]:
    """Syllables of a given reading, spread over the characters it was given for."""
    sounds = list(_sounds(item))
    if item.kana_spans:
        spans = [_join_spans(item.kana_spans[start:end]) for _, _, start, end in sounds]
    else:
        spans = spread(len(sounds), item.start, item.end)
    return [
        Syllable("", item.language, reading, phones, start, end, 0, item.source)
        for (reading, phones, _, _), (start, end) in zip(sounds, spans, strict=True)
    ]


def _join_spans(spans: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    return spans[0][0], spans[-1][1]


def _sounds(item: FixedReading) -> Iterator[tuple[str, tuple[Phone, ...], int, int]]:
    """Reading and phones of each syllable; for kana also its span in the kana."""
    for reading in item.readings:
        if reading.startswith("["):
            yield reading, explicit_phones(reading[1:-1]), 0, 0
        elif item.language == "zh":
            yield reading, pinyin_phones(reading), 0, 0
        elif item.language == "yue":
            yield reading, jyutping_phones(reading), 0, 0
        elif item.language == "en":
            yield from _arpabet_sounds(reading)
        else:
            for mora in _reader("ja")(reading, 0, 0):
                yield mora.reading, mora.phones, mora.start, mora.end


def _arpabet_sounds(reading: str) -> Iterator[tuple[str, tuple[Phone, ...], int, int]]:
    from frontend_g2p.english.arpabet import parse_arpabet, syllabify, syllable_phones

    for syllable in syllabify(parse_arpabet(reading, reading, 0)):
        yield " ".join(syllable), syllable_phones(syllable), 0, 0
