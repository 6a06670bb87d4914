"""High notes: the first formant follows the fundamental, as it does in trained singers.

Where the fundamental lies above the first formant, a filter with spoken formants lets little through, and closed vowels all but
vanish. Singers open the jaw so that the formant stays with the fundamental (Sundberg 1975, Formant technique in a professional
female singer, Acustica 32). Here the envelope from its lowest peak up to the fundamental may fall by no more than a fixed slope.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer.bands import ENVELOPE_BANDS, band_centres_hz

SLOPE_DB_PER_OCTAVE = 6.0
REACH = 1.25
"""The envelope is held up to this multiple of the fundamental and returns to its own course within half an octave."""
LOWEST_HZ = 100.0
RETURN_OCTAVES = 0.5
_DB = float(np.log(10.0) / 20.0)


def tune_first_formant(envelope: NDArray[np.float32], f0_hz: NDArray[np.float32]) -> NDArray[np.float32]:
    """Hold the envelope up between its lowest peak and the fundamental.

    Args:
        envelope: float32 [R, 96], natural log of amplitude.
        f0_hz: float32 [R], positive.

    Returns:
        float32 [R, 96]; nowhere below ``envelope``, and equal to it where the fundamental lies under the first formant.
    """
    octaves = np.log2(np.maximum(band_centres_hz(ENVELOPE_BANDS), LOWEST_HZ)).astype(np.float32)
    slope = SLOPE_DB_PER_OCTAVE * _DB
    held = np.maximum.accumulate(envelope + slope * octaves, axis=1) - slope * octaves
    beyond = (octaves[None, :] - np.log2(REACH * f0_hz)[:, None]) / RETURN_OCTAVES
    share = np.clip(1.0 - beyond, 0.0, 1.0)
    tuned: NDArray[np.float32] = (envelope + share * (held - envelope)).astype(np.float32)
    return tuned
