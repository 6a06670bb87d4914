"""Mandarin: Han characters to pinyin, polyphones by word context."""

from __future__ import annotations

from frontend_g2p.han import HanReading
from frontend_g2p.scripts import convert_script


def read_han(text: str) -> list[HanReading]:
    """Read the Han characters of ``text`` (traditional or simplified); everything else is context only."""
    from pypinyin import Style, lazy_pinyin

    simplified = convert_script(text, "t2s")
    units = lazy_pinyin(
        simplified, style=Style.TONE3, neutral_tone_with_five=True, errors=lambda unread: list(unread)
    )
    return [HanReading(i, i + 1, unit, i) for i, unit in enumerate(units) if unit != simplified[i]]
