"""What VOCALOID's controllers mean: bends of pitch and changes from 0 to 127, which hold until the next one."""

from __future__ import annotations

import math
from bisect import bisect_right

from singer.projects.bends import lines_of_bends, steps
from singer.projects.imported import SongTrack

Events = list[tuple[float, float]]

DEFAULT_RANGE = 2.0
"""Semitones at full bend, where a file does not say."""
FULL_BEND = 8192.0
MIDDLE = 64.0
_SOFTEST_DB = -24.0


def apply_pitch(track: SongTrack, events: dict[str, Events]) -> None:
    """The track's lines, made of its bends (-8192 to 8191, full at ``pitch_range`` semitones)."""
    bends, ranges = sorted(events.pop("pitch_bend", [])), sorted(events.pop("pitch_range", []))
    range_ticks = [tick for tick, _ in ranges]
    semitones: Events = []
    for tick, bend in bends:
        place = bisect_right(range_ticks, tick)
        full = ranges[place - 1][1] if place else DEFAULT_RANGE
        semitones.append((tick, bend / FULL_BEND * full))
    track.lines = lines_of_bends([(note.start, note.end, note.key) for note in track.notes], semitones)


def apply_controls(track: SongTrack, events: dict[str, Events]) -> None:
    """The track's curves, made of its control changes; the others are listed."""
    track.curves = {}
    for control, name, to_control in (
        ("loudness_db", "dynamics", loudness_db),
        ("breathiness", "breathiness", lambda value: value / 127),
        ("gender", "gender", from_middle),
        ("brightness", "brightness", from_middle),
    ):
        curve = steps([(tick, to_control(value)) for tick, value in sorted(events.pop(name, []))])
        if any(value for _, value in curve):
            track.curves[control] = curve
    others = sorted(name for name, found in events.items() if found)
    if others:
        track.left_out.append(f"controllers {', '.join(others)}")


def loudness_db(value: float) -> float:
    """Dynamics 0 to 127 in dB: 64 is 0, below it a share of the amplitude, above it up to 12 dB."""
    if value >= MIDDLE:
        return (value - MIDDLE) / (127 - MIDDLE) * 12.0
    return max(20.0 * math.log10(max(value / MIDDLE, 1e-3)), _SOFTEST_DB)


def dynamics(loudness: float) -> int:
    """The inverse of ``loudness_db``, on whole numbers."""
    if loudness >= 0:
        return min(round(MIDDLE + loudness / 12.0 * (127 - MIDDLE)), 127)
    return round(MIDDLE * 10 ** (loudness / 20.0))


def from_middle(value: float) -> float:
    """0 to 127 around 64 as -1 to 1."""
    return (value - MIDDLE) / (127 - MIDDLE) if value >= MIDDLE else (value - MIDDLE) / MIDDLE


def around_middle(share: float) -> int:
    """The inverse of ``from_middle``."""
    return round(MIDDLE + share * (127 - MIDDLE if share >= 0 else MIDDLE))
