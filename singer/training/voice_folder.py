"""Checkpoints to a voice folder: export, manifest, licence and notices, written beside and moved into place."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from singer.errors import VoicebankError
from singer.timebase import AudioSpec
from singer.training.acoustic_network import AcousticNetwork, AcousticShape
from singer.training.export import export_decoder, export_encoder, export_vocoder
from singer.training.fairseq_run import read_network
from singer.training.plugin_settings import TRUSTED_HZ
from singer.training.prepare import LANGUAGE_ROWS, PHONE_ROWS
from singer.training.relief import raised
from singer.training.vocoder_network import VocoderNetwork
from voicebanks.manifest import (
    AudioContract,
    FileEntry,
    Licence,
    Manifest,
    ModelCard,
    Range,
    describe_file,
    write_manifest,
)
from voicebanks.portrait import PORTRAIT_NAME, portrait_svg
from voicebanks.use_policy import free_policy

SPEC = AudioSpec()
COMMAND = "python -m singer.training make"
LARGEST_FOLDER_BYTES = 40_000_000


@dataclass(frozen=True)
class Singer:
    """What a voice folder says of its singer.

    Attributes:
        name, title, description, version: as in the manifest.
        timbre: row of the timbre table that the singer is.
        lowest_midi, highest_midi: range.
        relief: by what share the formants' relief is raised, see ``singer.training.relief``.
        character: settings of the controls that the singer always has, as in the manifest.
        texts: folder with LICENSE, NOTICE and README.md.
        taught: names of all rows of the timbre table, which the manifest then carries for designed voices to mix.
    """

    name: str
    title: str
    description: str
    version: str
    timbre: int
    lowest_midi: float
    highest_midi: float
    relief: float
    character: Mapping[str, float]
    texts: Path
    taught: tuple[str, ...]


def make_voice_folder(singer: Singer, vocoder: Path, acoustic: Path, target: Path) -> dict[str, float]:
    """Write the voice folder ``target`` from two checkpoints.

    Args:
        singer: who it is.
        vocoder: fairseq checkpoint of the vocoder.
        acoustic: fairseq checkpoint of the acoustic model.
        target: folder of the voice; replaced only when everything has been written and checked.

    Returns:
        Largest difference between torch and ONNX of each model.

    Raises:
        ValueError: a model does not survive the export.
        VoicebankError: the folder is larger than allowed.
    """
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    filters, acoustics = load_vocoder(vocoder), load_acoustic(acoustic)
    parity = {
        "encoder": export_encoder(acoustics.encoder, partial / "encoder.onnx", SPEC),
        "decoder": export_decoder(raised(acoustics.decoder, singer.relief), partial / "decoder.onnx", SPEC),
        "vocoder": export_vocoder(filters, partial / "vocoder.onnx", SPEC),
    }
    for text in ("LICENSE", "NOTICE", "README.md"):
        shutil.copyfile(singer.texts / text, partial / text)
    files = {role: describe_file(partial, f"{role}.onnx") for role in parity}
    _check_size(files, target.name)
    (partial / PORTRAIT_NAME).write_text(portrait_svg(singer.name, {}), encoding="utf-8")
    files["portrait"] = describe_file(partial, PORTRAIT_NAME)
    reach = max(filters.reach_frames, acoustics.decoder.reach_frames)
    write_manifest(partial, _manifest(singer, acoustics, filters, files, reach))
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return parity


def load_vocoder(checkpoint: Path) -> VocoderNetwork:
    """The vocoder's network of a checkpoint; its size is read off the weights."""
    weights = read_network(checkpoint)
    channels, _, kernel = weights["input.weight"].shape
    network = VocoderNetwork(channels, kernel, _dilations(checkpoint), TRUSTED_HZ)
    network.load_state_dict(weights)
    return network.eval()


def load_acoustic(checkpoint: Path) -> AcousticNetwork:
    """The acoustic model of a checkpoint; its size is read off the weights."""
    weights = read_network(checkpoint)
    phones, hidden = weights["encoder.phone.weight"].shape
    shape = AcousticShape(
        phones,
        timbres=len(weights["timbres.weight"]),
        hidden=hidden,
        channels=len(weights["decoder.input.weight"]),
    )
    network = AcousticNetwork(shape)
    network.load_state_dict(weights)
    return network.eval()


def _dilations(checkpoint: Path) -> tuple[int, ...]:
    import torch

    options = torch.load(checkpoint, map_location="cpu", weights_only=False)["cfg"]["model"]
    return tuple(int(part) for part in options.dilations.split(","))


def _check_size(files: dict[str, FileEntry], name: str) -> None:
    total = sum(entry.bytes for entry in files.values())
    if total > LARGEST_FOLDER_BYTES:
        message = f"the models have {total} bytes together; {LARGEST_FOLDER_BYTES} are allowed"
        raise VoicebankError("voice_size", message, name)


def _manifest(
    singer: Singer,
    acoustics: AcousticNetwork,
    filters: VocoderNetwork,
    files: dict[str, FileEntry],
    reach_frames: int,
) -> Manifest:
    table = acoustics.timbres.weight.detach().numpy().astype(np.float64)
    rows = [tuple(float(value) for value in row) for row in table]
    sizes = {"encoder": acoustics.encoder, "decoder": acoustics.decoder, "vocoder": filters}
    about = {
        "encoder": "phones in context to hidden vectors",
        "decoder": "hidden vectors, pitch and timbre to pitch-free features",
        "vocoder": "features and pitch to harmonic filter, noise filter and dispersion",
    }
    cards = {
        role: ModelCard(
            description=about[role],
            parameters=sum(weight.numel() for weight in network.parameters()),
            trained_on="synthetic material of the teacher Kokoro-82M, blended; see README.md",
            command=COMMAND,
        )
        for role, network in sizes.items()
    }
    return Manifest(
        format="singer-voicebank",
        version=1,
        name=singer.name,
        title=singer.title,
        description=singer.description,
        version_of_voice=singer.version,
        languages=LANGUAGE_ROWS,  # type: ignore[arg-type]  # keys are checked by pydantic
        audio=AudioContract(sample_rate_hz=SPEC.sample_rate_hz, hop_samples=SPEC.hop_samples),
        range=Range(lowest_midi=singer.lowest_midi, highest_midi=singer.highest_midi),
        context_frames=reach_frames,
        phones=PHONE_ROWS,
        character=dict(singer.character),
        timbre=rows[singer.timbre],
        timbres=dict(zip(singer.taught, rows, strict=True)),
        files=files,
        licence=Licence(spdx="Apache-2.0", files=("LICENSE", "NOTICE")),
        use_policy=free_policy("Apache-2.0"),
        cards=cards,
    )
