"""What a model is given: chosen by the names of its inputs, since configurations of banks are often wrong about them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from singer.onnx_model import OnnxModel
from singer.onnx_noise import NORMAL_INPUT, UNIFORM_INPUT, noise_tables

FULL_STEPS = 1_000
"""Steps of the diffusion that models of the old kind were trained with."""


def run(
    model: OnnxModel, given: Mapping[str, NDArray[np.generic]], seed: int = 0
) -> dict[str, NDArray[np.float32]]:
    """Run a model on those of ``given`` that it takes.

    Args:
        model: the model; inputs of noise get the tables of ``seed``.
        given: arrays by name, without the batch axis, which is added; numbers without axes are given as they are.
        seed: names the noise.

    Raises:
        ModelError: an input that the model needs is not among them, or the run failed.
    """
    fed: dict[str, NDArray[np.generic]] = {}
    for name, tensor in model.inputs.items():
        if name in (NORMAL_INPUT, UNIFORM_INPUT):
            fed[name] = noise_tables(seed)[name == UNIFORM_INPUT]
        elif name in given:
            value = given[name] if given[name].ndim == 0 else given[name][None]
            fed[name] = value.reshape([1] * len(tensor.shape)) if value.ndim == 0 else value
    return model.run(**fed)


def sampling(model: OnnxModel, steps: int, depth: float) -> dict[str, NDArray[np.generic]]:
    """How long a model samples: ``steps``, or ``speedup`` for those of the old kind, and ``depth`` if it takes one.

    Args:
        model: the model.
        steps: steps of sampling, at least 1.
        depth: share of the diffusion that is run, 0 to 1.
    """
    if "steps" in model.inputs:
        return {"steps": np.array(steps, np.int64), "depth": np.array(depth, np.float32)}
    whole = "depth" in model.inputs
    if whole:
        deep = round(FULL_STEPS * depth)
        speedup = max(1, deep // steps)
        return {
            "speedup": np.array(speedup, np.int64),
            "depth": np.array(deep // speedup * speedup, model.inputs["depth"].dtype),
        }
    most = max(FULL_STEPS // steps, 1)
    divisor = max(number for number in range(1, most + 1) if FULL_STEPS % number == 0)
    return {"speedup": np.array(divisor, np.int64)}
