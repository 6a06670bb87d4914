"""Words built from known words: endings, prefixes, compounds, possessives, contractions, dropped letters.

Every function takes a lower-case word and gives readings, the best first, or () when the word is not of that build.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

from frontend_g2p.english.arpabet import is_vowel
from frontend_g2p.english.tables import read_rows, word_set
from frontend_g2p.english.words import Pronunciation

Readings = tuple[Pronunciation, ...]
Lookup = Callable[[str], Readings]

_SIBILANTS = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))
_VOICELESS = frozenset(("P", "T", "K", "F", "TH", "S", "SH", "CH"))
_CLITICS: dict[str, Pronunciation] = {
    "'ll": ("AH0", "L"), "'ve": ("AH0", "V"), "'d": ("D",), "'re": ("ER0",), "'m": ("M",), "n't": ("AH0", "N", "T"),
}  # fmt: skip
_SHORT_CLOSED_STEM = re.compile(r"(?:^|[^aeiou])[aeiou][^aeiouwxy]$")
_SHORTEST_PART, _LONGEST_COMPOUND = 3, 24


@cache
def _affixes(kind: str) -> dict[str, Pronunciation]:
    return {letters: tuple(phones.split()) for row, letters, phones in read_rows("affixes") if row == kind}


def add_s(stem: Pronunciation) -> Pronunciation:
    """The stem with a plural, possessive or third-person S: S, Z or IH0 Z."""
    if stem[-1] in _SIBILANTS:
        return (*stem, "IH0", "Z")
    return (*stem, "S" if stem[-1] in _VOICELESS else "Z")


def add_ed(stem: Pronunciation) -> Pronunciation:
    """The stem with a past -ED: T, D or IH0 D."""
    if stem[-1] in ("T", "D"):
        return (*stem, "IH0", "D")
    return (*stem, "T" if stem[-1] in _VOICELESS else "D")


def _stems(word: str, ending: str) -> list[str]:
    """Spellings that the word may have had before the ending: hop+ing, hope+ing, hopp+ing, happi+ness."""
    stem = word[: len(word) - len(ending)]
    if len(stem) < 2:
        return []
    stems = [stem]
    if ending[0] in "aeiy":
        # A single vowel and consonant mean a lost e (mak-est of make): without it the consonant would be doubled.
        stems.insert(0 if _SHORT_CLOSED_STEM.search(stem) else 1, stem + "e")
        if stem[-1] == stem[-2]:
            stems.insert(0, stem[:-1])
        if stem.endswith("ck"):
            stems.append(stem[:-1])
    if stem.endswith("i") and ending[0] != "i":
        stems.append(stem[:-1] + "y")
    if ending.startswith("i") and len(ending) > 2 and ending not in ("ing", "ish", "ism", "ist"):
        stems.append(stem + "y")
    return stems


def read_inflected(word: str, lookup: Lookup) -> Readings:
    """-s -es -ies -ed -ied and 'd."""
    for ending, add in (
        ("'s", add_s),
        ("s'", add_s),
        ("ies", add_s),
        ("es", add_s),
        ("s", add_s),
        ("'d", add_ed),
        ("ied", add_ed),
        ("ed", add_ed),
    ):
        if not word.endswith(ending) or len(word) - len(ending) < 2 or word.endswith("ss"):
            continue
        stem = word[: len(word) - len(ending)]
        plural_first = [stem + "s", stem] if ending == "s'" else [stem]
        spellings = (
            [stem + "y"]
            if ending in ("ies", "ied")
            else [*_stems(word, "ed"), stem]
            if ending == "ed"
            else plural_first
        )
        if ending == "'d":
            spellings = [stem, stem + "e"]
        for spelling in spellings:
            readings = lookup(spelling)
            if readings and not (
                ending == "es" and readings[0][-1] not in _SIBILANTS and spelling[-1] not in "o"
            ):
                is_possessive_plural = ending == "s'" and spelling.endswith("s")
                return tuple(reading if is_possessive_plural else add(reading) for reading in readings)
    return ()


def read_contracted(word: str, lookup: Lookup) -> Readings:
    """'ll 've 'd 're 'm n't on any word, also in chains: "who'd", "I'd've", "wouldn't've"."""
    for clitic, phones in _CLITICS.items():
        stem = word.removesuffix(clitic)
        if stem == word or not stem:
            continue
        readings = lookup(stem)
        if readings and clitic == "'d" and readings[0][-1] in ("T", "D"):
            phones = ("IH0", "D")
        if readings and clitic in ("'ll", "'ve") and is_vowel(readings[0][-1]) and len(stem) < 5:
            phones = phones[1:]
        if readings:
            return tuple((*reading, *phones) for reading in readings)
    return ()


def read_dropped_g(word: str, lookup: Lookup) -> Readings:
    """-in' for -ing: "rollin'"."""
    if not word.endswith("in'"):
        return ()
    return tuple((*reading[:-1], "N") for reading in lookup(word[:-1] + "g") if reading[-1] == "NG")


