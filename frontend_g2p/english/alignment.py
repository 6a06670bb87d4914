"""Which letters of a word each syllable covers: ``amazing`` is a|ma|zing, ``running`` is run|ning.

A small edit distance over (letters, phones) with a table of the usual spellings of each phone. It only decides what
is shown under the notes, so a strange spelling costs looks and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from frontend_g2p.english.tables import read_rows

_LONGEST_SPELLING = 4
_LONGEST_WORD = 60
_WRONG_SPELLING, _SILENT_PHONE = 1.6, 2.2


@cache
def _spellings() -> dict[str, frozenset[str]]:
    return {phones: frozenset(spellings.split()) for phones, spellings in read_rows("spellings")}


def _letter_starts(letters: str, phones: Sequence[str]) -> list[tuple[int, int]]:
    """Letter span [start, end) of each phone; the cheapest way to spell the phones with the letters."""
    n_letters, n_phones = len(letters), len(phones)
    best: list[list[float]] = [[float("inf")] * (n_phones + 1) for _ in range(n_letters + 1)]
    step: list[list[tuple[int, int]]] = [[(0, 0)] * (n_phones + 1) for _ in range(n_letters + 1)]
    best[0][0] = 0.0
    for i in range(n_letters + 1):
        for j in range(n_phones + 1):
            if best[i][j] == float("inf"):
                continue
            for letters_used, phones_used, cost in _moves(letters, phones, i, j):
                total = best[i][j] + cost
                if total < best[i + letters_used][j + phones_used]:
                    best[i + letters_used][j + phones_used] = total
                    step[i + letters_used][j + phones_used] = (letters_used, phones_used)
    spans = [(0, 0)] * n_phones
    i, j = n_letters, n_phones
    while i or j:
        letters_used, phones_used = step[i][j]
        for phone in range(j - phones_used, j):
            spans[phone] = (i - letters_used, i)
        i, j = i - letters_used, j - phones_used
    return spans


def _moves(letters: str, phones: Sequence[str], i: int, j: int) -> list[tuple[int, int, float]]:
    """(letters used, phones used, cost) of every step from letter ``i`` and phone ``j``."""
    moves: list[tuple[int, int, float]] = []
    if i < len(letters):
        moves.append((1, 0, 0.1 if letters[i] in "'-" else 0.55 if letters[i] == "e" else 1.0))
    if j == len(phones):
        return moves
    phones_left = len(phones) - j
    moves.append((0, 1, _SILENT_PHONE))
    for length in range(1, min(_LONGEST_SPELLING, len(letters) - i) + 1):
        piece = letters[i : i + length]
        if piece in _spellings()[phones[j]]:
            moves.append((length, 1, 0.05 * (length == 1)))
        elif length == 1:
            moves.append((1, 1, _WRONG_SPELLING))
        if phones_left > 1 and piece in _spellings().get(" ".join(phones[j : j + 2]), ()):
            moves.append((length, 2, 0.25))
    return moves


def split_letters(word: str, syllables: Sequence[Sequence[str]]) -> list[str]:
    """Cut ``word`` into one piece per ARPAbet syllable; the pieces join to ``word`` and late ones may be empty."""
    is_number = word[:1].isdigit() or (word[:1] in ("$", "£", "€", "'") and word[1:2].isdigit())
    has_letters = any(char.isalpha() for char in word)
    if len(syllables) == 1 or len(word) > _LONGEST_WORD or is_number or not has_letters:
        return [word] + [""] * (len(syllables) - 1)
    marked = re.findall(r"[^-]+-*", word)
    if len(marked) == len(syllables) and not word.startswith("-"):
        return marked
    phones = [phone.rstrip("012") for syllable in syllables for phone in syllable]
    lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in word)
    spans = _letter_starts(lowered, phones)
    cuts = [0]
    index = 0
    for syllable in syllables[:-1]:
        index += len(syllable)
        start, end = spans[index]
        shared = spans[index - 1] == spans[index] and end > start
        doubled = (
            end - start == 2 and lowered[start] == lowered[start + 1] and phones[index] not in ("IY", "UW")
        )
        cuts.append(max(cuts[-1], end if shared else start + 1 if doubled else start))
    pieces = [word[a:b] for a, b in zip(cuts, [*cuts[1:], len(word)], strict=True)]
    while not pieces[0]:
        pieces.append(pieces.pop(0))
    return pieces
