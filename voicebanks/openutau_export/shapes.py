"""In the graph: the smooth shapes of ``singer.performance.smooth``, and running extremes over few elements."""

from __future__ import annotations

import numpy as np

from voicebanks.openutau_export.graph import Value

FAR_S = 1e6
"""Later than any frame, in seconds."""
_DOUBLINGS = 14


def rise(share: Value) -> Value:
    """Twin of ``singer.performance.smooth.rise``."""
    u = share.clip(0.0, 1.0)
    return u * u * u * (u * (u * 6.0 - 15.0) + 10.0)


def bump(share: Value) -> Value:
    """Twin of ``singer.performance.smooth.bump``."""
    wave = (share.clip(0.0, 1.0) * float(np.pi)).apply("Sin")
    return wave * wave


def latest(values: Value) -> Value:
    """Largest of the elements up to each one: [X]."""
    for doubling in range(_DOUBLINGS):
        values = values.most(values.later(2**doubling, -FAR_S))
    return values


def soonest_after(values: Value) -> Value:
    """Smallest of the elements behind each one: [X]."""
    values = values.later(-1, FAR_S)
    for doubling in range(_DOUBLINGS):
        values = values.least(values.later(-(2**doubling), FAR_S))
    return values
