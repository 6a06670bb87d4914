"""Closures of stops are silent: what the model leaves at their bottom is turned down.

A network that learns by averaging does not go all the way from a vowel down to the silence of a closure and up again. Rows
that are all but silent are moved down by as much as they lie below a limit; rows that anyone could hear stay as they are.
This is a downward expander (Zölzer 2011, DAFX, section 4.2) with a floor.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SILENT_DB = -68.0
"""Mean level over the bands, re full scale, below which a row is taken for a closure; 20 dB below the softest sounds."""
FLOOR_DB = -88.0
"""No row is moved below this."""
_DB = 20.0 / np.log(10.0)


def deepen_closures(envelope: NDArray[np.float32]) -> NDArray[np.float32]:
    """Move all but silent rows down.

    Args:
        envelope: float32 [R, 96], natural log of amplitude.

    Returns:
        float32 [R, 96]; the shape of every row is kept.
    """
    level_db = envelope.mean(axis=1) * _DB
    down_db = np.clip(np.minimum(SILENT_DB - level_db, level_db - FLOOR_DB), 0.0, None)
    deeper: NDArray[np.float32] = envelope - (down_db / _DB).astype(np.float32)[:, None]
    return deeper
