"""Who a bank's singer is: ``character.txt`` and ``character.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from singer.errors import VoicebankError
from singer.pitch_names import pitch_midi
from voicebanks.documents import read_yaml
from voicebanks.openutau.yaml_file import read_inside

LOWEST_MIDI, HIGHEST_MIDI = 24.0, 107.0
"""Range of a bank that states none: C1 to B7."""
_LANGUAGES = {"chinese": "zh", "cantonese": "yue", "english": "en", "japanese": "ja"}
_TONES = re.compile(r"([A-G][#b]?-?\d)(?:-([A-G][#b]?-?\d))?")


@dataclass(frozen=True, slots=True)
class Character:
    """What a bank says of its singer.

    Attributes:
        title, author, version, about: for people; "" where it says nothing.
        language: of its default phonemizer, if the engine reads it.
        lowest_midi, highest_midi: range of its subbanks together.
    """

    title: str
    author: str
    version: str
    about: str
    language: str | None
    lowest_midi: float
    highest_midi: float


def read_character(folder: Path) -> Character:
    """The character of a bank; raises ``VoicebankError`` for files that cannot be read."""
    raw: Mapping[str, Any] = {}
    if (folder / "character.yaml").is_file():
        content = read_inside(folder, str(folder / "character.yaml"), "character.yaml")
        found = read_yaml(content, "character.yaml", as_texts=True)
        if found is not None and not isinstance(found, Mapping):
            raise VoicebankError("bank", "expected are keys with values", "character.yaml")
        raw = found or {}
    plain = _plain(folder, str(raw.get("text_file_encoding") or "shift-jis"))
    told = {
        key: _line(raw.get(key) or plain.get(key, ""))
        for key in ("name", "author", "version", "voice", "web")
    }
    phonemizer = str(raw.get("default_phonemizer") or "").lower()
    lowest, highest = _range(raw.get("subbanks"))
    return Character(
        title=told["name"] or folder.resolve().name,
        author=told["author"] or told["voice"],
        version=told["version"],
        about=", ".join(f"{key}: {told[key]}" for key in ("author", "voice", "web") if told[key]),
        language=next((code for word, code in _LANGUAGES.items() if word in phonemizer), None),
        lowest_midi=lowest,
        highest_midi=highest,
    )


def _plain(folder: Path, encoding: str) -> dict[str, str]:
    path = folder / "character.txt"
    if not path.is_file():
        return {}
    content = read_inside(folder, str(path), "character.txt")
    for name in ("utf-8-sig", encoding):
        try:
            lines = content.decode(name).splitlines()
            break
        except (UnicodeDecodeError, LookupError):
            continue
    else:
        lines = content.decode("utf-8", errors="replace").splitlines()
    parts = (re.split(r"[=:]", line, maxsplit=1) for line in lines)
    return {part[0].strip().lower(): part[1].strip() for part in parts if len(part) == 2}


def _line(text: Any) -> str:
    return "".join(letter for letter in str(text) if letter.isprintable()).strip()[:100]


def _range(subbanks: Any) -> tuple[float, float]:
    tones: list[float] = []
    for subbank in subbanks if isinstance(subbanks, list) else ():
        ranges = subbank.get("tone_ranges") if isinstance(subbank, Mapping) else None
        for given in ranges if isinstance(ranges, list) else ():
            match = _TONES.fullmatch(str(given).strip())
            if match:
                tones += [pitch_midi(name) for name in match.groups() if name]
    low, high = (min(tones), max(tones)) if tones else (LOWEST_MIDI, HIGHEST_MIDI)
    return (low, high) if low < high else (LOWEST_MIDI, HIGHEST_MIDI)
