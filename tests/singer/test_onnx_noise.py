"""Noise of graphs becomes an input: same seed, same samples; another seed, another draw, another turn of a loop: other ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from singer.diffsinger.feed import run
from singer.errors import ModelError
from singer.onnx_graph import prepared_graph
from singer.onnx_model import OnnxModel


def content(nodes: list[Any], inputs: list[Any], outputs: list[str]) -> bytes:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    graph = helper.make_graph(nodes, "noisy", inputs, values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def opened(nodes: list[Any], inputs: list[Any], outputs: list[str]) -> OnnxModel:
    return OnnxModel(
        Path("noisy.onnx"), content=prepared_graph(content(nodes, inputs, outputs), "noisy.onnx")
    )


def floats(name: str, shape: list[Any]) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return abs(float(np.corrcoef(one.ravel(), other.ravel())[0, 1]))


def test_plain_noise_is_repeatable_and_normal() -> None:
    nodes = [
        helper.make_node("RandomNormalLike", ["x"], ["a"], mean=2.0, scale=3.0),
        helper.make_node("RandomNormalLike", ["x"], ["b"]),
        helper.make_node("RandomUniformLike", ["x"], ["c"], low=-1.0, high=3.0),
        helper.make_node("RandomNormal", [], ["d"], shape=[3, 5]),
    ]
    model = opened(nodes, [floats("x", [1, "n", 8])], ["a", "b", "c", "d"])
    x = np.zeros((20_000, 8), np.float32)
    first, again, other = run(model, {"x": x}, 5), run(model, {"x": x}, 5), run(model, {"x": x}, 6)
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not any(np.array_equal(first[name], other[name]) for name in first)
    assert first["a"].shape == (1, 20_000, 8)
    assert first["d"].shape == (3, 5)
    assert abs(first["a"].mean() - 2.0) < 0.05
    assert abs(first["a"].std() - 3.0) < 0.05
    assert -1.0 <= first["c"].min() < -0.99 < 2.99 < first["c"].max() <= 3.0
    assert abs(first["c"].mean() - 1.0) < 0.02
    assert correlation((first["a"] - 2.0) / 3.0, first["b"]) < 0.02


def test_every_turn_of_a_loop_draws_anew_also_inside_an_if() -> None:
    branch = helper.make_graph(
        [helper.make_node("RandomNormalLike", ["x"], ["drawn"])], "then", [], [floats("drawn", None)]
    )
    other = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["kept"])], "else", [], [floats("kept", None)]
    )
    body = helper.make_graph(
        [
            helper.make_node("If", ["going"], ["one"], then_branch=branch, else_branch=other),
            helper.make_node("Identity", ["going"], ["goes_on"]),
        ],
        "turn",
        [helper.make_tensor_value_info("turn", TensorProto.INT64, []),
         helper.make_tensor_value_info("going", TensorProto.BOOL, [])],
        [helper.make_tensor_value_info("goes_on", TensorProto.BOOL, []), floats("one", None)],
    )  # fmt: skip
    nodes = [
        helper.make_node(
            "Constant", [], ["yes"], value=helper.make_tensor("y", TensorProto.BOOL, [], [True])
        ),
        helper.make_node("Loop", ["turns", "yes"], ["all"], body=body),
    ]
    turns = helper.make_tensor_value_info("turns", TensorProto.INT64, [])
    model = opened(nodes, [floats("x", [1, "n"]), turns], ["all"])
    drawn = run(model, {"x": np.zeros(4_000, np.float32), "turns": np.array(5, np.int64)}, 1)["all"]
    assert drawn.shape == (5, 1, 4_000)
    pairs = [(one, two) for one in range(5) for two in range(one)]
    assert max(correlation(drawn[one], drawn[two]) for one, two in pairs) < 0.08


def test_noise_in_a_scan_is_refused() -> None:
    body = helper.make_graph(
        [helper.make_node("RandomNormalLike", ["row"], ["drawn"])],
        "row",
        [floats("row", ["m"])],
        [floats("drawn", ["m"])],
    )
    nodes = [helper.make_node("Scan", ["x"], ["y"], body=body, num_scan_inputs=1)]
    with pytest.raises(ModelError, match="Scan") as caught:
        prepared_graph(content(nodes, [floats("x", ["n", "m"])], ["y"]), "noisy.onnx")
    assert caught.value.code == "model_noise"


@pytest.mark.parametrize("broken", [b"", b"no model at all", b"\x08\x08" * 40])
def test_what_is_no_model_is_refused(broken: bytes) -> None:
    with pytest.raises(ModelError) as caught:
        prepared_graph(broken, "x.onnx")
    assert caught.value.code == "model_load"


def test_operators_from_elsewhere_are_refused() -> None:
    nodes = [helper.make_node("Launch", ["x"], ["y"], domain="evil.example")]
    with pytest.raises(ModelError, match=r"'Launch' is of the set 'evil\.example'"):
        prepared_graph(content(nodes, [floats("x", [1])], ["y"]), "x.onnx")


def external(location: str) -> bytes:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=location)
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "w"], ["y"])], "g", [floats("x", [2])], [floats("y", [2])], [tensor]
    )
    return bytes(
        helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8
        ).SerializeToString()
    )


@pytest.mark.parametrize("location", ["../secret", "/etc/hostname", "missing", "link"])
def test_weights_outside_the_folder_are_refused(tmp_path: Path, location: str) -> None:
    home = tmp_path / "bank"
    home.mkdir()
    (tmp_path / "secret").write_bytes(np.ones(2, "<f4").tobytes())
    (home / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(ModelError) as caught:
        prepared_graph(external(location), "x.onnx", home)
    assert caught.value.code == "model_external"


def test_weights_in_a_file_of_the_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(np.array([3.0, 4.0], "<f4").tobytes())
    model = OnnxModel(Path("x.onnx"), content=prepared_graph(external("weights"), "x.onnx", tmp_path))
    assert model.run(x=np.ones(2, np.float32))["y"].tolist() == [4.0, 5.0]


def test_weights_that_are_not_there_are_refused() -> None:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1 << 40], raw_data=b"abcd")
    graph = helper.make_graph(
        [helper.make_node("Identity", ["w"], ["y"])], "g", [], [floats("y", [2])], [tensor]
    )
    huge = onnx.ModelProto(graph=graph, ir_version=8)
    with pytest.raises(ModelError) as caught:
        prepared_graph(huge.SerializeToString(), "x.onnx")
    assert caught.value.code == "model_size"


def test_functions_that_multiply_without_end_are_refused() -> None:
    """Written out, twenty functions that call the next one ten times are 10 ** 20 operators, in a file of a few kilobytes."""
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    bodies = [
        helper.make_function(
            "own", f"F{depth}", ["a"], ["b"],
            [
                helper.make_node(f"F{depth + 1}", ["a"], [f"b{place}" if place else "b"], domain="own")
                if depth < 20 else helper.make_node("Identity", ["a"], [f"b{place}" if place else "b"])
                for place in range(10)
            ],
            opsets,
        )
        for depth in range(1, 21)
    ]  # fmt: skip
    graph = helper.make_graph(
        [helper.make_node("F1", ["x"], ["y"], domain="own")], "g", [floats("x", [1])], [floats("y", [1])]
    )
    model = helper.make_model(graph, functions=bodies, opset_imports=opsets, ir_version=8)
    with pytest.raises(ModelError, match="more than 500000 operators"):
        prepared_graph(model.SerializeToString(), "x.onnx")
    circle = helper.make_function(
        "own", "F1", ["a"], ["b"], [helper.make_node("F1", ["a"], ["b"], domain="own")], opsets
    )
    endless = helper.make_model(graph, functions=[circle], opset_imports=opsets, ir_version=8)
    with pytest.raises(ModelError, match="more than 500000 operators"):
        prepared_graph(endless.SerializeToString(), "x.onnx")
