"""How long the teacher's consonants last in speech: medians over the corpus, phone by phone, a mean over languages.

Singers lengthen vowels and leave consonants nearly as they are in speech (Sundberg 1987, The Science of the Singing Voice,
chapter 8). Sung much longer or just as long, consonants were harder to recognise (``docs/voice-log.md``, experiment 25).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from frontend_g2p.phones import Role

_MILLISECONDS: Mapping[Role, Mapping[int, str]] = MappingProxyType(
    {
        "onset": {
            45: "d ð ŋ ɾ",
            50: "n",
            55: "l t",
            60: "b v ɡ ɹ",
            65: "k ɻ",
            70: "dʒ h m p z",
            75: "ʈʂ",
            80: "pʰ ts tʰ ç",
            85: "dʑ f kʰ",
            90: "tɕ ɸ θ",
            95: "ʒ",
            100: "s tɕʰ tʃ x",
            105: "tsʰ ʂ",
            110: "ɕ",
            115: "ʈʂʰ",
            120: "ʃ",
        },
        "glide": {
            55: "w",
            60: "ɥ",
            65: "j",
        },
        "coda": {
            40: "d ð ɹ",
            60: "f k t v",
            65: "p ɡ",
            70: "b",
            75: "l θ",
            80: "i̯ k̚ m p̚ t̚ y̑",
            85: "n u̯ z ŋ",
            90: "s",
            100: "dʒ ʃ",
            105: "tʃ",
        },
    }
)

SPOKEN_LENGTHS_S: Mapping[tuple[str, Role], float] = MappingProxyType(
    {
        (symbol, role): milliseconds / 1000
        for role, lengths in _MILLISECONDS.items()
        for milliseconds, symbols in lengths.items()
        for symbol in symbols.split()
    }
)
"""(symbol, role) to seconds, never below 40 ms."""

SUNG_LONGER = 1.15
"""Consonants are sung longer than spoken by this factor."""

SUNG_LENGTHS_S: Mapping[tuple[str, Role], float] = MappingProxyType(
    {key: round(SUNG_LONGER * length_s, 3) for key, length_s in SPOKEN_LENGTHS_S.items()}
)
"""(symbol, role) to the seconds that a consonant takes in a song when there is time."""
