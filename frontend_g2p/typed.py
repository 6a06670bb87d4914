"""Readings as people type them, pinyin, Jyutping and explicit phones, and the phones they stand for.

ARPAbet and kana belong to the readers of English and Japanese.

Every function here raises ``ValueError`` with a message for people when a reading is none; callers add the
place.
"""

from __future__ import annotations

import re
import unicodedata

from frontend_g2p.inventory import INVENTORY, unit_map, with_roles
from frontend_g2p.phones import Phone

_PINYIN = re.compile(r"([a-zêü]*?)(r?)([1-5])")
_JYUTPING = re.compile(r"([a-z]+)([1-6])")
_TONE_MARKS = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
_RHOTIC = "ɻ"
_DROPPED_BEFORE_RHOTIC = ("n", "i̯")


def pinyin_phones(reading: str) -> tuple[Phone, ...]:
    """Phones of a pinyin syllable with tone digit; a final ``r`` is the rhotic coda of erhua (``wanr2``,
    ``huar1``).

    ``ü`` may be typed ``v``; tone 5 is the neutral tone. The tone is checked but not part of the phones.
    """
    match = _PINYIN.fullmatch(reading.replace("u:", "ü"))
    if match is None:
        raise ValueError(f"{reading!r} is not pinyin with a tone digit from 1 to 5, such as hang2")
    body, rhotic, _ = match.groups()
    symbols = _pinyin_symbols(body + rhotic)
    if symbols is None:
        symbols = _pinyin_symbols(body)
    else:
        rhotic = ""
    if symbols is None:
        raise ValueError(f"{reading!r} is not a syllable of Mandarin: check the spelling, for example hang2")
    if rhotic:
        symbols = _with_rhotic_coda(symbols)
    return with_roles(symbols)


def _pinyin_symbols(body: str) -> tuple[str, ...] | None:
    units = unit_map("pinyin")
    if body == "r":
        return ("ɚ",)
    spelled = body.replace("ü", "v")
    if spelled[:1] in ("j", "q", "x", "y") and spelled not in units:
        spelled = spelled.replace("v", "u")
    return units.get(spelled)


def _with_rhotic_coda(symbols: tuple[str, ...]) -> tuple[str, ...]:
    if symbols[-1] in _DROPPED_BEFORE_RHOTIC and len(symbols) > 1:
        symbols = symbols[:-1]
    return (*symbols, _RHOTIC)


def numbered_pinyin(token: str) -> str | None:
    """Pinyin with tone digit for one syllable written with a tone mark (``hǎo`` gives ``hao3``), else
    ``None``.
    """
    tone = ""
    letters: list[str] = []
    for character in unicodedata.normalize("NFD", token.lower()):
        if character in _TONE_MARKS:
            tone += _TONE_MARKS[character]
        else:
            letters.append(character)
    body = unicodedata.normalize("NFC", "".join(letters))
    if len(tone) != 1 or _pinyin_symbols(body) is None:
        return None
    return body.replace("ü", "v") + tone


def is_pinyin(token: str) -> bool:
    """Whether ``token`` is a pinyin syllable with tone digit."""
    try:
        pinyin_phones(token)
    except ValueError:
        return False
    return True


def jyutping_phones(reading: str) -> tuple[Phone, ...]:
    """Phones of a Jyutping syllable with tone digit 1 to 6."""
    match = _JYUTPING.fullmatch(reading)
    if match is None:
        raise ValueError(f"{reading!r} is not Jyutping with a tone digit from 1 to 6, such as hong4")
    symbols = unit_map("jyutping").get(match.group(1))
    if symbols is None:
        raise ValueError(f"{reading!r} is not a syllable of Cantonese: check the spelling, for example hong4")
    return with_roles(symbols)


def is_jyutping(token: str) -> bool:
    """Whether ``token`` is a Jyutping syllable with tone digit."""
    try:
        jyutping_phones(token)
    except ValueError:
        return False
    return True


def explicit_phones(typed: str) -> tuple[Phone, ...]:
    """Phones of one syllable given symbol by symbol, blank-separated: IPA of the inventory or its ASCII
    ids.
    """
    names = typed.split()
    if not names:
        raise ValueError("no phones between the brackets; write them with blanks between, such as [n i]")
    by_ascii = {info.ascii_id: symbol for symbol, info in INVENTORY.items()}
    symbols = [name if name in INVENTORY else by_ascii.get(name, name) for name in names]
    return with_roles(symbols)
