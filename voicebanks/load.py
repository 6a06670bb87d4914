"""From a name or a folder to a ``Voice``: finds it, checks everything that it holds, opens its models.

A voice folder is data. Nothing in it is run, no path leads out of it, and every file is checked by size and
hash before it is used.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from singer.errors import ModelError, VoicebankError
from singer.onnx_model import OnnxModel, RunsOn
from singer.voice import Voice
from voicebanks.homes import Versioned, home_of, parse_versioned, voices_in
from voicebanks.manifest import (
    LARGEST_MANIFEST_BYTES,
    MANIFEST_NAME,
    MODEL_ROLES,
    DesignedManifest,
    FileEntry,
    Manifest,
    parse_manifest,
)
from voicebanks.openutau.detect import is_bank

_INPUTS = {
    "encoder": ("phone", "role", "language", "frames"),
    "decoder": ("hidden", "position", "log_f0", "style", "timbre"),
    "vocoder": ("envelope", "aperiodicity", "log_f0"),
}
_OUTPUTS = {
    "encoder": ("hidden",),
    "decoder": ("envelope", "aperiodicity"),
    "vocoder": ("harmonic", "noise", "phase"),
}


@dataclass(frozen=True, slots=True)
class VoiceFolder:
    """A voice on disk, found but not loaded.

    Attributes:
        folder: where it lies.
        manifest: what it says of itself; for a designed voice laid over what its base says.
        manifest_sha256: hash of ``voicebank.json`` as read.
        base: the voice whose models it uses, if not its own.
        is_imported: a bank made for OpenUtau; the manifest is then made from its configuration.
        speaker: the one of its singers that was asked for, or a mixture of them.
        homes: folders of voices beside which its vocoder may lie.
    """

    folder: Path
    manifest: Manifest
    manifest_sha256: str
    base: VoiceFolder | None = None
    is_imported: bool = False
    speaker: str | None = None
    homes: tuple[Path, ...] = ()

    def folder_of(self, role: str) -> Path:
        """Folder of the file that ``manifest.files`` has under ``role``."""
        return self.base.folder if self.base is not None and role in MODEL_ROLES else self.folder

    @property
    def own_bytes(self) -> int:
        """Size of the files of ``manifest.files`` that lie in this folder; of all files of an imported bank."""
        if self.is_imported:
            return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
        own = (
            entry.bytes for role, entry in self.manifest.files.items() if self.folder_of(role) == self.folder
        )
        return sum(own)


def shipped_folder() -> Path:
    """Folder of the voices that come with the engine."""
    return Path(__file__).parent


def list_voices(
    search: Sequence[Path] = (), *, refused: Callable[[VoicebankError], None] | None = None
) -> tuple[VoiceFolder, ...]:
    """Voices in the folders of ``search`` and those shipped, by name; the first one of a name counts.

    Args:
        search: folders of voices, looked through before the shipped ones.
        refused: told of each voice that cannot be opened, which is then left out; ``None`` raises the error.

    Raises:
        VoicebankError: a voice cannot be opened, and nobody is told of it.
    """
    found: dict[str, VoiceFolder] = {}
    for folder in _candidates(search):
        try:
            voice = open_folder(folder, search)
        except VoicebankError as error:
            if refused is None:
                raise
            refused(error)
            continue
        found.setdefault(voice.manifest.name, voice)
    return tuple(found[name] for name in sorted(found))


def known_names(search: Sequence[Path] = ()) -> list[str]:
    """Names of the folders that hold a voice, readable or not."""
    return sorted({folder.name for folder in _candidates(search)})


def _candidates(search: Sequence[Path]) -> Iterator[Path]:
    for home in (*search, shipped_folder()):
        yield from voices_in(home, _is_voice)


def find_voice(name_or_path: str, search: Sequence[Path] = ()) -> VoiceFolder:
    """The voice called ``name_or_path``, or the folder at that path if it has a ``/`` in it or is one.

    ``NAME@VERSION`` is that version, wherever it lies; of a bare name the first one counts. Behind the name of an imported bank
    one of its singers may be named, ``bank:singer``, or a mixture of them, ``bank:one=0.3+other=0.7``.

    Raises:
        VoicebankError: no such voice (the message lists the known ones), or its manifest cannot be read.
    """
    name, mark, speaker = name_or_path.rpartition(":")
    for asked, of_bank in ((name_or_path, None), *([(name, speaker)] if mark and name and speaker else [])):
        found = _found(asked, search)
        if found is not None and (of_bank is None or found.is_imported):
            return replace(found, speaker=of_bank)
    path = Path(name_or_path)
    if len(path.parts) > 1:
        return open_folder(path, search)
    known = ", ".join(known_names(search)) or "none"
    message = f"no voice has this name; known are {known}; a folder is named by its path, such as ./my-voice"
    raise VoicebankError("unknown_voice", message, f"voice {name_or_path[:60]!r}")


def _found(name_or_path: str, search: Sequence[Path]) -> VoiceFolder | None:
    path = Path(name_or_path)
    if _is_voice(path):
        return open_folder(path, search)
    if len(path.parts) > 1:
        return None
    if asked := parse_versioned(name_or_path):
        return _find_version(asked, search)
    return next(
        (open_folder(each, search) for each in _candidates(search) if each.name == name_or_path), None
    )


def _find_version(asked: Versioned, search: Sequence[Path]) -> VoiceFolder:
    known = []
    for folder in (each for each in _candidates(search) if each.name == asked.name):
        if folder.parent.name == str(asked):
            return open_folder(folder, search)
        with contextlib.suppress(
            VoicebankError
        ):  # another version that is damaged is not in the way of this one
            voice = open_folder(folder, search)
            if voice.manifest.version_of_voice == asked.version:
                return voice
            known.append(voice.manifest.version_of_voice)
    message = f"there is no such version; of {asked.name!r} there are {', '.join(known) or 'none'}"
    raise VoicebankError("unknown_voice", message, f"voice {str(asked)!r}")


def _is_voice(folder: Path) -> bool:
    try:
        return (folder / MANIFEST_NAME).is_file() or is_bank(folder)
    except OSError:  # too long for a name, or a folder that may not be looked into
        return False


def open_folder(folder: Path, search: Sequence[Path] = ()) -> VoiceFolder:
    """Read the manifest of ``folder`` and, if it names a base, that of the base; of a bank made for OpenUtau its configuration.

    Args:
        folder: of the voice.
        search: folders of voices to look for the base in, after the folder that this voice lies in and before the shipped ones.

    Raises:
        VoicebankError: no voice, a manifest that breaks a rule, or a base that is not there or has a base itself.
    """
    if is_bank(folder):
        from voicebanks.openutau.describe import describe_bank

        described, installed = describe_bank(folder), parse_versioned(folder.absolute().parent.name)
        if installed is not None:  # as it is asked for, whatever its maker wrote
            described = described.model_copy(update={"version_of_voice": installed.version})
        return VoiceFolder(folder, described, "", is_imported=True, homes=tuple(search))
    manifest, sha256 = _read_manifest(folder)
    if isinstance(manifest, Manifest):
        return VoiceFolder(folder, manifest, sha256)
    base = open_base(manifest.base, folder, search)
    try:
        return VoiceFolder(folder, manifest.over(base.manifest), sha256, base)
    except ValueError as error:
        raise VoicebankError("manifest", str(error), str(folder)) from error


def open_base(name: str, folder: Path, search: Sequence[Path] = ()) -> VoiceFolder:
    """The voice that a designed one in ``folder`` uses; followed once, so that no chain or circle can form.

    A voice of this name beside the designed one comes first: an own voice that is called like a shipped one changes no shipped
    singer.

    Raises:
        VoicebankError: it is not installed (``base_missing``) or has a base itself (``base_chain``).
    """
    for candidate in _candidates((home_of(folder), *search)):
        if candidate.name == name and not is_bank(candidate):
            found, sha256 = _read_manifest(candidate)
            if isinstance(found, Manifest):
                return VoiceFolder(candidate, found, sha256)
            message = f"its base {name!r} is itself made from {found.base!r}; name {found.base!r}"
            raise VoicebankError("base_chain", message, str(folder))
    known = ", ".join(known_names(search)) or "none"
    raise VoicebankError(
        "base_missing", f"its base {name!r} is not installed; known are {known}", str(folder)
    )


def _read_manifest(folder: Path) -> tuple[Manifest | DesignedManifest, str]:
    """What ``voicebank.json`` of ``folder`` says, and its hash."""
    where = str(folder)
    path = folder / MANIFEST_NAME
    if not folder.is_dir():
        raise VoicebankError("voice_missing", "is not a folder", where)
    if not path.is_file() or path.is_symlink():
        raise VoicebankError("manifest_missing", f"holds no {MANIFEST_NAME}, so it is not a voice", where)
    with path.open("rb") as file:
        content = file.read(LARGEST_MANIFEST_BYTES + 1)
    manifest = parse_manifest(content, str(path))
    resolved = folder.resolve().name
    if manifest.name != resolved:
        message = f"is named {resolved!r}, but its manifest says {manifest.name!r}; rename one of them"
        raise VoicebankError("voice_name", message, where)
    return manifest, hashlib.sha256(content).hexdigest()


def check_files(voice: VoiceFolder) -> None:
    """Check place, size and hash of every file that the manifest names; raises ``VoicebankError``."""
    for role, entry in voice.manifest.files.items():
        path = _safe_path(voice.folder_of(role), entry)
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != entry.sha256:
            message = f"sha256 is {found}, the manifest says {entry.sha256}; get the voice again"
            raise VoicebankError("file_hash", message, str(path))
    for name in voice.manifest.licence.files:
        if not _is_plain_file(voice.folder, name):
            message = f"the licence file {name[:80]!r} is not there, or no plain file"
            raise VoicebankError("licence_missing", message, str(voice.folder))


def _is_plain_file(folder: Path, name: str) -> bool:
    path = folder / name
    try:
        return Path(name).name == name and not path.is_symlink() and path.is_file()
    except (OSError, ValueError):  # too long for a name, or with a zero in it
        return False


def _safe_path(folder: Path, entry: FileEntry) -> Path:
    """Path of a file that lies inside ``folder`` for sure and has the size that the manifest says."""
    path = folder / entry.path
    home = folder.resolve()
    try:
        inside = path.resolve(strict=True).is_relative_to(home)
        size = path.stat().st_size
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        raise VoicebankError(
            "file_missing", "the manifest names this file, but it is not there", str(path)
        ) from error
    if not inside or not path.is_file():
        raise VoicebankError("file_outside", "is not a plain file inside the voice's folder", str(path))
    if size != entry.bytes:
        message = f"has {size} bytes, the manifest says {entry.bytes}; get the voice again"
        raise VoicebankError("file_size", message, str(path))
    return path


def load_voice(name_or_path: str, search: Sequence[Path] = (), runs_on: RunsOn | None = None) -> Voice:
    """Find a voice, check it and open its models.

    Args:
        name_or_path: name of a voice, or path of a folder.
        search: folders of voices to look into before the shipped ones.
        runs_on: provider and threads of the models; one CPU thread if ``None``.

    Raises:
        VoicebankError: unknown, damaged or unsafe voice.
        ModelError: a model does not fit the manifest, or the provider is not there.
    """
    return load_folder(find_voice(name_or_path, search), runs_on)


def load_folder(found: VoiceFolder, runs_on: RunsOn | None = None) -> Voice:
    """Check a folder and open its models; raises as ``load_voice`` does."""
    if found.is_imported:
        from singer.diffsinger.bank_singer import bank_voice
        from voicebanks.openutau.open_bank import open_bank

        return bank_voice(open_bank(found.folder, found.homes, runs_on), found.speaker)
    check_files(found)
    models = {role: _open_model(found, role, runs_on) for role in MODEL_ROLES}
    manifest = found.manifest
    manifests = [found.manifest_sha256, *([found.base.manifest_sha256] if found.base else [])]
    hashes = [*manifests, *(models[role].sha256 for role in MODEL_ROLES)]
    return Voice(
        name=manifest.name,
        title=manifest.title,
        spec=manifest.audio.to_spec(),
        lowest_midi=manifest.range.lowest_midi,
        highest_midi=manifest.range.highest_midi,
        phones=dict(manifest.phones),
        languages={str(language): row for language, row in manifest.languages.items()},
        timbre=np.array(manifest.timbre, np.float32),
        encoder=models["encoder"],
        decoder=models["decoder"],
        vocoder=models["vocoder"],
        context_frames=manifest.context_frames,
        fingerprint=hashlib.sha256(" ".join(hashes).encode()).hexdigest(),
        character=dict(manifest.character),
    )


def _open_model(found: VoiceFolder, role: str, runs_on: RunsOn | None) -> OnnxModel:
    entry = found.manifest.files[role]
    path = _safe_path(found.folder_of(role), entry)
    metadata = found.manifest.audio.metadata(role)
    model = OnnxModel(path, sha256=entry.sha256, metadata=metadata, runs_on=runs_on)
    model.require(_INPUTS[role], _OUTPUTS[role])
    if role == "decoder":
        declared = model.inputs["timbre"].shape[0]
        if isinstance(declared, int) and declared != len(found.manifest.timbre):
            message = f"takes {declared} timbre numbers, the manifest gives {len(found.manifest.timbre)}"
            raise ModelError("model_timbre", message, path.name)
    return model
