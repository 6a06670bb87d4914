"""Names of strangers: which paths may be written on any system, and which name and version a bank gets here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from singer.errors import VoicebankError

DEEPEST = 8
LONGEST_PART_BYTES, LONGEST_PATH_BYTES = 200, 600
_NOT_ON_WINDOWS = set('<>"|?*')
_RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{device}{number}" for device in ("com", "lpt") for number in "0123456789¹²³"
}
"""https://learn.microsoft.com/windows/win32/fileio/naming-a-file"""
_MOST_LETTERS = 40
_IDEOGRAPHIC_SPACE = "\u3000"


def path_refusal(path: str) -> str:
    """Why ``path``, with ``/`` between its parts, may not be written inside a folder on every system; empty if it may."""
    if path.startswith("/") or "\\" in path or ":" in path:
        return "is an absolute path, or one of another system, with a drive, a share or backslashes"
    parts = path.split("/")
    if ".." in parts:
        return "leads out of the folder"
    if len(parts) > DEEPEST:
        return f"lies {len(parts)} folders deep; {DEEPEST} are the most"
    if len(path.encode(errors="replace")) > LONGEST_PATH_BYTES:
        return f"has a path of more than {LONGEST_PATH_BYTES} bytes"
    return next((reason for part in parts if (reason := _part_refusal(part))), "")


def _part_refusal(part: str) -> str:
    if part in ("", "."):
        return "has an empty part in its path"
    if not part.replace(_IDEOGRAPHIC_SPACE, " ").isprintable():
        return "has a character in its name that cannot be seen"
    if _NOT_ON_WINDOWS.intersection(part):
        return "has one of the characters " + " ".join(sorted(_NOT_ON_WINDOWS)) + " in its name"
    if part[-1] in " .":
        return "has a name that ends in a blank or a dot"
    if part.split(".")[0].rstrip().casefold() in _RESERVED:
        return "has a name that Windows keeps for a device"
    if len(part.encode()) > LONGEST_PART_BYTES:
        return f"has a name of more than {LONGEST_PART_BYTES} bytes"
    return ""


def check_paths(paths: Collection[str], where: str) -> None:
    """Refuse paths that may not be written; raises ``VoicebankError``, ``unsafe_name``, naming the file."""
    for path in paths:
        if reason := path_refusal(path):
            raise VoicebankError("unsafe_name", f"its file {path[:80]!r} {reason}", where)
    for first, second in _collisions(paths):
        message = (
            f"its files {first[:80]!r} and {second[:80]!r} are one and the same where case does not count"
        )
        raise VoicebankError("unsafe_name", message, where)


def _collisions(paths: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Pairs that a disk which knows no case, or no forms of accents, takes for one; also a file that is another's folder."""
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in files:
            yield files[folded], path
        files[folded] = path
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            known = folders.setdefault(unicodedata.normalize("NFC", folder).casefold(), folder)
            if known != folder:
                yield known, path
    yield from ((files[folded], f"{folder}/") for folded, folder in folders.items() if folded in files)


def name_from(text: str) -> str:
    """The voice name that a bank gets whose folder or zip is called ``text``; empty if nothing of it can be used.

    Letters lose their accents, Chinese characters are read in Mandarin, all else becomes a hyphen.
    """
    from pypinyin import lazy_pinyin

    words = re.sub(r"\W+", " ", unicodedata.normalize("NFKC", text))
    read = " ".join(lazy_pinyin(words))
    plain = unicodedata.normalize("NFKD", read).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")
    return re.sub(r"^[^a-z]+", "", name)[:_MOST_LETTERS].rstrip("-_")


def version_from(text: object) -> str:
    """A version of three numbers from what a bank's maker wrote, ``1.0.0`` if there is no number in it."""
    numbers = re.findall(r"[0-9]{1,6}", text)[:3] if isinstance(text, str) else []
    return ".".join(str(int(number)) for number in (*numbers, "0", "0")[:3]) if numbers else "1.0.0"