def read_elided(word: str, lookup: Lookup) -> Readings:
    """A vowel letter dropped inside a word: "wand'ring", "glitt'ring", "prison'r"; the weak vowel goes with it."""
    match = re.fullmatch(r"([a-z]{2,})'([a-z]{1,5})", word)
    if not match:
        return ()
    for letter in "eoia":
        readings = lookup(match[1] + letter + match[2])
        if readings:
            return tuple(shorten(reading) or reading for reading in readings)
    return ()


def shorten(phones: Pronunciation) -> Pronunciation | None:
    """Drop the last weak vowel that English drops (wan-d(e)ring, heav(e)n, pris(o)ner), or None if there is none."""
    for index in range(len(phones) - 1, 0, -1):
        phone, following = phones[index], phones[index + 1] if index + 1 < len(phones) else ""
        if not any(is_vowel(earlier) for earlier in phones[:index]):
            break
        if phone == "ER0" and following and is_vowel(following):
            return (*phones[:index], "R", *phones[index + 1 :])
        if phone == "ER0" and is_vowel(phones[index - 1]):
            return (*phones[:index], "R", *phones[index + 1 :])
        if phone in ("AH0", "IH0") and following in ("N", "L", "R", "M"):
            after = phones[index + 2] if index + 2 < len(phones) else ""
            before = phones[index - 1]
            if not is_vowel(before) and (
                (after and is_vowel(after)) or (not after and before in ("V", "Z", "S", "P", "TH"))
            ):
                return (*phones[:index], *phones[index + 1 :])
    return None


def read_derived(word: str, lookup: Lookup) -> Readings:
    """A known stem with a known ending or prefix: "untamable", "goest", "neverending"."""
    for ending in sorted(_affixes("ending"), key=len, reverse=True):
        if word.endswith(ending):
            for stem in _stems(word, ending):
                if ending in ("er", "st", "y", "man", "ie", "in", "land") and len(stem) < 3:
                    continue
                readings = lookup(stem)
                if readings:
                    return tuple(_join_ending(reading, ending) for reading in readings)
    prefixes = _affixes("prefix")
    for prefix in sorted(prefixes, key=len, reverse=True):
        rest = word.removeprefix(prefix)
        if rest != word and len(rest) > 2:
            readings = lookup(rest) or read_inflected(rest, lookup)
            if readings:
                return tuple((*prefixes[prefix], *reading) for reading in readings)
    return ()


def _join_ending(stem: Pronunciation, ending: str) -> Pronunciation:
    """Stem and ending; a weak -le loses its vowel before a vowel (sparkle, sparkling)."""
    phones = _affixes("ending")[ending]
    if is_vowel(phones[0]) and len(stem) > 3 and stem[-2:] == ("AH0", "L") and not is_vowel(stem[-3]):
        return (*stem[:-2], "L", *phones)
    if ending == "ly" and stem[-1] == "L":
        return (*stem, *phones[1:])
    return (*stem, *phones)


def _is_part(piece: str) -> bool:
    return len(piece) > _SHORTEST_PART or piece in word_set("short_compound_parts")


def read_compound(word: str, lookup: Lookup, parts: int = 3) -> Readings:
    """Two or three known words written as one: "dreamweaver", "starlitsky". The most even split wins."""
    if not word.isalpha() or not 2 * _SHORTEST_PART <= len(word) <= _LONGEST_COMPOUND:
        return ()
    # The most even split first, but a plural head last: it is love|struck, not loves|truck.
    cuts = sorted(
        range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1),
        key=lambda cut: (
            abs(2 * cut - len(word)) + 8 * (word[cut - 1] == "s" and bool(lookup(word[: cut - 1])))
        ),
    )
    for cut in cuts:
        head, tail = word[:cut], word[cut:]
        if not _is_part(head) or not _is_part(tail):
            continue
        first = lookup(head)
        second = first and (lookup(tail) or read_inflected(tail, lookup))
        if first and second:
            return ((*first[0], *_weaken(second[0])),)
    if parts > 2:
        for cut in reversed(cuts):
            if _is_part(word[:cut]) and (first := lookup(word[:cut])):
                rest = read_compound(word[cut:], lookup, parts - 1)
                if rest:
                    return ((*first[0], *rest[0]),)
    return ()


def _weaken(phones: Pronunciation) -> Pronunciation:
    return tuple(phone.replace("1", "2") for phone in phones)


@lru_cache(maxsize=512)
def fold_elongation(word: str) -> tuple[str, ...]:
    """Spellings that a drawn-out word may stand for, the likeliest first: "goooood" gives good, god; "sooo" so, soo."""
    runs = [match.group() for match in re.finditer(r"(.)\1*", word)]
    if all(len(run) < 3 for run in runs):
        return ()
    options = [""]
    for run in runs:
        char = run[0]
        kept = [run] if len(run) < 3 else [char * 2, char] if char in "eo" else [char, char * 2]
        options = [option + piece for option in options[:64] for piece in kept]
    return tuple(dict.fromkeys(options))
