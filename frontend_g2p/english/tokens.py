"""Cut a piece of English into words, numbers and spoken signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from frontend_g2p.english.arpabet import syllabify
from frontend_g2p.english.letters import is_spelled
from frontend_g2p.english.lexicon import find_exception, is_known, look_up, read_accented
from frontend_g2p.english.morphology import fold_elongation
from frontend_g2p.english.numbers import NUMBER, number_words
from frontend_g2p.english.tables import word_set
from frontend_g2p.errors import ReadingError

_SPOKEN_SIGNS = {"&": "and", "%": "percent", "+": "plus", "@": "at", "$": "dollar", "£": "pound", "€": "euro"}
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
_LIGATURES = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "Æ": "Ae", "Ø": "O"})
_WORD = re.compile(r"(?:[A-Za-z]\.){2,}[A-Za-z]?(?![A-Za-z])|'?[^\W\d_]+(?:'[^\W\d_]+)*'?")
_LETTERS_WITH_DIGITS = re.compile(r"'?[A-Za-z]+\d[A-Za-z\d]*|\d+[A-Za-z][A-Za-z\d]*")
_LETTER_AND_LETTER = re.compile(r"[A-Za-z]&[A-Za-z](?![A-Za-z])")
_HYPHENATED = re.compile(r"[A-Za-z']+(?:-+[A-Za-z']+)+")
_FRACTION = re.compile(r"([1-3])[/⁄]([2-4])(?![\d/⁄])")
_FRACTIONS = {
    "1/2": ("one", "half"),
    "1/3": ("one", "third"),
    "2/3": ("two", "thirds"),
    "1/4": ("one", "quarter"),
    "3/4": ("three", "quarters"),
}
_REFUSED_CATEGORIES = frozenset(("So", "Sm", "Sc", "No", "Nl"))
_SILENT_SIGNS = frozenset("~～∼|=<>^¨♪♫♬♩*_/\\")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the line.

    Attributes:
        text: its characters in the line, with apostrophes and quotes.
        start: where they start in the piece.
        word: what is looked up: lower-case, straight apostrophes, and no accents unless they change the reading.
        spoken: words said instead of it (numbers, "U2"); a single capital is a letter's name.
    """

    text: str
    start: int
    word: str
    spoken: tuple[str, ...] = ()


def plain(word: str) -> str:
    """The word with straight apostrophes and without accents and ligatures."""
    decomposed = unicodedata.normalize("NFD", word.translate(_APOSTROPHES).translate(_LIGATURES))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def tokenise(text: str, offset: int) -> list[Token]:
    """Words of the piece, in order; punctuation is skipped.

    Raises:
        ReadingError: ``unknown_symbol`` for a sign that has no English word; its place is moved by ``offset``.
    """
    straight = text.translate(_APOSTROPHES)
    tokens: list[Token] = []
    position = 0
    while position < len(straight):
        char = straight[position]
        refused = unicodedata.category(char) in _REFUSED_CATEGORIES and char not in _SILENT_SIGNS
        token = None if refused and char not in _SPOKEN_SIGNS else _token_at(straight, text, position, tokens)
        if token is not None:
            tokens.append(token)
            position += len(token.text)
            continue
        if refused:
            name = unicodedata.name(char, "unnamed").lower()
            message = f"{char!r} ({name}) cannot be read as English; leave it out or write it as words"
            raise ReadingError("unknown_symbol", message, char, offset + position, offset + position + 1)
        position += 1
    return tokens


def _token_at(straight: str, text: str, position: int, before: Sequence[Token]) -> Token | None:
    """The word, number or spoken sign that starts at a position, or None."""
    if match := _LETTER_AND_LETTER.match(straight, position):
        letters = match.group().upper()
        return Token(match.group(), position, match.group().lower(), (letters[0], "and", letters[2]))
    if (match := _FRACTION.match(straight, position)) and f"{match[1]}/{match[2]}" in _FRACTIONS:
        return Token(
            text[position : match.end()], position, match.group(), _FRACTIONS[match[1] + "/" + match[2]]
        )
    if match := NUMBER.match(straight, position + (straight[position] == "'")):
        after_month = bool(before) and before[-1].word in word_set("months") and before[-1].text[0].isupper()
        words = tuple(number_words(match, after_month))
        return Token(text[position : match.end()], position, match.group().lower(), words)
    if match := _LETTERS_WITH_DIGITS.match(straight, position):
        word = match.group().lower()
        spoken = () if find_exception(word) else _words_of_mixed(match.group())
        return Token(text[position : match.end()], position, word, spoken)
    in_chain = straight[position - 1 : position] == "-"
    if not in_chain and (match := _HYPHENATED.match(straight, position)):
        joined = _joined_syllables(match.group())
        if joined:
            return Token(text[position : match.end()], position, joined)
    if match := _WORD.match(straight, position):
        return _word_token(match.group(), text, position)
    sign = straight[position]
    return Token(sign, position, _SPOKEN_SIGNS[sign]) if sign in _SPOKEN_SIGNS else None


def _words_of_mixed(text: str) -> tuple[str, ...]:
    """Words of letters and digits glued together: "U2" is U two, "mp3" is M P three, "2day" is two day."""
    words: list[str] = []
    for piece in re.findall(r"\d+|[A-Za-z]+", text):
        if match := NUMBER.fullmatch(piece):
            words += number_words(match)
        elif len(piece) < 3 or is_spelled(piece, False, is_known):
            words += list(piece.upper())
        else:
            words.append(piece.lower())
    return tuple(words)


def _joined_syllables(written: str) -> str | None:
    """The word that a lyric cuts into syllables with hyphens ("a-ma-zing", "lo-o-o-ove"), or None.

    The parts must be as many as the word has syllables, so that "co-op" stays two words; a word drawn out with hyphens
    has a part that is no word, or a single letter.
    """
    parts = [part for part in written.lower().split("-") if part]
    word = "".join(parts)
    if len(set(parts)) == 1:
        return None
    readings = look_up(word)
    if readings:
        return word if any(len(syllabify(reading)) == len(parts) for reading in readings) else None
    drawn_out = any(len(part) == 1 or not is_known(part) for part in parts)
    return word if drawn_out and any(map(is_known, fold_elongation(word))) else None


def _word_token(written: str, text: str, position: int) -> Token:
    """A token for a run of letters; quotes around it go unless they belong to the word ('tis, runnin', roses')."""
    word = plain(written).lower()
    accented = written.lower().strip("'")
    if not accented.isascii() and read_accented(accented):
        return Token(text[position : position + len(written)], position, accented)
    if word.startswith("'") and not is_known(word) and not is_known(word.rstrip("'")):
        word = word[1:]
    if word.endswith("'") and not find_exception(word) and not word.endswith(("in'", "s'")):
        word = word[:-1]
    return Token(text[position : position + len(written)], position, word)
