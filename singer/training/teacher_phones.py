"""How each phone of the inventory is spelt in the teacher's vocabulary.

The teacher (Kokoro-82M) reads single IPA characters. A phone becomes one or two of them; the durations of its characters,
added up, are the duration of the phone. Where the vocabulary lacks a phone the nearest one stands in, see ``SUBSTITUTES``.
"""

from __future__ import annotations

from collections.abc import Mapping

from frontend_g2p.phones import Language

PAUSE = ","
END = "."
STRESS = "ˈ"
TONES: Mapping[int, str] = {1: "→", 2: "↗", 3: "↓", 4: "↘"}
"""Mandarin tone marks; the neutral tone has none."""

SPELLING: Mapping[str, str] = {
    **{
        symbol: symbol
        for symbol in [
            "p",
            "b",
            "t",
            "d",
            "k",
            "ɡ",
            "f",
            "v",
            "θ",
            "ð",
            "s",
            "z",
            "ʃ",
            "ʒ",
            "ʂ",
            "ɕ",
            "x",
            "h",
            "ç",
            "ɸ",
            "m",
            "n",
            "ŋ",
            "l",
            "ɹ",
            "ɻ",
            "ɾ",
            "j",
            "w",
            "ɥ",
        ]
    },
    **{
        symbol: symbol
        for symbol in [
            "a",
            "ɐ",
            "ɑ",
            "æ",
            "ʌ",
            "ə",
            "ɤ",
            "ɛ",
            "e",
            "i",
            "ɪ",
            "y",
            "œ",
            "ɔ",
            "o",
            "u",
            "ɯ",
            "ʊ",
            "ɚ",
            "ɴ",
        ]
    },
    "pʰ": "pʰ",
    "tʰ": "tʰ",
    "kʰ": "kʰ",
    "ts": "ʦ",
    "tsʰ": "ʦʰ",
    "ʈʂ": "ꭧ",
    "ʈʂʰ": "ꭧʰ",
    "tɕ": "ʨ",
    "tɕʰ": "ʨʰ",
    "dʑ": "ʥ",
    "tʃ": "ʧ",
    "dʒ": "ʤ",
    "i̯": "ɪ",
    "u̯": "ʊ",
    "y̑": "y",
    "p̚": "p",
    "t̚": "t",
    "k̚": "k",
    "ɿ": "ɨ",
    "ʅ": "ɨ",
    "ɵ": "ø",
    "m̩": "m",
    "n̩": "n",
    "ŋ̩": "ŋ",
    "SP": PAUSE,
    "AP": "h",
}
"""Inventory symbol to teacher characters; ``Q`` and ``ʔ`` take the phone that follows, see ``spell``."""

SUBSTITUTES: Mapping[str, str] = {
    "p̚": "released stop whose audio is faded out from its closure on",
    "t̚": "released stop whose audio is faded out from its closure on",
    "k̚": "released stop whose audio is faded out from its closure on",
    "ʔ": "the vowel that follows, faded out and cut in hard",
    "Q": "the consonant that follows, held",
    "ɿ": "ɨ, coloured by the sibilant before it",
    "ʅ": "ɨ, coloured by the sibilant before it",
    "ɵ": "ø",
    "y̑": "y",
    "m̩": "m, held",
    "n̩": "n, held",
    "ŋ̩": "ŋ, held",
    "AP": "h, held without pitch",
}
"""Phones that the vocabulary lacks, and what stands in for them."""

SILENCED: frozenset[str] = frozenset({"p̚", "t̚", "k̚", "ʔ"})
"""Phones whose audio is faded out after rendering."""

VOICELESS: frozenset[str] = frozenset(
    [
        "p",
        "pʰ",
        "t",
        "tʰ",
        "k",
        "kʰ",
        "ts",
        "tsʰ",
        "ʈʂ",
        "ʈʂʰ",
        "tɕ",
        "tɕʰ",
        "tʃ",
        "f",
        "θ",
        "s",
        "ʃ",
        "ʂ",
        "ɕ",
        "x",
        "h",
        "ç",
        "ɸ",
        "p̚",
        "t̚",
        "k̚",
        "ʔ",
        "Q",
        "SP",
        "AP",
    ]
)
"""Phones without pitch."""


def spell(
    symbol: str, language: Language | None, following: str | None = None, *, stressed: bool = False
) -> str:
    """Teacher characters of one phone.

    Args:
        symbol: inventory symbol.
        language: language of its syllable, ``None`` for SP and AP.
        following: symbol of the next phone, which ``Q`` and ``ʔ`` are made of; before a silence they are a plain stop.
        stressed: puts the stress mark before an English nucleus.

    Raises:
        ValueError: if ``symbol`` is not in the inventory.
    """
    if symbol in ("Q", "ʔ"):
        if following in (None, "SP", "AP", "Q", "ʔ"):
            return "t" if symbol == "Q" else "ʔ"
        first = spell(str(following), language)[0]
        return _HELD.get(first, first)
    if symbol not in SPELLING:
        raise ValueError(f"{symbol!r} is not a phone of the inventory")
    spelling = SPELLING[symbol]
    return STRESS + spelling if stressed and language == "en" else spelling


_HELD: Mapping[str, str] = {"ʨ": "t", "ʦ": "t", "ʧ": "t", "ꭧ": "t", "ʥ": "d", "ʤ": "d"}
"""The closure of an affricate, held."""
