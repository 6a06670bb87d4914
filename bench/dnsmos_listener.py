"""DNSMOS as a listener: the networks that lie in the package ``speechmos``, run as its authors run them.

P.835 (Reddy, Gopal, Cutler 2022, ICASSP, "DNSMOS P.835") gives the speech signal, its background and the overall
impression; P.808 (Reddy, Gopal, Cutler 2021, ICASSP, "DNSMOS") one overall number. Both hear 9.01 s at 16 kHz; longer
audio is heard in windows a second apart, shorter audio is repeated until it is long enough. The package's own
``dnsmos`` module needs librosa for one mel spectrogram and gives the same numbers (tests/bench/test_dnsmos.py).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from singer.onnx_model import OnnxModel

RATE_HZ = 16_000
WINDOW_SAMPLES = 144_160
SCORES = ("ovrl", "sig", "bak", "p808")

_CURVES = {
    "sig": (-0.08397278, 1.22083953, 0.0052439),
    "bak": (-0.13166888, 1.60915514, -0.39604546),
    "ovrl": (-0.06766283, 1.11546468, 0.04602535),
}
"""Second-order polynomials from what the P.835 network gives, in this order, to opinion scores, as published with it."""
_HOP_SAMPLES, _FRAME_SAMPLES, _MEL_BANDS = 160, 321, 120


class DnsmosListener:
    """Both networks, loaded."""

    def __init__(self) -> None:
        self._p835, self._p808 = _model("sig_bak_ovr"), _model("model_v8")

    def hear(self, audio: NDArray[np.float32]) -> dict[str, float]:
        """Mean opinion scores (1 to 5) of audio float32 [N] at 16 kHz, by the names of ``SCORES``.

        Raises:
            ValueError: the audio is empty or goes beyond full scale.
        """
        if not len(audio) or np.abs(audio).max() > 1.0:
            raise ValueError("DNSMOS needs audio that is not empty and does not go beyond full scale")
        heard = [self._hear_window(window) for window in windows(audio.astype(np.float32))]
        return {name: float(np.mean([each[name] for each in heard])) for name in SCORES}

    def _hear_window(self, window: NDArray[np.float32]) -> dict[str, float]:
        (raw,) = self._p835.run(input_1=window[None]).values()
        named = dict(zip(("sig", "bak", "ovrl"), raw[0], strict=True))
        found = {name: float(np.polyval(curve, named[name])) for name, curve in _CURVES.items()}
        (p808,) = self._p808.run(input_1=mel_spectrogram(window[:-_HOP_SAMPLES])[None]).values()
        return found | {"p808": float(p808[0, 0])}


def windows(audio: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """The pieces that are heard: float32 [144160] each, a second apart; short audio is doubled until it fills one,
    and as in the package only whole seconds count for how many there are.
    """
    while len(audio) < WINDOW_SAMPLES:
        audio = np.concatenate((audio, audio))
    count = int(len(audio) // RATE_HZ - WINDOW_SAMPLES / RATE_HZ) + 1
    return [audio[start : start + WINDOW_SAMPLES] for start in range(0, count * RATE_HZ, RATE_HZ)]


def mel_spectrogram(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the P.808 network looks at: power in 120 mel bands every 10 ms, in dB below the loudest but at least -80,
    plus 40, over 40: float32 [T, 120].
    """
    half = _FRAME_SAMPLES // 2
    padded = np.pad(audio.astype(np.float64), half)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME_SAMPLES)[::_HOP_SAMPLES]
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(_FRAME_SAMPLES) / _FRAME_SAMPLES)
    power = np.abs(np.fft.rfft(frames * hann, axis=1)) ** 2 @ _mel_bank().T
    level_db = 10.0 * np.log10(np.maximum(power, 1e-10)) - 10.0 * np.log10(max(power.max(), 1e-10))
    return np.asarray((np.maximum(level_db, -80.0) + 40.0) / 40.0, np.float32)


@cache
def _mel_bank() -> NDArray[np.float64]:
    """Triangles of equal area, evenly spaced on Slaney's mel scale (Auditory Toolbox, 1998) from 0 to 8 kHz."""
    bins_hz = np.arange(_FRAME_SAMPLES // 2 + 1) * RATE_HZ / _FRAME_SAMPLES
    corners_hz = _slaney_hz(np.linspace(0.0, 15.0 + 27.0 * np.log(8.0) / np.log(6.4), _MEL_BANDS + 2))
    low, centre, high = corners_hz[:-2, None], corners_hz[1:-1, None], corners_hz[2:, None]
    triangles = np.minimum((bins_hz - low) / (centre - low), (high - bins_hz) / (high - centre))
    return np.asarray(np.maximum(triangles, 0.0) * 2.0 / (high - low))


def _slaney_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Straight up to 1 kHz (15 mel), logarithmic above: 27 mel for a factor of 6.4."""
    return np.where(mel < 15.0, mel * 200.0 / 3.0, 1000.0 * 6.4 ** ((np.maximum(mel, 15.0) - 15.0) / 27.0))


def _model(name: str) -> OnnxModel:
    with as_file(files("speechmos") / "dnsmos_models" / f"{name}.onnx") as path:
        return OnnxModel(path)
