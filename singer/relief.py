"""The relief of an envelope: what each band has more than the bands around it, which is where formants are."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from singer.bands import ENVELOPE_BANDS

_AROUND_BANDS = 4.0
"""About the width of a formant."""


@cache
def relief_matrix() -> NDArray[np.float32]:
    """Matrix R float32 [96, 96] such that ``envelope @ R`` is its relief; the bands around are weighted by a Gaussian.

    One array for all callers; it cannot be written to.
    """
    bands = np.arange(ENVELOPE_BANDS)
    around = np.exp(-0.5 * ((bands[:, None] - bands) / _AROUND_BANDS) ** 2)
    relief: NDArray[np.float32] = (np.eye(ENVELOPE_BANDS) - around / around.sum(axis=0)).astype(np.float32)
    relief.flags.writeable = False
    return relief
