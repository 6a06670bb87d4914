"""Which files of a bundle are the voice, and which of them are data that may be installed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from singer.errors import VoicebankError
from voicebanks.store.bundle import Bundle

DATA_ENDINGS = (
    ".onnx", ".emb", ".json", ".yaml", ".yml", ".txt", ".md", ".pdf",
    ".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".wav", ".flac", ".ogg", ".mp3",
)  # fmt: skip
"""What a voice is made of, and what tells of it. All else stays out, programs before all."""
_BINARY_OWN_CHECK = (".onnx", ".emb")
_TEXT_NAMES = re.compile(
    r"(licen[cs]e|notice|copying|readme|authors|credits|changelog)[-_a-z0-9 ]*(\.[0-9]+)?", re.I
)
_PROGRAMS = (
    b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!",
)  # fmt: skip
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
HEAD_BYTES = 512
OWN_MARK = "voicebank.json"
BANK_MARKS = ("character.txt", "dsconfig.yaml")


def find_root(bundle: Bundle) -> str:
    """The folder of the bundle, ``""`` or with a ``/`` at its end, that holds the voice.

    Raises:
        VoicebankError: ``no_voice``, or ``several_voices`` with their folders.
    """
    for mark in (OWN_MARK, *BANK_MARKS):
        folders = [
            path.removesuffix(mark) for path in bundle.files if path == mark or path.endswith(f"/{mark}")
        ]
        if not folders:
            continue
        shallowest = min(folder.count("/") for folder in folders)
        roots = sorted(folder for folder in folders if folder.count("/") == shallowest)
        if len(roots) > 1:
            named = ", ".join(root.rstrip("/")[:60] for root in roots[:10])
            raise VoicebankError(
                "several_voices", f"holds several voices: {named}; install one", bundle.where
            )
        return roots[0]
    marks = ", ".join((OWN_MARK, *BANK_MARKS))
    message = f"holds no voice: none of {marks} is in it; found are {_some(bundle.files)}"
    raise VoicebankError("no_voice", message, bundle.where)


def _some(files: dict[str, int]) -> str:
    named = ", ".join(sorted(files)[:3])
    return f"{named[:120]} and {len(files) - 3} more" if len(files) > 3 else named[:120] or "no files"


def voice_title(bundle: Bundle, root: str) -> str:
    """What a voice without a name of its own is named after: its folder in the bundle, else the bundle."""
    return root.rstrip("/").split("/")[-1] or bundle.title


def sort_out(bundle: Bundle, root: str) -> dict[str, str]:
    """Path in the voice to path in the bundle, of all that may be installed; what may not is told in ``bundle.left_out``."""
    chosen = {}
    for path in sorted(bundle.files):
        if not path.startswith(root):
            bundle.left_out[path] = "lies outside the voice's folder"
        elif not is_data(path):
            bundle.left_out[path] = "is no kind of file that a voice is made of"
        else:
            chosen[path.removeprefix(root)] = path
    return chosen


def is_data(path: str) -> bool:
    """Whether the file at ``path`` is, by its name, of a kind that voices are made of."""
    name = path.rpartition("/")[2]
    return name.lower().endswith(DATA_ENDINGS) or bool(_TEXT_NAMES.fullmatch(name))


def disguise_of(path: str, head: bytes) -> str:
    """What a file really is that is called data, by its first bytes; empty if nothing is wrong with it."""
    if path.lower().endswith(
        _BINARY_OWN_CHECK
    ):  # numbers may begin as they like; these files are read through later
        return ""
    if head.startswith(_PROGRAMS) or (head.startswith(b"MZ") and b"\0" in head):
        return "is a program under the name of data"
    return "is an archive under the name of data" if head.startswith(_ARCHIVES) else ""


def folders_of(paths: dict[str, str]) -> Iterator[str]:
    """The folders that the files of a voice lie in, outer ones first."""
    found = {
        "/".join(parts[:depth])
        for path in paths
        if (parts := path.split("/"))
        for depth in range(1, len(parts))
    }
    yield from sorted(found)
