"""ONNX files from strangers, made safe and repeatable before a session sees them. Needs the package onnx.

A file is data: no weights from elsewhere, no operators beyond ONNX and ONNX Runtime, no sizes that are not there. Nodes that
draw noise are replaced by look-ups in tables that come in as inputs, so that the same seed gives the same samples.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from singer.errors import ModelError
from singer.onnx_check import check_onnx
from singer.onnx_noise import all_graphs, onnx_package, seed_noise

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
    check_onnx(content, where, folder)
    try:
        model = onnx.load_model_from_string(content)
        if model.functions:
            model = onnx.inliner.inline_local_functions(model)
        if folder is not None:
            onnx.external_data_helper.load_external_data_for_model(model, str(folder))
    except Exception as error:  # protobuf and onnx raise many unrelated types for damaged files
        raise ModelError("model_load", f"not a model that can be loaded: {error}", where) from error
    for graph in all_graphs(model.graph):
        _check_repeatable(graph, where)
    seed_noise(model, where)
    return bytes(model.SerializeToString(deterministic=True))


def _check_repeatable(graph: Any, where: str) -> None:
    for node in graph.node:
        if node.op_type in _REFUSED:
            message = f"uses the operator {node.op_type}, which the engine cannot run repeatably"
            raise ModelError("model_operator", message, where)
