"""One change of a folder of voices at a time, also among processes."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import IO

from singer.errors import VoicebankError

LOCK_NAME = ".lock"
WAIT_S = 30.0
_LOOK_S = 0.05
_HELD = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)
"""What systems say of a lock that another process holds; all else is a folder that cannot be locked."""


@contextlib.contextmanager
def locked(home: Path, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold the folder ``home``; the system lets go when the process ends, however it ends.

    Raises:
        VoicebankError: ``store_busy``: another process holds it for more than ``wait_s`` seconds.
        OSError: the folder cannot be locked.
    """
    until_s = time.monotonic() + wait_s
    with (home / LOCK_NAME).open("a+b") as file:
        while not _try_lock(file):
            if time.monotonic() > until_s:
                message = f"another process has been changing the voices for {wait_s:g} s; try again later"
                raise VoicebankError("store_busy", message, str(home))
            time.sleep(_LOOK_S)
        try:
            yield
        finally:
            _unlock(file)


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if os.name == "nt":
            windows = import_module("msvcrt")
            file.seek(0)
            windows.locking(file.fileno(), windows.LK_NBLCK, 1)
        else:
            unix = import_module("fcntl")
            unix.flock(file.fileno(), unix.LOCK_EX | unix.LOCK_NB)
    except OSError as error:
        if error.errno not in _HELD:
            raise
        return False
    return True


def _unlock(file: IO[bytes]) -> None:
    if os.name == "nt":
        windows = import_module("msvcrt")
        file.seek(0)
        windows.locking(file.fileno(), windows.LK_UNLCK, 1)
