"""Segments that the tests of this folder sing."""

from __future__ import annotations

import json
from typing import Any

from singer.diffsinger.ds_io import read_ds
from singer.diffsinger.segment import Segment

PLAIN: dict[str, Any] = {
    "offset": 0.0, "text": "SP 你 好 天 SP", "lang": "zh",
    "ph_seq": "SP zh/n zh/i zh/h zh/ao AP zh/t zh/ian SP",
    "ph_num": "2 2 1 2 1 1",
    "note_seq": "rest C4 E4 rest D4 F#4+30 rest",
    "note_dur": "0.3 0.5 0.45 0.4 0.6 0.35 0.31",
    "note_slur": "0 0 0 0 0 1 0",
}  # fmt: skip
GIVEN: dict[str, Any] = {
    **PLAIN, "ph_dur": "0.25 0.08 0.42 0.1 0.5 0.35 0.08 0.82 0.31",
    "f0_seq": " ".join(f"{220 + place % 7}" for place in range(600)), "f0_timestep": "0.005",
}  # fmt: skip
"""The same with lengths and pitch."""


def segments(*entries: dict[str, Any]) -> tuple[Segment, ...]:
    return read_ds(json.dumps(entries).encode())


def plain(**more: Any) -> Segment:
    return segments({**PLAIN, **more})[0]
