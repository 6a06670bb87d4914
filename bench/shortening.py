"""Held vowels cut to spoken length, so that a recogniser of speech hears the words and not the notes.

Speech recognisers are thrown off by slow vowels even in the teacher's own voice (``docs/voice-log.md``,
experiment 11). From each nucleus longer than a limit the middle is taken out; its beginning, its end and
everything around it stay as they are. The two sides are joined by a cross-fade at the shift within one pitch
period where they agree best (the idea of WSOLA, Verhelst & Roelands 1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from singer.performance.performance import PhoneSpan
from singer.performance.phone_timing import BREATH_PHONE

_FADE_S = 0.010
_SEARCH_S = 0.008


def held_vowels_s(spans: Sequence[PhoneSpan]) -> list[tuple[float, float]]:
    """Start and end of every nucleus; one that goes on over several notes counts once."""
    held: list[tuple[float, float]] = []
    for before, span in pairwise((None, *spans)):
        if span is None or span.role != "nucleus":
            continue
        if before is not None and before.role == "nucleus" and before.symbol == span.symbol:
            held[-1] = (held[-1][0], span.end_s)
        else:
            held.append((span.start_s, span.end_s))
    return held


def without_breaths(
    samples: NDArray[np.float32], sample_rate_hz: int, spans: Sequence[PhoneSpan]
) -> NDArray[np.float32]:
    """Audio float32 [N] with silence in place of every breath; ``spans`` as in ``with_short_vowels``."""
    muted = samples.copy()
    for span in spans:
        if span.symbol == BREATH_PHONE:
            muted[round(span.start_s * sample_rate_hz) : round(span.end_s * sample_rate_hz)] = 0.0
    return muted


def with_short_vowels(
    samples: NDArray[np.float32], sample_rate_hz: int, spans: Sequence[PhoneSpan], longest_s: Sequence[float]
) -> NDArray[np.float32]:
    """Audio with every nucleus cut to about its length in ``longest_s``.

    Args:
        samples: float32 [N], mono; second 0 of the spans is sample 0.
        sample_rate_hz: of the samples.
        spans: phones in time.
        longest_s: for each of ``held_vowels_s``, in order; none stays longer by more than 24 ms.

    Raises:
        ValueError: there are more or fewer lengths than nuclei.
    """
    pieces, done = [], 0
    for (start_s, end_s), allowed_s in zip(held_vowels_s(spans), longest_s, strict=True):
        surplus = round((end_s - start_s - allowed_s) * sample_rate_hz)
        if surplus <= 2 * _SEARCH_S * sample_rate_hz:
            continue
        cut = round((start_s + allowed_s / 2) * sample_rate_hz)
        joint, faded = _joint(samples, cut, cut + surplus, sample_rate_hz)
        pieces += [samples[done:cut], faded]
        done = joint + len(faded)
    return np.concatenate([*pieces, samples[done:]])


def _joint(
    samples: NDArray[np.float32], cut: int, resume: int, sample_rate_hz: int
) -> tuple[int, NDArray[np.float32]]:
    """Where to go on after ``cut``, near ``resume``, and the samples faded from one side to the other."""
    fade, search = round(_FADE_S * sample_rate_hz), round(_SEARCH_S * sample_rate_hz)
    before = samples[cut : cut + fade].astype(np.float64)
    region = samples[resume - search : resume + fade].astype(np.float64)
    if len(before) < fade or len(region) < search + fade:
        return resume, np.zeros(0, np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(region, fade)
    likeness = windows @ before / np.sqrt(np.sum(windows**2, axis=1) + 1e-12)
    shift = int(np.argmax(likeness))
    share = np.sin(0.5 * np.pi * (np.arange(fade) + 0.5) / fade) ** 2
    return resume - search + shift, ((1.0 - share) * before + share * windows[shift]).astype(np.float32)
