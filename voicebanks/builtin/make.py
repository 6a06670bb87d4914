"""Write the builtin voice: ``python -m voicebanks.builtin.make``. Needs the package onnx, not torch.

The voice is small and plain on purpose: formants from tables, no learning. It lets every test run on real
models. The files that it writes depend on nothing but this source.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from frontend_g2p.phones import LANGUAGES
from singer.bands import APERIODICITY_BANDS, ENVELOPE_BANDS, band_centres_hz, interpolation_matrix
from singer.controls import STYLE_COLOURS
from singer.features import ROWS_PER_FRAME
from singer.filterbank import PHASE_BANDS
from singer.relief import relief_matrix
from voicebanks.builtin.phone_table import phone_table
from voicebanks.manifest import (
    MODEL_ROLES,
    AudioContract,
    Licence,
    Manifest,
    ModelCard,
    Range,
    describe_file,
    write_manifest,
)
from voicebanks.use_policy import free_policy

AUDIO = AudioContract(sample_rate_hz=44_100, hop_samples=441)
HIDDEN = ENVELOPE_BANDS + APERIODICITY_BANDS
GLIDE_FRAMES = 7
"""Phones are joined by a mean over this many frames, centred."""
LOG_MIDDLE_HZ = float(np.log(260.0))
POWER_TILT = 0.25
"""Tilt at power 1, in natural log of amplitude per octave."""
ARTICULATION = 0.4
"""By what share articulation 1 raises what a band has more than those around it."""
EFFORT = 0.12
"""Louder by this much, in natural log of amplitude, for each unit of log f0 above the middle."""


def _floats(name: str, values: NDArray[np.floating[Any]]) -> onnx.TensorProto:
    return numpy_helper.from_array(values.astype(np.float32), name)


def _ints(name: str, values: Sequence[int]) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(values, np.int64), name)


def _value(name: str, shape: Sequence[int | str], dtype: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, dtype, shape)


def _model(
    role: str,
    nodes: Sequence[onnx.NodeProto],
    inputs: Sequence[onnx.ValueInfoProto],
    outputs: Sequence[onnx.ValueInfoProto],
    constants: Sequence[onnx.TensorProto],
) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, f"builtin_{role}", inputs, outputs, constants)
    opset = helper.make_opsetid("", 17)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8, producer_name="singer-engine")
    helper.set_model_props(model, AUDIO.metadata(role))
    onnx.checker.check_model(model, full_check=True)
    return model


def encoder() -> onnx.ModelProto:
    """Table look-up: each phone's hidden vector is its envelope and its aperiodicity."""
    _, rows = phone_table()
    rest = ("role", "language", "frames")
    node = helper.make_node
    nodes = [
        node("Gather", ["rows", "phone"], ["shape"]),
        node("Sum", [f"{name}_float" for name in rest], ["sum"]),
        node("Mul", ["sum", "none"], ["nothing"]),
        node("Unsqueeze", ["nothing", "last"], ["column"]),
        node("Add", ["shape", "column"], ["hidden"]),
    ]
    casts = [node("Cast", [name], [f"{name}_float"], to=TensorProto.FLOAT) for name in rest]
    inputs = [_value(name, ["n_phones"], TensorProto.INT64) for name in ("phone", *rest)]
    constants = [_floats("rows", rows), _floats("none", np.zeros(1)), _ints("last", [1])]
    return _model("encoder", [*casts, *nodes], inputs, [_value("hidden", ["n_phones", HIDDEN])], constants)


def _in_both_rows(name: str) -> list[onnx.NodeProto]:
    """``{name}_once`` [T, width] repeated for the rows of each frame: ``name`` [2T, width]."""
    return [
        helper.make_node("Concat", [f"{name}_once"] * ROWS_PER_FRAME, [f"{name}_rows"], axis=1),
        helper.make_node("Reshape", [f"{name}_rows", f"{name}_shape"], [name]),
    ]


def _decoder_constants() -> list[onnx.TensorProto]:
    octaves = np.log2(np.maximum(band_centres_hz(ENVELOPE_BANDS), 100.0) / 1_000.0)
    return [
        _ints("envelope_shape", [-1, ENVELOPE_BANDS]),
        _ints("aperiodicity_shape", [-1, APERIODICITY_BANDS]),
        _ints("first", [0]),
        _ints("last", [1]),
        _ints("sizes", [ENVELOPE_BANDS, APERIODICITY_BANDS]),
        _floats("middle", np.array([LOG_MIDDLE_HZ])),
        _floats("effort", np.array([EFFORT])),
        _floats("none", np.zeros(1)),
        _floats("tilt", octaves),
        _ints("ones", [1, 1]),
        _floats("steeper", POWER_TILT * octaves),
        _floats("relief", ARTICULATION * relief_matrix()),
        _floats("zero", np.array(0.0)),
        _floats("one_", np.array(1.0)),
    ]


