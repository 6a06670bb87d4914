"""Vibrato: late, growing, a whole number of cycles, centred on the note."""

from __future__ import annotations

import numpy as np

from singer.controls import VIBRATO
from singer.note_shapes import Vibrato
from singer.performance.performance import SLACK_S
from singer.performance.smooth import Curve, rise
from singer.performance.style import Style

EARLIEST_S = 0.25
"""Automatic vibrato does not begin sooner after the start of a note."""

FADE_S = 0.08
"""Time in which vibrato dies away before the end of its note."""

FULL_DEPTH_NOTE_S = 1.2
"""Automatic vibrato is half as deep in the shortest notes that have it, and at full depth from here on."""

RATE_SLACK = 0.08
_TRILL = 3.0
"""Steepness of the flattest vibrato: 95 % of its depth is reached within a tenth of a cycle."""


def automatic_vibrato(length_s: float, style: Style) -> Vibrato | None:
    """The vibrato that a note of this length gets by itself, ``None`` if too short.

    The rate moves by up to 8 % so that a whole number of cycles fits between start and end: the mean of the
    note then stays on its pitch.
    """
    if length_s < style.vibrato_min_note_s - SLACK_S or style.vibrato_depth_cents == 0:
        return None
    start_s = max(EARLIEST_S, style.vibrato_start * length_s)
    slowest_hz, fastest_hz = VIBRATO["rate_hz"].bounds
    low_hz = max(slowest_hz, style.vibrato_rate_hz * (1.0 - RATE_SLACK))
    high_hz = min(fastest_hz, style.vibrato_rate_hz * (1.0 + RATE_SLACK))
    cycles = int((length_s - start_s) * high_hz + SLACK_S)
    if cycles < 1:
        return None
    rate_hz = min(high_hz, max(low_hz, cycles / (length_s - start_s)))
    longer = (length_s - style.vibrato_min_note_s) / max(FULL_DEPTH_NOTE_S - style.vibrato_min_note_s, 1e-9)
    depth_cents = style.vibrato_depth_cents * (0.5 + 0.5 * min(1.0, longer))
    return Vibrato(depth_cents, rate_hz, max(0.0, 1.0 - cycles / rate_hz / length_s), style.vibrato_attack_s)


def vibrato_cents(times_s: Curve, length_s: float, vibrato: Vibrato) -> Curve:
    """Deviation of a note's pitch.

    Args:
        times_s: float64 [T], seconds from the start of the note.
        length_s: length of the note in seconds.
        vibrato: depth, rate, start, attack and shape.

    Returns:
        float64 [T], cents; 0 before the vibrato starts and at the end of the note.
    """
    start_s = vibrato.start * length_s
    since_s = np.maximum(times_s - start_s, 0.0)
    grown = rise(since_s / vibrato.attack_s) if vibrato.attack_s > 0 else (since_s > 0).astype(np.float64)
    fading = rise((length_s - times_s) / FADE_S)
    wave = np.sin(2.0 * np.pi * vibrato.rate_hz * since_s)
    if vibrato.shape != 0.0:
        wave = _shaped(wave, vibrato.shape)
    return vibrato.depth_cents * grown * fading * wave


def _shaped(sine: Curve, shape: float) -> Curve:
    """A sine with sharper peaks (shape below 0, a triangle at -1) or flatter ones (above 0), still between -1 and 1.

    Vibrato of real singers is near a sine, with triangular and trapezoid forms beside it (Sundberg 1995, Acoustic and
    psychoacoustic aspects of vocal vibrato, in Vibrato, 35-62). The wave stays odd, so that its mean is the note.
    """
    if shape < 0:
        triangle: Curve = 2.0 / np.pi * np.arcsin(np.clip(sine, -1.0, 1.0))
        return sine + -shape * (triangle - sine)
    flat: Curve = np.tanh(_TRILL * sine) / np.tanh(_TRILL)
    return sine + shape * (flat - sine)
