"""Cantonese: Han characters to Jyutping."""

from __future__ import annotations

from frontend_g2p.han import HanReading
from frontend_g2p.scripts import convert_script, is_simplified_only


def read_han(text: str) -> list[HanReading]:
    """Read the Han characters of ``text`` (traditional or simplified); everything else is context only."""
    import ToJyutping

    traditional = convert_script(text, "s2hk") if any(map(is_simplified_only, text)) else text
    readings: list[HanReading] = []
    for index, (_, jyutping) in enumerate(ToJyutping.get_jyutping_list(traditional)):
        for order, syllable in enumerate((jyutping or "").split()):
            start = index if order == 0 else index + 1
            readings.append(HanReading(start, index + 1, syllable, index))
    return readings
