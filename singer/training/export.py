"""Trained networks to ONNX files, each checked against torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from singer.bands import APERIODICITY_BANDS, ENVELOPE_BANDS
from singer.controls import STYLE_COLOURS
from singer.features import ROWS_PER_FRAME
from singer.onnx_model import OnnxModel
from singer.timebase import AudioSpec
from singer.training.acoustic_network import Decoder, Encoder
from singer.training.vocoder_network import VocoderNetwork

OPSET = 17
PARITY = 2e-4
"""Largest absolute difference between torch and ONNX Runtime that an export may show."""


class _OneEncoder(nn.Module):
    def __init__(self, network: Encoder) -> None:
        super().__init__()
        self.network = network

    def forward(self, phone: Tensor, role: Tensor, language: Tensor, frames: Tensor) -> Tensor:
        batch = (part.unsqueeze(0) for part in (phone, role, language, frames))
        hidden: Tensor = self.network(*batch)
        return hidden.squeeze(0)


class _OneDecoder(nn.Module):
    def __init__(self, network: Decoder) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, hidden: Tensor, position: Tensor, log_f0: Tensor, style: Tensor, timbre: Tensor
    ) -> tuple[Tensor, Tensor]:
        batch = (part.unsqueeze(0) for part in (hidden, position, log_f0, style, timbre))
        envelope, aperiodicity = self.network(*batch)
        return envelope.squeeze(0), aperiodicity.squeeze(0)


class _OneVocoder(nn.Module):
    def __init__(self, network: VocoderNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, envelope: Tensor, aperiodicity: Tensor, log_f0: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        batch = (part.unsqueeze(0) for part in (envelope, aperiodicity, log_f0))
        harmonic, noise, phase = self.network(*batch)
        return harmonic.squeeze(0), noise.squeeze(0), phase.squeeze(0)


@dataclass(frozen=True)
class _Signature:
    """Names, example arrays and free axes (of inputs, of outputs) of one model; its file is named after its role."""

    inputs: dict[str, NDArray[np.generic]]
    outputs: tuple[str, ...]
    axes: tuple[str, str]
    fixed: tuple[str, ...] = ()


def export_encoder(network: Encoder, path: Path, spec: AudioSpec) -> float:
    """Write the acoustic encoder; returns the largest difference found by the parity check."""
    rng = np.random.default_rng(0)
    rows = {"phone": network.phone.num_embeddings, "role": network.role.num_embeddings}
    inputs: dict[str, NDArray[np.generic]] = {
        "phone": rng.integers(0, rows["phone"], 37),
        "role": rng.integers(0, rows["role"], 37),
        "language": rng.integers(0, network.language.num_embeddings, 37),
        "frames": rng.integers(1, 80, 37),
    }
    return _export(
        _OneEncoder(network), path, spec, _Signature(inputs, ("hidden",), ("n_phones", "n_phones"))
    )


def export_decoder(network: Decoder, path: Path, spec: AudioSpec) -> float:
    """Write the acoustic decoder; returns the largest difference found by the parity check."""
    rng = np.random.default_rng(0)
    hidden = network.input.in_features - 3 - 2
    inputs: dict[str, NDArray[np.generic]] = {
        "hidden": rng.standard_normal((101, hidden)).astype(np.float32),
        "position": rng.random((101, 3)).astype(np.float32),
        "log_f0": rng.uniform(4.5, 6.8, 101).astype(np.float32),
        "style": rng.uniform(-1.0, 1.0, (101, len(STYLE_COLOURS))).astype(np.float32),
        "timbre": rng.standard_normal(network.timbre.in_features).astype(np.float32),
    }
    axes = ("n_frames", "n_rows")
    signature = _Signature(inputs, ("envelope", "aperiodicity"), axes, ("timbre",))
    return _export(_OneDecoder(network), path, spec, signature)


def export_vocoder(network: VocoderNetwork, path: Path, spec: AudioSpec) -> float:
    """Write the vocoder's network; returns the largest difference found by the parity check."""
    rng = np.random.default_rng(0)
    inputs: dict[str, NDArray[np.generic]] = {
        "envelope": rng.uniform(-11, 0, (100, ENVELOPE_BANDS)).astype(np.float32),
        "aperiodicity": rng.random((100, APERIODICITY_BANDS)).astype(np.float32),
        "log_f0": rng.uniform(4.5, 6.8, 100).astype(np.float32),
    }
    signature = _Signature(inputs, ("harmonic", "noise", "phase"), ("n_rows", "n_rows"))
    return _export(_OneVocoder(network), path, spec, signature)


def _export(module: nn.Module, path: Path, spec: AudioSpec, signature: _Signature) -> float:
    module = module.eval().cpu().float()
    tensors = tuple(torch.from_numpy(array) for array in signature.inputs.values())
    free = {name: signature.axes[0] for name in signature.inputs if name not in signature.fixed}
    free |= {name: signature.axes[1] for name in signature.outputs}
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        module,
        tensors,
        str(path),
        input_names=list(signature.inputs),
        output_names=list(signature.outputs),
        dynamic_axes={name: {0: axis} for name, axis in free.items()},
        opset_version=OPSET,
        dynamo=False,
    )
    _stamp(path, spec)
    return _parity(module, path, spec, signature)


def _metadata(role: str, spec: AudioSpec) -> dict[str, str]:
    return {
        "singer_role": role,
        "sample_rate_hz": str(spec.sample_rate_hz),
        "hop_samples": str(spec.hop_samples),
        "rows_per_frame": str(ROWS_PER_FRAME),
    }


def _stamp(path: Path, spec: AudioSpec) -> None:
    """Write the audio contract into the file's metadata and drop traces of the machine that made it."""
    model = onnx.load(str(path))
    onnx.helper.set_model_props(model, _metadata(path.stem, spec))
    for node in model.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _parity(module: nn.Module, path: Path, spec: AudioSpec, signature: _Signature) -> float:
    """Compare torch and ONNX Runtime on the example and on a cut of it.

    Raises:
        ValueError: if they differ by more than ``PARITY``.
    """
    session = OnnxModel(path, metadata=_metadata(path.stem, spec))
    worst = 0.0
    for rows in (None, 24):
        inputs = {
            name: array if name in signature.fixed else array[:rows]
            for name, array in signature.inputs.items()
        }
        with torch.no_grad():
            wanted = module(*(torch.from_numpy(array) for array in inputs.values()))
        found = session.run(**inputs)
        expected = wanted if isinstance(wanted, tuple) else (wanted,)
        for name, tensor in zip(signature.outputs, expected, strict=True):
            worst = max(worst, float(np.abs(found[name] - tensor.numpy()).max()))
    if not worst <= PARITY:
        raise ValueError(f"{path.name}: ONNX differs from torch by {worst:.2e}, {PARITY:.0e} is allowed")
    return worst
