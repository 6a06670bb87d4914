"""Viseme marks as a server sends them."""

from __future__ import annotations

from typing import Any

from singer.visemes import mouth_of, shapes_of

RATE_HZ = 1_000
"""A sample is a millisecond."""


def mark(sample: int, phone: str, samples: int | None, weight: float = 1.0) -> dict[str, Any]:
    mouth = mouth_of(phone)
    head = {"kind": "viseme", "sample": sample, "viseme": mouth.viseme, "weight": weight, "samples": samples}
    return head | shapes_of(mouth, weight)


SONG = [
    mark(1_000, "a", 500),
    mark(1_500, "m", 40),
    mark(1_540, "u", 460),
    mark(2_000, "SP", 1_000, 0.0),
    mark(3_000, "i", 500),
]
END = 4_000