def decoder() -> onnx.ModelProto:
    """Moving average of the hidden vectors, the same for both rows of a frame; pitch adds effort, the timbre number tilts.

    Power tilts as well; articulation raises the formants above what is around them.
    """
    node = helper.make_node
    reach = GLIDE_FRAMES // 2
    nodes = [
        node("Transpose", ["hidden"], ["channels"], perm=[1, 0]),
        node("Unsqueeze", ["channels", "first"], ["batch"]),
        node("AveragePool", ["batch"], ["glided"], kernel_shape=[GLIDE_FRAMES], pads=[reach, reach]),
        node("Squeeze", ["glided", "first"], ["one"]),
        node("Transpose", ["one"], ["frames"], perm=[1, 0]),
        node("Split", ["frames", "sizes"], ["shape", "ratio"], axis=1),
        node("Sub", ["log_f0", "middle"], ["height"]),
        node("Mul", ["height", "effort"], ["gain"]),
        node("ReduceSum", ["position", "last"], ["place"], keepdims=0),
        node("Mul", ["place", "none"], ["nothing"]),
        node("Add", ["gain", "nothing"], ["level"]),
        node("Unsqueeze", ["level", "last"], ["column"]),
        node("Mul", ["timbre", "tilt"], ["colour"]),
        node("Add", ["shape", "column"], ["louder"]),
        node("Add", ["louder", "colour"], ["coloured"]),
        node("Split", ["style", "ones"], ["power", "articulation"], axis=1),
        node("Mul", ["power", "steeper"], ["pressed"]),
        node("MatMul", ["shape", "relief"], ["formants"]),
        node("Mul", ["articulation", "formants"], ["formed"]),
        node("Add", ["pressed", "formed"], ["styled"]),
        node("Add", ["coloured", "styled"], ["envelope_once"]),
        node("Clip", ["ratio", "zero", "one_"], ["aperiodicity_once"]),
        *_in_both_rows("envelope"),
        *_in_both_rows("aperiodicity"),
    ]
    inputs = [
        _value("hidden", ["n_frames", HIDDEN]),
        _value("position", ["n_frames", 3]),
        _value("log_f0", ["n_frames"]),
        _value("style", ["n_frames", len(STYLE_COLOURS)]),
        _value("timbre", [1]),
    ]
    outputs = [
        _value("envelope", ["n_rows", ENVELOPE_BANDS]),
        _value("aperiodicity", ["n_rows", APERIODICITY_BANDS]),
    ]
    return _model("decoder", nodes, inputs, outputs, _decoder_constants())


def vocoder() -> onnx.ModelProto:
    """WORLD's synthesis rule, uncorrected: the envelope split by the aperiodicity, no dispersion."""
    node = helper.make_node
    nodes = [
        node("MatMul", ["aperiodicity", "spread"], ["ratio"]),
        node("Mul", ["ratio", "ratio"], ["square"]),
        node("Sub", ["one", "square"], ["periodic_power"]),
        node("Max", ["periodic_power", "smallest_power"], ["periodic_safe"]),
        node("Log", ["periodic_safe"], ["periodic_log"]),
        node("Mul", ["periodic_log", "half"], ["periodic"]),
        node("Add", ["envelope", "periodic"], ["harmonic"]),
        node("Max", ["ratio", "smallest"], ["noise_safe"]),
        node("Log", ["noise_safe"], ["noise_log"]),
        node("Add", ["envelope", "noise_log"], ["noise"]),
        node("Unsqueeze", ["log_f0", "last"], ["column"]),
        node("Mul", ["column", "no_phase"], ["phase"]),
    ]
    inputs = [
        _value("envelope", ["n_rows", ENVELOPE_BANDS]),
        _value("aperiodicity", ["n_rows", APERIODICITY_BANDS]),
        _value("log_f0", ["n_rows"]),
    ]
    outputs = [
        _value("harmonic", ["n_rows", ENVELOPE_BANDS]),
        _value("noise", ["n_rows", ENVELOPE_BANDS]),
        _value("phase", ["n_rows", PHASE_BANDS]),
    ]
    constants = [
        _floats("spread", interpolation_matrix(APERIODICITY_BANDS, band_centres_hz(ENVELOPE_BANDS))),
        _floats("one", np.ones(1)),
        _floats("half", np.array([0.5])),
        _floats("smallest_power", np.array([1e-6])),
        _floats("smallest", np.array([1e-3])),
        _ints("last", [1]),
        _floats("no_phase", np.zeros((1, PHASE_BANDS))),
    ]
    return _model("vocoder", nodes, inputs, outputs, constants)


def write_voice(folder: Path) -> None:
    """Write the models and the manifest into ``folder``, which holds the licence and is named ``builtin``."""
    for role, build in zip(MODEL_ROLES, (encoder, decoder, vocoder), strict=True):
        (folder / f"{role}.onnx").write_bytes(build().SerializeToString(deterministic=True))
    symbols, _ = phone_table()
    card = ModelCard(
        description="Built from tables of formants; nothing was learnt.",
        parameters=0,
        trained_on="nothing",
        command="python -m voicebanks.builtin.make",
    )
    manifest = Manifest(
        format="singer-voicebank",
        version=1,
        name="builtin",
        title="Builtin",
        description="A plain formant voice for tests and first steps: it shows that the engine works, "
        "not how well it can sound.",
        version_of_voice="1.0.0",
        languages={language: row for row, language in enumerate(LANGUAGES, start=1)},
        audio=AUDIO,
        range=Range(lowest_midi=36.0, highest_midi=93.0),
        context_frames=GLIDE_FRAMES // 2,
        phones={symbol: row for row, symbol in enumerate(symbols)},
        timbre=(0.0,),
        files={role: describe_file(folder, f"{role}.onnx") for role in MODEL_ROLES},
        licence=Licence(spdx="Apache-2.0", files=("LICENSE",)),
        use_policy=free_policy("Apache-2.0"),
        cards={role: card for role in MODEL_ROLES},
    )
    write_manifest(folder, manifest)


if __name__ == "__main__":
    write_voice(Path(__file__).parent)
