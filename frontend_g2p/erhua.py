"""Erhua: 儿 as a syllable of its own (花|儿 on two notes) or as the rhotic coda of the one before it (花儿 on
one).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from frontend_g2p.phones import Syllable
from frontend_g2p.typed import pinyin_phones

# Words in which 儿 means child or man and keeps its syllable.
_FULL_BEFORE = frozenset("女男婴幼孤胎健宠弃少孩")


def merge_erhua(syllables: Sequence[Syllable]) -> list[Syllable]:
    """Melt each 儿 into the Mandarin syllable directly before it, as when both stand under one note."""
    merged: list[Syllable] = []
    for syllable in syllables:
        if merged and _melts(merged[-1], syllable):
            merged[-1] = _rhotic(merged[-1], syllable)
        else:
            merged.append(syllable)
    return merged


def _melts(before: Syllable, syllable: Syllable) -> bool:
    return (
        syllable.text in ("儿", "兒")
        and syllable.language == before.language == "zh"
        and syllable.source not in ("typed", "user")
        and syllable.start == before.end
        and before.reading[:-1] not in ("er", "r")
        and before.reading[-2:-1] != "r"
        and not before.reading.startswith("[")
        and before.text not in _FULL_BEFORE
    )


def _rhotic(syllable: Syllable, er: Syllable) -> Syllable:
    reading = f"{syllable.reading[:-1]}r{syllable.reading[-1]}"
    return replace(
        syllable,
        text=syllable.text + er.text,
        reading=reading,
        phones=pinyin_phones(reading),
        end=er.end,
    )


def split_erhua(syllable: Syllable) -> tuple[Syllable, ...]:
    """Undo :func:`merge_erhua`, for a word that has a note for its 儿; gives the syllable alone if there is
    none.
    """
    if syllable.language != "zh" or syllable.text[-1:] not in ("儿", "兒") or syllable.reading[-2:-1] != "r":
        return (syllable,)
    if len(syllable.text) < 2:
        return (syllable,)
    base = f"{syllable.reading[:-2]}{syllable.reading[-1]}"
    return (
        replace(
            syllable, text=syllable.text[:-1], reading=base, phones=pinyin_phones(base), end=syllable.end - 1
        ),
        replace(
            syllable,
            text=syllable.text[-1],
            reading="er5",
            phones=pinyin_phones("er5"),
            start=syllable.end - 1,
        ),
    )
