"""JSON without what JSON lets pass: keys given twice, numbers that are not finite."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from singer.errors import ScoreError
from singer.score import printable

Where = Callable[[list[Any], Any], str]

_MOST_DIGITS = 300


def parse_strictly(document: bytes, where: Where) -> object:
    """The value of a JSON document; a key given twice, and a number that is not finite or of very many digits, are errors.

    Args:
        document: its bytes.
        where: names the place of a path of keys and indices in the parsed document.

    Raises:
        ScoreError: ``encoding``, ``not_json``, ``duplicate_key`` or ``not_finite``, with its place.
    """
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScoreError(
            "encoding", f"the document is not UTF-8 (byte {error.start}); save it as UTF-8"
        ) from error
    refused = _Refused([], [])
    try:
        raw = json.loads(
            text,
            object_pairs_hook=refused.keys,
            parse_constant=refused.constant,
            parse_int=refused.whole_number,
        )
        refused.check(raw, where)
    except json.JSONDecodeError as error:
        raise ScoreError(
            "not_json", f"this is not JSON: {error.msg}", f"line {error.lineno}, column {error.colno}"
        ) from error
    except RecursionError as error:
        raise ScoreError("not_json", "the document is nested too deeply") from error
    return raw


@dataclass(frozen=True, slots=True)
class _Refused:
    """What JSON may hold but no score, noted while a document is parsed, when its places are not known yet.

    Attributes:
        numbers: those that are not finite, as they are written.
        doubled: objects with a key given twice, and the key.
    """

    numbers: list[str]
    doubled: list[tuple[dict[str, Any], str]]

    def keys(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            self.doubled.append((found, next(key for key in keys if keys.count(key) > 1)))
        return found

    def constant(self, name: str) -> float:
        self.numbers.append(name)
        return float(name)

    def whole_number(self, digits: str) -> float:
        if len(digits) <= _MOST_DIGITS:
            return int(digits)
        self.numbers.append(f"a number of {len(digits)} digits, {digits[:12]}…")
        return math.inf

    def check(self, raw: object, where: Where) -> None:
        """Raise the first of them with its place in ``raw``, the whole document."""
        if self.doubled:
            holder, key = self.doubled[0]
            path = _path_to(raw, lambda part: part is holder) or []
            message = f'the key "{printable(key, 40)}" is given twice; keep one of them'
            raise ScoreError("duplicate_key", message, where(path, raw))
        if self.numbers:
            path = _path_to(raw, lambda part: isinstance(part, float) and not math.isfinite(part)) or []
            name = f"{printable(str(path[-1]), 40)}: " if path[:1] == ["notes"] else ""
            message = f"{name}found {self.numbers[0]}; numbers must be finite"
            raise ScoreError("not_finite", message, where(path, raw))


def _path_to(raw: object, is_it: Callable[[object], bool]) -> list[Any] | None:
    """Keys and indices that lead to the first value of a document of which ``is_it`` holds."""
    if is_it(raw):
        return []
    parts: Iterable[tuple[Any, object]] = ()
    if isinstance(raw, dict):
        parts = raw.items()
    elif isinstance(raw, list):
        parts = enumerate(raw)
    for key, part in parts:
        if (path := _path_to(part, is_it)) is not None:
            return [key, *path]
    return None
