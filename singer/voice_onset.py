"""When the voice of a vowel sets in: after a voiceless consonant somewhat later than the vowel's phone begins.

Before close vowels the breath of a stop lasts longest (Klatt 1975, "Voice onset time, frication, and aspiration in word-initial
consonant clusters"). The lags below are those of our own voices, medians over syllables of four languages; phones keep their
boundaries, mouths follow what is heard.
"""

from __future__ import annotations

from frontend_g2p.inventory import INVENTORY

VOICED_OBSTRUENTS = frozenset(["b", "d", "ɡ", "dʑ", "dʒ", "v", "ð", "z", "ʒ"])
_CLOSE_VOWELS = frozenset("iyuɯɿʅ")
_ASPIRATED_CLOSE_S, _CLOSE_S, _ASPIRATED_S = 0.016, 0.008, 0.006


def is_voiceless(symbol: str) -> bool:
    """Whether a phone of the inventory is a stop, affricate or fricative without voice."""
    known = INVENTORY[symbol].phone_class in ("stop", "affricate", "fricative")
    return known and symbol not in VOICED_OBSTRUENTS


def voice_lag_s(before: str, vowel: str) -> float:
    """Seconds from the boundary between the phones ``before`` and ``vowel`` to the moment at which the vowel is heard."""
    if not is_voiceless(before):
        return 0.0
    is_aspirated = before.endswith("ʰ") or before == "h"
    if vowel in _CLOSE_VOWELS:
        return _ASPIRATED_CLOSE_S if is_aspirated else _CLOSE_S
    return _ASPIRATED_S if is_aspirated else 0.0
