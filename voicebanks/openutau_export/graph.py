"""ONNX graphs written like arithmetic: values with operators, constants made where they stand, whole models put in as parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import compose, helper, numpy_helper

OPSET, IR_VERSION = 17, 8
_COMPARISONS = ("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or", "Not")


class Value:
    """One tensor of a graph, of which only name and dtype are known. Operators add nodes; numbers take the value's dtype."""

    __hash__ = None  # type: ignore[assignment]  # values compare elementwise, in the graph
    __array_ufunc__ = None  # an array on the left leaves the operator to the value

    def __init__(self, graph: Graph, name: str, dtype: np.dtype[Any]) -> None:
        self.graph, self.name, self.dtype = graph, name, dtype

    def _op(self, kind: str, other: Any, swapped: bool = False) -> Value:
        other = self.graph.value(other, self.dtype)
        first, second = (other, self) if swapped else (self, other)
        return self.graph.op(kind, first, second)

    def __add__(self, other: Any) -> Value:
        return self._op("Add", other)

    def __radd__(self, other: Any) -> Value:
        return self._op("Add", other, swapped=True)

    def __sub__(self, other: Any) -> Value:
        return self._op("Sub", other)

    def __rsub__(self, other: Any) -> Value:
        return self._op("Sub", other, swapped=True)

    def __mul__(self, other: Any) -> Value:
        return self._op("Mul", other)

    def __rmul__(self, other: Any) -> Value:
        return self._op("Mul", other, swapped=True)

    def __truediv__(self, other: Any) -> Value:
        return self._op("Div", other)

    def __rtruediv__(self, other: Any) -> Value:
        return self._op("Div", other, swapped=True)

    def __mod__(self, other: Any) -> Value:
        return self._op("Mod", other)

    def __pow__(self, other: Any) -> Value:
        return self._op("Pow", other)

    def __matmul__(self, other: Any) -> Value:
        return self._op("MatMul", other)

    def __neg__(self) -> Value:
        return self.graph.op("Neg", self)

    def __gt__(self, other: Any) -> Value:
        return self._op("Greater", other)

    def __ge__(self, other: Any) -> Value:
        return self._op("GreaterOrEqual", other)

    def __lt__(self, other: Any) -> Value:
        return self._op("Less", other)

    def __le__(self, other: Any) -> Value:
        return self._op("LessOrEqual", other)

    def __eq__(self, other: object) -> Value:  # type: ignore[override]
        return self._op("Equal", other)

    def __and__(self, other: Value) -> Value:
        return self._op("And", other)

    def __or__(self, other: Value) -> Value:
        return self._op("Or", other)

    def __invert__(self) -> Value:
        return self.graph.op("Not", self)

    def to(self, dtype: Any) -> Value:
        """The same numbers in another dtype."""
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        return self.graph.op("Cast", self, dtype=np.dtype(dtype), to=kind)

    def least(self, other: Any) -> Value:
        """Elementwise minimum."""
        return self._op("Min", other)

    def most(self, other: Any) -> Value:
        """Elementwise maximum."""
        return self._op("Max", other)

    def clip(self, low: float, high: float) -> Value:
        """Kept between two numbers."""
        return self.most(low).least(high)

    def where(self, then: Any, otherwise: Any, dtype: Any = np.float32) -> Value:
        """``then`` where this is true, else ``otherwise``; numbers are of ``dtype``."""
        graph = self.graph
        return graph.op("Where", self, graph.value(then, dtype), graph.value(otherwise, dtype), dtype=dtype)

    def reshape(self, *shape: int) -> Value:
        """In another shape; -1 is what is left."""
        return self.graph.op("Reshape", self, self.graph.ints(shape))

    def column(self) -> Value:
        """[X] as [X, 1]."""
        return self.graph.op("Unsqueeze", self, self.graph.ints((1,)))

    def row(self) -> Value:
        """[X] as [1, X], or [X, Y] as [1, X, Y]."""
        return self.graph.op("Unsqueeze", self, self.graph.ints((0,)))

    def unbatched(self) -> Value:
        """Without the first dimension, which is 1."""
        return self.graph.op("Squeeze", self, self.graph.ints((0,)))

    def at(self, index: Any, axis: int = 0) -> Value:
        """Elements at ``index`` (int64 of any shape) of one axis."""
        return self.graph.op("Gather", self, self.graph.value(index, np.int64), axis=axis)

    def cut(self, start: Any, stop: Any, axis: int = 0) -> Value:
        """Elements from ``start`` to before ``stop`` (numbers, or int64 [1]) of one axis."""
        graph = self.graph
        bounds = [graph.ints((bound,)) if isinstance(bound, int) else bound for bound in (start, stop)]
        return graph.op("Slice", self, *bounds, graph.ints((axis,)))

    def padded(self, before: int, after: int, fill: float = 0.0, axis: int = 0, rank: int = 1) -> Value:
        """With ``fill`` put in front of and behind one axis of ``rank``."""
        pads = np.zeros((2, rank), np.int64)
        pads[:, axis] = before, after
        return self.graph.op(
            "Pad", self, self.graph.ints(pads.reshape(-1)), self.graph.value(fill, self.dtype)
        )

    def later(self, steps: int, fill: float = 0.0) -> Value:
        """[X] moved: element i is what was at i - ``steps``, or ``fill``; negative ``steps`` look ahead."""
        if steps >= 0:
            return self.padded(steps, 0, fill).cut(0, -steps) if steps else self
        return self.padded(0, -steps, fill).cut(-steps, 2**31)

    def sum(self, axis: int, keep: bool = False) -> Value:
        """Sum over one axis."""
        return self.graph.op("ReduceSum", self, self.graph.ints((axis,)), keepdims=int(keep))

    def running(self) -> Value:
        """Cumulated sum over axis 0."""
        return self.graph.op("CumSum", self, self.graph.value(0, np.int64))

    def size(self, axis: int = 0) -> Value:
        """Length of one axis, int64 [1]."""
        shape = self.graph.op("Shape", self, dtype=np.int64)
        return shape.cut(axis, axis + 1)

    def apply(self, kind: str) -> Value:
        """An elementwise operator by its ONNX name: ``Exp``, ``Log``, ``Sin``, ``Floor`` ..."""
        return self.graph.op(kind, self)


