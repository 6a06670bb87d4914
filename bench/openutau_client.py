"""An independent client of banks made for OpenUtau (PyPI: diffsinger-utau, MIT), run stage by stage to compare with.

It asks for older numpy, torch and onnxruntime than the engine, so it is installed without its dependencies, and librosa, of which
it uses three small functions, is lent to it if it is not there.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import re
import sys
import types
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np


def has_client() -> bool:
    """Whether the client is installed."""
    return importlib.util.find_spec("diffsinger_utau") is not None


class Client:
    """The client with one bank, its models loaded, one thread each.

    Attributes:
        step_s: seconds of a frame.
        sample_rate_hz: of its sound.
    """

    def __init__(self, folder: Path) -> None:
        lend_librosa()
        with _one_thread(), contextlib.redirect_stdout(io.StringIO()):
            self._all = import_module("diffsinger_utau").PredAll(folder)
        self._section = import_module("diffsinger_utau.voice_bank.commons.ds_reader").DSReader.DSSection
        self.step_s: float = self._all.pred_pitch.timestep
        self.sample_rate_hz: int = self._all.dsvocoder.sample_rate

    def stages(
        self, segment: Mapping[str, Any], speaker: str | None, steps: tuple[int, int, int]
    ) -> dict[str, Any]:
        """What it finds for a segment of a ``.ds`` file, stage by stage.

        Args:
            segment: with notes; lengths, pitch and curves are predicted.
            speaker: who sings.
            steps: of pitch, variance and acoustic model.

        Returns:
            ``given`` (the segment with all that was predicted), ``lengths_s``, ``f0_hz``, ``curves``, ``mel`` and ``sound``.
        """
        with contextlib.redirect_stdout(io.StringIO()):
            return self._stages(dict(segment), {"lang": segment.get("lang", "zh"), "speaker": speaker}, steps)

    def _stages(
        self, given: dict[str, Any], who: dict[str, Any], steps: tuple[int, int, int]
    ) -> dict[str, Any]:
        lengths_s = self._all.pred_duration.predict(self._section(given), **who)
        given["ph_dur"] = _text(lengths_s)
        f0 = self._all.pred_pitch.predict(self._section(given), steps=steps[0], **who)
        given |= {"f0_seq": _text(f0), "f0_timestep": str(self.step_s)}
        curves = self._all.pred_variance.predict(self._section(given), steps=steps[1], **who)
        for name, values in curves.items():
            given |= {name: _text(values), f"{name}_timestep": str(self.step_s)}
        mel = self._all.pred_acoustic.predict(self._section(given), steps=steps[2], **who)
        resample = import_module("diffsinger_utau.voice_bank.commons.utils").resample_align_curve
        at_frames = resample(
            np.array(given["f0_seq"].split(), np.float32), self.step_s, self.step_s, mel.shape[1]
        )
        sound = self._all.pred_vocoder.predict(mel, at_frames)
        return {
            "given": given,
            "lengths_s": lengths_s,
            "f0_hz": f0,
            "curves": curves,
            "mel": mel[0],
            "sound": sound,
        }


def _text(values: Any) -> str:
    return " ".join(f"{value:.6f}" for value in values)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Sessions that are opened meanwhile have one thread, as the engine's own have."""
    runtime: Any = import_module("onnxruntime")
    real = runtime.SessionOptions

    def options() -> Any:
        made = real()
        made.intra_op_num_threads = made.inter_op_num_threads = 1
        return made

    runtime.SessionOptions = options
    try:
        yield
    finally:
        runtime.SessionOptions = real


def lend_librosa() -> None:
    """Put the three conversions that the client takes from librosa in its place, where that large package is not installed."""
    if "librosa" in sys.modules or importlib.util.find_spec("librosa") is not None:
        return
    lent: Any = types.ModuleType("librosa")
    lent.note_to_midi = lambda name, round_midi=True: _midi(name)
    lent.midi_to_hz = lambda midi: 440.0 * 2.0 ** ((np.asanyarray(midi) - 69.0) / 12.0)
    lent.hz_to_midi = lambda hz: 12.0 * (np.log2(np.asanyarray(hz)) - np.log2(440.0)) + 69.0
    sys.modules["librosa"] = lent


def _midi(name: str) -> float:
    match = re.fullmatch(r"([A-G])(#?)(\d)([+-]\d+)?", name)
    if match is None:
        raise ValueError(f"{name!r} is no note")
    letter, sharp, octave, cents = match.groups()
    return 12.0 * (int(octave) + 1) + "C D EF G A B".index(letter) + len(sharp) + int(cents or 0) / 100.0
