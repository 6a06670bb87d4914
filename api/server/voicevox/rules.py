"""What the rules of performance make of placed phonemes: pitch and colour of a phrase whose phones stand where they are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from api.server.voicevox.frames import QUERY_RATE_HZ, QUIETEST_DB, query_centres_s, seconds, volume_of
from api.server.voicevox.placed import Placed, PlacedPhrase, placed_phrases
from api.server.voicevox.spans import Interval, fitting_breath, pauses_of, spans_of
from singer.performance.dynamics import colour_curves
from singer.performance.note_styles import note_styles
from singer.performance.performance import FRAME_RATE_HZ
from singer.performance.phone_timing import BREATH_PHONE
from singer.performance.pitch import f0_curve
from singer.performance.smooth import FrameTimes
from singer.performance.style import Style
from singer.performance.timing import Timing, time_phones


def onset_lengths_s(placed: Sequence[Placed]) -> dict[int, float]:
    """Number of a vowel to the length that the rules give the consonants before it, seconds."""
    found: dict[int, float] = {}
    for each in placed_phrases(placed):
        for span in _rules(each).spans:
            if span.note is not None and span.role in ("onset", "glide"):
                found[span.note] = found.get(span.note, 0.0) + span.end_s - span.start_s
    return found


def colours(
    placed: PlacedPhrase, breaths: Sequence[Interval] | None = None
) -> dict[str, NDArray[np.float32]]:
    """Every control but the pitch, by the rules, float32 [T].

    Args:
        placed: the phrase.
        breaths: as they are given; those of the rules if ``None``.
    """
    timing = _given(placed, rule_breaths(placed) if breaths is None else breaths)
    return colour_curves(placed.phrase, timing, note_styles(placed.phrase, Style()))


def rule_breaths(placed: PlacedPhrase) -> tuple[Interval, ...]:
    """The breaths that the rules take in the phrase, where they find room among its phones."""
    taken = [
        fitting_breath((span.start_s, span.end_s), pause)
        for span in _rules(placed).spans
        for pause in pauses_of(placed)
        if span.symbol == BREATH_PHONE and pause[0] <= span.start_s < pause[1]
    ]
    return tuple(breath for breath in taken if breath is not None)


def f0_of(placed: Sequence[Placed], count: int) -> NDArray[np.float64]:
    """Pitch by the rules in frames of a query, Hz, in pauses as well; 0 everywhere if nothing is sung.

    Args:
        placed: phonemes with the pitches of their notes.
        count: frames.

    Returns:
        float64 [count].
    """
    pieces = []
    for each in placed_phrases(placed):
        first, last = (
            round(frame / FRAME_RATE_HZ * QUERY_RATE_HZ) for frame in (each.start_frame, each.end_frame)
        )
        times = FrameTimes(seconds(first + 0.5), max(last - first, 1), QUERY_RATE_HZ)
        hz = f0_curve(each.phrase, times, note_styles(each.phrase, Style()))
        pieces.append((times.all_s(), np.log(hz.astype(np.float64))))
    return np.exp(_joined(pieces, count)) if pieces else np.zeros(count)


def volume_by_rules(placed: Sequence[Placed], count: int) -> NDArray[np.float64]:
    """Volume by the rules in frames of a query, float64 [count]."""
    pieces = []
    for each in placed_phrases(placed):
        level_db = colours(each)["loudness_db"].astype(np.float64)
        times = FrameTimes(each.start_frame / FRAME_RATE_HZ, len(level_db), FRAME_RATE_HZ)
        pieces.append((times.all_s(), level_db))
    return volume_of(_joined(pieces, count) if pieces else np.full(count, QUIETEST_DB))


def _joined(
    pieces: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]], count: int
) -> NDArray[np.float64]:
    """Curves of phrases in frames of a query; straight between phrases, held before the first and after the last."""
    times_s, values = (np.concatenate(part) for part in zip(*pieces, strict=True))
    curve: NDArray[np.float64] = np.interp(query_centres_s(count), times_s, values)
    return curve


def _rules(placed: PlacedPhrase) -> Timing:
    return time_phones(placed.phrase, Style())


def _given(placed: PlacedPhrase, breaths: Sequence[Interval]) -> Timing:
    """The timing with the phones as they are given."""
    return replace(
        _rules(placed),
        start_frame=placed.start_frame,
        frames=placed.end_frame - placed.start_frame,
        spans=spans_of(placed, breaths),
    )
