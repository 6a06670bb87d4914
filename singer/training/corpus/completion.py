"""What a corpus still lacks: lines with the syllables that no earlier line holds, and words with the missing pairs of phones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from frontend_g2p.phones import Language
from singer.training.corpus.english_words import pair_holders
from singer.training.corpus.material import CorpusSyllable, Line, syllables

SYLLABLES_A_LINE = 12
SHORTEST_LINE = 4


def missing_lines(language: Language, earlier: Sequence[Line]) -> list[Line]:
    """Lines that complete what ``earlier`` lines of a language cover, in a fixed order.

    Args:
        language: zh, yue and ja: every syllable or mora; en: every pair of phones that words hold.
        earlier: all other lines of this language.

    Returns:
        lines of about twelve syllables; the last one is filled up with syllables from the beginning of the list.
    """
    row = _words(earlier) if language == "en" else _syllables(language, earlier)
    lines = [Line(tuple(part), "") for part in _parts(row)]
    if lines and len(lines[-1].syllables) < SHORTEST_LINE:
        lines[-1] = Line((*lines[-1].syllables, *row[:SHORTEST_LINE]), "")
    return lines


def _syllables(language: Language, earlier: Sequence[Line]) -> list[CorpusSyllable]:
    heard = {syllable.reading for line in earlier for syllable in line.syllables}
    return [syllable for syllable in syllables(language) if syllable.reading not in heard]


def _words(earlier: Sequence[Line]) -> list[CorpusSyllable]:
    """Words chosen one by one, each time the one that holds most of what is still missing; the first of several."""
    heard = {pair for line in earlier for pair in _pairs(line.syllables)}
    missing = {pair for pair in pair_holders() if pair not in heard}
    row: list[CorpusSyllable] = []
    while missing:
        holders = [word for pair in sorted(missing) for word in pair_holders()[pair]]
        best = max(holders, key=lambda word: len(missing.intersection(_pairs(word))))
        missing.difference_update(_pairs(best))
        row += best
    return row


def _pairs(row: Sequence[CorpusSyllable]) -> list[tuple[str, str]]:
    return list(pairwise(phone.symbol for syllable in row for phone in syllable.phones))


def _parts(row: Sequence[CorpusSyllable]) -> list[Sequence[CorpusSyllable]]:
    """The row in pieces that end with a word."""
    parts, start = [], 0
    for place, syllable in enumerate(row, start=1):
        if place == len(row) or (place - start >= SYLLABLES_A_LINE and syllable.ends_word):
            parts.append(row[start:place])
            start = place
    return parts
