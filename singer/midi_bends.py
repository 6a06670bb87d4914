"""Pitch bend of MIDI files as drawn pitch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from singer.drawn_pitch import MIDI_RANGE, PitchLine
from singer.projects.bends import lines_of_bends
from singer.projects.imported import TICKS
from singer.score import Note

DEFAULT_RANGE = 2.0
"""Semitones at full bend where a file does not set registered parameter 0."""
_FULL = 8192.0
_WIDEST = 96.0


def bends_of(events: Sequence[tuple[float, Any]], channel: int) -> list[tuple[float, float]]:
    """Bends of one channel as (beat, semitones), by rising beat.

    Args:
        events: (beat, message) of the track.
        channel: from 0.
    """
    bends: list[tuple[float, float]] = []
    chosen: dict[int, int] = {}
    full, turned = DEFAULT_RANGE, 0.0
    for beat, message in events:
        if getattr(message, "channel", None) != channel:
            continue
        if message.type == "control_change":
            chosen[message.control] = message.value
            if message.control in (6, 38) and (chosen.get(101), chosen.get(100)) == (0, 0):
                full = min(chosen.get(6, 2) + chosen.get(38, 0) / 100, _WIDEST)
                bends.append((beat, turned * full))
        elif message.type == "pitchwheel":
            turned = message.pitch / _FULL
            bends.append((beat, turned * full))
    return bends


def drawn_by(bends: Sequence[tuple[float, float]], notes: Sequence[Note]) -> tuple[PitchLine, ...]:
    """Drawn pitch of the notes that are bent at some time."""
    if not any(bend for _, bend in bends):
        return ()
    in_ticks = [(beat * TICKS, bend) for beat, bend in bends]
    spans = [(note.start_beat * TICKS, note.end_beat * TICKS, note.midi) for note in notes]
    low, high = MIDI_RANGE
    return tuple(
        tuple((tick / TICKS, min(max(midi, low), high)) for tick, midi in line)
        for line in lines_of_bends(spans, in_ticks)
    )
