"""ONNX files of strangers, looked at without being run: no files outside, no foreign operators, no absurd sizes.

Reads the few fields of the format (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) that matter here with the
protobuf library that ONNX Runtime brings along, so that singing needs no other package.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from importlib import import_module
from math import prod
from pathlib import Path
from typing import Any

from singer.errors import ModelError
from singer.onnx_parts import count_parts

LARGEST_MODEL_BYTES = 2_000_000_000
"""What the format itself can hold in one file."""
MOST_NODES = 500_000
MOST_PARTS = 1_000_000
"""Operators, attributes, tensors, and the fields and dimensions of each; what singers use has a tenth of it at most."""
MOST_DIMENSIONS = 32
DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
"""Sets of operators that ONNX Runtime carries itself."""
_DEEPEST_FUNCTION = 100
_READS_FILES = {"EPContext"}
"""Operators that name a file for the runtime to open."""
_EXTERNAL = 1
_WIDTHS = {1: 4, 7: 8}
"""Bytes of a float32 and an int64, by the numbers that the format has for them."""

_REPEATED, _ONE = 3, 1
_INT32, _INT64, _STRING, _MESSAGE, _BYTES = 5, 3, 9, 11, 12
_FIELDS: dict[str, tuple[tuple[str, int, int, int, str], ...]] = {
    "Model": (("graph", 7, _ONE, _MESSAGE, "Graph"), ("functions", 25, _REPEATED, _MESSAGE, "Function")),
    "Graph": (
        ("node", 1, _REPEATED, _MESSAGE, "Node"), ("initializer", 5, _REPEATED, _MESSAGE, "Tensor"),
        ("sparse_initializer", 15, _REPEATED, _MESSAGE, "Sparse"),
    ),
    "Function": (
        ("name", 1, _ONE, _STRING, ""), ("node", 7, _REPEATED, _MESSAGE, "Node"), ("domain", 10, _ONE, _STRING, ""),
        ("attribute_proto", 11, _REPEATED, _MESSAGE, "Attribute"),
    ),
    "Node": (
        ("op_type", 4, _ONE, _STRING, ""), ("attribute", 5, _REPEATED, _MESSAGE, "Attribute"),
        ("domain", 7, _ONE, _STRING, ""),
    ),
    "Attribute": (
        ("t", 5, _ONE, _MESSAGE, "Tensor"), ("g", 6, _ONE, _MESSAGE, "Graph"),
        ("tensors", 10, _REPEATED, _MESSAGE, "Tensor"), ("graphs", 11, _REPEATED, _MESSAGE, "Graph"),
        ("sparse_tensor", 22, _ONE, _MESSAGE, "Sparse"), ("sparse_tensors", 23, _REPEATED, _MESSAGE, "Sparse"),
    ),
    "Tensor": (
        ("dims", 1, _REPEATED, _INT64, ""), ("data_type", 2, _ONE, _INT32, ""), ("name", 8, _ONE, _STRING, ""),
        ("raw_data", 9, _ONE, _BYTES, ""),
        ("external_data", 13, _REPEATED, _MESSAGE, "Entry"), ("data_location", 14, _ONE, _INT32, ""),
    ),
    "Sparse": (("values", 1, _ONE, _MESSAGE, "Tensor"), ("indices", 2, _ONE, _MESSAGE, "Tensor")),
    "Entry": (("key", 1, _ONE, _STRING, ""), ("value", 2, _ONE, _STRING, "")),
}  # fmt: skip
"""Message to its fields: name, number, label, type, type of the message in it."""
_INNER = {
    message: {number: inner for _, number, _, kind, inner in fields if kind in (_MESSAGE, _INT64)}
    for message, fields in _FIELDS.items()
}


def check_onnx(content: bytes, where: str, folder: Path | None = None) -> None:
    """Refuse a model that reaches beyond its own files or is not what its size allows.

    Args:
        content: an ONNX file.
        where: its name in messages.
        folder: that weights outside the file must lie in; ``None`` allows none.

    Raises:
        ModelError: not ONNX or no graph (``model_load``), operators of an unknown set or such that open files
            (``model_operator``), weights elsewhere (``model_external``), or more of anything than there can be (``model_size``).
    """
    if len(content) > LARGEST_MODEL_BYTES:
        message = f"has {len(content)} bytes; {LARGEST_MODEL_BYTES} are the most"
        raise ModelError("model_size", message, where)
    model = _read(content, where)
    if not model.graph.node:
        raise ModelError("model_load", "is not an ONNX model: it has no graph with operators", where)
    own = {(body.domain, body.name): body for body in model.functions}
    for node in _nodes(model):
        _check_operator(node, own, where)
    if _size(model.graph, own, {}) > MOST_NODES:
        raise ModelError("model_size", f"has more than {MOST_NODES} operators", where)
    for tensor in _tensors(model):
        _check_tensor(tensor, len(content), where, folder)


def _read(content: bytes, where: str) -> Any:
    errors = _protobuf_errors()
    try:
        if count_parts(content, "Model", _INNER, MOST_PARTS) > MOST_PARTS:
            message = f"has more than {MOST_PARTS} operators, tensors and parts of them"
            raise ModelError("model_size", message, where)
        return _messages()["Model"].FromString(content)
    except errors as error:
        raise ModelError("model_load", "is not an ONNX model that can be read", where) from error


def _check_operator(node: Any, own: Mapping[tuple[str, str], Any], where: str) -> None:
    if node.op_type in _READS_FILES:
        raise ModelError("model_operator", f"its operator {node.op_type!r} opens other files", where)
    if node.domain not in DOMAINS and (node.domain, node.op_type) not in own:
        known = ", ".join(each for each in DOMAINS if each)
        message = f"its operator {node.op_type[:40]!r} is of the set {node.domain[:60]!r}; known are {known}"
        raise ModelError("model_operator", message, where)


def _size(
    graph: Any, own: Mapping[tuple[str, str], Any], sizes: dict[tuple[str, str], int], depth: int = 0
) -> int:
    """Operators of a graph or function once the model's own functions are written out, which runtimes do; too many if nested
    deeper than models are.
    """
    if depth > _DEEPEST_FUNCTION:
        return MOST_NODES + 1
    total = 0
    for part in _graphs(graph):
        for node in part.node:
            name = (node.domain, node.op_type)
            if name in own and name not in sizes:
                sizes[name] = MOST_NODES + 1  # what it has if it stands inside itself
                sizes[name] = _size(own[name], own, sizes, depth + 1)
            total += sizes.get(name, 1)
            if total > MOST_NODES:
                return MOST_NODES + 1
    return total


def _check_tensor(tensor: Any, size: int, where: str, folder: Path | None) -> None:
    place = f"{where}, weights {tensor.name[:60]!r}"
    most = 2 * size  # two numbers of 4 bits in a byte
    if tensor.data_location == _EXTERNAL or tensor.external_data:
        named = next((entry.value for entry in tensor.external_data if entry.key == "location"), "")
        most = 2 * _external_bytes(named, place, folder)
    if len(tensor.dims) > MOST_DIMENSIONS:
        message = f"have {len(tensor.dims)} dimensions; {MOST_DIMENSIONS} are the most"
        raise ModelError("model_size", message, place)
    dims = ", ".join(map(str, tensor.dims[:8]))
    if any(length < 0 for length in tensor.dims) or prod(tensor.dims) > most:
        raise ModelError("model_size", f"say that they are [{dims}], more than the file holds", place)
    width = _WIDTHS.get(tensor.data_type)
    if width and tensor.raw_data and len(tensor.raw_data) != width * prod(tensor.dims):
        message = f"hold {len(tensor.raw_data)} bytes; their shape [{dims}] needs others"
        raise ModelError("model_size", message, place)


def _external_bytes(location: str, place: str, folder: Path | None) -> int:
    """Size of a file of weights in ``folder``."""
    path = None if folder is None else folder / location
    if (
        path is None
        or folder is None
        or not path.resolve().is_relative_to(folder.resolve())
        or not path.is_file()
    ):
        inside = "inside the model" if folder is None else "inside the model, or in a file of its folder"
        raise ModelError(
            "model_external", f"are said to lie in {location[:80]!r}; they must be {inside}", place
        )
    if path.stat().st_size > LARGEST_MODEL_BYTES:
        raise ModelError("model_size", f"{location!r} has more than {LARGEST_MODEL_BYTES} bytes", place)
    return path.stat().st_size


def _graphs(*outer: Any) -> Iterator[Any]:
    """Graphs, or functions, and those inside their operators."""
    waiting = list(outer)
    while waiting:
        graph = waiting.pop()
        yield graph
        for node in graph.node:
            for attribute in node.attribute:
                waiting += (*attribute.graphs, *_one(attribute, "g"))


def _nodes(model: Any) -> Iterator[Any]:
    for graph in _graphs(model.graph, *model.functions):
        yield from graph.node


def _tensors(model: Any) -> Iterator[Any]:
    for graph in _graphs(model.graph, *model.functions):
        yield from getattr(graph, "initializer", ())
        for sparse in getattr(graph, "sparse_initializer", ()):
            yield from (sparse.values, sparse.indices)
        attributes = [each for node in graph.node for each in node.attribute]
        for attribute in (*attributes, *getattr(graph, "attribute_proto", ())):
            yield from (*_one(attribute, "t"), *attribute.tensors)
            for sparse in (*_one(attribute, "sparse_tensor"), *attribute.sparse_tensors):
                yield from (sparse.values, sparse.indices)


def _one(message: Any, field: str) -> Iterator[Any]:
    if message.HasField(field):
        yield getattr(message, field)


def _protobuf_errors() -> tuple[type[Exception], ...]:
    return (import_module("google.protobuf.message").DecodeError, ValueError, MemoryError)


@functools.cache
def _messages() -> dict[str, Any]:
    """A class for each message of ``_FIELDS``; what the format has besides is passed over."""
    protobuf = "google.protobuf"
    factory = import_module(f"{protobuf}.message_factory")
    descriptor_pb2 = import_module(f"{protobuf}.descriptor_pb2")
    pool = import_module(f"{protobuf}.descriptor_pool").DescriptorPool()
    file = descriptor_pb2.FileDescriptorProto(
        name="singer_onnx.proto", package="singer_onnx", syntax="proto2"
    )
    for message, fields in _FIELDS.items():
        made = file.message_type.add(name=message)
        for name, number, label, kind, inner in fields:
            field = made.field.add(name=name, number=number, label=label, type=kind)
            if inner:
                field.type_name = f".singer_onnx.{inner}"
    pool.Add(file)
    return {
        message: factory.GetMessageClass(pool.FindMessageTypeByName(f"singer_onnx.{message}"))
        for message in _FIELDS
    }
