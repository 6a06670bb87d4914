"""Controls turned over a performance that is there already, for all of it or from frame to frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from singer.controls import CONTROLS
from singer.errors import PerformanceError
from singer.performance.performance import CURVE_BOUNDS, Performance, PhrasePerformance


def adjusted(performance: Performance, values: Mapping[str, float]) -> Performance:
    """A performance with controls turned by the same amount throughout.

    Args:
        performance: the song.
        values: name of ``CONTROLS`` to what is added; the sums are kept inside ``CURVE_BOUNDS``.

    Returns:
        the song; the same object if nothing is turned.

    Raises:
        PerformanceError: ``control``, naming a control that is unknown or out of range.
    """
    for name, value in values.items():
        refusal = (
            CONTROLS[name].refusal(name, value)
            if name in CONTROLS
            else f'found control "{name[:20]}"; allowed are {", ".join(CONTROLS)}'
        )
        if refusal:
            raise PerformanceError("control", refusal, f"control {name[:20]}")
    turned = {name: value for name, value in values.items() if value != CONTROLS[name].default}
    if not turned:
        return performance
    return replace(performance, phrases=tuple(_turned(phrase, turned) for phrase in performance.phrases))


def _turned(phrase: PhrasePerformance, values: Mapping[str, float]) -> PhrasePerformance:
    for name, value in values.items():
        phrase = turn(phrase, name, np.full(phrase.frames, value))
    return phrase


def in_character(phrase: PhrasePerformance, character: Mapping[str, float]) -> PhrasePerformance:
    """A phrase with a voice's own settings added throughout, kept inside ``CURVE_BOUNDS``; the same object without any.

    Args:
        phrase: as performed.
        character: name of ``CONTROLS`` to what is added (``Voice.character``).
    """
    return _turned(phrase, character)


def turn(phrase: PhrasePerformance, name: str, amount: NDArray[np.float64]) -> PhrasePerformance:
    """One phrase with one control turned frame by frame: what moving a slider while it plays comes to.

    Args:
        phrase: the phrase.
        name: of ``CONTROLS``; ``pitch_cents`` turns ``f0_hz``.
        amount: float64 [T], what is added in each frame.
    """
    curve = "f0_hz" if name == "pitch_cents" else name
    before = phrase.curves[curve].astype(np.float64)
    after = before * np.exp2(amount / 1200.0) if name == "pitch_cents" else before + amount
    values = np.clip(after, *CURVE_BOUNDS[curve]).astype(np.float32)
    return replace(phrase, curves={**phrase.curves, curve: values})
