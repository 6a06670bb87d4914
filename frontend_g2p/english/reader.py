"""A line of English lyrics to syllables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from frontend_g2p.english import heteronyms, lexicon
from frontend_g2p.english.alignment import split_letters
from frontend_g2p.english.arpabet import is_vowel, parse_arpabet, syllabify, syllable_phones
from frontend_g2p.english.letters import is_spelled, letter_name, spell
from frontend_g2p.english.lexicon import WordReading
from frontend_g2p.english.morphology import Readings
from frontend_g2p.english.network import LONGEST_GUESSED_WORD
from frontend_g2p.english.tokens import Token, plain, tokenise
from frontend_g2p.english.words import Pronunciation, find_word
from frontend_g2p.errors import ReadingError
from frontend_g2p.phones import Source, Syllable

_PLURAL_OF_CAPITALS = re.compile(r"([A-Z]{2,5})'?s")
_LETTERS_THAT_ARE_WORDS = frozenset("aiou")


def read_english(text: str, offset: int, first_word: int) -> list[Syllable]:
    """Read a piece of English.

    Args:
        text: the piece, NFKC-normalised; letters, digits, punctuation.
        offset: code-point position of the piece in its line; added to the spans.
        first_word: word index of the first word.

    Returns:
        Its syllables; punctuation makes none.

    Raises:
        ReadingError: ``unknown_word`` for a word that cannot even be guessed at, ``too_long`` for an unknown word of
            more than 40 letters, ``unknown_symbol`` for a sign that English does not read.
    """
    tokens = tokenise(text, offset)
    shouted = text.isupper() and sum(token.word.isalpha() for token in tokens) > 1
    context = [token.word for token in tokens]
    readings = [_read_token(context, index, token, shouted, offset) for index, token in enumerate(tokens)]
    syllables: list[Syllable] = []
    for index, (token, reading) in enumerate(zip(tokens, readings, strict=True)):
        phones = reading.readings[0]
        if token.word == "the" and index + 1 < len(readings) and is_vowel(readings[index + 1].readings[0][0]):
            phones = ("DH", "IY0")
        parts = _syllables_of_units(phones, reading.units)
        pieces = _letter_pieces(token.text) if reading.spelled else split_letters(token.text, parts)
        syllables += _lay_out(pieces, parts, offset + token.start, first_word + index, reading.source)
    return syllables


def read_arpabet(text: str, arpabet: str, start: int, word: int) -> list[Syllable]:
    """Syllables of a word whose pronunciation the user typed, such as ``L AY1 V`` for "live".

    Args:
        text: the word as it stands in the lyric; may be empty.
        arpabet: phones with blanks between; stress digits may be left out.
        start: code-point position of ``text`` in its line.
        word: word index in the line.

    Raises:
        ReadingError: ``bad_reading``.
    """
    phones = parse_arpabet(arpabet, text, start)
    try:
        parts = syllabify(phones)
        return _lay_out(split_letters(text, parts), parts, start, word, "user")
    except (KeyError, ValueError) as error:
        message = f"the pronunciation {arpabet[:80]!r} cannot be sung: {error}"
        raise ReadingError("bad_reading", message, text, start, start + len(text)) from error


def readings_of(word: str) -> Readings:
    """Every pronunciation known for a word as written, the usual one first; () when it would be a guess."""
    lowered = plain(word).lower()
    entry = find_word(lowered)
    known = (
        *lexicon.look_up(lowered),
        *(entry.by_tag.values() if entry else ()),
        *(entry.readings if entry else ()),
    )
    if not known and len(lowered) <= LONGEST_GUESSED_WORD:
        known = lexicon.read_parts(lowered)
    return tuple(dict.fromkeys(known))


def _syllables_of_units(phones: Pronunciation, units: Sequence[int]) -> list[tuple[str, ...]]:
    """Syllables of a word, none across two of its units."""
    parts: list[tuple[str, ...]] = []
    start = 0
    for length in units or (len(phones),):
        parts += syllabify(phones[start : start + length])
        start += length
    return parts


def _letter_pieces(text: str) -> list[str]:
    """Pieces of an acronym: each letter with the dots after it, and empty ones for the rest of "double-u" and of "Œ"."""
    pieces: list[str] = []
    for match in re.finditer(r"[^\W\d_][\W\d_]*", text):
        names = [letter_name(letter) for letter in plain(match.group()[0]).lower()]
        pieces += [match.group()] + [""] * (sum(len(syllabify(name)) for name in names) - 1)
    return pieces


def _lay_out(
    pieces: Sequence[str], parts: Sequence[Sequence[str]], start: int, word: int, source: Source
) -> list[Syllable]:
    """Syllables of one word that starts at ``start``: its ARPAbet parts, and the piece of its text that each covers."""
    result: list[Syllable] = []
    position = start
    for part, piece in zip(parts, pieces, strict=True):
        end = position + len(piece)
        result.append(
            Syllable(piece, "en", " ".join(part), syllable_phones(part), position, end, word, source)
        )
        position = end
    return result


def _read_token(context: Sequence[str], index: int, token: Token, shouted: bool, offset: int) -> WordReading:
    """Readings of one word of the line, by the first means that knows it.

    ``context`` holds the looked-up words of the line, of which this is number ``index``.
    """
    if token.spoken:
        return _read_spoken(token, offset)
    exception = lexicon.read_accented(token.word)
    written = plain(token.text).strip("'")
    if exception and ("'" in token.word or not token.word.isascii()):
        return WordReading(exception, "dictionary")
    if reading := _read_letters(written, shouted):
        return reading
    if by_rule := heteronyms.read_by_rules(context, index):
        return WordReading(by_rule, "rule")
    if exception:
        return WordReading(exception, "dictionary")
    if index > 0 and written.istitle() and (cased := find_word(written)):
        return WordReading(cased.readings, "dictionary")
    if (entry := find_word(token.word)) and entry.by_tag:
        return WordReading((heteronyms.read_by_tag(context, index, entry),), "dictionary")
    if not re.fullmatch(r"[a-z']+", token.word):
        _refuse(token, offset)
    return lexicon.read_word(token.word) or _refuse(token, offset)


def _read_letters(written: str, shouted: bool) -> WordReading | None:
    """A letter on its own, an acronym, or its plural ("CDs")."""
    if (
        len(written) == 1
        and written.isascii()
        and written.isalpha()
        and written.lower() not in _LETTERS_THAT_ARE_WORDS
    ):
        return WordReading((letter_name(written),), "dictionary")
    if is_spelled(written, shouted, lexicon.is_known):
        names = [letter_name(letter) for letter in written.replace(".", "")]
        return WordReading((spell(written.replace(".", "")),), "rule", tuple(map(len, names)), spelled=True)
    plural = _PLURAL_OF_CAPITALS.fullmatch(written)
    if plural and is_spelled(plural[1], shouted, lexicon.is_known):
        return WordReading(((*spell(plural[1]), "Z"),), "rule")
    return None


def _read_spoken(token: Token, offset: int) -> WordReading:
    phones: list[str] = []
    units: list[int] = []
    for word in token.spoken:
        reading = None if word.isupper() else lexicon.read_word(word)
        if reading is None and not word.isupper():
            _refuse(token, offset)
        unit = reading.readings[0] if reading else letter_name(word)
        phones += unit
        units.append(len(unit))
    return WordReading((tuple(phones),), "rule", tuple(units))


def _refuse(token: Token, offset: int) -> NoReturn:
    start = offset + token.start
    shown = token.text if len(token.text) <= 24 else token.text[:24] + "…"
    too_long = len(token.text) > LONGEST_GUESSED_WORD
    found = (
        f"a word of {len(token.text)} letters that no dictionary has" if too_long else "no dictionary has it"
    )
    message = f"cannot read {shown!r} as English: {found}; split it, or type its pronunciation, as in live{{L AY1 V}}"
    code = "too_long" if too_long else "unknown_word"
    raise ReadingError(code, message, token.text, start, start + len(token.text))
