"""A network with the size and layout of the field's usual singing vocoder (openvpi NSF-HiFiGAN), random
weights, for timing only.

44.1 kHz, hop 512, 128 mel bands, 14 M parameters: upsampling 8 8 2 2 2 by kernels 16 16 4 4 4 from 512
channels, residual blocks of kernels 3 7 11 and dilations 1 3 5 (the "resblock 1" of HiFi-GAN, Kong et al.
2020), a harmonic source of fundamental and eight overtones joined in at every stage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ, HOP_SAMPLES, MEL_BANDS = 44_100, 512, 128
RATES, KERNELS = (8, 8, 2, 2, 2), (16, 16, 4, 4, 4)
CHANNELS = 512
BLOCK_KERNELS, DILATIONS = (3, 7, 11), (1, 3, 5)
HARMONICS = 9
OPSET = 17


@dataclass
class _Graph:
    """Nodes and weights as they are added."""

    nodes: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)
    parameters: int = 0
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def add(self, operation: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        output = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [output], **attributes))
        return output

    def constant(self, values: NDArray[Any] | np.generic) -> str:
        from onnx import numpy_helper

        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def weight(self, *shape: int) -> str:
        self.parameters += prod(shape)
        scale = 1.0 / np.sqrt(max(1, prod(shape[1:])))
        return self.constant((self.rng.standard_normal(shape) * scale).astype(np.float32))

    def convolve(self, x: str, shape: tuple[int, int, int], stride: int = 1, dilation: int = 1) -> str:
        """``shape``: outputs, inputs, kernel; padded so that T becomes T / stride."""
        reach = dilation * (shape[2] - 1)
        pads = [reach // 2, reach - reach // 2] if stride == 1 else [(shape[2] - stride) // 2] * 2
        return self.add(
            "Conv", x, self.weight(*shape), self.weight(shape[0]),
            kernel_shape=[shape[2]], strides=[stride], dilations=[dilation], pads=pads,
        )  # fmt: skip

    def raise_rate(self, x: str, shape: tuple[int, int, int], rate: int) -> str:
        """``shape``: inputs, outputs, kernel."""
        pad = (shape[2] - rate) // 2
        return self.add(
            "ConvTranspose", x, self.weight(*shape), self.weight(shape[1]),
            kernel_shape=[shape[2]], strides=[rate], pads=[pad, pad],
        )  # fmt: skip

    def leaky(self, x: str) -> str:
        return self.add("LeakyRelu", x, alpha=0.1)

    def block(self, x: str, channels: int, kernel: int) -> str:
        for dilation in DILATIONS:
            inner = self.convolve(self.leaky(x), (channels, channels, kernel), dilation=dilation)
            inner = self.convolve(self.leaky(inner), (channels, channels, kernel))
            x = self.add("Add", x, inner)
        return x


def write_model(path: Path) -> int:
    """Write the network to ``path``: inputs ``mel`` float32 [1, 128, T] and ``f0_hz`` float32 [1, 1, T],
    output ``audio`` float32 [1, 1, 512 T]; returns its number of parameters.
    """
    import onnx
    from onnx import TensorProto, helper

    graph = _Graph()
    source = _harmonic_source(graph)
    x = graph.convolve("mel", (CHANNELS, MEL_BANDS, 7))
    channels = CHANNELS
    for stage, (rate, kernel) in enumerate(zip(RATES, KERNELS, strict=True)):
        channels //= 2
        x = graph.raise_rate(graph.leaky(x), (channels * 2, channels, kernel), rate)
        left = prod(RATES[stage + 1 :])
        joined = graph.convolve(source, (channels, 1, 2 * left if left > 1 else 1), stride=left)
        x = graph.add("Add", x, joined)
        blocks = [graph.block(x, channels, kernel) for kernel in BLOCK_KERNELS]
        x = graph.add("Mul", graph.add("Sum", *blocks), graph.constant(np.float32(1 / len(blocks))))
    x = graph.add("Tanh", graph.convolve(graph.leaky(x), (1, channels, 7)))
    graph.nodes.append(helper.make_node("Identity", [x], ["audio"]))
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "nsf_hifigan_size",
            [
                helper.make_tensor_value_info("mel", TensorProto.FLOAT, [1, MEL_BANDS, "frames"]),
                helper.make_tensor_value_info("f0_hz", TensorProto.FLOAT, [1, 1, "frames"]),
            ],
            [helper.make_tensor_value_info("audio", TensorProto.FLOAT, [1, 1, "samples"])],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=8,
    )
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return graph.parameters


def _harmonic_source(graph: _Graph) -> str:
    """Sines at the fundamental and its overtones plus a little noise, merged to one channel: [1, 1,
    samples].
    """
    scales = graph.constant(np.array([1, 1, HOP_SAMPLES], np.float32))
    f0_hz = graph.add("Resize", "f0_hz", "", scales, mode="nearest")
    turns = graph.add("Mul", f0_hz, graph.constant(np.float32(1 / SAMPLE_RATE_HZ)))
    multiples = np.arange(1, HARMONICS + 1, dtype=np.float32).reshape(1, HARMONICS, 1)
    phase = graph.add(
        "CumSum", graph.add("Mul", turns, graph.constant(multiples)), graph.constant(np.int64(2))
    )
    sines = graph.add("Sin", graph.add("Mul", phase, graph.constant(np.float32(2 * np.pi))))
    noise = graph.add("RandomNormalLike", sines, mean=0.0, scale=0.003)
    mixed = graph.add("Add", graph.add("Mul", sines, graph.constant(np.float32(0.1))), noise)
    return graph.add("Tanh", graph.convolve(mixed, (1, HARMONICS, 1)))
