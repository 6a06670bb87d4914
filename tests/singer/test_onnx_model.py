"""The model wrapper: contract, hash, provider and inputs are checked before a model runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from singer.errors import ModelError
from singer.onnx_model import PROVIDERS, OnnxModel, RunsOn, runtime_versions


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    """y[n_frames] = a[n_frames] * weight[index[0]] with weight = (2, 3)."""
    weight = helper.make_tensor("weight", TensorProto.FLOAT, [2], [2.0, 3.0])
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["weight", "index"], ["factor"]),
            helper.make_node("Mul", ["a", "factor"], ["y"]),
        ],
        "tiny",
        [
            helper.make_tensor_value_info("a", TensorProto.FLOAT, ["n_frames", 2]),
            helper.make_tensor_value_info("index", TensorProto.INT64, ["n_frames", 1]),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n_frames", 2])],
        [weight],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"sample_rate_hz": "44100"})
    path = tmp_path / "tiny.onnx"
    onnx.save(model, path)
    return path


def inputs(frames: int = 3) -> dict[str, np.ndarray]:
    return {"a": np.ones((frames, 2), np.float32), "index": np.ones((frames, 1), np.int64)}


def test_runs_and_names_what_it_takes_and_gives(model_file: Path) -> None:
    model = OnnxModel(model_file, metadata={"sample_rate_hz": "44100"})
    assert model.run(**inputs())["y"].tolist() == [[3.0, 3.0]] * 3
    assert model.inputs["a"].shape == ("n_frames", 2)
    assert model.sha256 == hashlib.sha256(model_file.read_bytes()).hexdigest()
    model.require({"a", "index"}, {"y"})


def test_threads_share_one_model(model_file: Path) -> None:
    model = OnnxModel(model_file)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda frames: model.run(**inputs(frames))["y"].sum(), range(1, 60)))
    assert results == [6.0 * frames for frames in range(1, 60)]


Change = Callable[[dict[str, np.ndarray]], object]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda x: x.pop("a"), "missing inputs: a float32[n_frames, 2]; unexpected inputs: none"),
        (lambda x: x.update(b=x["a"]), "missing inputs: none; unexpected inputs: b float32[3, 2]"),
        (lambda x: x.update(a=x["a"].astype(np.float64)), "found a float64[3, 2]; needed is a float32"),
        (lambda x: x.update(a=x["a"][:, :1]), "found a float32[3, 1]; needed is a float32[n_frames, 2]"),
        (lambda x: x.update(a=x["a"][0]), "found a float32[2]; needed is a float32[n_frames, 2]"),
        (lambda x: x.update(index=x["index"][:2]), "found index int64[2, 1]"),
    ],
)
def test_wrong_inputs_are_named(model_file: Path, change: Change, said: str) -> None:
    given = inputs()
    change(given)
    with pytest.raises(ModelError) as caught:
        OnnxModel(model_file).run(**given)
    assert caught.value.code == "model_inputs"
    assert caught.value.where == "tiny.onnx"
    assert said in caught.value.message


def test_a_failing_run_is_a_model_error(model_file: Path) -> None:
    given = inputs()
    given["index"][0] = 99  # outside the table: only the run itself can see it
    with pytest.raises(ModelError) as caught:
        OnnxModel(model_file).run(**given)
    assert caught.value.code == "model_run"


def test_other_hash_is_refused(model_file: Path) -> None:
    with pytest.raises(ModelError) as caught:
        OnnxModel(model_file, sha256="0" * 64)
    assert caught.value.code == "model_hash"


@pytest.mark.parametrize("needed", [{"sample_rate_hz": "48000"}, {"hop_samples": "441"}])
def test_other_contract_is_refused(model_file: Path, needed: dict[str, str]) -> None:
    with pytest.raises(ModelError) as caught:
        OnnxModel(model_file, metadata=needed)
    assert caught.value.code == "model_contract"
    assert next(iter(needed)) in caught.value.message


def test_damaged_and_missing_files_are_refused(model_file: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(model_file.read_bytes()[:50])
    with pytest.raises(ModelError) as caught:
        OnnxModel(damaged)
    assert caught.value.code == "model_load"
    with pytest.raises(ModelError) as caught:
        OnnxModel(tmp_path / "absent.onnx")
    assert caught.value.code == "model_missing"


def test_weights_in_another_file_are_refused(model_file: Path, tmp_path: Path) -> None:
    model = onnx.load(model_file)
    tensor = model.graph.initializer[0]
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../secret.bin")
    outside = tmp_path / "external.onnx"
    outside.write_bytes(model.SerializeToString())
    (tmp_path.parent / "secret.bin").write_bytes(np.ones(2, np.float32).tobytes())
    with pytest.raises(ModelError) as caught:
        OnnxModel(outside)
    assert caught.value.code == "model_load"


def test_a_provider_that_is_not_there_is_said_so(model_file: Path) -> None:
    absent = next(word for word in PROVIDERS if word not in runtime_versions()["providers"])
    with pytest.raises(ModelError) as caught:
        OnnxModel(model_file, runs_on=RunsOn(absent))
    assert caught.value.code == "provider_missing"
    assert absent in caught.value.message
    assert "cpu" in caught.value.message


def test_contract_of_a_stage_is_checked(model_file: Path) -> None:
    model = OnnxModel(model_file)
    with pytest.raises(ModelError, match="must take a, b"):
        model.require({"a", "b"}, {"y"})
    with pytest.raises(ModelError, match="envelope is missing"):
        model.require({"a", "index"}, {"y", "envelope"})


@pytest.mark.parametrize("settings", [{"provider": "abacus"}, {"threads": 0}])
def test_impossible_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ModelError):
        RunsOn(**settings)  # type: ignore[arg-type]
