"""Sharing time among phones: scale a row of lengths to a total with a floor under each."""

from __future__ import annotations

from collections.abc import Sequence

FLOOR_S = 0.02
"""Shortest consonant, and shortest silence inside a phrase, in seconds."""

NUCLEUS_FLOOR_S = 0.04
"""Shortest nucleus in seconds, where the note is that long."""


def fit_lengths(desired_s: Sequence[float], total_s: float, floor_s: float = FLOOR_S) -> list[float]:
    """Lengths that sum to ``total_s``, in the proportions of ``desired_s``, none below ``floor_s``.

    Where the floors alone are more than the total, all are equal.

    Args:
        desired_s: positive lengths in seconds.
        total_s: their sum afterwards, seconds.
        floor_s: shortest length, seconds.

    Returns:
        as many lengths in seconds.
    """
    count = len(desired_s)
    if count == 0:
        return []
    if total_s <= floor_s * count:
        return [total_s / count] * count
    floored: set[int] = set()
    while True:
        free = [index for index in range(count) if index not in floored]
        scale = (total_s - floor_s * len(floored)) / sum(desired_s[index] for index in free)
        low = {index for index in free if desired_s[index] * scale < floor_s}
        if not low:
            break
        floored |= low
    return [floor_s if index in floored else desired_s[index] * scale for index in range(count)]
