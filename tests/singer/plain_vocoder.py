"""A vocoder network without weights: the plain source-filter rule, for tests of the synthesis around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer.bands import APERIODICITY_BANDS, ENVELOPE_BANDS, band_centres_hz, interpolation_matrix
from singer.filterbank import PHASE_BANDS
from singer.timebase import AudioSpec
from singer.voice import Voice

_SPREAD = interpolation_matrix(APERIODICITY_BANDS, band_centres_hz(ENVELOPE_BANDS))


class PlainVocoder:
    """Splits the envelope by the aperiodicity; no dispersion."""

    def run(self, **inputs: NDArray[np.generic]) -> dict[str, NDArray[np.float32]]:
        envelope = inputs["envelope"].astype(np.float32)
        ratio = np.clip(inputs["aperiodicity"].astype(np.float32), 0, 1) @ _SPREAD
        return {
            "harmonic": envelope + 0.5 * np.log(np.maximum(1 - ratio**2, 1e-6)),
            "noise": envelope + np.log(np.maximum(ratio, 1e-3)),
            "phase": np.zeros((len(envelope), PHASE_BANDS), np.float32),
        }


def plain_voice(sample_rate_hz: int = 44_100) -> Voice:
    """A voice of which only the vocoder can run."""
    model = PlainVocoder()
    return Voice(
        name="plain",
        title="Plain",
        spec=AudioSpec(sample_rate_hz, sample_rate_hz // 100),
        lowest_midi=36,
        highest_midi=96,
        phones={},
        languages={},
        timbre=np.zeros(1, np.float32),
        encoder=model,
        decoder=model,
        vocoder=model,
        context_frames=0,
        fingerprint="plain",
    )
