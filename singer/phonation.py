"""What the singer's larynx does besides ordinary voice: whisper on the vocoder's filters, growl and fry on its pulses.

All of it acts behind the network, on any voice. What happens at a sample depends on the accumulated phase of the fundamental, on
the number of the pulse and on the seed alone, so that a stream may be cut anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.bands import ENVELOPE_BANDS, band_centres_hz

GROWL_DEPTH = 0.9
"""Pulses are stronger and weaker by up to this share at growl 1."""
FRY_LOSS = 0.8
"""A pulse loses up to this share of its strength at vocal fry 1."""
FRY_JITTER_TURNS = 0.02
"""A pulse comes early or late by up to this share of the period at vocal fry 1."""
WHISPER_LOW_DB = -18.0
"""Gain of a whisper against the voice up to 500 Hz; it rises to ``WHISPER_HIGH_DB`` at 2 kHz."""
WHISPER_HIGH_DB = -6.0

_DB = float(np.log(10.0) / 20.0)
_FLOOR = 1e-4
_STEEPEST = 2.0 * 1.875 * FRY_JITTER_TURNS
"""Most that jitter adds to the pitch for a moment, as a share of it: two pulses pulled apart by smooth steps."""


@dataclass(frozen=True, slots=True)
class Roughness:
    """Growl and vocal fry of T frames.

    Attributes:
        growl, vocal_fry: 0-1, float32 [2T], one for each row.
    """

    growl: NDArray[np.float32]
    vocal_fry: NDArray[np.float32]


def whispered(
    harmonic: NDArray[np.float32], noise: NDArray[np.float32], amount: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Filters of a voice that turns to whisper: the noise takes over the envelope of the harmonics.

    Whispering has no pulses, and is softer than the voice at low frequencies above all (Tartter 1989, What's in a whisper?,
    J. Acoust. Soc. Am. 86). Harmonics fade as the cosine, noise comes as the sine, so that power stays in between.

    Args:
        harmonic: float32 [R, 96], natural log of the pulses' filter.
        noise: float32 [R, 96], natural log of the noise's filter.
        amount: float32 [R], 0 is the voice and 1 the whisper.

    Returns:
        the same for the whispering voice; the input itself where nothing is whispered.
    """
    if not amount.any():
        return harmonic, noise
    angle = 0.5 * np.pi * amount[:, None].astype(np.float64)
    kept = np.maximum(np.cos(angle), _FLOOR)
    octaves = np.clip(np.log2(np.maximum(band_centres_hz(ENVELOPE_BANDS), 1.0) / 500.0) / 2.0, 0.0, 1.0)
    gain = np.exp(_DB * (WHISPER_LOW_DB + (WHISPER_HIGH_DB - WHISPER_LOW_DB) * octaves))
    moved = np.sin(angle) * gain * np.exp(harmonic.astype(np.float64))
    louder = 0.5 * np.log(np.exp(2.0 * noise.astype(np.float64)) + moved**2)
    return (harmonic + np.log(kept)).astype(np.float32), louder.astype(np.float32)


def roughened(
    turns: NDArray[np.float64],
    first_pulse: int,
    growl: NDArray[np.float64],
    vocal_fry: NDArray[np.float64],
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Irregular pulses: phase and strength of the pulse train, and how much its pitch may rise for a moment.

    Growl: folds above the glottis vibrate along at a fraction of the pitch and modulate the strength of the pulses (Sakakibara,
    Fuks, Imagawa & Tayama 2004, Growl voice in ethnic and pop styles, Int. Symposium on Musical Acoustics; Loscos & Bonada
    2004, Emulating rough and growl voice in spectral domain, DAFx). Here the strength wanders from pulse to pulse, which fills
    the space between the harmonics with subharmonics of all orders; strict alternation would halve the pitch. Fry: pulses are
    lost in part, and come early or late (Titze 1994, Principles of Voice Production, chapter 10; Blomgren et al. 1998, J.
    Acoust. Soc. Am. 103). Mean power and mean pitch stay.

    Args:
        turns: float64 [N], accumulated phase of the fundamental from a whole number on.
        first_pulse: number of pulses of the stream before ``turns`` 0.
        growl: float64 [N], 0-1.
        vocal_fry: float64 [N], 0-1.
        seed: names the irregularity.

    Returns:
        turns, gain (0 to 3) and highest pitch as a multiple of the fundamental, float64 [N] each.
    """
    whole = np.floor(turns)
    pulse = first_pulse + whole.astype(np.int64)
    away = _smooth(turns - whole)
    around = _smooth(
        2.0 * (turns - whole) - 0.5
    )  # a pulse keeps its strength for a quarter of a turn on either side
    depth, loss = GROWL_DEPTH * growl, FRY_LOSS * vocal_fry
    gain = 1.0 + depth * (2.0 * _between(pulse, around, seed) - 1.0)
    gain *= 1.0 - loss * _between(pulse, around, seed + 1)
    gain /= np.sqrt((1.0 + depth**2 / 3.0) * (1.0 - loss + loss**2 / 3.0))
    moved = 2.0 * _between(pulse, away, seed + 2) - 1.0
    return turns + FRY_JITTER_TURNS * vocal_fry * moved, gain, 1.0 + _STEEPEST * vocal_fry


def _between(pulse: NDArray[np.int64], share: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """A random number for each pulse, led over to the next pulse's by ``share``."""
    before, after = _uniform(pulse, seed), _uniform(pulse + 1, seed)
    return before + (after - before) * share


def _smooth(share: NDArray[np.float64]) -> NDArray[np.float64]:
    u = np.clip(share, 0.0, 1.0)
    return u * u * u * (u * (6.0 * u - 15.0) + 10.0)


def _uniform(number: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """A number in [0, 1) for each pulse: the mixer of SplitMix64 (Steele, Lea & Flood 2014) of seed and number."""
    start = np.uint64((seed * 0x9E3779B97F4A7C15) % 2**64)
    mixed = number.astype(np.uint64) * np.uint64(0xD1342543DE82EF95) + start
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) * 2.0**-53
