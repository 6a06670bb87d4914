"""Excitation for training segments: the same sources as the vocoder's, made ahead of the network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer.source import pitch_at_samples, pulse_train


def excite(
    log_f0: NDArray[np.float32], hop_samples: int, sample_rate_hz: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Pulses and noise for T frames.

    Args:
        log_f0: float32 [2T], natural log of Hz.
        hop_samples: samples from frame to frame.
        sample_rate_hz: sample rate of the training material.
        rng: gives the starting phase and the noise.

    Returns:
        Two float32 [(T + 1) hop]; frame ``i`` is centred on sample ``(i + 1) hop``.
    """
    padded = np.concatenate((log_f0[:1], log_f0[:1], log_f0, log_f0[-1:])).astype(np.float64)
    steps = pitch_at_samples(padded, hop_samples)
    top_hz = min(20_000.0, 0.46 * sample_rate_hz)
    pulses, _ = pulse_train(steps, float(rng.random()), sample_rate_hz, top_hz)
    noise = rng.standard_normal(len(steps))
    return pulses.astype(np.float32), noise.astype(np.float32)
