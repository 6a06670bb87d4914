"""Which characters of a word each mora covers: 忘れ is 忘, "", れ for わ す れ."""

from __future__ import annotations

import re
from collections.abc import Sequence

from frontend_g2p.japanese.kana import Mora, is_kana, to_hiragana


def share_text(surface: str, morae: Sequence[Mora]) -> list[str]:
    """Cut ``surface`` into one piece per mora; the pieces join to it, and those of a kanji's later morae are empty.

    Kana in the surface are found again in the reading; the kanji between them share the morae between them evenly.
    """
    if all(map(is_kana, surface)):
        return _share_kana(surface, morae)
    reading = "".join(mora.kana[0] if mora.kana else "" for mora in morae)
    runs = re.findall(r"[ぁ-ゖァ-ヺー]+|[^ぁ-ゖァ-ヺー]+", surface)
    pattern = "".join(_run_pattern(run) for run in runs)
    match = re.fullmatch(pattern, reading)
    if match is None:
        return _spread(surface, len(morae))
    pieces: list[str] = []
    for run, taken in zip(runs, match.groups(), strict=True):
        pieces += _spread(run, len(taken))
    return pieces


def _run_pattern(run: str) -> str:
    """A group for one run; kana stand for themselves (は may be sung わ), kanji for one mora or more."""
    if not is_kana(run[0]):
        return "(.+?)"
    full = [char for char in to_hiragana(run) if char not in "ぁぃぅぇぉゃゅょゎ"]
    sung = {"は": "[はわ]", "へ": "[へえ]", "を": "[をお]", "ー": ".", "う": "[うお]", "い": "[いえ]"}
    return "(" + "".join(sung.get(char, re.escape(char)) for char in full) + ")"


def _share_kana(surface: str, morae: Sequence[Mora]) -> list[str]:
    """Pieces of an all-kana surface: the morae's own places when they were read from it."""
    if morae and morae[-1].end == len(surface):
        return [surface[mora.start : mora.end] for mora in morae]
    return _spread(surface, len(morae))


def _spread(text: str, count: int) -> list[str]:
    """Deal the characters out to ``count`` morae evenly, earlier characters first.

    A small kana stays with the kana before it, and a number is one character.
    """
    if count == 0:
        return []
    units = re.findall(
        r"\d[\d.,%]*|[^ぁぃぅぇぉゃゅょゎァィゥェォャュョヮ][ぁぃぅぇぉゃゅょゎァィゥェォャュョヮ]?|.", text
    )
    pieces = [""] * count
    for index, unit in enumerate(units):
        pieces[min(count - 1, -(-index * count // len(units)))] += unit
    return pieces
