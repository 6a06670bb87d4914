"""The text that is shown of a lyric: without readings and signs, syllable by syllable, joined into lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from singer.lyrics import Laid, is_hold
from singer.score import BREATH, NEXT_SYLLABLE, Score

_MARKUP = re.compile(r"[{｛][^{}｛｝]*[}｝]|[\[［][^\[\]［］]*[\]］]")


@dataclass(frozen=True, slots=True)
class SungText:
    """What is shown when a note begins a syllable.

    Attributes:
        text: part of the lyric; "" if there is nothing to show (explicit phones, a ``+`` that has no letters left).
        word_start: whether a word begins with it.
    """

    text: str
    word_start: bool


def shown_lyric(lyric: str) -> str:
    """A lyric without the readings and phones that are written into it: ``live{L AY1 V}`` is "live"."""
    return _MARKUP.sub("", lyric).strip()


def sung_text(score: Score, note: int, laid: Laid | None = None) -> SungText | None:
    """What note ``note`` of a score shows; ``None`` if it begins no syllable: holds and breaths.

    Args:
        score: the song.
        note: index in the score.
        laid: what its notes sing. With it a word is shown syllable by syllable (to·ge·ther); without it a word is
            shown at its first note, and its ``+`` notes show nothing.
    """
    lyric = score.notes[note].lyric
    if is_hold(lyric) or lyric.strip() == BREATH:
        return None
    if laid is None:
        is_next = lyric.strip() == NEXT_SYLLABLE
        return SungText("" if is_next else shown_lyric(lyric), not is_next)
    notes = _notes_of_word(score, note)
    whole = score.notes[notes[0]].lyric
    cuts = [0, *(laid.lyrics[later].syllables[0].start for later in notes[1:]), len(whole)]
    place = notes.index(note)
    text = _MARKUP.sub("", whole[cuts[place] : cuts[place + 1]])
    return SungText(text.strip(), place == 0 or _is_new_word(laid, notes[place - 1], note))


def _notes_of_word(score: Score, note: int) -> list[int]:
    """The note that has the lyric, then its ``+`` notes."""
    head = note
    while head and not _has_own_word(score, head):
        head -= 1
    notes = [head]
    for later in range(head + 1, len(score.notes)):
        if _has_own_word(score, later):
            break
        if score.notes[later].lyric.strip() == NEXT_SYLLABLE:
            notes.append(later)
    return notes


def _has_own_word(score: Score, note: int) -> bool:
    lyric = score.notes[note].lyric
    return not is_hold(lyric) and lyric.strip() not in (BREATH, NEXT_SYLLABLE)


def _is_new_word(laid: Laid, before: int, note: int) -> bool:
    return laid.lyrics[before].syllables[-1].word != laid.lyrics[note].syllables[0].word


def separators(texts: Iterable[SungText]) -> tuple[str, ...]:
    """What stands before each of ``texts`` in a line: a blank between words, nothing inside one or beside Han and kana."""
    shown = [SungText("", True), *texts]
    return tuple(_separator(before.text, after) for before, after in pairwise(shown))


def _separator(before: str, after: SungText) -> str:
    if not (after.word_start and before and after.text):
        return ""
    left, right = before[-1], after.text[0]
    both_wide = _is_wide(left) and _is_wide(right)
    return "" if both_wide or _is_wide_mark(left) or _is_wide_mark(right) else " "


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F", "H")


def _is_wide_mark(character: str) -> bool:
    return _is_wide(character) and unicodedata.category(character)[0] == "P"
