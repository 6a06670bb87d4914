"""Opening a graph: on a toy that has the teacher's tensors, but multiplies instead of speaking."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from singer.errors import ModelError
from singer.onnx_model import OnnxModel
from singer.training.teacher import Blend, Teacher, remove_tones
from singer.training.teacher_graph import DURATIONS, ENERGY, F0, GRAPHS, open_graph


def toy_teacher() -> onnx.ModelProto:
    """durations = tokens * speed; f0 = 10 durations; energy = durations + style; audio = f0 + 1000 energy."""
    nodes = [
        helper.make_node("Cast", ["tokens"], ["tokens_float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["tokens_float", "speed"], ["length"]),
        helper.make_node("Cast", ["length"], [DURATIONS], to=TensorProto.INT64),
        helper.make_node("Cast", [DURATIONS], ["units_float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["units_float", "ten"], [F0]),
        helper.make_node("ReduceMean", ["style"], ["loudness"], keepdims=1),
        helper.make_node("Add", ["units_float", "loudness"], [ENERGY]),
        helper.make_node("Mul", [ENERGY, "thousand"], ["loud"]),
        helper.make_node("Add", [F0, "loud"], ["audio"]),
        helper.make_node("Add", ["audio", "unused_weight"], ["nowhere"]),
    ]
    weights = [
        helper.make_tensor("ten", TensorProto.FLOAT, [1], [10.0]),
        helper.make_tensor("thousand", TensorProto.FLOAT, [1], [1000.0]),
        helper.make_tensor("unused_weight", TensorProto.FLOAT, [1], [1.0]),
    ]
    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "sequence_length"]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    output = helper.make_tensor_value_info("audio", TensorProto.FLOAT, [1, "samples"])
    graph = helper.make_graph(nodes, "toy", inputs, [output], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


@pytest.fixture
def models(tmp_path: Path) -> dict[str, OnnxModel]:
    opened = {}
    for name, description in GRAPHS.items():
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(open_graph(toy_teacher(), description).SerializeToString())
        opened[name] = OnnxModel(path)
    return opened


def test_each_graph_takes_and_gives_what_it_says(models: dict[str, OnnxModel]) -> None:
    assert set(models["durations"].inputs) >= {"tokens", "speed"}
    assert set(models["durations"].outputs) == {"durations"}
    assert "speed" not in models["prosody"].inputs
    assert set(models["prosody"].outputs) == {"f0_hz", "energy"}
    assert {"durations", "f0_hz", "energy"} <= set(models["decoder"].inputs)
    assert set(models["decoder"].outputs) == {"audio"}


def test_what_is_fed_replaces_what_was_predicted(models: dict[str, OnnxModel]) -> None:
    teacher = Teacher(models, {"a": 3, "b": 4}, {"x": np.full((510, 256), 2.0, np.float32)})
    tokens = teacher.tokens("ab")
    style = teacher.style(Blend("x", {"x": 1.0}, {"x": 1.0}), 2)
    assert teacher.durations(tokens, style, 2.0).tolist() == [0, 6, 8, 0]
    units = np.array([1, 2, 3, 4], np.int64)
    f0_hz, energy = teacher.prosody(tokens, style, units)
    assert f0_hz.tolist() == [10, 20, 30, 40]
    assert energy.tolist() == [3, 4, 5, 6]
    audio = teacher.decode(tokens, style, units, np.array([1, 2], np.float32), np.array([3, 4], np.float32))
    assert audio.tolist() == [3001, 4002]


def test_nothing_unused_stays(models: dict[str, OnnxModel]) -> None:
    graph = open_graph(toy_teacher(), GRAPHS["durations"]).graph
    assert [node.op_type for node in graph.node] == ["Cast", "Mul", "Cast", "Identity"]
    assert len(graph.initializer) == 0


def test_the_model_given_stays_as_it_was() -> None:
    model = toy_teacher()
    before = model.SerializeToString()
    open_graph(model, GRAPHS["decoder"])
    assert model.SerializeToString() == before


def test_another_model_is_refused() -> None:
    model = toy_teacher()
    model.graph.node[4].output[0] = "renamed"
    with pytest.raises(ModelError, match="no tensor") as error:
        open_graph(model, GRAPHS["prosody"])
    assert error.value.code == "teacher_graph"


def test_a_character_outside_the_vocabulary_is_named(models: dict[str, OnnxModel]) -> None:
    teacher = Teacher(models, {"a": 3}, {})
    with pytest.raises(ModelError, match="cannot read q z"):
        teacher.tokens("azq")


def test_style_mixes_each_half_with_its_own_weights(models: dict[str, OnnxModel]) -> None:
    table = np.arange(510, dtype=np.float32)[:, None].repeat(256, axis=1)
    teacher = Teacher(models, {}, {"low": table, "high": table + 1000})
    style = teacher.style(Blend("mix", {"low": 0.25, "high": 0.75}, {"low": 1.0}), 7)
    assert style.shape == (1, 256)
    assert style[0, 0] == pytest.approx(60 + 750)
    assert style[0, 200] == 7
    longer = teacher.style(Blend("mix", {"low": 0.25, "high": 0.75}, {"low": 1.0}), 90)
    assert np.array_equal(longer[0, :128], style[0, :128])


def test_weights_of_a_blend_must_sum_to_one() -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        Blend("odd", {"x": 0.5}, {"x": 1.0})


def test_constant_tones_and_dc_go_and_the_rest_stays() -> None:
    times = np.arange(24_000) / 24_000
    voice = 0.3 * np.sin(2 * np.pi * 220 * times) + 0.1 * np.sin(2 * np.pi * 5000 * times)
    tones = 0.2 + 0.1 * np.sin(2 * np.pi * 4800 * times) + 0.1 * np.sin(2 * np.pi * 9600 * times)
    cleaned = remove_tones((voice + tones).astype(np.float32))[4000:-4000]
    rest = cleaned - voice[4000:-4000]
    assert np.sqrt(np.mean(rest**2)) < 0.01
    assert abs(cleaned.mean()) < 2e-3
