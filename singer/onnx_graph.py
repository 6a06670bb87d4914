"""ONNX files from strangers, made safe and repeatable before a session sees them. Needs the package onnx.

A file is data: no weights from elsewhere, no operators beyond ONNX and ONNX Runtime, no sizes that are not there. Nodes that
draw noise are replaced by look-ups in tables that come in as inputs, so that the same seed gives the same samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

from singer.errors import ModelError
from singer.onnx_noise import all_graphs, onnx_package, seed_noise

LARGEST_MODEL_BYTES = 2_000_000_000
MOST_NODES = 500_000

_DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
_REFUSED = ("Bernoulli", "Multinomial")


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
    onnx = onnx_package()
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
    seed_noise(model, where)
    return bytes(model.SerializeToString(deterministic=True))


def _check(model: Any, where: str, folder: Path | None) -> None:
    nodes = 0
    for graph in all_graphs(model.graph):
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
    onnx = onnx_package()
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
        onnx_package().external_data_helper.load_external_data_for_tensor(tensor, str(folder))
    except Exception as error:  # onnx raises checker errors, ValueError and OSError
        raise ModelError("model_external", f"cannot be read: {error}", place) from error
    tensor.data_location = onnx_package().TensorProto.DEFAULT
    del tensor.external_data[:]
