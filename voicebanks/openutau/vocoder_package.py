"""The vocoder of a bank: its own ``dsvocoder`` folder, or a package that several banks share, a folder or an ``.oudep`` file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from singer.errors import VoicebankError
from singer.onnx_check import LARGEST_MODEL_BYTES
from singer.zip_members import DAMAGED, ArchiveRefused, CheckedZip, ZipLimits, checked_zip
from voicebanks.documents import LARGEST_BYTES, read_yaml
from voicebanks.openutau.yaml_file import Config, inside, read_inside

CONFIG_NAME = "vocoder.yaml"
PACKAGES_NAME = "Dependencies"
"""Folder that vocoders lie in which several banks share."""
_LIMITS = ZipLimits(members=1_000, member_bytes=LARGEST_MODEL_BYTES, total_bytes=2 * LARGEST_MODEL_BYTES)
SPECS: tuple[tuple[str, float], ...] = (
    ("sample_rate", 44_100),
    ("hop_size", 512),
    ("win_size", 2_048),
    ("fft_size", 2_048),
    ("num_mel_bins", 128),
    ("mel_fmin", 40),
    ("mel_fmax", 16_000),
)
"""Numbers in which a vocoder and an acoustic model must agree, with their defaults."""


@dataclass(frozen=True, slots=True)
class VocoderPackage:
    """A vocoder found.

    Attributes:
        config: its ``vocoder.yaml``.
        content: its model file.
        folder: its folder, ``None`` if it came out of an ``.oudep`` file.
    """

    config: Config
    content: bytes
    folder: Path | None


def find_vocoder(bank: Path, config: Config, shared: Sequence[Path]) -> VocoderPackage:
    """The vocoder of the bank in ``bank``, whose root configuration is ``config``.

    Args:
        bank: folder of the bank.
        config: its ``dsconfig.yaml``.
        shared: folders of packages, looked through in this order.

    Raises:
        VoicebankError: there is none, or it does not fit the acoustic model.
    """
    if (bank / "dsvocoder" / CONFIG_NAME).is_file():
        return _checked(_from_folder(bank / "dsvocoder", bank), config)
    name = config.text("vocoder")
    if Path(name).name != name:
        raise VoicebankError(
            "bank", f"found {name[:60]!r}; expected is the name of a package", f"{config.where}: vocoder"
        )
    for home in shared:
        if (home / name / CONFIG_NAME).is_file():
            return _checked(_from_folder(home / name, home), config)
        if (home / f"{name}.oudep").is_file():
            return _checked(_from_zip(home / f"{name}.oudep"), config)
    looked = ", ".join(map(str, shared)) or "nowhere else"
    message = f"the vocoder {name!r} is not there: no dsvocoder folder in the bank; looked for it in {looked}"
    raise VoicebankError("vocoder_missing", message, f"{config.where}: vocoder")


def shared_folders(bank: Path, searched: Iterable[Path] = ()) -> tuple[Path, ...]:
    """Folders of packages for ``bank``: ``Dependencies`` beside it, beside the folder it lies in, and in those searched."""
    around = [bank.resolve().parent, *list(bank.resolve().parents)[1:2], *searched]
    return tuple(dict.fromkeys(home / PACKAGES_NAME for home in around))


def _from_folder(folder: Path, home: Path) -> VocoderPackage:
    where = f"{folder.name}/{CONFIG_NAME}"
    config = Config(read_yaml(read_inside(home, str(folder / CONFIG_NAME), where), where), folder, where)
    path = inside(home, config.path("model", "model.onnx"), f"{where}: model")
    _check_size(path.stat().st_size, f"{where}: model")
    return VocoderPackage(config, path.read_bytes(), folder)


def _from_zip(path: Path) -> VocoderPackage:
    where = f"{path.name}/{CONFIG_NAME}"
    try:
        with path.open("rb") as file, checked_zip(file, _LIMITS) as archive:
            config = Config(
                read_yaml(_member(archive, CONFIG_NAME, LARGEST_BYTES, where), where), path.parent, where
            )
            name = config.text("model", "model.onnx")
            content = _member(archive, name, LARGEST_MODEL_BYTES, f"{where}: model")
    except ArchiveRefused as error:
        raise VoicebankError(
            "vocoder_damaged", f"the archive is refused: {error.problem}", path.name
        ) from error
    except DAMAGED as error:
        raise VoicebankError("vocoder_damaged", f"cannot be unpacked: {error}", path.name) from error
    return VocoderPackage(config, content, None)


def _member(archive: CheckedZip, name: str, most: int, where: str) -> bytes:
    """A member by its name, at the top or in the one folder there is; never more than ``most`` bytes of it."""
    found = [path for path in archive.files if path == name or path.split("/", 1)[-1] == name]
    if len(found) != 1:
        message = f"found {len(found)} members called {name[:60]!r}; one is needed"
        raise VoicebankError("file_missing", message, where)
    return archive.read(found[0], most)


def _check_size(size: int, where: str) -> None:
    if size > LARGEST_MODEL_BYTES:
        raise VoicebankError("file_size", f"has more than {LARGEST_MODEL_BYTES} bytes", where)


def _checked(package: VocoderPackage, acoustic: Config) -> VocoderPackage:
    """Refuse a vocoder whose spectrogram is not that of the acoustic model."""
    different = [
        f"{key} is {_number(package.config, key, default):g}, in {acoustic.where} {_number(acoustic, key, default):g}"
        for key, default in SPECS
        if abs(_number(package.config, key, default) - _number(acoustic, key, default)) > 1e-5
    ]
    scales = [str(each.raw.get("mel_scale") or "slaney") for each in (package.config, acoustic)]
    if scales[0] != scales[1]:
        different.append(f"mel_scale is {scales[0]}, in {acoustic.where} {scales[1]}")
    if different:
        raise VoicebankError(
            "vocoder_mel", f"{'; '.join(different)}; both must be equal", package.config.where
        )
    return package


def _number(config: Config, key: str, default: float) -> float:
    return config.number(key, default, 0.0, 1e6)


def mel_base(config: Config) -> Any:
    """Base of the logarithm of mel spectrograms: ``e`` or ``10``, the default."""
    base = config.text("mel_base", "10")
    if base not in ("e", "10"):
        raise VoicebankError("bank", f"found {base[:20]!r}; expected is e or 10", f"{config.where}: mel_base")
    return base
