"""Streamed against offline samples, in chunks of several sizes, and one phrase sung alone against the same
phrase in its song.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench.material import range_melody, song_of_length
from bench.options import Options
from bench.report import Report, Row, at_most
from bench.sung import load_voice, performed
from singer.performance.performance import Performance
from singer.render import RenderOptions, render, stream
from singer.voice import Voice

BLOCKS = (7, 50, 200, 1_000)
LIMIT = 1e-5
HOW = (
    "One song streamed in blocks of 7, 50, 200 and 1 000 frames (10 ms each) against the song rendered "
    "with one block per phrase; and "
    "each phrase rendered alone against its place in the song."
)


def streamed(performance: Performance, voice: Voice, block_frames: int) -> NDArray[np.float32]:
    """The song from its chunks, each put where it says it belongs: float32 [N]."""
    options = RenderOptions(first_block_frames=block_frames, block_frames=block_frames)
    chunks = list(stream(performance, voice, options=options))
    whole = np.full(chunks[-1].first_sample + len(chunks[-1].samples), np.nan, np.float32)
    for chunk in chunks:
        whole[chunk.first_sample : chunk.first_sample + len(chunk.samples)] = chunk.samples
    return whole


def largest_difference(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Largest absolute difference; infinite if the lengths differ or a sample is missing."""
    if len(first) != len(second):
        return float("inf")
    difference = float(np.max(np.abs(first - second), initial=0.0))
    return difference if np.isfinite(difference) else float("inf")


def alone(performance: Performance, index: int) -> Performance:
    """The song with one of its phrases only."""
    return replace(performance, phrases=(performance.phrases[index],))


def run(options: Options) -> Report:
    """Compare."""
    voice = load_voice(options.voice)
    score = song_of_length(6.0) if options.toy else range_melody("en", 52, 76)
    performance = performed(score, voice)
    longest = max(phrase.frames for phrase in performance.phrases)
    settings = RenderOptions(first_block_frames=longest, block_frames=longest)
    offline = render(performance, voice, options=settings).samples
    by_size = {str(size): largest_difference(streamed(performance, voice, size), offline) for size in BLOCKS}
    by_phrase: list[float] = []
    for index, phrase in enumerate(performance.phrases[: 1 if options.toy else None]):
        lone = render(alone(performance, index), voice, options=settings).samples
        place = slice(voice.spec.sample_at(phrase.start_s), voice.spec.sample_at(phrase.end_s))
        by_phrase.append(largest_difference(lone[place], offline[place]))
    worst, worst_phrase = max(by_size.values()), max(by_phrase)
    rows = (
        Row(
            "streamed against offline samples: largest difference",
            "≤ 1e-5",
            f"{worst:.1e}",
            at_most(worst, LIMIT),
            HOW,
        ),
        Row(
            "a phrase sung alone against the same phrase in its song: largest difference",
            "≤ 1e-5",
            f"{worst_phrase:.1e}",
            at_most(worst_phrase, LIMIT),
            HOW,
        ),
    )
    return Report(rows, {"by_block_frames": by_size, "by_phrase": by_phrase, "samples": len(offline)})
