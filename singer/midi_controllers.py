"""Controllers of MIDI files: expression is loudness; what else was played with is named."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from singer.projects.bends import steps
from singer.projects.imported import TICKS

EXPRESSION = 11
SOFTEST_DB = -24.0
_FULL = 127
_SILENT = frozenset({0, 6, 32, 38, EXPRESSION, 98, 99, 100, 101, *range(120, 128)})
"""Read elsewhere, or no way of playing: banks, registered parameters, and messages to the whole channel."""


def expression_db(value: int) -> float:
    """Gain of controller 11, by General MIDI's recommended practice: 40 log10(value / 127); -24 dB at least."""
    return max(40.0 * math.log10(max(value, 1) / _FULL), SOFTEST_DB)


def expression_of_db(gain_db: float) -> int:
    """The inverse of ``expression_db``, on whole numbers; above 0 dB there is none."""
    return min(round(_FULL * 10 ** (gain_db / 40.0)), _FULL)


def loudness_of(events: Sequence[tuple[float, Any]], channel: int) -> tuple[tuple[float, float], ...]:
    """Expression of one channel as a curve of loudness, points (beat, dB); () where it stays at 0 dB.

    Args:
        events: (beat, message) of the track.
        channel: from 0.
    """
    found = [
        (beat * TICKS, expression_db(message.value))
        for beat, message in _of(events, channel)
        if message.type == "control_change" and message.control == EXPRESSION
    ]
    points = dict(steps(found)) if any(gain for _, gain in found) else {}
    return tuple((max(tick, 0.0) / TICKS, gain) for tick, gain in points.items())


def left_out_of(events: Sequence[tuple[float, Any]], channel: int) -> str:
    """What of one channel's playing is no part of a score, in words; "" if there is nothing."""
    messages = [message for _, message in _of(events, channel)]
    controllers = {each.control for each in messages if each.type == "control_change"} - _SILENT
    velocities = {each.velocity for each in messages if each.type == "note_on" and each.velocity > 0}
    named = []
    if controllers:
        named.append(f"controllers {', '.join(map(str, sorted(controllers)))}")
    if any(each.type in ("aftertouch", "polytouch") for each in messages):
        named.append("aftertouch")
    if len(velocities) > 1:
        named.append("velocities of notes")
    return ", ".join(named)


def _of(events: Sequence[tuple[float, Any]], channel: int) -> Iterator[tuple[float, Any]]:
    return (event for event in events if getattr(event[1], "channel", None) == channel)
