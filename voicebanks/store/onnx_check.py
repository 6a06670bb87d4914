"""ONNX files of strangers, looked at without being run: no files outside, no operators of their own, no absurd sizes.

Reads the few fields of the format (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) that matter here with the
protobuf library that ONNX Runtime brings along, so that singing needs no other package.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from importlib import import_module
from math import prod
from pathlib import Path
from typing import Any

from singer.errors import VoicebankError
from voicebanks.store.onnx_parts import count_parts

LARGEST_BYTES = 2_000_000_000
"""What the format itself can hold in one file."""
MOST_PARTS = 1_000_000
"""Operators, attributes, tensors, and the fields and dimensions of each; what singers use has a tenth of it at most."""
MOST_DIMENSIONS = 32
DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
"""Sets of operators that ONNX Runtime carries itself."""
_READS_FILES = {"EPContext"}
"""Operators that name a file for the runtime to open."""
_EXTERNAL = 1

_REPEATED, _ONE = 3, 1
_INT32, _INT64, _STRING, _MESSAGE = 5, 3, 9, 11
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
        ("dims", 1, _REPEATED, _INT64, ""), ("name", 8, _ONE, _STRING, ""),
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


def check_onnx(path: Path, where: str) -> None:
    """Refuse a model that reaches beyond its own file or is not what its size allows.

    Args:
        path: an ONNX file.
        where: its name in messages.

    Raises:
        VoicebankError: ``onnx``: not ONNX, no graph, data in another file, operators of an unknown set or such that open
            files, tensors that say they are larger than the file, or more than ``MOST_PARTS`` parts.
    """
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise VoicebankError("onnx", f"has {size} bytes; {LARGEST_BYTES} are the most", where)
    model = _read(path.read_bytes(), where)
    if not model.graph.node:
        raise VoicebankError("onnx", "is not an ONNX model: it has no graph with operators", where)
    own = {(body.domain, body.name) for body in model.functions}
    for node in _nodes(model):
        if node.op_type in _READS_FILES:
            raise VoicebankError("onnx", f"its operator {node.op_type!r} opens other files", where)
        if node.domain not in DOMAINS and (node.domain, node.op_type) not in own:
            known = ", ".join(each for each in DOMAINS if each)
            message = (
                f"its operator {node.op_type[:40]!r} is of the set {node.domain[:60]!r}; known are {known}"
            )
            raise VoicebankError("onnx", message, where)
    for tensor in _tensors(model):
        _check_tensor(tensor, size, where)


def _read(content: bytes, where: str) -> Any:
    errors = _protobuf_errors()
    try:
        if count_parts(content, "Model", _INNER, MOST_PARTS) > MOST_PARTS:
            raise VoicebankError(
                "onnx", f"has more than {MOST_PARTS} operators, tensors and parts of them", where
            )
        return _messages()["Model"].FromString(content)
    except errors as error:
        raise VoicebankError("onnx", "is not an ONNX model that can be read", where) from error


def _check_tensor(tensor: Any, size: int, where: str) -> None:
    name = tensor.name[:60]
    if tensor.data_location == _EXTERNAL or tensor.external_data:
        named = next((entry.value[:80] for entry in tensor.external_data if entry.key == "location"), "")
        message = (
            f"its tensor {name!r} lies in another file, {named!r}; save the model with its weights inside"
        )
        raise VoicebankError("onnx", message, where)
    if len(tensor.dims) > MOST_DIMENSIONS:
        message = f"its tensor {name!r} has {len(tensor.dims)} dimensions; {MOST_DIMENSIONS} are the most"
        raise VoicebankError("onnx", message, where)
    if (
        any(length < 0 for length in tensor.dims) or prod(tensor.dims) > 2 * size
    ):  # two numbers of 4 bits in a byte
        shape = ", ".join(map(str, tensor.dims[:8]))
        raise VoicebankError(
            "onnx", f"its tensor {name!r} says it is [{shape}], more than the file holds", where
        )


def _graphs(model: Any) -> Iterator[Any]:
    """The graph and those inside its operators."""
    waiting = [model.graph, *model.functions]
    while waiting:
        graph = waiting.pop()
        yield graph
        for node in graph.node:
            for attribute in node.attribute:
                waiting += (*attribute.graphs, *_one(attribute, "g"))


def _nodes(model: Any) -> Iterator[Any]:
    for graph in _graphs(model):
        yield from graph.node


def _tensors(model: Any) -> Iterator[Any]:
    for graph in _graphs(model):
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
