"""Cantonese: Han characters to Jyutping.

ToJyutping reads words; rules of context then choose between colloquial and literary readings (行 haang4, hang4 or
hong4) where it goes wrong. Simplified text is first brought into Hong Kong's characters.
"""

from __future__ import annotations

from frontend_g2p.han import HanReading
from frontend_g2p.phones import Source
from frontend_g2p.scripts import convert_script, is_simplified_only


def read_han(text: str) -> list[HanReading]:
    """Read the Han characters of ``text`` (traditional or simplified); everything else is context only.

    A character of two syllables (卅 saa1 aa6) gives two readings, the second with an empty span. Characters of which
    no reading is known are left out.
    """
    import ToJyutping

    from frontend_g2p.context_rules import apply_rules, in_context, load_rules

    traditional = convert_script(text, "s2hk") if any(map(is_simplified_only, text)) else text
    found = [jyutping or "" for _, jyutping in ToJyutping.get_jyutping_list(traditional)]
    corrected = apply_rules(
        load_rules("cantonese_rules.txt"), in_context(traditional), found, [1] * len(traditional)
    )
    readings: list[HanReading] = []
    for index, (before, after) in enumerate(zip(found, corrected, strict=True)):
        source: Source = "dictionary" if before == after else "rule"
        for order, syllable in enumerate(after.split()):
            start = index if order == 0 else index + 1
            readings.append(HanReading(start, index + 1, syllable, index, source))
    return readings
