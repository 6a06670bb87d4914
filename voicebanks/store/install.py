"""A zip or a folder of a stranger becomes an installed voice, whole or not at all."""

from __future__ import annotations

import contextlib
import datetime
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from singer.errors import OutputError, SingerError, VoicebankError
from voicebanks.homes import Versioned
from voicebanks.store.bundle import LIMITS, Bundle, opened
from voicebanks.store.contents import HEAD_BYTES, disguise_of, find_root, folders_of, sort_out, voice_title
from voicebanks.store.files import facts_of, files_below
from voicebanks.store.kinds import KINDS, kind_of
from voicebanks.store.lock import locked
from voicebanks.store.record import RECORD_NAME, Record, Source, read_record, record_text
from voicebanks.store.staging import fresh_folder, put_in_place, tidy, write_file

_UNNAMED = "voice"


@dataclass(frozen=True, slots=True)
class Wish:
    """How something is to be installed.

    Attributes:
        name_as: name and version for a bank that has none of its own; an empty version is the bank's own.
        replace: put it in the place of the same version with other content.
        over_shipped: install it though a voice of the engine has its name.
    """

    name_as: Versioned | None = None
    replace: bool = False
    over_shipped: bool = False


@dataclass(frozen=True, slots=True)
class Installed:
    """What came of an installation.

    Attributes:
        folder: of the voice.
        record: what was written of it.
        was_there: the same version with the same content was installed already, and nothing was changed.
        replaced: it took the place of the same version with other content.
    """

    folder: Path
    record: Record
    was_there: bool = False
    replaced: bool = False


def install(source: Path, home: Path, *, search: Sequence[Path] = (), wish: Wish | None = None) -> Installed:
    """Install the voice in ``source``.

    Args:
        source: a zip archive or a folder, of any kind in ``voicebanks.store.kinds``.
        home: folder of voices; made if it is not there.
        search: folders of voices to look for the base of a designed voice in, after ``home`` and before the shipped ones.
        wish: how.

    Raises:
        VoicebankError, ModelError: no voice, an unsafe or damaged one, or one whose place is taken; nothing is changed then.
        OutputError: ``home`` cannot be written.
    """
    wish = wish or Wish()
    try:
        with opened(source) as bundle:
            root = find_root(bundle)
            home.mkdir(parents=True, exist_ok=True)
            with locked(home):
                tidy(home)
                with fresh_folder(home) as stage, _told_of_source(stage, bundle.where):
                    return _install(bundle, root, stage, (home, *search), wish)
    except OSError as error:
        raise OutputError("output_failed", f"cannot be written: {error.strerror}", str(home)) from error


def _install(bundle: Bundle, root: str, stage: Path, search: Sequence[Path], wish: Wish) -> Installed:
    home = search[0]
    unpacked = stage / _UNNAMED
    _unpack(bundle, sort_out(bundle, root), unpacked)
    name = kind_of(unpacked)
    if not name:  # what marked it as a voice was something else
        told = "; ".join(f"{path} {reason}" for path, reason in bundle.left_out.items())
        raise VoicebankError("no_voice", f"holds no voice: {told[:300]}", bundle.where)
    kind = KINDS[name]
    identity = kind.identify(unpacked, voice_title(bundle, root), wish.name_as)
    folder = unpacked.rename(stage / identity.name) if identity.name != _UNNAMED else unpacked
    kind.check(folder, search)
    record = Record(
        name=identity.name,
        version_of_voice=identity.version,
        kind=name,
        installed=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        source=Source(file_name=bundle.where, sha256=bundle.sha256),
        files={path: facts_of(folder / path) for path in files_below(folder)},
        left_out=bundle.left_out,
        use_policy=kind.policy(folder),
    )
    target = identity.folder_in(home)
    if there := _in_the_way(identity, home, record, wish):
        return there
    write_file(stage / RECORD_NAME, [record_text(record).encode()])
    replaced = target.exists()
    put_in_place(stage, target.parent)
    return Installed(target, record, replaced=replaced)


@contextlib.contextmanager
def _told_of_source(stage: Path, source: str) -> Iterator[None]:
    """Let errors name the file in what the user gave, not where it was unpacked and is gone from."""
    try:
        yield
    except SingerError as error:
        place = Path(error.where or "")
        if not place.is_relative_to(stage):
            raise
        inside = place.relative_to(stage).parts[1:]  # the first one is the voice's own folder
        raise type(error)(error.code, error.message, "/".join((source, *inside))) from error


def _unpack(bundle: Bundle, chosen: dict[str, str], folder: Path) -> None:
    """Write the chosen files; a file that is not what it is called is left out, and told."""
    _check_room(sum(bundle.files[path] for path in chosen.values()), folder.parents[1])
    folder.mkdir()
    for below in folders_of(chosen):
        (folder / below).mkdir()
    total = 0
    for path, member in chosen.items():
        pieces = bundle.pieces(member)
        head = next(pieces, b"")
        if reason := disguise_of(path, head[:HEAD_BYTES]):
            bundle.left_out[member] = reason
            continue
        write_file(folder / path, chain([head], pieces))
        total += (folder / path).stat().st_size
        if total > LIMITS.total_bytes:
            message = f"its files have more than {LIMITS.total_bytes / 1e6:g} MB together"
            raise VoicebankError("unsafe_folder", message, bundle.where)


def _check_room(bytes_needed: int, home: Path) -> None:
    free = shutil.disk_usage(home).free
    if bytes_needed > free:
        message = f"needs {bytes_needed / 1e6:.0f} MB, and {free / 1e6:.0f} MB are free"
        raise OutputError("disk_full", message, str(home))


def _in_the_way(identity: Versioned, home: Path, record: Record, wish: Wish) -> Installed | None:
    """What is there already: the same is given back, anything that is not to be overwritten is an error."""
    if (home / identity.name).exists():
        message = "is a voice folder that was put there by hand; it comes before installed ones: move or remove it first"
        raise VoicebankError("voice_exists", message, str(home / identity.name))
    target = identity.folder_in(home)
    if target.is_dir():
        there = read_record(target)
        if there is not None and there.files == record.files and _is_whole(target, there):
            return Installed(target, there, was_there=True)
        if not wish.replace:
            message = f"{identity} is installed already, with other content; give the voice a new version, or use --replace"
            raise VoicebankError("voice_exists", message, str(target))
    elif not wish.over_shipped:
        _check_not_shipped(identity, record)
    return None


def _is_whole(folder: Path, record: Record) -> bool:
    return {path: facts_of(folder / path) for path in files_below(folder)} == record.files


def _check_not_shipped(identity: Versioned, record: Record) -> None:
    from voicebanks.load import known_names

    shipped = known_names()
    if identity.name in shipped:
        another = "" if record.kind == "singer" else "give the bank another one with --as; "
        message = (
            f"a voice of the engine has the name {identity.name!r}; taken are {', '.join(shipped)}; {another}"
            "with --over-shipped the installed one is sung with when this name is asked for"
        )
        raise VoicebankError("shipped_name", message, record.source.file_name)
