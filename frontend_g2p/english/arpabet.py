"""ARPAbet phones to sung syllables: syllabification, and the phones of the shared inventory.

Syllables take the longest onset that English allows (``AH0 M | EY1 Z | IH0 NG`` becomes A|ma|zing). P T K are
aspirated in an onset, plain after S and in a coda.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from frontend_g2p.english.codec import CONSONANTS, VOWELS
from frontend_g2p.english.tables import word_set
from frontend_g2p.errors import ReadingError
from frontend_g2p.inventory import unit_map, with_roles
from frontend_g2p.phones import Phone

_VOWEL_SET = frozenset(VOWELS)
_STOPS = frozenset(("P", "T", "K"))
_SYLLABIC = {"M": "m̩", "N": "n̩", "NG": "ŋ̩"}


def is_vowel(phone: str) -> bool:
    """Whether an ARPAbet phone, with or without its stress digit, is a vowel."""
    return phone.rstrip("012") in _VOWEL_SET


def _is_onset(cluster: Sequence[str], vowel: str) -> bool:
    """Whether English starts a syllable inside a word with these consonants before this vowel."""
    if not cluster:
        return True
    if len(cluster) == 1:
        return cluster[0] != "NG"
    if cluster[-1] == "Y":
        follows = word_set("before_y") if vowel[:2] in ("UW", "UH") else word_set("before_y_and_any_vowel")
        return len(cluster) == 2 and cluster[0] in follows
    return " ".join(cluster) in word_set("onsets_of_two" if len(cluster) == 2 else "onsets_of_three")


def syllabify(phones: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Cut the phones of a word into syllables by the longest legal onset.

    A word without a vowel ("hmm", ``HH M``) is one syllable.
    """
    vowels = [index for index, phone in enumerate(phones) if is_vowel(phone)]
    starts = [0]
    for previous, vowel in pairwise(vowels):
        start = previous + 1
        while not _is_onset(phones[start:vowel], phones[vowel]):
            start += 1
        starts.append(start)
    return tuple(tuple(phones[a:b]) for a, b in zip(starts, [*starts[1:], len(phones)], strict=True))


def _symbols(syllable: Sequence[str]) -> list[str]:
    units = unit_map("arpabet")
    nucleus = next((index for index, phone in enumerate(syllable) if is_vowel(phone)), None)
    if nucleus is None:
        return [*_symbols_of_onset(syllable[:-1]), _SYLLABIC[syllable[-1]]]
    symbols = _symbols_of_onset(syllable[:nucleus])
    vowel = syllable[nucleus]
    symbols.extend(units[vowel] if vowel in units else units[vowel.rstrip("012")])
    for phone in syllable[nucleus + 1 :]:
        symbols.extend(units[f"{phone}/_S,coda"] if phone in _STOPS else units[phone])
    return symbols


def _symbols_of_onset(onset: Sequence[str]) -> list[str]:
    units = unit_map("arpabet")
    symbols: list[str] = []
    for index, phone in enumerate(onset):
        after_s = index > 0 and onset[index - 1] == "S"
        symbols.extend(units[f"{phone}/_S,coda"] if phone in _STOPS and after_s else units[phone])
    return symbols


def syllable_phones(syllable: Sequence[str]) -> tuple[Phone, ...]:
    """Phones with roles of one syllable of ARPAbet; without a vowel its last phone must be M, N or NG."""
    return with_roles(_symbols(syllable))


def parse_arpabet(arpabet: str, text: str, start: int) -> tuple[str, ...]:
    """Check a typed pronunciation and fill in missing stress digits.

    The first vowel without a digit is taken as stressed when no vowel carries a 1.

    Raises:
        ReadingError: ``bad_reading`` for an unknown symbol, a digit on a consonant, or no vowel (except M, N, NG
            last, as in ``HH M``).
    """
    phones = arpabet.upper().split()
    has_primary = any(phone.endswith("1") for phone in phones)
    result: list[str] = []
    for phone in phones:
        base = phone.rstrip("012")
        if base in _VOWEL_SET and len(phone) - len(base) <= 1:
            digit = phone[len(base) :] or ("0" if has_primary else "1")
            has_primary = has_primary or digit == "1"
            result.append(base + digit)
        elif phone in CONSONANTS:
            result.append(phone)
        else:
            raise _bad_reading(f"{phone!r} is no ARPAbet phone", arpabet, text, start)
    if not result or not (any(map(is_vowel, result)) or result[-1] in _SYLLABIC):
        raise _bad_reading("it has no vowel", arpabet, text, start)
    return tuple(result)


def _bad_reading(reason: str, arpabet: str, text: str, start: int) -> ReadingError:
    message = (
        f"the pronunciation {arpabet[:80]!r} cannot be sung: {reason}. Write ARPAbet phones with blanks between,"
        " such as L AY1 V."
    )
    return ReadingError("bad_reading", message, text, start, start + len(text))
