"""In the graph: where each frame lies in its phone, where voiced runs begin and end, and how far a row is inside a held vowel."""

from __future__ import annotations

import numpy as np

from singer import liveliness
from singer.features import ROWS_PER_FRAME
from singer.phone_track import RAMP_ROWS
from voicebanks.openutau_export.graph import Graph, Value


def owners(graph: Graph, frames: Value) -> tuple[Value, Value, Value, Value]:
    """Of phones that last ``frames`` (int64 [P]), for each frame: number, frames passed, length, and the total (int64 [1])."""
    ends = frames.running()
    total = frames.sum(0, keep=True)
    owner = graph.steps_at(ends, total)
    passed = graph.count(total) - (ends - frames).at(owner)
    return owner, passed, frames.at(owner), total


def positions(passed: Value, lengths: Value) -> Value:
    """Twin of ``singer.phone_track.positions``: float32 [T, 3]."""
    since, whole = passed.to(np.float32) + 0.5, lengths.to(np.float32)
    graph = passed.graph
    return graph.stack(since / whole, (since / 10.0).apply("Tanh"), ((whole - since) / 10.0).apply("Tanh"))


def twice(values: Value) -> Value:
    """Each value for both rows of its frame: [T] to [2T]."""
    return values.graph.stack(values, values).reshape(-1)


def sonorant_weight(sonorant: Value) -> Value:
    """Twin of ``singer.phone_track.sonorant_weight``; ``sonorant`` are int64 [2T], 1 inside voiced phones."""
    reach = []
    for direction in (1, -1):
        run = whole = sonorant
        for step in range(1, RAMP_ROWS + 1):
            run = run * sonorant.later(direction * step)
            whole = whole + run
        reach.append(whole)
    nearest = reach[0].least(reach[1]).to(np.float32) - 0.5
    return (nearest / float(RAMP_ROWS)).clip(0.0, 1.0)


def held_weight(passed: Value, lengths: Value, held: Value) -> Value:
    """Twin of ``singer.liveliness.held_weight``: of frames passed and lengths int64 [T], and int64 [T], 1 in held vowels."""
    graph = passed.graph
    first = (passed * ROWS_PER_FRAME).to(np.float32) + 0.5
    since = graph.stack(first, first + 1.0).reshape(-1)
    left = (twice(lengths) * ROWS_PER_FRAME).to(np.float32) - since
    rising = ((since - float(liveliness.BEGINS_ROWS)) / float(liveliness.GROWS_ROWS)).clip(0.0, 1.0)
    falling = (left / float(liveliness.ENDS_ROWS)).clip(0.0, 1.0)
    return rising.least(falling) * twice(held).to(np.float32)
