"""ONNX files from strangers, made safe and repeatable before a session sees them. Needs the package onnx.

A file is data: no weights from elsewhere, no operators beyond ONNX and ONNX Runtime, no sizes that are not there. Nodes that
draw noise are replaced by look-ups in tables that come in as inputs, so that the same seed gives the same samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from singer.errors import ModelError

LARGEST_MODEL_BYTES = 2_000_000_000
MOST_NODES = 500_000
NOISE_LENGTH = 1 << 20
"""Numbers in a table of noise."""
NORMAL_INPUT, UNIFORM_INPUT = "seeded_normal", "seeded_uniform"

_DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
_NORMAL, _UNIFORM = ("RandomNormal", "RandomNormalLike"), ("RandomUniform", "RandomUniformLike")
_REFUSED = ("Bernoulli", "Multinomial")
_STRIDE = 514_229
"""Steps between the places where draws begin in the table: a prime, so that draws do not meet."""


def prepared_graph(content: bytes, where: str, folder: Path | None = None) -> bytes:
    """A model file checked, its noise replaced by seeded inputs.

    Args:
        content: the ONNX file.
        where: its name, for messages.
        folder: that external weights must lie in; ``None`` allows none.

    Returns:
        the model, with the inputs ``NORMAL_INPUT`` and ``UNIFORM_INPUT``, float32 [NOISE_LENGTH], where it draws such noise.

    Raises:
        ModelError: not a model, unsafe, too large, noise that cannot be replaced, or the package onnx is not installed.
    """
    onnx = _onnx()
    if len(content) > LARGEST_MODEL_BYTES:
        message = f"has {len(content)} bytes; at most {LARGEST_MODEL_BYTES} are allowed"
        raise ModelError("model_size", message, where)
    try:
        model = onnx.load_model_from_string(content)
    except Exception as error:  # protobuf raises types of its own for damaged files
        raise ModelError("model_load", f"not a model that can be loaded: {error}", where) from error
    if not model.graph.node:
        raise ModelError("model_load", "holds no graph; it is empty or no ONNX file", where)
    if model.functions:
        model = onnx.inliner.inline_local_functions(model)
    _check(model, where, folder)
    _seed_noise(model, where)
    return bytes(model.SerializeToString(deterministic=True))


@lru_cache(maxsize=2)
def noise_tables(seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Tables of normal and of uniform noise (0 to 1) for ``seed``, float32 [NOISE_LENGTH] each."""
    normal, uniform = np.random.default_rng([seed, 0]), np.random.default_rng([seed, 1])
    return (
        normal.standard_normal(NOISE_LENGTH, dtype=np.float32),
        uniform.random(NOISE_LENGTH, dtype=np.float32),
    )


def _onnx() -> Any:
    try:
        import_module("onnx.inliner")
        import_module("onnx.external_data_helper")
        return import_module("onnx")
    except ImportError as error:
        message = 'banks made for OpenUtau need the package onnx; install "singer-engine[banks]"'
        raise ModelError("extra_missing", message) from error


def _graphs(graph: Any) -> Iterator[Any]:
    yield graph
    for node in graph.node:
        for inner in _inner(node):
            yield from _graphs(inner)


def _inner(node: Any) -> Iterator[Any]:
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def _check(model: Any, where: str, folder: Path | None) -> None:
    nodes = 0
    for graph in _graphs(model.graph):
        nodes += len(graph.node)
        if nodes > MOST_NODES:
            raise ModelError("model_size", f"has more than {MOST_NODES} nodes", where)
        for node in graph.node:
            _check_node(node, where)
        for tensor in _tensors(graph):
            _check_tensor(tensor, where, folder)


def _check_node(node: Any, where: str) -> None:
    if node.domain not in _DOMAINS:
        message = f"uses the operator {node.domain}::{node.op_type}; only those of ONNX itself are allowed"
        raise ModelError("model_operator", message, where)
    if node.op_type in _REFUSED:
        message = f"uses the operator {node.op_type}, which the engine cannot run repeatably"
        raise ModelError("model_operator", message, where)


def _tensors(graph: Any) -> Iterator[Any]:
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def _check_tensor(tensor: Any, where: str, folder: Path | None) -> None:
    onnx = _onnx()
    place = f"{where}, weights {tensor.name[:60]!r}"
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        _load_external(tensor, place, folder)
    if any(size < 0 for size in tensor.dims) or prod(tensor.dims) > LARGEST_MODEL_BYTES:
        raise ModelError("model_size", f"found the shape {list(tensor.dims)[:8]}, which cannot be", place)
    if tensor.raw_data and tensor.data_type in (onnx.TensorProto.FLOAT, onnx.TensorProto.INT64):
        width = 4 if tensor.data_type == onnx.TensorProto.FLOAT else 8
        if len(tensor.raw_data) != width * prod(tensor.dims):
            message = f"holds {len(tensor.raw_data)} bytes, its shape {list(tensor.dims)[:8]} needs others"
            raise ModelError("model_size", message, place)


