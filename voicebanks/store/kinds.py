"""The kinds of voices that can be installed: how each is told, named, and checked before it is put in place.

A new kind is one entry of ``KINDS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from voicebanks.homes import Versioned
from voicebanks.store import openutau_kind, own_kind
from voicebanks.store.contents import BANK_MARKS, OWN_MARK
from voicebanks.use_policy import UsePolicy


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of voice.

    Attributes:
        marks: files one of which lies in the voice's folder.
        identify: name and version of the voice in a folder that was unpacked, from the folder, its title and what the user
            asked for; raises ``VoicebankError``.
        check: the full check of the folder, which is named as the voice; takes the folder and the folders of voices to
            look for others in; raises ``SingerError``. Nothing is installed that does not pass it.
        policy: what may be known of the allowed uses, if the voice itself does not say it in its manifest.
    """

    marks: tuple[str, ...]
    identify: Callable[[Path, str, Versioned | None], Versioned]
    check: Callable[[Path, Sequence[Path]], None]
    policy: Callable[[Path], UsePolicy | None]


KINDS: Mapping[str, Kind] = {
    "singer": Kind((OWN_MARK,), own_kind.identify, own_kind.check, lambda folder: None),
    "openutau": Kind(BANK_MARKS, openutau_kind.identify, openutau_kind.check_bank, openutau_kind.policy),
}
"""By name; the first whose mark is there counts."""


def kind_of(folder: Path) -> str:
    """Name of the kind of the voice in ``folder``; empty if it is none."""
    for name, kind in KINDS.items():
        if any((folder / mark).is_file() for mark in kind.marks):
            return name
    return ""
