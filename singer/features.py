"""Features: what the vocal tract does, in rows of 5 ms. They hold no pitch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROWS_PER_FRAME = 2
"""Models and performances run at 100 frames/s; each frame holds two rows of features, on its centre and half a hop later."""


@dataclass(frozen=True, slots=True)
class Features:
    """Pitch-free description of a stretch of voice, T frames at 100 frames/s of two rows each.

    Attributes:
        envelope: float32 [2T, 96], natural log of the spectral envelope's amplitude on the bands of ``singer.bands``.
        aperiodicity: float32 [2T, 12], share of noise in each aperiodicity band, 0 (periodic) to 1 (noise), as amplitude ratio.
    """

    envelope: NDArray[np.float32]
    aperiodicity: NDArray[np.float32]

    def __post_init__(self) -> None:
        for name, array, width in (("envelope", self.envelope, 96), ("aperiodicity", self.aperiodicity, 12)):
            if array.dtype != np.float32 or array.ndim != 2 or array.shape[1] != width:
                raise ValueError(f"{name} must be float32 [2T, {width}], found {array.dtype} {array.shape}")
        if len(self.envelope) != len(self.aperiodicity) or len(self.envelope) % ROWS_PER_FRAME:
            raise ValueError("envelope and aperiodicity must have the same, even number of rows")


def to_rows(curve: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values at frames to values at rows, half-way between frames by straight lines: float32 [T] to float32 [2T]."""
    later = np.append(curve[1:], curve[-1:])
    rows: NDArray[np.float32] = (
        np.stack((curve, 0.5 * (curve + later)), axis=1).reshape(-1).astype(np.float32)
    )
    return rows
