"""Configuration files of a bank: each value is checked where it is asked for."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from singer.errors import VoicebankError
from voicebanks.documents import LARGEST_BYTES


def read_inside(home: Path, name: str, where: str) -> bytes:
    """Content of the file ``name`` of a folder, which must not lead out of ``home``.

    Args:
        home: folder that the file must lie in, however it is named: the bank's.
        name: path of the file, absolute or from the present folder.
        where: place of the name, for messages.

    Raises:
        VoicebankError: not there, outside, or too large.
    """
    path = inside(home, Path(name), where)
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise VoicebankError("file_size", f"has {size} bytes; at most {LARGEST_BYTES} are read", str(path))
    return path.read_bytes()


def inside(home: Path, path: Path, where: str) -> Path:
    """``path`` if it is a file inside ``home``; raises ``VoicebankError``."""
    try:
        resolved = path.resolve(strict=True)
        is_inside = resolved.is_relative_to(home.resolve())
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: a loop of links
        message = f"there is no file {os.path.relpath(path, home)[:80]!r} in the bank"
        raise VoicebankError("file_missing", message, where) from error
    if not is_inside or not resolved.is_file():
        message = f"found {path.name[:60]!r} elsewhere; it must be a plain file inside the bank's folder"
        raise VoicebankError("file_outside", message, where)
    return resolved


class Config:
    """A configuration whose keys are checked when they are asked for; those that nobody asks for do not matter.

    Attributes:
        folder: folder of the file, against which its paths are resolved.
        where: name of the file in its bank, for messages.
    """

    def __init__(self, raw: Any, folder: Path, where: str) -> None:
        if not isinstance(raw, Mapping):
            raise VoicebankError("bank", f"found {type(raw).__name__}; it must be keys with values", where)
        self._raw, self.folder, self.where = raw, folder, where

    @property
    def raw(self) -> Mapping[Any, Any]:
        """All keys as they stand."""
        return self._raw

    def text(self, key: str, default: str | None = None) -> str:
        """A text; the key must be there if there is no default."""
        value = self._raw.get(key)
        if value is None:
            value = default
        if not isinstance(value, str | int | float) or not str(value).strip():
            raise self._wrong(key, value, "a name")
        return str(value)

    def has(self, key: str) -> bool:
        """Whether the key has a value."""
        return self._raw.get(key) not in (None, "")

    def whole(self, key: str, default: int, lowest: int, highest: int) -> int:
        """A whole number between two others."""
        value = self._raw.get(key, default)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise self._wrong(key, value, f"a whole number from {lowest} to {highest}")
        return value

    def number(self, key: str, default: float, lowest: float, highest: float) -> float:
        """A number between two others."""
        value = self._raw.get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            raise self._wrong(key, value, "a number")
        if not lowest <= value <= highest:
            raise self._wrong(key, value, f"a number from {lowest:g} to {highest:g}")
        return float(value)

    def names(self, key: str) -> tuple[str, ...]:
        """A list of names, empty if the key is not there."""
        value = self._raw.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > 1_000:
            raise self._wrong(key, value, "a list of names")
        found = tuple(str(item) for item in value if isinstance(item, str | int))
        if len(found) != len(value):
            raise self._wrong(key, value, "a list of names")
        return found

    def path(self, key: str, default: str | None = None) -> Path:
        """Path of a file, resolved against the folder of this one; whether it may be read is ``inside``'s business."""
        return self.folder / self.text(key, default).replace("\\", "/")

    def _wrong(self, key: str, value: Any, expected: str) -> VoicebankError:
        found = "nothing" if value is None else repr(value)[:60]
        return VoicebankError("bank", f"found {found}; expected is {expected}", f"{self.where}: {key}")
