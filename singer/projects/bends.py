"""Bends against notes, which files keep, to lines of the pitch itself; and values that hold, to curves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from singer.projects.imported import Line

DENSE_TICKS = 10
"""Bends this close are samples of one curve and joined by lines; a bend that lasts longer is held."""


def lines_of_bends(
    notes: Sequence[tuple[float, float, float]], bends: Sequence[tuple[float, float]]
) -> list[Line]:
    """Lines over the notes that are bent at some time; the others are not drawn.

    Args:
        notes: (start tick, end tick, MIDI number).
        bends: (tick, semitones against the note), by rising tick; each holds until the next.

    Returns:
        One line for each bent note, from its start to its end.
    """
    ticks = [tick for tick, _ in bends]
    starts = {start for start, _, _ in notes}
    lines: list[Line] = []
    for start, end, midi in notes:
        first, last = bisect_right(ticks, start), bisect_right(ticks, end)
        before = bends[first - 1][1] if first else 0.0
        inner = [bend for bend in bends[first:last] if bend[0] < end]
        if end <= start or not (before or any(bend for _, bend in inner)):
            continue
        line: Line = [(start, midi + before)]
        for tick, bend in inner:
            if tick - line[-1][0] > DENSE_TICKS:
                line.append((tick - 1, line[-1][1]))
            if tick == line[-1][0]:
                line.pop()
            line.append((tick, midi + bend))
        at_end = bends[last - 1] if last else None
        closes = at_end is not None and at_end[0] == end and end not in starts
        line.append((end, midi + at_end[1] if at_end and closes else line[-1][1]))
        lines.append(line)
    return lines


def steps(events: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Values (tick, value) that hold until the next one, and are 0 before the first, as points joined by lines."""
    points: list[tuple[float, float]] = []
    for tick, value in events:
        if points and tick > points[-1][0] + DENSE_TICKS:
            points.append((tick - 1, points[-1][1]))
        points.append((tick, value))
    if points and points[0][0] > 0:
        points.insert(0, (points[0][0] - 1, 0.0))
    return points