class Graph:
    """A graph that grows by the operators of its values."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._count = 0

    def _fresh(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def input(self, name: str, dtype: Any, shape: Sequence[int | str]) -> Value:
        """A named input."""
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        self._inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return Value(self, name, np.dtype(dtype))

    def output(self, name: str, value: Value, shape: Sequence[int | str]) -> None:
        """A named output."""
        self._nodes.append(helper.make_node("Identity", [value.name], [name]))
        kind = helper.np_dtype_to_tensor_dtype(value.dtype)
        self._outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def value(self, given: Any, dtype: Any = np.float32) -> Value:
        """A value as it is; a number or an array as a constant of ``dtype``."""
        if isinstance(given, Value):
            return given
        name = self._fresh()
        self._constants.append(numpy_helper.from_array(np.asarray(given, dtype), name))
        return Value(self, name, np.dtype(dtype))

    def ints(self, given: Any) -> Value:
        """Whole numbers as a constant."""
        return self.value(given, np.int64)

    def op(self, kind: str, *inputs: Value, dtype: Any = None, **attributes: Any) -> Value:
        """One node with one output; its dtype is the first input's, or bool of a comparison, unless it is given."""
        name = self._fresh()
        self._nodes.append(helper.make_node(kind, [each.name for each in inputs], [name], **attributes))
        if dtype is None:
            dtype = np.bool_ if kind in _COMPARISONS else inputs[0].dtype
        return Value(self, name, np.dtype(dtype))

    def concat(self, *values: Value, axis: int = 0) -> Value:
        """Values end to end."""
        return self.op("Concat", *values, axis=axis)

    def stack(self, *values: Value) -> Value:
        """Values [X] as the columns of [X, n]."""
        return self.concat(*(value.column() for value in values), axis=1)

    def count(self, length: Value) -> Value:
        """0, 1, 2 ... before ``length`` (int64 [1]): int64."""
        return self.op("Range", self.ints(0), length.reshape(), self.ints(1))

    def steps_at(self, places: Value, length: Value) -> Value:
        """How many of ``places`` (int64 [X]) are not after each of 0, 1 ... before ``length`` (int64 [1]): int64 [length]."""
        passed = places.row() <= self.count(length).column()
        return passed.to(np.int64).sum(1)

    def sums(self, values: Value, owner: Value, count: Value) -> Value:
        """Sum of the values [X] of each owner (int64 [X], below ``count``, int64 [1]): [count]."""
        belongs = self.count(count).column() == owner.row()
        return (belongs.to(values.dtype) @ values.column()).reshape(-1)

    def insert(self, model: onnx.ModelProto, prefix: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Put a whole model in, with values for its inputs: its outputs by name."""
        if [(each.domain, each.version) for each in model.opset_import] != [("", OPSET)]:
            raise ValueError(f"the part {prefix} must be of opset {OPSET} alone")
        part = compose.add_prefix(model, prefix).graph
        for name, value in inputs.items():
            self._nodes.append(helper.make_node("Identity", [value.name], [prefix + name]))
        self._nodes.extend(part.node)
        self._constants.extend(part.initializer)
        names = [each.name for each in model.graph.output]
        return {name: Value(self, prefix + name, np.dtype(np.float32)) for name in names}

    def model(self) -> onnx.ModelProto:
        """The whole as a checked model."""
        graph = helper.make_graph(self._nodes, self._name, self._inputs, self._outputs, self._constants)
        opset = helper.make_opsetid("", OPSET)
        made = helper.make_model(
            graph, opset_imports=[opset], ir_version=IR_VERSION, producer_name="singer-engine"
        )
        onnx.checker.check_model(made)
        return made
