"""Pronunciations of one word with as many syllables as there are notes: fire over one or two, heaven, every, blessed."""

from __future__ import annotations

from collections.abc import Iterator

from frontend_g2p.english.arpabet import is_vowel
from frontend_g2p.english.lexicon import find_exception
from frontend_g2p.english.morphology import shorten
from frontend_g2p.english.reader import read_arpabet, readings_of
from frontend_g2p.english.words import Pronunciation
from frontend_g2p.phones import Syllable

_BREAKING_VOWELS = frozenset(("AY", "AW", "OY", "EY", "UW", "IY", "OW"))
_BEFORE_BROKEN_L = frozenset(("AY", "AW", "OY", "EY", "UW", "IY"))


def _count(phones: Pronunciation) -> int:
    return max(1, sum(is_vowel(phone) for phone in phones))


def _longer(phones: Pronunciation) -> Iterator[Pronunciation]:
    """Readings with one vowel more: F AY1 R -> F AY1 ER0, R IY1 L -> R IY1 AH0 L, EH1 V R IY0 -> EH1 V ER0 IY0."""
    for index in range(1, len(phones)):
        phone, before = phones[index], phones[index - 1].rstrip("012")
        after = phones[index + 1] if index + 1 < len(phones) else ""
        head, tail = phones[:index], phones[index + 1 :]
        if phone == "R" and before in _BREAKING_VOWELS and not (after and is_vowel(after)):
            yield (*head, "ER0", *tail)
        elif phone == "L" and (before == "ER" or (before in _BEFORE_BROKEN_L and not is_vowel(after or "L"))):
            yield (*head, "AH0", "L", *tail)
        elif phone == "R" and before in ("V", "F", "M", "P", "B", "T", "TH") and after[-1:] == "0":
            yield (*head, "ER0", *tail)
        elif phone in ("L", "N", "M") and not is_vowel(phones[index - 1]) and not after:
            yield (*head, "AH0", phone)


def _with_sounded_ed(phones: Pronunciation, spelling: str) -> Iterator[Pronunciation]:
    """-ed as a syllable of its own: "blessed" B L EH1 S IH0 D, "winged"."""
    if not spelling.endswith(("ed", "èd", "éd", "ed'")) or len(phones) < 3 or phones[-2:] == ("IH0", "D"):
        return
    if phones[-1] in ("D", "T"):
        yield (*phones[:-1], "IH0", "D")


def _shorter(phones: Pronunciation) -> Iterator[Pronunciation]:
    """Readings with one vowel less: HH EH1 V AH0 N -> HH EH1 V N, F AY1 ER0 -> F AY1 R, K R UW1 AH0 L -> K R UW1 L."""
    dropped = shorten(phones)
    if dropped:
        yield dropped
    for index in range(1, len(phones)):
        phone, before = phones[index], phones[index - 1]
        if not is_vowel(before):
            continue
        following = phones[index + 1] if index + 1 < len(phones) else ""
        if phone == "AH0" and following in ("L", "M", "N"):
            yield (*phones[:index], *phones[index + 1 :])
        elif phone.startswith("AH0") and before.startswith(("IY", "IH")) and before.endswith("0"):
            yield (*phones[: index - 1], "Y", *phones[index:])
        elif phone[-1] == "0" and before in ("IY0", "UW0"):
            yield (*phones[: index - 1], "Y" if before == "IY0" else "W", *phones[index:])
    if len(phones) > 3 and phones[-2:] in (("IH0", "D"), ("AH0", "D")) and phones[-3] not in ("T", "D"):
        yield (*phones[:-2], "T" if phones[-3] in ("P", "K", "F", "TH", "S", "SH", "CH") else "D")


def _grow(phones: Pronunciation, spelling: str, count: int) -> Pronunciation | None:
    """A reading with ``count`` vowels, step by step from ``phones``."""
    frontier = [phones]
    for _ in range(abs(count - _count(phones))):
        following: list[Pronunciation] = []
        for reading in frontier:
            if count < _count(phones):
                following += _shorter(reading)
            else:
                following += [*_longer(reading), *_with_sounded_ed(reading, spelling)]
        frontier = list(dict.fromkeys(following))[:16]
    return frontier[0] if frontier else None


def fit_syllables(word: tuple[Syllable, ...], count: int) -> tuple[Syllable, ...] | None:
    """The same word read with ``count`` syllables, or None when English has no such reading.

    Args:
        word: all syllables of one English word, in order.
        count: number of notes, at least 1.

    Returns:
        ``word`` itself when it has ``count`` syllables; else the first dictionary reading that has, else one made by
        dropping a weak vowel (heav'n, ev'ry), breaking a diphthong (fi-re) or sounding -ed (bless-ed).
    """
    if not word or count < 1:
        return None
    if len(word) == count:
        return word
    phones = tuple(phone for syllable in word for phone in syllable.reading.split())
    text = "".join(syllable.text for syllable in word)
    if word[0].source in ("user", "typed") or abs(count - len(word)) > 2:
        return None
    spelling = text.lower().strip("'")
    listed = find_exception(text.lower())
    known = [
        reading
        for reading in readings_of(text)
        if _same_word(reading, phones) or (phones in listed and reading in listed)
    ]
    reading = next((reading for reading in known if _count(reading) == count), None)
    reading = reading or _grow(phones, spelling, count)
    if reading is None or _count(reading) != count:
        return None
    return tuple(read_arpabet_as(word, text, reading))


def read_arpabet_as(word: tuple[Syllable, ...], text: str, phones: Pronunciation) -> list[Syllable]:
    """Syllables of other phones for the place in the line, and with the source, of ``word``."""
    fitted = read_arpabet(text, " ".join(phones), word[0].start, word[0].word)
    return [
        Syllable(s.text, s.language, s.reading, s.phones, s.start, s.end, s.word, word[0].source)
        for s in fitted
    ]


def _same_word(reading: Pronunciation, phones: Pronunciation) -> bool:
    """Whether two readings start alike, so that a heteronym is not exchanged for its twin."""
    return reading[0].rstrip("012") == phones[0].rstrip("012") and _first_vowel(reading) == _first_vowel(
        phones
    )


def _first_vowel(phones: Pronunciation) -> str:
    vowel = next((phone for phone in phones if is_vowel(phone)), "").rstrip("012")
    return {"IH": "AH", "AO": "AA"}.get(vowel, vowel)
