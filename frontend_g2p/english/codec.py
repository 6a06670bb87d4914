"""One character per ARPAbet phone: how pronunciations are kept in the word file.

``HH AH0 L OW1`` is four characters there. The order of the table is part of the file format: change it together with
the file.
"""

from __future__ import annotations

VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
CONSONANTS = (
    "B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH", "T",
    "TH", "V", "W", "Y", "Z", "ZH",
)  # fmt: skip
PHONES: tuple[str, ...] = tuple(f"{vowel}{stress}" for vowel in VOWELS for stress in "012") + CONSONANTS

_FIRST_CODE = ord("0")
_CODE_OF = {phone: chr(_FIRST_CODE + index) for index, phone in enumerate(PHONES)}


def encode(phones: tuple[str, ...]) -> str:
    """Pack ARPAbet phones with stress digits, one character each; KeyError for a phone outside the table."""
    return "".join(_CODE_OF[phone] for phone in phones)


def decode(code: str) -> tuple[str, ...]:
    """Undo :func:`encode`."""
    return tuple(PHONES[ord(char) - _FIRST_CODE] for char in code)
