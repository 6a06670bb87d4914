"""The voices of a server: each is loaded once, when it is first asked for, and shared by all."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from api.server.credits import Credit, credit_of
from singer.diffsinger.bank import Bank
from singer.diffsinger.bank_singer import bank_voice
from singer.errors import VoicebankError
from singer.onnx_model import RunsOn
from singer.pitch_names import pitch_name
from singer.voice import Voice
from voicebanks.homes import parse_versioned
from voicebanks.load import VoiceFolder, find_voice, list_voices, load_folder
from voicebanks.openutau.describe import singers_of
from voicebanks.openutau.open_bank import open_bank
from voicebanks.use_policy import UsePolicy, check_policy, policy_of

_LARGEST_PORTRAIT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What a server says of uses.

    Attributes:
        uses: what everything that is sung is for.
        permitted: names of voices whose owners have permitted the commercial use.
    """

    uses: tuple[str, ...] = ()
    permitted: tuple[str, ...] = ()


class VoicePool:
    """Voices by name; safe to share between threads."""

    def __init__(
        self,
        folders: Sequence[Path],
        default: str,
        runs_on: RunsOn | None = None,
        terms: Terms | None = None,
    ) -> None:
        self.default = default
        self._terms = terms or Terms()
        self._folders, self._runs_on = tuple(folders), runs_on or RunsOn()
        self._loaded: dict[str, _Loaded] = {}
        self._loading: dict[Path, threading.Lock] = {}
        self._banks: dict[Path, Bank] = {}
        self._lock = threading.Lock()

    def get(self, name: str | None, uses: Sequence[str] = ()) -> Voice:
        """The voice called ``name``, the default one for ``None``, to be used for ``uses`` and the server's own uses.

        Raises:
            VoicebankError: there is none, it cannot be loaded, or its policy forbids a use.
        """
        loaded = self._load(name or self.default)
        self._check(loaded, uses)
        return loaded.voice

    def credit(self, name: str | None) -> Credit:
        """Who the voice called ``name`` is, loaded; raises as ``get``."""
        loaded = self._load(name or self.default)
        return credit_of(loaded.found, loaded.policy)

    def _load(self, asked: str) -> _Loaded:
        """What is loaded under a name stays, with its terms, whatever becomes of its folder.

        The singers of a bank share its models; mixtures of them, of which clients may ask for endlessly many, are not kept.
        """
        if asked in self._loaded:
            return self._loaded[asked]
        found = self._found(asked)
        with self._lock:
            loading = self._loading.setdefault(found.folder, threading.Lock())
        with loading:
            place = (found.folder, found.speaker)
            same = next((each for each in list(self._loaded.values()) if each.place == place), None)
            loaded = same or _Loaded(found, self._opened(found), policy_of(found))
            if not found.is_imported or found.speaker in (None, *self._banks[found.folder].speakers):
                self._loaded[asked] = loaded
        return loaded

    def _opened(self, found: VoiceFolder) -> Voice:
        if not found.is_imported:
            return load_folder(found, self._runs_on)
        if found.folder not in self._banks:
            self._banks[found.folder] = open_bank(found.folder, found.homes, self._runs_on)
        return bank_voice(self._banks[found.folder], found.speaker)

    def _check(self, loaded: _Loaded, uses: Sequence[str]) -> None:
        wanted = (*self._terms.uses, *uses)
        if wanted:
            permitted = loaded.found.manifest.name in self._terms.permitted
            check_policy(loaded.found, loaded.policy, wanted, permitted=permitted)

    def _found(self, asked: str) -> VoiceFolder:
        """A client names a voice that is listed, never a folder; the server's own voice may lie anywhere."""
        return find_voice(asked, self._folders) if asked == self.default else self._known(asked)

    @property
    def is_loaded(self) -> bool:
        """Whether a voice is ready to sing."""
        return bool(self._loaded)

    def is_ready(self, name: str) -> bool:
        """Whether the voice ``name`` is loaded."""
        with self._lock:
            return name in self._loaded

    def documents(self) -> list[dict[str, Any]]:
        """What there is to say of every voice."""
        return [_document(found) for found in list_voices(self._folders, refused=lambda error: None)]

    def document(self, name: str) -> dict[str, Any]:
        """What there is to say of one voice; raises ``VoicebankError``."""
        return _document(self._known(name))

    def portrait(self, name: str) -> bytes:
        """The portrait of a voice, SVG; raises ``VoicebankError``."""
        path = self._known(name).folder / "portrait.svg"
        if not path.is_file() or path.stat().st_size > _LARGEST_PORTRAIT_BYTES:
            raise VoicebankError("unknown_voice", f"the voice {name} has no portrait", name)
        return path.read_bytes()

    def _known(self, name: str) -> VoiceFolder:
        bank, _, speaker = name.partition(":")
        if parse_versioned(bank):
            return find_voice(name, self._folders)
        listed = list_voices(self._folders, refused=lambda error: None)  # a damaged voice is in nobody's way
        found = next((each for each in listed if each.manifest.name == bank), None)
        if found is not None and speaker and found.is_imported:
            return replace(found, speaker=speaker)
        if found is None or speaker:
            known = ", ".join(each.manifest.name for each in listed)
            raise VoicebankError(
                "unknown_voice", f"there is no voice {name[:40]!r}; there are {known}", "name"
            )
        return found


@dataclass(frozen=True, slots=True)
class _Loaded:
    found: VoiceFolder
    voice: Voice
    policy: UsePolicy

    @property
    def place(self) -> tuple[Path, str | None]:
        return self.found.folder, self.found.speaker


def _document(found: VoiceFolder) -> dict[str, Any]:
    manifest = found.manifest
    has_portrait = (found.folder / "portrait.svg").is_file()
    return {
        "name": manifest.name,
        "title": manifest.title,
        "version": manifest.version_of_voice,
        "description": manifest.description,
        "languages": list(manifest.languages),
        "singers": list(singers_of(found.folder)) if found.is_imported else [],
        "lowest": pitch_name(manifest.range.lowest_midi),
        "highest": pitch_name(manifest.range.highest_midi),
        "lowest_midi": manifest.range.lowest_midi,
        "highest_midi": manifest.range.highest_midi,
        "sample_rate": manifest.audio.sample_rate_hz,
        "licence": manifest.licence.spdx,
        "use_policy": policy_of(found).document(),
        "portrait": f"/v1/voices/{manifest.name}/portrait" if has_portrait else None,
    }
