"""Write a voice as a voicebank of OpenUtau: a folder or a zip, whole or not at all."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from singer.errors import OutputError, VoicebankError
from voicebanks.load import VoiceFolder

_EPOCH = (1980, 1, 1, 0, 0, 0)


def export_bank(found: VoiceFolder, target: Path) -> int:
    """Write the bank of a voice.

    Args:
        found: the voice.
        target: a folder that is not there or empty, or a name that ends in ``.zip``, which is not there; a zip holds one folder
            with the voice's name.

    Returns:
        size of the bank's files in bytes.

    Raises:
        VoicebankError: ``extra_missing`` without the packages that this needs, or a voice that is damaged or incomplete.
        OutputError: the target is there already, or cannot be written.
    """
    _check_target(target)
    try:
        from voicebanks.openutau_export.bank import bank_files
    except ModuleNotFoundError as error:
        message = f"exporting needs the package {error.name}; pip install 'singer-engine[banks]'"
        raise VoicebankError("extra_missing", message) from error
    files = bank_files(found)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as partial:
            made = Path(partial) / "made"
            if _is_zip(target):
                _write_zip(made, found.manifest.name, files)
            else:
                _write_folder(made, files)
                if target.is_dir():
                    target.rmdir()
            os.rename(made, target)
    except OSError as error:
        raise OutputError("not_writable", f"cannot be written: {error.strerror}", str(target)) from error
    return sum(map(len, files.values()))


def _is_zip(target: Path) -> bool:
    return target.suffix.lower() == ".zip"


def _check_target(target: Path) -> None:
    try:
        taken = target.exists() or target.is_symlink()
        if target.is_dir() and not target.is_symlink() and not _is_zip(target):
            taken = any(target.iterdir())
    except OSError as error:
        raise OutputError("not_writable", f"cannot be written: {error.strerror}", str(target)) from error
    if taken:
        message = "is there already; name a folder that is empty or not there, or a new .zip"
        raise OutputError("output_exists", message, str(target))


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _write_zip(path: Path, top: str, files: Mapping[str, bytes]) -> None:
    """A zip whose bytes depend on the files alone."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{top}/{name}", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
