"""Performances written by hand for the tests of the stages after them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from singer.performance.performance import CURVES, Performance, PhoneSpan, PhrasePerformance

Spans = Sequence[tuple[str, str | None, float]]
"""Symbol, role and seconds of each phone."""

MA_SI: Spans = (
    ("SP", None, 0.06),
    ("m", "onset", 0.08),
    ("a", "nucleus", 0.5),
    ("s", "onset", 0.12),
    ("i", "nucleus", 0.5),
    ("SP", None, 0.1),
)


def phrase(
    start_s: float = 0.0, *, f0_hz: float = 220.0, index: int = 0, spans: Spans = MA_SI, **curves: float
) -> PhrasePerformance:
    """A phrase on one pitch; ``curves`` are constants."""
    phones, time_s = [], start_s
    for symbol, role, length_s in spans:
        language = None if role is None else "zh"
        end_s = time_s + length_s
        phones.append(PhoneSpan(symbol, role, language, time_s, end_s, None if role is None else 0))  # type: ignore[arg-type]
        time_s = end_s
    frames = round((time_s - start_s) * 100)
    values = {"f0_hz": f0_hz, **curves}
    arrays = {name: np.full(frames, values.get(name, 0.0), np.float32) for name in CURVES}
    return PhrasePerformance(start_s, tuple(phones), arrays, dict.fromkeys(CURVES, "auto"), index)


def song(*phrases: PhrasePerformance, duration_s: float | None = None) -> Performance:
    """A performance of ``phrases`` that ends half a second after the last one."""
    end_s = phrases[-1].end_s + 0.5 if duration_s is None else duration_s
    return Performance("builtin", "test", end_s, tuple(phrases))
