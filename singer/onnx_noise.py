"""Noise that ONNX graphs draw, replaced by look-ups in tables that come in as inputs: the same seed, the same samples.

Needs the package onnx.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from singer.errors import ModelError

NOISE_LENGTH = 1 << 20
"""Numbers in a table of noise."""
NORMAL_INPUT, UNIFORM_INPUT = "seeded_normal", "seeded_uniform"

_NORMAL, _UNIFORM = ("RandomNormal", "RandomNormalLike"), ("RandomUniform", "RandomUniformLike")
_STRIDE = 514_229
"""Steps between the places where draws begin in the table: a prime, so that draws do not meet."""


@lru_cache(maxsize=2)
def noise_tables(seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Tables of normal and of uniform noise (0 to 1) for ``seed``, float32 [NOISE_LENGTH] each."""
    normal, uniform = np.random.default_rng([seed, 0]), np.random.default_rng([seed, 1])
    return (
        normal.standard_normal(NOISE_LENGTH, dtype=np.float32),
        uniform.random(NOISE_LENGTH, dtype=np.float32),
    )


def onnx_package() -> Any:
    """The package onnx; raises ``ModelError`` if it is not installed."""
    try:
        import_module("onnx.inliner")
        import_module("onnx.external_data_helper")
        return import_module("onnx")
    except ImportError as error:
        message = 'banks made for OpenUtau need the package onnx; install "singer-engine[banks]"'
        raise ModelError("extra_missing", message) from error


def all_graphs(graph: Any) -> Iterator[Any]:
    """A graph and all that lie in its nodes."""
    yield graph
    for node in graph.node:
        for inner in _inner(node):
            yield from all_graphs(inner)


def _inner(node: Any) -> Iterator[Any]:
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def seed_noise(model: Any, where: str) -> None:
    """Replace every draw of noise in ``model`` and give it the inputs that the draws look into.

    Raises:
        ModelError: ``model_noise``, noise inside a Scan.
    """
    onnx = onnx_package()
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
                    _is_noise(each) for part in all_graphs(inner) for each in part.node
                ):
                    message = "draws noise inside a Scan, where it cannot be made repeatable"
                    raise ModelError("model_noise", message, self._where)
                self.rewrite(inner, (*turns, inner.input[0].name) if node.op_type == "Loop" else turns)
            nodes.extend(self._looked_up(node, turns) if _is_noise(node) else [node])
        del graph.node[:]
        graph.node.extend(nodes)

    def _looked_up(self, node: Any, turns: tuple[str, ...]) -> list[Any]:
        onnx = onnx_package()
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
        moved, last = _moved_by(turns, name)
        low, high = float(given.get("low", 0.0)), float(given.get("high", 1.0))
        mean, scale = float(given.get("mean", 0.0)), float(given.get("scale", 1.0))
        shift, factor = (mean, scale) if is_normal else (low, high - low)
        return [
            *made,
            *moved,
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


def _moved_by(turns: tuple[str, ...], name: str) -> tuple[list[Any], str]:
    """Nodes that move a draw's places by the turns of the loops around it, and the name of what they give."""
    helper, last, made = onnx_package().helper, f"{name}_places_1", []
    for depth, turn in enumerate(turns):
        stride = (_STRIDE * (depth + 3) * 7 + 1) % NOISE_LENGTH
        made += [
            _constant(f"{name}_stride_{depth}", stride),
            helper.make_node("Mul", [turn, f"{name}_stride_{depth}"], [f"{name}_turn_{depth}"]),
            helper.make_node("Add", [last, f"{name}_turn_{depth}"], [f"{name}_turned_{depth}"]),
        ]
        last = f"{name}_turned_{depth}"
    return made, last


def _is_noise(node: Any) -> bool:
    return node.op_type in (*_NORMAL, *_UNIFORM) and node.domain in ("", "ai.onnx")


def _constant(name: str, value: Any) -> Any:
    onnx = onnx_package()
    array = np.array(value, np.float32 if isinstance(value, float) else np.int64)
    return onnx.helper.make_node("Constant", [], [name], value=onnx.numpy_helper.from_array(array, name))
