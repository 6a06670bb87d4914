"""Features: what the vocal tract does, frame by frame. They hold no pitch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Features:
    """Pitch-free description of a stretch of voice, T frames at 100 frames/s.

    Attributes:
        envelope: float32 [T, 96], natural log of the spectral envelope's amplitude on the bands of ``singer.bands``.
        aperiodicity: float32 [T, 12], share of noise in each aperiodicity band, 0 (periodic) to 1 (noise), as amplitude ratio.
    """

    envelope: NDArray[np.float32]
    aperiodicity: NDArray[np.float32]

    def __post_init__(self) -> None:
        for name, array, width in (("envelope", self.envelope, 96), ("aperiodicity", self.aperiodicity, 12)):
            if array.dtype != np.float32 or array.ndim != 2 or array.shape[1] != width:
                raise ValueError(f"{name} must be float32 [T, {width}], found {array.dtype} {array.shape}")
        if len(self.envelope) != len(self.aperiodicity):
            raise ValueError("envelope and aperiodicity must have the same number of frames")
