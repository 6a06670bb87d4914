"""The user's own readings: words of a language, from a JSON or a tab-separated file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontend_g2p.errors import ReadingError
from frontend_g2p.markup import FixedReading, parse_reading
from frontend_g2p.normalise import normalise
from frontend_g2p.phones import LANGUAGES, Language
from frontend_g2p.scripts import convert_script, script_of


@dataclass(frozen=True, slots=True)
class UserDictionary:
    """Readings that beat every dictionary and rule, but not a reading written into the lyric.

    Attributes:
        entries: for each language, the readings of its words: word (simplified characters, lower case) to
            syllables, as in :class:`~frontend_g2p.markup.FixedReading`.
    """

    entries: Mapping[Language, Mapping[str, tuple[str, ...]]]

    @classmethod
    def from_mapping(cls, words: Mapping[str, Mapping[str, str]]) -> UserDictionary:
        """Build from language to word to reading: ``{"zh": {"行长": "hang2 zhang3"}, "en": {"Zoë": "Z OW1
        IY0"}}``.

        Raises:
            ReadingError: ``bad_reading`` for an unknown language, or a reading that does not fit its word.
        """
        entries: dict[Language, dict[str, tuple[str, ...]]] = {}
        for language, readings in words.items():
            if language not in LANGUAGES:
                raise _bad(
                    f"language {language!r} of the user dictionary is not one of {', '.join(LANGUAGES)}",
                    language,
                )
            entries[language] = {
                _key(word, language): _syllables(word, text, language) for word, text in readings.items()
            }
        return cls(entries)

    @classmethod
    def load(cls, path: Path | str) -> UserDictionary:
        """Read ``language<TAB>word<TAB>reading`` lines (``#`` starts a comment), or the mapping as JSON
        (``.json``).

        Raises:
            OSError: the file cannot be read.
            ReadingError: ``bad_reading``, naming the file and the line or the word.
        """
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
            words = _parse_json(text) if path.suffix == ".json" else _parse_lines(text)
            return cls.from_mapping(words)
        except UnicodeDecodeError as error:
            raise _bad(f"{path.name} is not UTF-8 text", "") from error
        except ReadingError as error:
            raise _bad(f"{path.name}: {error.message}", error.text) from error

    def find(self, text: str, language: Language, taken: list[bool]) -> list[FixedReading]:
        """Readings for the words of ``text``, longest first, that touch no character marked in ``taken``."""
        words = self.entries.get(language)
        if not words:
            return []
        keyed = _key(text, language)
        longest = max(map(len, words))
        found: list[FixedReading] = []
        position = 0
        while position < len(text):
            end = next(
                (
                    end
                    for end in range(min(position + longest, len(text)), position, -1)
                    if keyed[position:end] in words
                    and not any(taken[position:end])
                    and _is_whole_word(keyed, position, end)
                ),
                None,
            )
            if end is not None:
                found.append(FixedReading(position, end, language, words[keyed[position:end]], "user"))
            position = end or position + 1
        return found


def _is_whole_word(text: str, start: int, end: int) -> bool:
    """Whether no Latin word is cut at the edges of ``text[start:end]``."""
    for inside, outside in ((start, start - 1), (end - 1, end)):
        if 0 <= outside < len(text) and _is_letter(text[inside]) and _is_letter(text[outside]):
            return False
    return True


def _is_letter(character: str) -> bool:
    return script_of(character) == "latin" or character == "'"


def _key(word: str, language: Language) -> str:
    return convert_script(word, "t2s") if language in ("zh", "yue") else _lower(word)


def _lower(text: str) -> str:
    return "".join(lowered if len(lowered := character.lower()) == 1 else character for character in text)


def _syllables(word: str, reading: str, language: Language) -> tuple[str, ...]:
    plain = normalise(word).text
    if not plain.strip():
        raise _bad("a word of the user dictionary is empty", word)
    try:
        found, syllables = parse_reading(normalise(reading).text.strip(), language)
    except ValueError as error:
        raise _bad(f"the reading of {word!r}: {error}", reading) from error
    if found != language:
        raise _bad(f"the reading {reading!r} of {word!r} is in {found}, but the word in {language}", reading)
    return syllables


def _parse_json(text: str) -> Mapping[str, Mapping[str, str]]:
    try:
        # Numbers are no readings; as floats they may have any number of digits until they are refused.
        words = json.loads(text, object_pairs_hook=_unique_keys, parse_int=float)
    except json.JSONDecodeError as error:
        raise _bad(f"not JSON (line {error.lineno}: {error.msg})", "") from error
    except RecursionError as error:
        raise _bad("nested too deeply", "") from error
    if not isinstance(words, dict) or not all(isinstance(readings, dict) for readings in words.values()):
        raise _bad('the user dictionary is not of the form {"zh": {"行长": "hang2 zhang3"}}', "")
    for readings in words.values():
        for word, reading in readings.items():
            if not isinstance(reading, str):
                raise _bad(f"the reading of {word!r} is not a text", str(word))
    return words


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _bad(f"{twice!r} is given twice; keep one of them", twice)
    return found


def _parse_lines(text: str) -> Mapping[str, Mapping[str, str]]:
    words: dict[str, dict[str, str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        fields = [field.strip() for field in line.split("\t")]
        if len(fields) != 3 or not all(fields):
            raise _bad(f"line {number} is not language<TAB>word<TAB>reading", line)
        readings = words.setdefault(fields[0], {})
        if fields[1] in readings:
            raise _bad(f"line {number}: {fields[1]!r} is given twice; keep one of them", line)
        readings[fields[1]] = fields[2]
    return words


def _bad(message: str, text: str) -> ReadingError:
    return ReadingError("bad_reading", message, text, 0, len(text))
