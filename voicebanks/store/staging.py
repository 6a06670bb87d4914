"""How a folder of voices changes: beside, complete, then in one rename; and what is done about a change that was cut off.

Names that begin with a dot are never voices: ``.new-...`` is being written, ``.old-NAME@VERSION`` is on its way out.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from voicebanks.homes import parse_versioned
from voicebanks.store.files import keep_folder

_NEW, _OLD = ".new-", ".old-"


@contextlib.contextmanager
def fresh_folder(home: Path) -> Iterator[Path]:
    """A folder in ``home`` to write in; gone afterwards if it was not put in place."""
    folder = Path(tempfile.mkdtemp(prefix=_NEW, dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a new plain file that nobody may run, and let it outlast a loss of power."""
    with path.open("xb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def put_in_place(made: Path, target: Path) -> None:
    """Move the complete folder ``made`` to ``target``; what was there leaves first, and comes back if that fails."""
    for above, _, _ in os.walk(made):
        keep_folder(Path(above))
    made.chmod(0o755)  # mkdtemp made it private
    old = target.with_name(f"{_OLD}{target.name}")
    move(made, target, old)
    keep_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def move(made: Path, target: Path, aside: Path) -> None:
    """Move ``made`` to ``target``; what was there goes ``aside``, and comes back if the move fails. Raises ``OSError``."""
    replaced = target.exists()
    if replaced:
        os.rename(target, aside)
    try:
        os.rename(made, target)
    except OSError:
        if replaced:
            os.rename(aside, target)
        raise


def take_away(target: Path) -> None:
    """Remove the folder ``target``: it is no voice any more from one moment to the next."""
    with tempfile.TemporaryDirectory(prefix=_NEW, dir=target.parent) as aside:
        os.rename(target, Path(aside) / target.name)
        keep_folder(target.parent)


def tidy(home: Path) -> None:
    """Undo changes that were cut off; only while ``home`` is locked.

    A replaced version comes back if the new one had not got into its place.
    """
    for path in home.glob(f"{_OLD}*"):
        target = path.with_name(path.name.removeprefix(_OLD))
        if parse_versioned(target.name) and not target.exists():
            os.rename(path, target)
        else:
            shutil.rmtree(path, ignore_errors=True)
    for path in home.glob(f"{_NEW}*"):
        shutil.rmtree(path, ignore_errors=True)
