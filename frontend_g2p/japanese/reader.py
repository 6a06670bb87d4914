"""A line of Japanese lyrics to morae."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from frontend_g2p.errors import ReadingError
from frontend_g2p.japanese.analyser import LONGEST_PIECE, Morpheme, analyse
from frontend_g2p.japanese.kana import is_kana, split_morae, to_hiragana
from frontend_g2p.japanese.numbers import NUMBER, number_kana
from frontend_g2p.japanese.overlay import SongReading, find_song_readings
from frontend_g2p.japanese.pieces import share_text
from frontend_g2p.phones import Syllable

_KANJI_RANGES = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af々〇〆"
_KANJI = re.compile(f"[{_KANJI_RANGES}]")
_RUN = re.compile(f"(?:[ぁ-ゖァ-ヺーゝゞヽヾ{_KANJI_RANGES}]|[0-9]+(?:[.,][0-9]+)*%?)+")
_REFUSED_CATEGORIES = frozenset(("So", "Sm", "Sc"))
_SILENT_SIGNS = frozenset("~～〜∼|=<>♪♫♬♩＝")
_SUNG_AS = str.maketrans("をゐゑ", "おいえ")
_SPOKEN_OTHERWISE = frozenset((("は", "わ"), ("へ", "え"), ("う", "ー")))
_TOPIC_ENDINGS = {"は": "わ", "へ": "え", "には": "にわ", "では": "でわ", "とは": "とわ", "からは": "からわ"}


@dataclass(frozen=True, slots=True)
class _Word:
    """A word [start, end) of the piece and its reading in hiragana."""

    start: int
    end: int
    reading: str


def read_japanese(text: str, offset: int, first_word: int) -> list[Syllable]:
    """Read a piece of Japanese, one syllable per mora.

    Kana are read as they stand; kanji and digits go through the analyser and the overlay of song readings, and there
    the particles は へ を are sung わ え お.

    Args:
        text: the piece, NFKC-normalised; kana, kanji, digits, punctuation.
        offset: code-point position of the piece in its line; added to the spans.
        first_word: word index of the first word.

    Raises:
        ReadingError: ``missing_package`` (kanji without pyopenjtalk), ``unknown_word``, ``unknown_symbol``.
    """
    syllables: list[Syllable] = []
    word = first_word
    for start, end in _runs(text, offset):
        piece = text[start:end]
        follows_other_text = start == 0 and offset > 0
        for item in _words(piece, offset + start, follows_other_text):
            added = _lay_out(piece[item.start : item.end], item.reading, offset + start + item.start, word)
            syllables += added
            word += bool(added)
    return syllables


def _runs(text: str, offset: int) -> Iterator[tuple[int, int]]:
    """Stretches of kana, kanji and numbers, at most as long as the analyser takes.

    Raises:
        ReadingError: ``unknown_symbol`` for a letter or sign between them that Japanese does not read.
    """
    position = 0
    for match in _RUN.finditer(text):
        _check_gap(text, position, match.start(), offset)
        for start in range(match.start(), match.end(), LONGEST_PIECE):
            yield start, min(start + LONGEST_PIECE, match.end())
        position = match.end()
    _check_gap(text, position, len(text), offset)


def _check_gap(text: str, start: int, end: int, offset: int) -> None:
    for place in range(start, end):
        char = text[place]
        category = unicodedata.category(char)
        if category[0] in "LN" or (category in _REFUSED_CATEGORIES and char not in _SILENT_SIGNS):
            message = f"{char!r} cannot be read as Japanese; write it in kana"
            raise ReadingError("unknown_symbol", message, char, offset + place, offset + place + 1)


def _words(piece: str, start: int, follows_other_text: bool) -> list[_Word]:
    """Words of a run; only kanji need the analyser.

    A run that is nothing but a particle, right behind text that was read otherwise (故郷{ふるさと}は), is a particle.
    """
    if any(_KANJI.match(char) for char in piece):
        return _analysed_words(piece, start)
    if follows_other_text and piece in _TOPIC_ENDINGS:
        return [_Word(0, len(piece), _TOPIC_ENDINGS[piece])]
    parts = re.finditer(rf"{NUMBER}|\D+", piece)
    return [
        _Word(part.start(), part.end(), number_kana(part[0]) if part[0][0].isdigit() else part[0])
        for part in parts
    ]


def _analysed_words(text: str, start: int) -> list[_Word]:
    """Words of a run with kanji: the analyser's, except where the overlay has a song reading."""
    morphemes = analyse(text, start)
    boundaries = {place for morpheme in morphemes for place in (morpheme.start, morpheme.end)}
    overlay = find_song_readings(text, boundaries)
    words = [_Word(item.start, item.end, item.reading) for item in overlay]
    for morpheme in morphemes:
        for a, b in _uncovered(morpheme, overlay):
            whole = (a, b) == (morpheme.start, morpheme.end)
            words += [_word_of(text, morpheme)] if whole else _part_words(text, a, b, start)
    return _join_lengthenings(sorted(words, key=lambda word: (word.start, word.end)))


