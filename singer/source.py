"""The two sources of the vocoder, with explicit state: a band-limited pulse train and white noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pulse_train(
    f0_hz: NDArray[np.float64], phase: float, sample_rate_hz: int, top_hz: float
) -> tuple[NDArray[np.float64], float]:
    """Band-limited pulses of unit power density: equal cosines at every harmonic below ``top_hz``.

    Args:
        f0_hz: float64 [N], positive, one per sample.
        phase: phase of the fundamental before the first sample, in turns.
        sample_rate_hz: sample rate.
        top_hz: highest frequency that may sound, below half the sample rate.

    Returns:
        float64 [N], and the phase after the last sample in turns, in [0, 1).
    """
    turns = accumulated_turns(f0_hz, phase, sample_rate_hz)
    pulses = pulses_at(turns, top_hz / f0_hz) * 2.0 * np.sqrt(f0_hz / sample_rate_hz)
    return pulses, float(turns[-1] % 1.0)


def accumulated_turns(f0_hz: NDArray[np.float64], phase: float, sample_rate_hz: int) -> NDArray[np.float64]:
    """Phase of the fundamental at each sample, in turns on from ``phase``: float64 [N]."""
    turns: NDArray[np.float64] = phase + np.cumsum(f0_hz / sample_rate_hz)
    return turns


def pulses_at(turns: NDArray[np.float64], harmonics: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of equal cosines at the first K multiples of a phase.

    The sum has the closed form of the Dirichlet kernel, ``sin((K + 1/2) p) / (2 sin(p / 2)) - 1/2``; K follows ``harmonics``,
    and the one that comes or goes is faded so that no step is heard.

    Args:
        turns: float64 [N], phase of the fundamental.
        harmonics: float64 [N], how many harmonics may sound; the fraction is the strength of the last one.

    Returns:
        float64 [N].
    """
    angle = 2.0 * np.pi * (turns % 1.0)
    whole = np.floor(harmonics)
    half = np.sin(angle / 2.0)
    near = np.abs(half) < 1e-6
    safe = np.where(near, 1.0, half)
    kernel = np.where(near, whole + 0.5, np.sin((whole + 0.5) * angle) / (2.0 * safe)) - 0.5
    kernel += (harmonics - whole) * np.cos((whole + 1.0) * angle)
    return kernel


def pitch_at_samples(log_f0: NDArray[np.float64], hop_samples: int) -> NDArray[np.float64]:
    """Pitch between rows, on straight lines of log f0: Hz, float64 [T hop_samples]; arguments as ``rows_at_samples``."""
    pitch_hz: NDArray[np.float64] = np.exp(rows_at_samples(log_f0, hop_samples))
    return pitch_hz


def rows_at_samples(rows: NDArray[np.float64], hop_samples: int) -> NDArray[np.float64]:
    """Values between rows, on straight lines.

    Args:
        rows: float64 [2T + 1], at the rows of T frames and at the first row after them.
        hop_samples: samples from frame to frame; the second row lies ``hop_samples // 2`` after the first.

    Returns:
        float64 [T hop_samples], from just after the first row to the last.
    """
    first = hop_samples // 2
    on, half, following = rows[:-1:2, None], rows[1::2, None], rows[2::2, None]
    early = on + (half - on) * (np.arange(1, first + 1) / first)
    late = half + (following - half) * (np.arange(1, hop_samples - first + 1) / (hop_samples - first))
    values: NDArray[np.float64] = np.concatenate((early, late), axis=1).reshape(-1)
    return values


def white_noise(first: int, count: int, seed: int) -> NDArray[np.float64]:
    """Samples ``first`` to ``first + count`` of the endless unit-variance noise named ``seed``: float64 [count].

    A sample depends only on its position and the seed, so a stream may be cut into chunks of any size.
    """
    block = 4096
    start, stop = first // block, (first + count - 1) // block
    parts = [np.random.default_rng((seed, index)).standard_normal(block) for index in range(start, stop + 1)]
    return np.concatenate(parts)[first - start * block :][:count]