def _load_external(tensor: Any, place: str, folder: Path | None) -> None:
    location = next((entry.value for entry in tensor.external_data if entry.key == "location"), "")
    home = folder.resolve() if folder is not None else None
    path = None if home is None or folder is None else (folder / location)
    if home is None or path is None or not path.resolve().is_relative_to(home) or not path.is_file():
        message = (
            f"are said to lie in {location[:80]!r}; they must be inside the file, or in a file of its folder"
        )
        raise ModelError("model_external", message, place)
    if path.stat().st_size > LARGEST_MODEL_BYTES:
        raise ModelError("model_size", f"{location!r} has more than {LARGEST_MODEL_BYTES} bytes", place)
    try:
        _onnx().external_data_helper.load_external_data_for_tensor(tensor, str(folder))
    except Exception as error:  # onnx raises checker errors, ValueError and OSError
        raise ModelError("model_external", f"cannot be read: {error}", place) from error
    tensor.data_location = _onnx().TensorProto.DEFAULT
    del tensor.external_data[:]


def _seed_noise(model: Any, where: str) -> None:
    onnx = _onnx()
    tables = _Tables(where)
    tables.rewrite(model.graph, ())
    for name in sorted(tables.used):
        value = onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [NOISE_LENGTH])
        model.graph.input.append(value)


class _Tables:
    """Turns draws into look-ups; each draw has a place of its own in the table, and each turn of a loop another one."""

    def __init__(self, where: str) -> None:
        self.used: set[str] = set()
        self._where = where
        self._draws = 0

    def rewrite(self, graph: Any, turns: tuple[str, ...]) -> None:
        """Rewrite ``graph``, which lies in loops whose turns are counted by the values named ``turns``."""
        nodes: list[Any] = []
        for node in graph.node:
            for inner in _inner(node):
                if node.op_type == "Scan" and any(
                    _is_noise(each) for part in _graphs(inner) for each in part.node
                ):
                    message = "draws noise inside a Scan, where it cannot be made repeatable"
                    raise ModelError("model_noise", message, self._where)
                self.rewrite(inner, (*turns, inner.input[0].name) if node.op_type == "Loop" else turns)
            nodes.extend(self._looked_up(node, turns) if _is_noise(node) else [node])
        del graph.node[:]
        graph.node.extend(nodes)

    def _looked_up(self, node: Any, turns: tuple[str, ...]) -> list[Any]:
        onnx = _onnx()
        helper, number = onnx.helper, self._draws
        self._draws += 1
        given = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        is_normal = node.op_type in _NORMAL
        table = NORMAL_INPUT if is_normal else UNIFORM_INPUT
        self.used.add(table)
        name = f"seeded_draw_{number}"
        if node.op_type.endswith("Like"):
            made = [helper.make_node("Shape", [node.input[0]], [f"{name}_shape"])]
        else:
            made = [_constant(f"{name}_shape", given["shape"])]
        made += [
            _constant(f"{name}_one", [1]),
            helper.make_node("Concat", [f"{name}_one", f"{name}_shape"], [f"{name}_sizes"], axis=0),
            helper.make_node("ReduceProd", [f"{name}_sizes"], [f"{name}_count"], keepdims=0),
            _constant(f"{name}_zero", 0),
            _constant(f"{name}_step", 1),
            helper.make_node(
                "Range", [f"{name}_zero", f"{name}_count", f"{name}_step"], [f"{name}_places_0"]
            ),
            _constant(f"{name}_start", (number * _STRIDE) % NOISE_LENGTH),
            helper.make_node("Add", [f"{name}_places_0", f"{name}_start"], [f"{name}_places_1"]),
        ]
        last = f"{name}_places_1"
        for depth, turn in enumerate(turns):
            stride = (_STRIDE * (depth + 3) * 7 + 1) % NOISE_LENGTH
            made += [
                _constant(f"{name}_stride_{depth}", stride),
                helper.make_node("Mul", [turn, f"{name}_stride_{depth}"], [f"{name}_turn_{depth}"]),
                helper.make_node("Add", [last, f"{name}_turn_{depth}"], [f"{name}_turned_{depth}"]),
            ]
            last = f"{name}_turned_{depth}"
        low, high = float(given.get("low", 0.0)), float(given.get("high", 1.0))
        mean, scale = float(given.get("mean", 0.0)), float(given.get("scale", 1.0))
        shift, factor = (mean, scale) if is_normal else (low, high - low)
        return [
            *made,
            _constant(f"{name}_length", NOISE_LENGTH),
            helper.make_node("Mod", [last, f"{name}_length"], [f"{name}_wrapped"]),
            helper.make_node("Gather", [table, f"{name}_wrapped"], [f"{name}_flat"], axis=0),
            helper.make_node("Reshape", [f"{name}_flat", f"{name}_shape"], [f"{name}_plain"]),
            _constant(f"{name}_factor", factor),
            _constant(f"{name}_shift", shift),
            helper.make_node("Mul", [f"{name}_plain", f"{name}_factor"], [f"{name}_scaled"]),
            helper.make_node("Add", [f"{name}_scaled", f"{name}_shift"], [f"{name}_moved"]),
            helper.make_node(
                "Cast",
                [f"{name}_moved"],
                list(node.output),
                to=int(given.get("dtype", onnx.TensorProto.FLOAT)),
            ),
        ]


def _is_noise(node: Any) -> bool:
    return node.op_type in (*_NORMAL, *_UNIFORM) and node.domain in ("", "ai.onnx")


def _constant(name: str, value: Any) -> Any:
    onnx = _onnx()
    array = np.array(value, np.float32 if isinstance(value, float) else np.int64)
    return onnx.helper.make_node("Constant", [], [name], value=onnx.numpy_helper.from_array(array, name))
