"""Dictionaries of a bank, ``dsdict.yaml`` and ``dsdict-LANGUAGE.yaml``, read when they are first needed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from singer.diffsinger.bank import Kind, Lexicon
from singer.errors import VoicebankError
from voicebanks.documents import read_yaml
from voicebanks.openutau.yaml_file import read_inside

SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "zh": ("zh",),
    "yue": ("zh-yue", "yue"),
    "en": ("en",),
    "ja": ("ja",),
}
"""Names of dictionaries for the languages that the front end reads."""
_GLIDES = ("semivowel", "liquid")
_MOST_PHONEMES = 64


class Dictionaries:
    """The dictionaries of a folder; safe to share between threads.

    Attributes:
        languages: those of ``SUFFIXES`` that have one of their own.
    """

    def __init__(self, folder: Path | None, home: Path) -> None:
        self._folder, self._home = folder, home
        self._read: dict[str, Lexicon] = {}
        self._lock = threading.Lock()
        self.languages = tuple(
            language for language in SUFFIXES if self._name(language) not in (None, "dsdict.yaml")
        )

    def lexicon(self, language: str | None) -> Lexicon:
        """Dictionary of a language, else the plain one, else an empty one; raises ``VoicebankError``."""
        name = self._name(language)
        return Lexicon() if name is None else self._once(name)

    def kinds(self) -> dict[str, Kind]:
        """Class of every phoneme that any dictionary lists."""
        names = sorted(path.name for path in self._folder.glob("dsdict*.yaml")) if self._folder else []
        found: dict[str, Kind] = {}
        for name in names:
            found |= self._once(name).kinds
        return found

    def _once(self, name: str) -> Lexicon:
        with self._lock:
            if name not in self._read:
                self._read[name] = self._load(name)
            return self._read[name]

    def _name(self, language: str | None) -> str | None:
        if self._folder is None:
            return None
        wanted = [f"dsdict-{suffix}.yaml" for suffix in SUFFIXES.get(language or "", ())]
        return next((name for name in (*wanted, "dsdict.yaml") if (self._folder / name).is_file()), None)

    def _load(self, name: str) -> Lexicon:
        if self._folder is None:
            return Lexicon()
        where = f"{self._folder.name}/{name}"
        raw = read_yaml(read_inside(self._home, str(self._folder / name), where), where, as_texts=True)
        if not isinstance(raw, Mapping):
            raise VoicebankError("bank", "expected are the keys symbols and entries", where)
        kinds = {symbol: _kind(kind) for symbol, kind in _pairs(raw, "symbols", ("symbol", "type"), where)}
        entries = {
            str(word): tuple(phone for phone in _phonemes(phones, where) if phone in kinds)
            for word, phones in _pairs(raw, "entries", ("grapheme", "phonemes"), where)
        }
        replacements = {
            str(symbol): _phonemes(phones, where)
            for symbol, phones in _pairs(raw, "replacements", ("from", "to"), where)
            if not isinstance(symbol, list)
        }
        return Lexicon(kinds, {word: phones for word, phones in entries.items() if phones}, replacements)


def _pairs(raw: Mapping[str, Any], key: str, names: tuple[str, str], where: str) -> list[tuple[Any, Any]]:
    entries = raw.get(key) or []
    if not isinstance(entries, list):
        raise VoicebankError("bank", f"found {type(entries).__name__}; expected is a list", f"{where}: {key}")
    pairs = []
    for place, entry in enumerate(entries):
        if not isinstance(entry, Mapping) or entry.get(names[0]) is None or entry.get(names[1]) is None:
            message = f"entry {place} has not both {names[0]} and {names[1]}"
            raise VoicebankError("bank", message, f"{where}: {key}")
        first = entry[names[0]]
        pairs.append((first if isinstance(first, list) else str(first), entry[names[1]]))
    return pairs


def _phonemes(raw: Any, where: str) -> tuple[str, ...]:
    found = raw if isinstance(raw, list) else str(raw).split()
    if len(found) > _MOST_PHONEMES or any(isinstance(phone, list | dict) for phone in found):
        raise VoicebankError(
            "bank", f"found {str(raw)[:40]!r}; expected are up to {_MOST_PHONEMES} phonemes", where
        )
    return tuple(str(phone) for phone in found)


def _kind(name: Any) -> Kind:
    if str(name) == "vowel":
        return "vowel"
    return "glide" if str(name) in _GLIDES else "consonant"