def _join_lengthenings(words: list[_Word]) -> list[_Word]:
    """Give a word that only lengthens (the う of 行こう) to the word whose vowel it lengthens."""
    joined: list[_Word] = []
    for word in words:
        if word.reading.startswith("ー") and joined and joined[-1].end == word.start:
            before = joined.pop()
            word = _Word(before.start, word.end, before.reading + word.reading)
        joined.append(word)
    return joined


def _uncovered(morpheme: Morpheme, overlay: list[SongReading]) -> Iterator[tuple[int, int]]:
    """Parts of a morpheme that no overlay reading covers."""
    position = morpheme.start
    for item in overlay:
        if item.end <= position or item.start >= morpheme.end:
            continue
        if position < item.start:
            yield position, item.start
        position = max(position, item.end)
    if position < morpheme.end or morpheme.start == morpheme.end:
        yield position, max(position, morpheme.end)


def _part_words(text: str, a: int, b: int, start: int) -> list[_Word]:
    """The rest of a word that an overlay reading has cut: kana as they stand, kanji analysed alone."""
    part = text[a:b]
    if all(map(is_kana, part)):
        return [_Word(a, b, _TOPIC_ENDINGS.get(part, part))]
    return [_Word(a + m.start, a + m.end, _word_of(part, m).reading) for m in analyse(part, start + a)]


def _word_of(text: str, morpheme: Morpheme) -> _Word:
    surface = text[morpheme.start : morpheme.end]
    if surface and all(map(is_kana, surface)):
        return _Word(morpheme.start, morpheme.end, _kana_surface(to_hiragana(surface), morpheme))
    return _Word(morpheme.start, morpheme.end, _written_out(morpheme))


def _kana_surface(surface: str, morpheme: Morpheme) -> str:
    """Kana are sung as written, except は and へ where the analyser says わ and え, and a う that lengthens an お."""
    spoken = morpheme.pronunciation
    if len(spoken) != len(surface):
        return surface
    return "".join(
        new if (old, new) in _SPOKEN_OTHERWISE else old for old, new in zip(surface, spoken, strict=True)
    )


def _written_out(morpheme: Morpheme) -> str:
    """The pronunciation, its ``ー`` after an e written い where the spelling has it: せんせい, not せんせえ."""
    spoken, spelled = morpheme.pronunciation, morpheme.spelling
    if len(spoken) != len(spelled):
        return spoken
    return "".join(b if a == "ー" and b == "い" else a for a, b in zip(spoken, spelled, strict=True))


def _lay_out(surface: str, reading: str, start: int, word: int) -> list[Syllable]:
    """Syllables of one word: its morae, the characters of the surface shared out among them."""
    try:
        morae = split_morae(to_hiragana(reading).translate(_SUNG_AS))
    except KeyError as error:
        message = f"no Japanese reading is known for {surface[:20]!r}; give one, as in 故郷{{ふるさと}}"
        raise ReadingError("unknown_word", message, surface, start, start + len(surface)) from error
    if not morae and surface:
        message = f"{surface!r} has no vowel before it to lengthen; to hold the note before, write '-'"
        raise ReadingError("unknown_symbol", message, surface, start, start + len(surface))
    result: list[Syllable] = []
    position = start
    for mora, piece in zip(morae, share_text(surface, morae), strict=True):
        end = position + len(piece)
        result.append(Syllable(piece, "ja", mora.kana, mora.phones, position, end, word, "dictionary"))
        position = end
    return result
