"""Readings of one word out of context: exceptions, dictionary, word parts, drawn-out spellings, letters, network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from frontend_g2p.english import morphology
from frontend_g2p.english.coined import read_romaji_name, read_vocable
from frontend_g2p.english.letters import letter_name
from frontend_g2p.english.morphology import Readings
from frontend_g2p.english.network import LONGEST_GUESSED_WORD, guess
from frontend_g2p.english.tables import read_rows, word_set
from frontend_g2p.english.words import Pronunciation, find_word
from frontend_g2p.phones import Source


@dataclass(frozen=True, slots=True)
class WordReading:
    """Readings of a word and how they were found.

    Attributes:
        readings: the best first.
        source: dictionary, rule or network.
        units: lengths in phones of the words or letter names that the first reading is said as ("1980s", "USA"); ()
            for one word.
        spelled: whether the units are the letters.
    """

    readings: Readings
    source: Source
    units: tuple[int, ...] = ()
    spelled: bool = False


@cache
def _exceptions() -> dict[str, Readings]:
    return {
        word: tuple(tuple(option.split()) for option in readings.split(" / "))
        for word, readings in read_rows("exceptions")
    }


def find_exception(word: str) -> Readings:
    """Readings of a lower-case word in the exception lexicon, or ()."""
    return _exceptions().get(word, ())


def read_accented(word: str) -> Readings:
    """Readings that the accents of a lower-case word ask for ("olé", "blessèd"), or () when they ask for none."""
    found = find_exception(word)
    if found or not word.endswith(("èd", "éd")):
        return found
    return tuple(
        (*reading[:-1], "IH0", "D") for reading in look_up(word[:-2] + "ed") if reading[-2:] != ("IH0", "D")
    )


def look_up(word: str) -> Readings:
    """Readings of a lower-case word in the exceptions or the dictionary; no guessing, () when it is in neither."""
    found = find_exception(word)
    if not found and (entry := find_word(word)):
        found = tuple(reading for reading in entry.readings if _is_singable(reading))
    return found


def is_known(word: str) -> bool:
    """Whether the exceptions or the dictionary have a lower-case word."""
    return bool(look_up(word))


def _is_singable(reading: Pronunciation) -> bool:
    return any(phone[-1].isdigit() for phone in reading)


def read_parts(word: str) -> Readings:
    """Readings of a lower-case word from its parts, or ()."""
    for reader in (
        morphology.read_dropped_g,
        morphology.read_inflected,
        morphology.read_contracted,
        morphology.read_elided,
        morphology.read_derived,
        morphology.read_compound,
    ):
        readings = reader(word, look_up_inflected if reader is not morphology.read_inflected else look_up)
        if readings:
            return readings
    return ()


def look_up_inflected(word: str) -> Readings:
    """Like :func:`look_up`, for stems that may carry an ending themselves ("wouldn't" in "wouldn't've")."""
    return look_up(word) or (
        morphology.read_contracted(word, look_up) if "'" in word else morphology.read_inflected(word, look_up)
    )


def _read_drawn_out(word: str) -> WordReading | None:
    options = morphology.fold_elongation(word)
    preferred = [option for option in options if option in word_set("single_letter_first")]
    for option in [*preferred, *options]:
        if readings := look_up(option):
            return WordReading(readings, "rule")
    for option in options:
        if readings := read_parts(option):
            return WordReading(readings, "rule")
    return None


@lru_cache(maxsize=4096)
def read_word(word: str) -> WordReading | None:
    """Readings of a lower-case word (a-z and apostrophes), by the first means that knows it.

    Returns None for a word that nobody could read: one letter drawn out that is no vocable, or more than
    :data:`~frontend_g2p.english.network.LONGEST_GUESSED_WORD` letters in no dictionary.
    """
    # A drawn-out word comes before the dictionary, which has a few of them with one vowel per letter ("oooooh").
    if found := find_exception(word):
        return WordReading(found, "dictionary")
    if len(word) > 2 and len(set(word)) == 1:
        found = find_exception(word[:2])
        return WordReading(found, "rule") if found else None
    if drawn_out := _read_drawn_out(word):
        return drawn_out
    if found := look_up(word):
        return WordReading(found, "dictionary")
    if len(word.strip("'")) == 1:
        return WordReading((letter_name(word.strip("'")),), "dictionary")
    if len(word) > LONGEST_GUESSED_WORD:
        return None
    for readings in (read_vocable(word), read_parts(word), read_romaji_name(word)):
        if readings:
            return WordReading(readings, "rule")
    letters = word.replace("'", "")
    guessed = guess(letters)
    return WordReading((guessed,), "network") if _is_singable(guessed) else None
