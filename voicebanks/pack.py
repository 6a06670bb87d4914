"""A voice folder of this engine as one zip that can be installed elsewhere; the same voice gives the same bytes."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from singer.errors import OutputError, VoicebankError
from voicebanks.load import VoiceFolder, check_files
from voicebanks.manifest import MANIFEST_NAME, FileEntry
from voicebanks.store.contents import is_data
from voicebanks.store.files import files_below
from voicebanks.store.names import check_paths

_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can tell."""
_UNIX = 3
_PLAIN_FILE = 0o100644 << 16


def pack_voice(voice: VoiceFolder, target: Path) -> tuple[str, ...]:
    """Write ``voice`` into the zip ``target``, whole or not at all.

    Members lie in one folder with the voice's name, sorted, without dates and not compressed: weights hardly shrink, and
    what compression gives differs between versions of its library. A designed voice is packed without its base.

    Args:
        voice: of this engine's own kind.
        target: the zip, which is not there; must end in ``.zip``.

    Returns:
        The paths that were packed. Files that no voice is made of, such as scripts, stay out.

    Raises:
        VoicebankError: the voice is damaged.
        OutputError: the file is there already, or cannot be written.
    """
    check_files(voice)
    if target.suffix.lower() != ".zip":
        raise OutputError("output_format", f"found the ending {target.suffix!r}; write .zip", str(target))
    if target.exists():
        raise OutputError("output_exists", "is there already; name a new .zip", str(target))
    paths = [path for path in files_below(voice.folder) if is_data(path) and not _is_hidden(path)]
    check_paths(paths, str(voice.folder))
    needed = {MANIFEST_NAME, *(entry.path for entry in _own_entries(voice)), *voice.manifest.licence.files}
    if missing := sorted(needed.difference(paths)):
        message = f"{', '.join(missing)}: no kind of file that an installed voice may hold; rename it"
        raise VoicebankError("pack", message, str(voice.folder))
    try:
        _write(target, voice, paths)
    except OSError as error:
        raise OutputError("output_failed", f"cannot be written: {error.strerror}", str(target)) from error
    return tuple(paths)


def _own_entries(voice: VoiceFolder) -> list[FileEntry]:
    """Files of the manifest that lie in the voice's own folder."""
    return [entry for role, entry in voice.manifest.files.items() if voice.folder_of(role) == voice.folder]


def _is_hidden(path: str) -> bool:
    return any(part.startswith((".", "__")) for part in path.split("/"))


def _write(target: Path, voice: VoiceFolder, paths: list[str]) -> None:
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
            for path in paths:
                info = zipfile.ZipInfo(f"{voice.manifest.name}/{path}", _DATE)
                info.create_system, info.external_attr = _UNIX, _PLAIN_FILE
                archive.writestr(info, (voice.folder / path).read_bytes())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
