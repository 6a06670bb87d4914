"""Where voices lie in a folder of voices: folders of the user's own, and installed ones, several versions side by side.

An own voice is the folder ``NAME``. An installed one is ``NAME@VERSION/NAME``, beside it what the installation recorded. Of one
name the own folder comes first, then the version chosen as the default, then the others, newest first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

DEFAULTS_NAME = "default-versions.json"
_LARGEST_DEFAULTS_BYTES = 100_000
_INSTALLED = re.compile(r"([a-z][a-z0-9_-]{0,39})@([0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Versioned:
    """A voice's name with a version of it, as in ``suyin@0.5.0``."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def numbers(self) -> tuple[int, ...]:
        """The version as numbers, so that 1.10.0 is newer than 1.9.0."""
        return tuple(int(part) for part in self.version.split("."))

    def folder_in(self, home: Path) -> Path:
        """Folder of the voice, if it is installed in ``home``."""
        return home / str(self) / self.name


def parse_versioned(text: str) -> Versioned | None:
    """``NAME@VERSION`` in its parts; ``None`` for any other text."""
    found = _INSTALLED.fullmatch(text)
    return Versioned(found[1], found[2]) if found else None


def home_of(folder: Path) -> Path:
    """The folder of voices that the voice in ``folder`` lies in."""
    parent = folder.absolute().parent
    return parent.parent if parse_versioned(parent.name) else parent


def installed_in(home: Path) -> list[Versioned]:
    """What is installed in ``home``: by name, of one name the default first, then from newest to oldest."""
    try:
        known = [each for path in home.iterdir() if (each := parse_versioned(path.name)) and path.is_dir()]
    except OSError:  # not there, or a folder that may not be looked into
        return []
    defaults = read_defaults(home)
    newest_first = sorted(known, key=lambda each: each.numbers, reverse=True)
    return sorted(newest_first, key=lambda each: (each.name, defaults.get(each.name) != each.version))


def voices_in(home: Path, is_voice: Callable[[Path], bool]) -> Iterator[Path]:
    """Folders of voices in ``home``, in the order in which they count; named as the voice in each case."""
    try:
        own = sorted(path for path in home.iterdir() if is_voice(path)) if home.is_dir() else []
    except OSError:  # too long for a name, or a folder that may not be looked into
        return
    yield from own
    yield from filter(is_voice, (each.folder_in(home) for each in installed_in(home)))


def read_defaults(home: Path) -> dict[str, str]:
    """Name of a voice to the version that the user has chosen; a file that cannot be read chooses nothing."""
    try:
        with (home / DEFAULTS_NAME).open("rb") as file:
            document = json.loads(file.read(_LARGEST_DEFAULTS_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(document, dict):
        return {}
    return {name: version for name, version in document.items() if isinstance(version, str)}
