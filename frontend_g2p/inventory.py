"""The shared phone inventory, and what each unit of a romanisation sounds like.

``data/phones.json`` lists the 78 IPA symbols; ``data/phone_map.json`` gives the phones of every pinyin body,
Jyutping body, ARPAbet symbol and OpenJTalk unit. Both are read on first use and never change afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from frontend_g2p.phones import Language, Phone, Role

UnitSystem = Literal["pinyin", "jyutping", "arpabet", "openjtalk"]


@dataclass(frozen=True, slots=True)
class PhoneInfo:
    """One symbol of the inventory.

    Attributes:
        symbol: IPA, the name used everywhere in this project.
        ascii_id: ASCII spelling, for file formats that cannot hold IPA.
        phone_class: ``stop``, ``affricate``, ``fricative``, ``nasal``, ``liquid``, ``glide``, ``unreleased``,
            ``offglide``, ``closure``, ``vowel``, ``syllabic`` or ``special`` (SP silence, AP breath).
        roles: roles it may take in a syllable; empty for the special ones.
        languages: languages in which it occurs.
        description: a few words for people.
    """

    symbol: str
    ascii_id: str
    phone_class: str
    roles: tuple[Role, ...]
    languages: tuple[Language, ...]
    description: str


def _read_json(name: str) -> Any:
    return json.loads(files("frontend_g2p").joinpath("data", name).read_text(encoding="utf-8"))


def _roles(entry: Mapping[str, Any]) -> tuple[Role, ...]:
    if entry["cls"] == "glide":
        return ("onset", "glide")
    names: dict[str, Role] = {"O": "onset", "N": "nucleus", "C": "coda"}
    return tuple(names[letter] for letter in entry["roles"].split(",") if letter in names)


@cache
def _load_inventory() -> Mapping[str, PhoneInfo]:
    return MappingProxyType(
        {
            entry["ipa"]: PhoneInfo(
                entry["ipa"], entry["id"], entry["cls"], _roles(entry), tuple(entry["langs"]), entry["desc"]
            )
            for entry in _read_json("phones.json")["phones"]
        }
    )


class _Inventory(Mapping[str, PhoneInfo]):
    """The inventory as a read-only mapping that reads its file on first use."""

    def __getitem__(self, symbol: str) -> PhoneInfo:
        return _load_inventory()[symbol]

    def __iter__(self) -> Iterator[str]:
        return iter(_load_inventory())

    def __len__(self) -> int:
        return len(_load_inventory())


INVENTORY: Mapping[str, PhoneInfo] = _Inventory()


@cache
def _load_unit_maps() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    maps = _read_json("phone_map.json")
    return {
        system: MappingProxyType({unit: tuple(symbols) for unit, symbols in units.items()})
        for system, units in maps.items()
    }


def unit_map(system: UnitSystem) -> Mapping[str, tuple[str, ...]]:
    """Phones of every unit of a romanisation, e.g. ``unit_map("pinyin")["hang"] == ("x", "ɑ", "ŋ")``.

    Pinyin and Jyutping keys are syllable bodies without tone (pinyin ü is ``v`` after l and n). ARPAbet keys
    are symbols without stress, except ``AH0``/``AH1``/``AH2``, and ``P/_S,coda`` (T, K alike) for the
    unaspirated stop after S and in codas. OpenJTalk keys are its phonemes.
    """
    return _load_unit_maps()[system]


def with_roles(symbols: Sequence[str]) -> tuple[Phone, ...]:
    """Give the phones of one syllable their roles.

    The first symbol that can be a nucleus is it; what stands before is the onset, what follows the coda. A
    glide (j w ɥ) directly before the nucleus has the role ``glide``.

    Raises:
        ValueError: a symbol is unknown, or the symbols make no syllable (no nucleus, or a symbol in a place
            it cannot take). The message names the symbol.
    """
    for symbol in symbols:
        if symbol not in INVENTORY:
            allowed = " ".join(known for known, info in INVENTORY.items() if info.roles)
            raise ValueError(
                f"{symbol!r} is not a phone of the inventory; allowed are {allowed} (docs/phones.md describes them)"
            )
    nucleus = _nucleus_index(symbols)
    phones: list[Phone] = []
    for index, symbol in enumerate(symbols):
        role: Role = "onset" if index < nucleus else "nucleus" if index == nucleus else "coda"
        if index == nucleus - 1 and INVENTORY[symbol].phone_class == "glide":
            role = "glide"
        if role not in INVENTORY[symbol].roles:
            raise ValueError(_misplaced(symbol, role, symbols))
        phones.append(Phone(symbol, role))
    return tuple(phones)


def _misplaced(symbol: str, role: Role, symbols: Sequence[str]) -> str:
    message = f"{symbol!r} cannot be the {role} of a syllable, as it is in {' '.join(symbols)!r}"
    if sum(map(_is_sonorous, symbols)) > 1:
        return f"{message}; write one syllable, with one vowel: a second one goes on a note, or in brackets, of its own"
    return f"{message}; its place there is {' or '.join(INVENTORY[symbol].roles) or 'none'}"


def _is_sonorous(symbol: str) -> bool:
    return INVENTORY[symbol].phone_class in ("vowel", "syllabic")


def _nucleus_index(symbols: Sequence[str]) -> int:
    """Index of the nucleus: the first vowel or syllabic; without one, the first symbol that may be a
    nucleus.
    """
    sonorous = [i for i, symbol in enumerate(symbols) if _is_sonorous(symbol)]
    possible = [i for i, symbol in enumerate(symbols) if "nucleus" in INVENTORY[symbol].roles]
    if not possible:
        raise ValueError(f"no vowel among the phones {' '.join(symbols)!r}: a syllable needs one")
    return sonorous[0] if sonorous else possible[0]
