"""One neural model in an ONNX file: opened, checked and run. The only importer of onnxruntime."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from singer.errors import ModelError

PROVIDERS: Mapping[str, str] = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
}
"""The words a user types for ONNX Runtime's providers."""

_DTYPES: Mapping[str, np.dtype[Any]] = {
    "tensor(float)": np.dtype(np.float32),
    "tensor(int64)": np.dtype(np.int64),
    "tensor(bool)": np.dtype(np.bool_),
}
_ERRORS_ONLY = 3

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunsOn:
    """Where and how wide a model runs.

    Attributes:
        provider: a key of ``PROVIDERS``.
        threads: threads of one session; 1 by default, since many renders run side by side.
    """

    provider: str = "cpu"
    threads: int = 1

    def __post_init__(self) -> None:
        if self.provider not in PROVIDERS:
            known = ", ".join(PROVIDERS)
            raise ModelError("unknown_provider", f"found provider {self.provider!r}; known are {known}")
        if self.threads < 1:
            raise ModelError("threads", f"found {self.threads} threads; at least 1 is needed")


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or output as declared: numbers are fixed sizes, names are sizes that must agree."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int | str, ...]

    def __str__(self) -> str:
        return f"{self.name} {self.dtype}[{', '.join(map(str, self.shape))}]"


class OnnxModel:
    """A loaded model, safe to share between threads (an ONNX Runtime session is).

    Attributes:
        path: the file that it came from.
        sha256: hash of the file as loaded, lower-case hexadecimal.
        metadata: the file's ``custom_metadata_map``.
        inputs, outputs: declared tensors, by name.
    """

    def __init__(
        self,
        path: Path,
        *,
        sha256: str | None = None,
        metadata: Mapping[str, str] | None = None,
        runs_on: RunsOn | None = None,
        content: bytes | None = None,
    ) -> None:
        """Open ``path``.

        Args:
            path: an ONNX file with its weights inside.
            sha256: the hash that it must have; not checked if ``None``.
            metadata: entries that its ``custom_metadata_map`` must hold, such as the audio contract.
            runs_on: provider and threads.
            content: the model itself, where it was changed since it was read; ``path`` then only names it.

        Raises:
            ModelError: file missing, hash or metadata different, not a model, or the provider is not there.
        """
        self.path = path
        try:
            content = path.read_bytes() if content is None else content
        except OSError as error:
            raise ModelError(
                "model_missing", f"cannot read the model: {error.strerror}", path.name
            ) from error
        self.sha256 = hashlib.sha256(content).hexdigest()
        if sha256 is not None and self.sha256 != sha256:
            message = (
                f"sha256 is {self.sha256}, the manifest says {sha256}; the file is damaged or was exchanged"
            )
            raise ModelError("model_hash", message, path.name)
        self._session = _open_session(content, path.name, runs_on or RunsOn())
        self.metadata: Mapping[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)
        self._check_metadata(metadata or {})
        self.inputs = _declared(self._session.get_inputs(), path.name)
        self.outputs = _declared(self._session.get_outputs(), path.name)

    def _check_metadata(self, needed: Mapping[str, str]) -> None:
        for key, value in needed.items():
            found = self.metadata.get(key)
            if found != value:
                message = f"metadata {key} is {found!r}, needed is {value!r}; export the model again"
                raise ModelError("model_contract", message, self.path.name)

    def require(self, inputs: Iterable[str], outputs: Iterable[str]) -> None:
        """Raise ``ModelError`` unless the model takes exactly ``inputs`` and gives ``outputs``."""
        if set(self.inputs) != set(inputs):
            message = f"takes {_listed(self.inputs)}, but must take {_listed(inputs)}"
            raise ModelError("model_inputs", message, self.path.name)
        missing = set(outputs) - set(self.outputs)
        if missing:
            message = f"gives {_listed(self.outputs)}; {_listed(missing)} is missing"
            raise ModelError("model_outputs", message, self.path.name)

    def run(self, **inputs: NDArray[np.generic]) -> dict[str, NDArray[np.float32]]:
        """Run the model once.

        Args:
            inputs: every input that the model declares, with its dtype, rank and sizes.

        Returns:
            Every output, by name.

        Raises:
            ModelError: inputs missing, unexpected or of another dtype or shape, or the run failed.
        """
        self._check_inputs(inputs)
        try:
            arrays = self._session.run(list(self.outputs), inputs)
        except Exception as error:  # ONNX Runtime raises many unrelated types
            raise ModelError("model_run", f"the run failed: {error}", self.path.name) from error
        return dict(zip(self.outputs, arrays, strict=True))

    def _check_inputs(self, given: Mapping[str, NDArray[np.generic]]) -> None:
        missing = [str(tensor) for name, tensor in self.inputs.items() if name not in given]
        extra = [name for name in given if name not in self.inputs]
        unexpected = [f"{name} {given[name].dtype}{list(given[name].shape)}" for name in extra]
        if missing or unexpected:
            message = f"missing inputs: {_listed(missing)}; unexpected inputs: {_listed(unexpected)}"
            raise ModelError("model_inputs", message, self.path.name)
        sizes: dict[str, int] = {}
        for name, array in given.items():
            tensor = self.inputs[name]
            if array.dtype != tensor.dtype or not _fits(array.shape, tensor.shape, sizes):
                named = ", ".join(f"{axis}={size}" for axis, size in sizes.items())
                message = f"found {name} {array.dtype}{list(array.shape)}; needed is {tensor}" + (
                    f" with {named}" if named else ""
                )
                raise ModelError("model_inputs", message, self.path.name)


