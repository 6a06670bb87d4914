"""Whether the files of a voice are still those that were installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from singer.errors import VoicebankError
from voicebanks.load import check_files, open_folder
from voicebanks.store.files import FileFacts, facts_of, files_below
from voicebanks.store.places import Place
from voicebanks.store.record import read_record


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found.

    Attributes:
        place: the voice.
        by: ``record`` of the installation, which knows every file, or ``manifest``, which knows those that matter.
        changed, missing, extra: paths of files that are not as they were, are gone, or were not there.
        problem: why it cannot be compared; empty if it can.
    """

    place: Place
    by: str
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    problem: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.changed or self.missing or self.extra or self.problem)


def verify(place: Place, search: Sequence[Path] = ()) -> Verified:
    """Compare the voice at ``place`` with its record, or with its manifest if it was not installed."""
    try:
        record = read_record(place.folder)
        if record is None:
            check_files(open_folder(place.folder, search))
            return Verified(place, "manifest")
        return _compared(place, record.files)
    except VoicebankError as error:
        return Verified(place, "record" if place.version else "manifest", problem=str(error))
    except OSError as error:
        return Verified(place, "record", problem=f"cannot be read: {error.strerror}")


def _compared(place: Place, recorded: dict[str, FileFacts]) -> Verified:
    now = files_below(place.folder)
    there = [path for path in recorded if path in set(now)]
    changed = [path for path in there if _is_changed(place.folder / path, recorded[path])]
    return Verified(
        place,
        "record",
        changed=tuple(changed),
        missing=tuple(path for path in recorded if path not in now),
        extra=tuple(path for path in now if path not in recorded),
    )


def _is_changed(path: Path, recorded: FileFacts) -> bool:
    return path.is_symlink() or not path.is_file() or facts_of(path) != recorded
