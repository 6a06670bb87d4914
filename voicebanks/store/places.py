"""Which voices lie where, whatever state they are in: by their folders alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from singer.errors import VoicebankError
from voicebanks.homes import installed_in, parse_versioned
from voicebanks.store.kinds import kind_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where a voice lies.

    Attributes:
        home: the folder of voices.
        name: of the voice.
        version: of an installed voice; empty for a folder of the user's own, which says its version itself.
        folder: of the voice.
    """

    home: Path
    name: str
    version: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.name}@{self.version}" if self.version else f"{self.name} in {self.folder}"


def places_in(home: Path) -> list[Place]:
    """Every voice in ``home``: own folders, then installed ones, of one name the one that counts first."""
    try:
        own = sorted(path for path in home.iterdir() if not path.name.startswith(".") and kind_of(path))
    except OSError:  # not there, or a folder that may not be looked into
        return []
    return [
        *(Place(home, path.name, "", path) for path in own),
        *(Place(home, each.name, each.version, each.folder_in(home)) for each in installed_in(home)),
    ]


def find_places(asked: str, homes: Sequence[Path]) -> list[Place]:
    """The places of ``NAME``, or of ``NAME@VERSION``.

    Raises:
        VoicebankError: ``unknown_voice``: there is none.
    """
    wanted = parse_versioned(asked)
    name = wanted.name if wanted else asked
    named = [place for home in homes for place in places_in(home) if place.name == name]
    found = [place for place in named if wanted is None or place.version == wanted.version]
    if not found:
        known = ", ".join(dict.fromkeys(str(place) for home in homes for place in places_in(home))) or "none"
        raise VoicebankError("unknown_voice", f"is not here; there are {known}", f"voice {asked[:60]!r}")
    return found
