"""What a score says over time and note by note, as curves over the frames of a phrase."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from singer.performance.smooth import Curve, FrameTimes, rise
from singer.phrases import Phrase

NOTE_EDGE_S = 0.05
"""A level goes from one note's to the next one's in this time, around their border."""


def curve_at(phrase: Phrase, name: str, times: FrameTimes) -> Curve:
    """A curve of the score at the frames, float64 [T]; straight lines between points, 0 without any."""
    points = dict(phrase.curves).get(name, ())
    if not points:
        return np.zeros(times.frames)
    return np.interp(times.all_s(), [time_s for time_s, _ in points], [value for _, value in points])


def note_levels(phrase: Phrase, times: FrameTimes, levels: Sequence[float]) -> Curve:
    """One level per note as a curve, with smooth steps around the borders of notes.

    Args:
        phrase: its N notes.
        times: frames of the phrase.
        levels: N values.

    Returns:
        float64 [T].
    """
    values = np.full(times.frames, levels[0], dtype=np.float64)
    ends_s = [*(note.end_s for note in phrase.notes[2:]), times.end_s]
    for place, (before, after) in enumerate(pairwise(phrase.notes)):
        half_s = min(NOTE_EDGE_S, before.end_s - before.start_s, after.end_s - after.start_s) / 2
        low_s, high_s = after.start_s - half_s, after.start_s + half_s
        step = levels[place + 1] - levels[place]
        values[times.window(high_s, ends_s[place])] = levels[place + 1]
        frames, at_s = times.in_window(low_s, high_s)
        values[frames] = levels[place] + step * rise((at_s - low_s) / (high_s - low_s))
    return values
