"""Graphs of a small bank for OpenUtau's DiffSinger: every input of the format does something in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDTH, BINS = 8, 16
RATE_HZ, HOP = 44_100, 512
VARIANCES = ("energy", "breathiness", "voicing", "tension")


@dataclass(frozen=True, slots=True)
class BankPlan:
    """What a generated bank has.

    Attributes:
        languages: keys of ``PHONES``; several give prefixed phonemes, one gives bare ones.
        speakers: names; none for a bank with one singer.
        modules: some of ``dur``, ``pitch`` and ``variance``.
        variances: what the variance model predicts and the acoustic model takes.
        dur_by_words: the duration model takes ``word_div`` and ``word_dur``, too.
        by_words: encoders of pitch and variance in word mode, else in phoneme mode.
        lang_ids: models take ``languages``.
        is_old: ``speedup`` and whole ``depth`` rather than ``steps`` and a share.
        has_depth: the acoustic model takes ``depth``.
        mel_base: of the acoustic model; the vocoder's is always ``e``.
        noise: models and vocoder draw noise.
        layers: of the acoustic model; more make it cost more.
        width: of those layers.
        shared_vocoder: name of a package beside the bank, in place of ``dsvocoder``.
        rate_hz: sample rate of all modules.
        hop: samples a frame.
        keeps_pitch: the pitch model gives back the pitch that is not to be made anew.
    """

    languages: tuple[str, ...] = ("zh", "en", "ja")
    speakers: tuple[str, ...] = ("soft", "bright")
    modules: tuple[str, ...] = ("dur", "pitch", "variance")
    variances: tuple[str, ...] = VARIANCES
    by_words: bool = True
    dur_by_words: bool = False
    lang_ids: bool = True
    is_old: bool = False
    has_depth: bool = True
    mel_base: str = "e"
    noise: bool = False
    layers: int = 1
    width: int = 16
    shared_vocoder: str = ""
    rate_hz: int = RATE_HZ
    hop: int = HOP
    keeps_pitch: bool = True
    seed: int = 7
    extra: dict[str, Any] = field(default_factory=dict)


class Graph:
    """A graph under construction: ``g("Add", a, b)`` adds a node and gives the name of its output."""

    def __init__(self, seed: Sequence[int]) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.inputs: list[Any] = []
        self._random = np.random.default_rng(list(seed))

    def __call__(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """A new node; gives the name of its output."""
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def takes(self, name: str, shape: Sequence[int | str], dtype: int = TensorProto.FLOAT) -> str:
        """A new input."""
        self.inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def constant(self, values: Any, dtype: Any = np.float32) -> str:
        """A constant."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, dtype), name))
        return name

    def weights(self, *shape: int, scale: float = 0.3) -> str:
        """Random numbers."""
        return self.constant(self._random.normal(size=shape) * scale)

    def floats(self, name: str) -> str:
        """A whole or logical input as numbers."""
        return self("Cast", name, to=TensorProto.FLOAT)

    def axis(self, name: str, place: int) -> str:
        """``name`` with an axis of length 1 added."""
        return self("Unsqueeze", name, self.constant([place], np.int64))

    def along(self, name: str) -> str:
        """A curve [1, T] as channels [1, T, WIDTH]."""
        return self("MatMul", self.axis(name, 2), self.weights(1, WIDTH))

    def spread(self, values: str, lengths: str) -> str:
        """``values`` [1, N, ...] repeated by ``lengths`` [1, N] along their second axis."""
        zero, one = self.constant(0, np.int64), self.constant(1, np.int64)
        ends = self("CumSum", lengths, one)
        total = self("ReduceSum", lengths, keepdims=0)
        places = self.axis(self("Range", zero, total, one), 1)
        past = self("Not", self("Less", places, ends))
        owner = self(
            "ReduceSum", self("Cast", past, to=TensorProto.INT64), self.constant([1], np.int64), keepdims=0
        )
        return self("Gather", values, owner, axis=1)

    def noised(self, values: str, steps: str | None, scale: float = 0.1) -> str:
        """``values`` with noise added, once, or in a loop of ``steps`` turns."""
        if steps is None:
            return self("Add", values, self("Mul", self("RandomNormalLike", values), self.constant(scale)))
        body = helper.make_graph(
            [
                helper.make_node("RandomNormalLike", ["before"], ["drawn"], scale=scale),
                helper.make_node("Add", ["before", "drawn"], ["after"]),
                helper.make_node("Identity", ["going"], ["goes_on"]),
            ],
            "turn",
            [helper.make_tensor_value_info("turn", TensorProto.INT64, []),
             helper.make_tensor_value_info("going", TensorProto.BOOL, []),
             helper.make_tensor_value_info("before", TensorProto.FLOAT, None)],
            [helper.make_tensor_value_info("goes_on", TensorProto.BOOL, []),
             helper.make_tensor_value_info("after", TensorProto.FLOAT, None)],
        )  # fmt: skip
        return self("Loop", steps, self.constant(True, np.bool_), values, body=body)

    def model(self, outputs: dict[str, tuple[str, Sequence[int | str], int]]) -> Any:
        """The model, whose outputs are given as name to (value, shape, type)."""
        declared = []
        for name, (value, shape, dtype) in outputs.items():
            self.nodes.append(helper.make_node("Identity", [value], [name]))
            declared.append(helper.make_tensor_value_info(name, dtype, shape))
        graph = helper.make_graph(self.nodes, "toy", self.inputs, declared, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        return model


def models_of(module: str, plan: BankPlan, place: int) -> dict[str, Any]:
    """Models of a module by name; ``place`` is its number, which chooses its weights."""
    seed = (plan.seed, place)
    if not module:
        return {"acoustic": _acoustic(plan, seed)}
    made = {"linguistic": _linguistic(plan, seed, plan.by_words or module == "dsdur")}
    kind = module.removeprefix("ds")
    return made | {kind: {"dur": _dur, "pitch": _pitch, "variance": _variance}[kind](plan, seed)}


def _tokens(g: Graph, plan: BankPlan) -> str:
    hidden = g(
        "Gather",
        g.weights(64, WIDTH, scale=1.0),
        g.takes("tokens", [1, "n_tokens"], TensorProto.INT64),
        axis=0,
    )
    if plan.lang_ids:
        languages = g.takes("languages", [1, "n_tokens"], TensorProto.INT64)
        hidden = g("Add", hidden, g("Gather", g.weights(8, WIDTH), languages, axis=0))
    return hidden


def _linguistic(plan: BankPlan, seed: Sequence[int], by_words: bool) -> Any:
    g = Graph((*seed, 1))
    hidden = _tokens(g, plan)
    if by_words:
        words = g.takes("word_div", [1, "n_words"], TensorProto.INT64)
        lengths = g.spread(g.takes("word_dur", [1, "n_words"], TensorProto.INT64), words)
    else:
        lengths = g.takes("ph_dur", [1, "n_tokens"], TensorProto.INT64)
    shown = g("Mul", g.floats(lengths), g.constant(0.02))
    hidden = g("Tanh", g("Add", hidden, g.along(shown)))
    masks = g("Equal", "tokens", g.constant(0, np.int64))
    return g.model({
        "encoder_out": (hidden, [1, "n_tokens", WIDTH], TensorProto.FLOAT),
        "x_masks": (masks, [1, "n_tokens"], TensorProto.BOOL),
    })  # fmt: skip


def _spoken(g: Graph, plan: BankPlan, hidden: str, axis: str) -> str:
    if not plan.speakers:
        return hidden
    return g("Add", hidden, g.takes("spk_embed", [1, axis, WIDTH]))


def _sampled(g: Graph, plan: BankPlan, hidden: str, depth: bool = False) -> str:
    """``hidden`` with the settings of sampling at work, and noise if the plan asks for it."""
    steps = g.takes("speedup" if plan.is_old else "steps", [], TensorProto.INT64)
    hidden = g("Add", hidden, g("Div", g.constant(0.05), g.floats(steps)))
    if depth:
        deep = g.takes("depth", [], TensorProto.INT64 if plan.is_old else TensorProto.FLOAT)
        hidden = g("Add", hidden, g("Mul", g.floats(deep), g.constant(0.001 if plan.is_old else 1.0)))
    return g.noised(hidden, steps) if plan.noise else hidden


def _dur(plan: BankPlan, seed: Sequence[int]) -> Any:
    g = Graph((*seed, 2))
    hidden = g.takes("encoder_out", [1, "n_tokens", WIDTH])
    masks = g.takes("x_masks", [1, "n_tokens"], TensorProto.BOOL)
    midi = g("Mul", g.floats(g.takes("ph_midi", [1, "n_tokens"], TensorProto.INT64)), g.constant(0.01))
    hidden = g("Add", _spoken(g, plan, hidden, "n_tokens"), g.along(midi))
    length = g("Squeeze", g("MatMul", hidden, g.weights(WIDTH, 1)), g.constant([2], np.int64))
    length = g("Mul", g("Softplus", length), g.constant(6.0))
    if plan.dur_by_words:
        sizes = g.takes("word_div", [1, "n_words"], TensorProto.INT64)
        frames = g.floats(g.takes("word_dur", [1, "n_words"], TensorProto.INT64))
        length = g("Add", length, g("Mul", g.spread(frames, sizes), g.constant(0.5)))
    length = g("Where", masks, g.constant(0.0), length)
    return g.model({"ph_dur_pred": (length, [1, "n_tokens"], TensorProto.FLOAT)})


def _frames(g: Graph) -> str:
    """Hidden vectors of phonemes along frames."""
    hidden = g.takes("encoder_out", [1, "n_tokens", WIDTH])
    return g.spread(hidden, g.takes("ph_dur", [1, "n_tokens"], TensorProto.INT64))


def _pitch(plan: BankPlan, seed: Sequence[int]) -> Any:
    g = Graph((*seed, 3))
    hidden = _spoken(g, plan, _frames(g), "n_frames")
    lengths = g.takes("note_dur", [1, "n_notes"], TensorProto.INT64)
    base = g.spread(g.takes("note_midi", [1, "n_notes"]), lengths)
    rest = g.spread(g.floats(g.takes("note_rest", [1, "n_notes"], TensorProto.BOOL)), lengths)
    hidden = _sampled(g, plan, g("Add", hidden, g.along(rest)))
    moved = g("Tanh", g("Squeeze", g("MatMul", hidden, g.weights(WIDTH, 1)), g.constant([2], np.int64)))
    moved = g("Mul", g("Mul", moved, g.constant(0.3)), g.takes("expr", [1, "n_frames"]))
    kept = g.takes("pitch", [1, "n_frames"])
    made = g("Add", base, moved)
    if not plan.keeps_pitch:
        kept = g("Add", made, g("Mul", kept, g.constant(0.0)))
    found = g("Where", g.takes("retake", [1, "n_frames"], TensorProto.BOOL), made, kept)
    return g.model({"pitch_pred": (found, [1, "n_frames"], TensorProto.FLOAT)})


def _variance(plan: BankPlan, seed: Sequence[int]) -> Any:
    g = Graph((*seed, 4))
    pitch = g("Mul", g.takes("pitch", [1, "n_frames"]), g.constant(0.02))
    hidden = g("Add", _spoken(g, plan, _frames(g), "n_frames"), g.along(pitch))
    hidden = _sampled(g, plan, hidden)
    retake = g.takes("retake", [1, "n_frames", len(plan.variances)], TensorProto.BOOL)
    outputs: dict[str, tuple[str, Sequence[int | str], int]] = {}
    for place, name in enumerate(plan.variances):
        found = g("Tanh", g("Squeeze", g("MatMul", hidden, g.weights(WIDTH, 1)), g.constant([2], np.int64)))
        low = 0.0 if name == "tension" else -30.0
        found = g("Add", g("Mul", found, g.constant(5.0)), g.constant(low))
        wanted = g("Gather", retake, g.constant(place, np.int64), axis=2)
        found = g("Where", wanted, found, g.takes(name, [1, "n_frames"]))
        outputs[f"{name}_pred"] = (found, [1, "n_frames"], TensorProto.FLOAT)
    return g.model(outputs)


def _acoustic(plan: BankPlan, seed: Sequence[int]) -> Any:
    g = Graph((*seed, 5))
    hidden = g.spread(_tokens(g, plan), g.takes("durations", [1, "n_tokens"], TensorProto.INT64))
    hidden = _spoken(g, plan, hidden, "n_frames")
    hidden = g("Add", hidden, g.along(g("Mul", g("Log", g.takes("f0", [1, "n_frames"])), g.constant(0.2))))
    for name in (*plan.variances, "gender", "velocity"):
        scale = 1.0 if name in ("gender", "velocity", "tension") else 0.03
        hidden = g("Add", hidden, g.along(g("Mul", g.takes(name, [1, "n_frames"]), g.constant(scale))))
    hidden = _sampled(g, plan, hidden, plan.has_depth)
    hidden = g("Tanh", g("MatMul", hidden, g.weights(WIDTH, plan.width)))
    for _ in range(plan.layers - 1):
        hidden = g("Tanh", g("MatMul", hidden, g.weights(plan.width, plan.width, scale=plan.width**-0.5)))
    mel = g("Sub", g("MatMul", hidden, g.weights(plan.width, BINS)), g.constant(3.0))
    if plan.mel_base == "10":
        mel = g("Mul", mel, g.constant(0.434294))
    return g.model({"mel": (mel, [1, "n_frames", BINS], TensorProto.FLOAT)})


def vocoder(plan: BankPlan) -> Any:
    """A vocoder: a tone of the pitch that it is given, as loud as the spectrogram's mean, and noise if the plan asks for it."""
    g = Graph((plan.seed, 6))
    mel, f0 = g.takes("mel", [1, "n_frames", BINS]), g.takes("f0", [1, "n_frames"])
    held = g("Add", g.axis(f0, 2), g.constant(np.zeros((1, 1, plan.hop))))
    held = g("Reshape", held, g.constant([1, -1], np.int64))
    phase = g(
        "CumSum",
        g("Cast", g("Mul", held, g.constant(1.0 / plan.rate_hz)), to=TensorProto.DOUBLE),
        g.constant(1, np.int64),
    )
    whole = g("Floor", phase)
    turn = g("Cast", g("Sub", phase, whole), to=TensorProto.FLOAT)
    tone = g("Sin", g("Mul", turn, g.constant(2.0 * np.pi)))
    loud = g("Mul", g("Exp", g("ReduceMean", mel, axes=[2], keepdims=1)), g.constant(4.0))
    loud = g("Reshape", g("Add", loud, g.constant(np.zeros((1, 1, plan.hop)))), g.constant([1, -1], np.int64))
    sound = g("Mul", tone, loud)
    if plan.noise:
        sound = g("Add", sound, g("Mul", loud, g.noised(g("Mul", sound, g.constant(0.0)), None, 0.05)))
    return g.model({"waveform": (sound, [1, "n_samples"], TensorProto.FLOAT)})