def _fits(shape: Sequence[int], declared: Sequence[int | str], sizes: dict[str, int]) -> bool:
    if len(shape) != len(declared):
        return False
    for size, axis in zip(shape, declared, strict=True):
        needed = axis if isinstance(axis, int) else sizes.setdefault(axis, size)
        if size != needed:
            return False
    return True


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _declared(arguments: Sequence[Any], file: str) -> dict[str, Tensor]:
    """ONNX Runtime's ``NodeArg`` list as tensors by name; axes without a name get one of their own."""
    tensors: dict[str, Tensor] = {}
    for argument in arguments:
        dtype = _DTYPES.get(argument.type)
        if dtype is None:
            message = f"{argument.name} has type {argument.type}; allowed are {_listed(_DTYPES)}"
            raise ModelError("model_type", message, file)
        shape = tuple(axis or f"{argument.name}_{place}" for place, axis in enumerate(argument.shape))
        tensors[argument.name] = Tensor(argument.name, dtype, shape)
    return tensors


def _open_session(content: bytes, file: str, runs_on: RunsOn) -> Any:
    """An ``onnxruntime.InferenceSession`` on the provider asked for, and on no other."""
    runtime = import_module("onnxruntime")
    wanted = PROVIDERS[runs_on.provider]
    available = runtime.get_available_providers()
    if wanted not in available:
        words = [word for word, provider in PROVIDERS.items() if provider in available]
        message = (
            f"provider {runs_on.provider!r} is not in the installed onnxruntime; it has {_listed(words)}"
        )
        if runs_on.provider == "cuda":
            message += " (for CUDA install singer-engine[gpu])"
        raise ModelError("provider_missing", message, file)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = runs_on.threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    try:
        session = runtime.InferenceSession(content, options, providers=[wanted])
    except Exception as error:  # ONNX Runtime raises many unrelated types for a damaged file
        raise ModelError("model_load", f"not a model that can be loaded: {error}", file) from error
    obtained = session.get_providers()
    if obtained[0] != wanted:  # ONNX Runtime only warns when a provider fails to start
        message = f"asked for {runs_on.provider!r}, but it could not start here; obtained {_listed(obtained)}"
        raise ModelError("provider_missing", message, file)
    logger.debug("%s runs on %s with %d threads", file, wanted, runs_on.threads)
    return session


def runtime_versions() -> dict[str, object]:
    """Version of ONNX Runtime and the providers it has: ``{"version": str, "providers": [str]}``."""
    runtime = import_module("onnxruntime")
    available = runtime.get_available_providers()
    return {
        "version": str(runtime.__version__),
        "providers": [word for word, provider in PROVIDERS.items() if provider in available],
    }
