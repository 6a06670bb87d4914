"""Lyrics in Mandarin, Cantonese, English and Japanese, mixed as they come, to syllables of phones.

The names below are all that a caller needs; each is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from frontend_g2p.errors import ReadingError
    from frontend_g2p.inventory import INVENTORY, PhoneInfo
    from frontend_g2p.phonemize import LyricUnit, UnitReadingError, read_line, read_units, syllable_variants
    from frontend_g2p.phones import LANGUAGES, Language, Phone, Role, Syllable
    from frontend_g2p.user_dictionary import UserDictionary

_HOMES = {
    "ReadingError": "errors",
    "INVENTORY": "inventory",
    "PhoneInfo": "inventory",
    "LyricUnit": "phonemize",
    "UnitReadingError": "phonemize",
    "read_line": "phonemize",
    "read_units": "phonemize",
    "syllable_variants": "phonemize",
    "LANGUAGES": "phones",
    "Language": "phones",
    "Phone": "phones",
    "Role": "phones",
    "Syllable": "phones",
    "UserDictionary": "user_dictionary",
}

__all__ = [
    "INVENTORY",
    "LANGUAGES",
    "Language",
    "LyricUnit",
    "Phone",
    "PhoneInfo",
    "ReadingError",
    "Role",
    "Syllable",
    "UnitReadingError",
    "UserDictionary",
    "read_line",
    "read_units",
    "syllable_variants",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
