"""Sound of phrases that were sung before: in memory, and in a folder if one is given.

A key stands for everything that the sound depends on, so an entry never goes out of date; the least recently
used ones make room. Whatever is wrong with a stored file, the phrase is simply sung again.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from singer.performance.performance import CURVES, FIRST_CURVES, PhrasePerformance

logger = logging.getLogger(__name__)

MEMORY_BYTES = 64_000_000
FOLDER_BYTES = 1_000_000_000
_SOUND_VERSION = 2
"""Goes up when the same performance, voice and seed begin to give other samples."""


def content_digest(phrase: PhrasePerformance) -> bytes:
    """Hash of what a phrase sings, wherever it stands in the song: 32 bytes.

    Times count from the start of the phrase, in whole microseconds; the phrase's number and notes do not
    count, nor do neutral controls that came to the format later: a phrase without them keeps its sound.
    """
    digest = hashlib.sha256()
    for span in phrase.phones:
        times = [round((time_s - phrase.start_s) * 1e6) for time_s in (span.start_s, span.end_s)]
        named = span.symbol if span.sung_as is None else f"{span.symbol}={span.sung_as}"
        digest.update(f"{named}|{span.role}|{span.language}|{times[0]}|{times[1]}\n".encode())
    for name in CURVES:
        if name in FIRST_CURVES or phrase.curves[name].any():
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(phrase.curves[name]).tobytes())
    return digest.digest()


def cache_key(phrase: PhrasePerformance, voice_fingerprint: str, settings: str) -> str:
    """Key of a phrase sung by a voice with ``settings`` (seed and block sizes): 64 hexadecimal digits."""
    digest = hashlib.sha256(f"{_SOUND_VERSION}|{voice_fingerprint}|{settings}|".encode())
    digest.update(content_digest(phrase))
    return digest.hexdigest()


class PhraseCache:
    """A bounded store of phrases' samples; safe to share between threads.

    Attributes:
        hits, misses: number of look-ups that found their phrase, and that did not.
    """

    def __init__(
        self,
        *,
        memory_bytes: int = MEMORY_BYTES,
        folder: Path | None = None,
        folder_bytes: int = FOLDER_BYTES,
    ) -> None:
        """Make an empty cache in memory over what ``folder`` holds; the folder is made when first written."""
        self.hits = self.misses = 0
        self._memory_bytes, self._folder, self._folder_bytes = memory_bytes, folder, folder_bytes
        self._held = 0
        self._entries: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, samples: int) -> NDArray[np.float32] | None:
        """Samples float32 [N] kept under ``key``; ``None`` if there are none or not ``samples`` of them."""
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
        if found is None and self._folder is not None:
            found = _read(self._folder / f"{key}.npy")
            if found is not None:
                self._remember(key, found)
        if found is not None and len(found) != samples:
            found = None
        with self._lock:
            if found is None:
                self.misses += 1
            else:
                self.hits += 1
        return found

    def put(self, key: str, samples: NDArray[np.float32]) -> None:
        """Keep ``samples`` (float32 [N]) under ``key``, as far as there is room."""
        kept = samples.copy()
        kept.flags.writeable = False
        self._remember(key, kept)
        if self._folder is not None:
            _write(self._folder, f"{key}.npy", kept)
            _make_room(self._folder, self._folder_bytes)

    def is_worth_keeping(self, samples: int) -> bool:
        """Whether a phrase of ``samples`` samples is small enough to be kept beside others."""
        largest = max(self._memory_bytes, self._folder_bytes if self._folder is not None else 0)
        return 4 * samples <= largest // 4

    def _remember(self, key: str, samples: NDArray[np.float32]) -> None:
        if samples.nbytes > self._memory_bytes:
            return
        with self._lock:
            before = self._entries.pop(key, None)
            self._held += samples.nbytes - (0 if before is None else before.nbytes)
            self._entries[key] = samples
            while self._held > self._memory_bytes:
                _, dropped = self._entries.popitem(last=False)
                self._held -= dropped.nbytes


def _read(path: Path) -> NDArray[np.float32] | None:
    try:
        samples = np.load(path, allow_pickle=False)
        os.utime(path)  # marks it as recently used
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError) as error:
        logger.warning("cached phrase %s cannot be read (%s); it is sung again", path.name, error)
        return None
    if not isinstance(samples, np.ndarray) or samples.dtype != np.float32 or samples.ndim != 1:
        logger.warning("cached phrase %s does not hold samples; it is sung again", path.name)
        return None
    samples.flags.writeable = False
    return samples


def _write(folder: Path, name: str, samples: NDArray[np.float32]) -> None:
    """Write in one step; a full or read-only disk costs the cache entry, not the song."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                np.save(file, samples, allow_pickle=False)
            os.replace(partial, folder / name)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
    except OSError as error:
        logger.warning("the phrase cache %s cannot be written: %s", folder, error)


def _make_room(folder: Path, folder_bytes: int) -> None:
    """Remove the least recently used files until at most ``folder_bytes`` are left."""
    files = []
    for path in folder.glob("*.npy"):
        with contextlib.suppress(FileNotFoundError):  # another process may make room too
            state = path.stat()
            files.append((state.st_mtime_ns, state.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= folder_bytes:
            return
        path.unlink(missing_ok=True)
        total -= size
