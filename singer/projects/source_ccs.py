"""CeVIO's own parts of a CCS file: drawn pitch by time, which LibreSVIP misplaces after a change of tempo."""

from __future__ import annotations

import math
from typing import Any

from singer.projects.bars import refine_ccs_bars
from singer.projects.imported import TICKS, Line, Song
from singer.score import TempoMap

FRAME_S = 0.005
"""A value of a CeVIO curve lasts this long; frame 0 is clock 0."""
_MOST_FRAMES = 4 * 3600 * 200


def refine_ccs(song: Song, document: bytes) -> None:
    """Read time signatures and the drawn pitch (natural logarithm of Hz) anew, and list the other curves."""
    from defusedxml.ElementTree import fromstring

    refine_ccs_bars(song, document)
    clock = TempoMap(tuple((tick / TICKS, bpm) for tick, bpm in song.tempos))
    units = [unit for unit in fromstring(document).iter("Unit") if unit.get("Category") == "SingerSong"]
    for unit, track in zip(units, song.tracks, strict=False):
        parameter = unit.find("Song/Parameter")
        curves = [] if parameter is None else [curve for curve in parameter if curve.find("Data") is not None]
        track.lines = [line for curve in curves if curve.tag == "LogF0" for line in _lines(curve, clock)]
        others = sorted({str(curve.tag) for curve in curves} - {"LogF0"})
        if others:
            track.left_out.append(f"curves {', '.join(others)}")


def _lines(curve: Any, clock: TempoMap) -> list[Line]:
    lines: list[Line] = []
    reached = 0
    for data in curve.findall("Data"):
        index = int(data.get("Index") or reached)
        repeat = int(data.get("Repeat") or 1)
        if not (0 <= index < _MOST_FRAMES and 0 < repeat < _MOST_FRAMES):
            raise ValueError(f"a curve has a value at {index}, for {repeat} frames")
        midi = 69 + 12 * math.log2(math.exp(float(data.text)) / 440)
        if not lines or index != reached:
            lines.append([])
        for frame in dict.fromkeys((index, index + repeat - 1)):
            lines[-1].append((clock.beat_at(frame * FRAME_S) * TICKS, midi))
        reached = index + repeat
    return [line for line in lines if len(line) > 1]
