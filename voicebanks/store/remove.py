"""Voices go, and versions are chosen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from singer.errors import OutputError, VoicebankError
from singer.whole_file import write_whole
from voicebanks.homes import DEFAULTS_NAME, parse_versioned, read_defaults
from voicebanks.load import list_voices, shipped_folder
from voicebanks.store.lock import locked
from voicebanks.store.places import Place, find_places, places_in
from voicebanks.store.staging import take_away, tidy


def remove(asked: str, homes: Sequence[Path], *, every: bool = False, force: bool = False) -> list[Place]:
    """Remove a voice of the user's.

    Args:
        asked: ``NAME`` or ``NAME@VERSION``.
        homes: the user's folders of voices.
        every: all versions of ``NAME``, where there are several.
        force: also a voice whose models others sing with.

    Returns:
        What was removed.

    Raises:
        VoicebankError: unknown, several, in use, or shipped with the engine.
        OutputError: a folder cannot be removed.
    """
    found = _own_places(asked, homes)
    if len(found) > 1 and not every:
        named = ", ".join(map(str, found))
        raise VoicebankError("several_versions", f"there are {named}; name one of them, or use --all", asked)
    for place in found:
        try:
            with locked(place.home):
                if not force:
                    _check_unused(found, homes)
                tidy(place.home)
                take_away(place.folder.parent if place.version else place.folder)
                _forget_default(place)
        except OSError as error:
            message = f"cannot be removed: {error.strerror}"
            raise OutputError("output_failed", message, str(place.folder)) from error
    return found


def choose_default(asked: str, homes: Sequence[Path]) -> Place:
    """Let ``NAME@VERSION`` be what ``NAME`` stands for; a bare ``NAME`` lets it be the newest version again.

    Returns:
        what the name stands for now.

    Raises:
        VoicebankError: no such voice is installed.
        OutputError: the choice cannot be written.
    """
    place = next((each for each in find_places(asked, homes) if each.version), None)
    if place is None:
        message = "is a folder of your own, without versions beside it"
        raise VoicebankError("unknown_voice", message, f"voice {asked[:60]!r}")
    try:
        with locked(place.home):
            chosen = {name: found for name, found in read_defaults(place.home).items() if name != place.name}
            if parse_versioned(asked):
                chosen[place.name] = place.version
            _write_defaults(place.home, chosen)
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise OutputError("output_failed", message, str(place.home)) from error
    return next(each for each in places_in(place.home) if each.name == place.name and each.version)


def _forget_default(place: Place) -> None:
    chosen = read_defaults(place.home)
    if place.version and chosen.get(place.name) == place.version:
        del chosen[place.name]
        _write_defaults(place.home, chosen)


def _write_defaults(home: Path, chosen: dict[str, str]) -> None:
    write_whole(json.dumps(chosen, indent=1, sort_keys=True) + "\n", home / DEFAULTS_NAME)


def _own_places(asked: str, homes: Sequence[Path]) -> list[Place]:
    try:
        return find_places(asked, homes)
    except VoicebankError:
        if any(place.name == asked.split("@")[0] for place in places_in(shipped_folder())):
            message = "comes with the engine and is not removed"
            raise VoicebankError("shipped_voice", message, f"voice {asked[:60]!r}") from None
        raise


def _check_unused(leaving: Sequence[Place], homes: Sequence[Path]) -> None:
    folders = {place.folder.resolve() for place in leaving}
    users = [
        voice.manifest.name
        for voice in list_voices(homes, refused=lambda error: None)
        if voice.base is not None
        and voice.base.folder.resolve() in folders
        and voice.folder.resolve() not in folders
    ]
    if users:
        message = f"{', '.join(users)} cannot sing without its models; remove them first, or use --force"
        raise VoicebankError("voice_in_use", message, f"voice {leaving[0].name!r}")
