"""Style: every control of the performance rules, with its unit, bounds and default.

Sources of the defaults are in ``docs/performance.md``; a test keeps its table equal to the fields here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields

from singer.errors import PerformanceError


def _control(default: float, low: float, high: float, unit: str, meaning: str) -> float:
    metadata = {"low": low, "high": high, "unit": unit, "meaning": meaning}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Style:
    """How a song is performed. A value out of bounds raises ``PerformanceError`` ``style_range``.

    Attributes:
        breaths: whether breaths are added by themselves; breath notes of the score are sung in any case.
    """

    breaths: bool = True
    consonant_scale: float = _control(1.0, 0.5, 1.5, "ratio", "length of consonants against the table")
    onset_limit_s: float = _control(0.25, 0.05, 0.4, "s", "most that the consonants before a beat may take")
    release_s: float = _control(0.12, 0.03, 0.5, "s", "fade after the last note of a phrase")
    breath_s: float = _control(
        0.30, 0.12, 1.0, "s", "length of an added breath; 5/6 to 7/6 of it, longer before long phrases"
    )
    breath_db: float = _control(-10.0, -40.0, 6.0, "dB", "level of breaths against the singing")
    breath_room_s: float = _control(0.45, 0.3, 5.0, "s", "shortest rest before a phrase that gets a breath")
    breath_every_s: float = _control(
        8.0, 2.0, 30.0, "s", "longest time on one breath where a small rest leaves room"
    )
    glide_small_s: float = _control(0.06, 0.02, 0.3, "s", "length of a glide over the smallest interval")
    glide_octave_s: float = _control(0.12, 0.02, 0.5, "s", "length of a glide over an octave or more")
    glide_lead_s: float = _control(
        0.0, -0.1, 0.1, "s", "how far the centre of a glide comes before the new note"
    )
    preparation_ratio: float = _control(
        0.06, 0.0, 0.3, "share of the interval", "dip against the direction before a glide"
    )
    preparation_max_cents: float = _control(20.0, 0.0, 100.0, "cents", "largest preparation")
    overshoot_ratio: float = _control(0.08, 0.0, 0.3, "share of the interval", "overshoot after a glide")
    overshoot_max_cents: float = _control(25.0, 0.0, 100.0, "cents", "largest overshoot")
    settle_s: float = _control(0.11, 0.03, 0.4, "s", "time from the end of a glide to the settled pitch")
    scoop_cents: float = _control(25.0, 0.0, 200.0, "cents", "how far below a note after a rest begins")
    scoop_s: float = _control(0.08, 0.02, 0.4, "s", "time into the note in which the scoop is over")
    release_fall_cents: float = _control(15.0, 0.0, 200.0, "cents", "fall at the end of a phrase")
    vibrato_depth_cents: float = _control(
        35.0, 0.0, 200.0, "cents", "peak deviation of the automatic vibrato"
    )
    vibrato_rate_hz: float = _control(5.5, 2.0, 9.0, "Hz", "rate of the automatic vibrato")
    vibrato_min_note_s: float = _control(0.6, 0.2, 10.0, "s", "shortest note with automatic vibrato")
    vibrato_start: float = _control(
        0.35, 0.0, 1.0, "share of the note", "part of the note before vibrato begins"
    )
    vibrato_attack_s: float = _control(0.4, 0.0, 2.0, "s", "time in which vibrato grows to its depth")
    drift_cents: float = _control(2.5, 0.0, 30.0, "cents", "standard deviation of the slow drift")
    fluctuation_cents: float = _control(1.2, 0.0, 20.0, "cents", "standard deviation of the fine fluctuation")
    arch_db: float = _control(
        2.0, 0.0, 12.0, "dB", "how much softer a phrase is at its ends than at its peak"
    )
    arch_peak: float = _control(0.6, 0.0, 1.0, "share of the phrase", "place of the peak")
    accent_db: float = _control(0.8, 0.0, 6.0, "dB", "accent at the start of each syllable's vowel")
    height_db: float = _control(3.0, 0.0, 12.0, "dB per octave", "how much louder high notes are")
    attack_db: float = _control(6.0, 0.0, 40.0, "dB", "how much softer singing begins after silence")
    attack_s: float = _control(0.04, 0.0, 0.5, "s", "time in which that is made up")
    release_db: float = _control(
        4.0, 0.0, 24.0, "dB", "how much softer the last note of a phrase is at its end"
    )
    end_breathiness: float = _control(
        0.2, 0.0, 1.0, "of the range", "breathiness reached at the end of a phrase"
    )
    attack_breathiness: float = _control(
        0.08, 0.0, 1.0, "of the range", "breathiness at the start of a phrase"
    )
    height_tension: float = _control(0.12, 0.0, 1.0, "of the range per octave", "tension of high notes")

    def __post_init__(self) -> None:
        for control in fields(self):
            value, bounds = getattr(self, control.name), control.metadata
            if not bounds:
                continue
            if not (math.isfinite(value) and bounds["low"] <= value <= bounds["high"]):
                message = f"found {value}; {bounds['low']} to {bounds['high']} {bounds['unit']} are allowed"
                raise PerformanceError("style_range", message, f"style {control.name}")
