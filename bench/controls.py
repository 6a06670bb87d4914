"""Controls and emotions on the voice under test: does each move what it is known by, the right way, and does the pitch stay?

Controls that act along a song are turned over ten held vowels, those of single notes over a note or two, emotions over two
short phrases. Pitch is tracked by WORLD's harvest and compared with the Performance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from bench.control_correlates import CORRELATES, Correlate, Take
from bench.options import Options
from bench.phrase_correlates import (
    EMOTION_CORRELATES,
    EMOTION_MEASURES,
    NOTE_CONTROLS,
    emotion_phrase,
)
from bench.report import Report, Row, at_most
from bench.sung import Sung, load_voice, sing
from bench.timbre_axes import unlimited, vowels
from singer.controls import CONTROLS
from singer.emotions import EMOTIONS
from singer.note_shapes import Vibrato
from singer.performance.adjust import adjusted
from singer.performance.performance import CURVE_BOUNDS
from singer.render import render
from singer.score import Score
from singer.voice import Voice

HEIGHTS = (57, 62)
MOST_CENTS = 3.0
HOW_CONTROLS = (
    "Held vowels a i u e o at A3 and D4 without vibrato, middle half of each note, the control turned over the whole song with "
    "singer.performance.adjust; vibrato on one note, glides over a fifth, a breath before a note. Each step between the three "
    "values must go the documented way by the least that counts (bench/control_correlates.py), less where the singer's own "
    "character leaves less room. Pitch: harvest against the Performance, median over the held part of a note, the worst note at "
    "the worst value; uneven pulses (growl, fry) and whispers are not judged by it. Formants against those at the middle value."
)
HOW_EMOTIONS = (
    "Two short phrases on a, at weight 1 against no emotion: level, centroid and harmonicity (1-4 kHz) of vowels, tracked depth "
    "of the vibrato of a long note, tracked glide over a fifth (10 to 90 %), level of the last notes of phrases "
    "at their end against their middle (fall)."
)


def run(options: Options) -> Report:
    """Turn every control and feel every emotion."""
    voice = unlimited(load_voice(options.voice))
    rows: list[Row] = []
    details: dict[str, object] = {}
    for name, correlate, takes in _control_takes(voice, options.toy):
        values = [correlate.measure(take, takes[1]) for take in takes]
        pitch = None if correlate.no_pitch else max(take.pitch_cents for take in takes)
        rows.append(control_row(name, correlate, values, pitch, voice.character.get(name, 0.0)))
        details[name] = {"at": list(correlate.values), "found": values, "pitch_cents": pitch}
    before = felt(Take(sing(emotion_phrase({}), voice)))
    details["no emotion"] = before
    for emotion in list(EMOTIONS)[:2] if options.toy else EMOTIONS:
        take = Take(sing(emotion_phrase({emotion: 1.0}), voice))
        after = felt(take)
        rows.append(emotion_row(emotion, before, after, take.pitch_cents))
        details[emotion] = {**after, "pitch_cents": take.pitch_cents}
    return Report(tuple(rows), details)


def felt(take: Take) -> dict[str, float]:
    """Every number of ``EMOTION_MEASURES``."""
    return {name: measure(take) for name, (_, measure) in EMOTION_MEASURES.items()}


def _control_takes(voice: Voice, toy: bool) -> Iterator[tuple[str, Correlate, list[Take]]]:
    """Every live control with its correlate and the sound at each of its three values."""
    score = still(vowels(toy, HEIGHTS))
    neutral = Take(sing(score, voice))
    for name in CONTROLS:
        correlate = CORRELATES[name]
        yield name, correlate, [_turned(neutral, {name: value}, voice) for value in correlate.values]
    for name, control in NOTE_CONTROLS.items():
        takes = [Take(sing(control.score(value), voice)) for value in control.correlate.values]
        yield name, control.correlate, takes


def still(score: Score) -> Score:
    """``score`` without vibrato."""
    return replace(score, notes=tuple(replace(note, vibrato=Vibrato(0.0)) for note in score.notes))


def _turned(neutral: Take, values: Mapping[str, float], voice: Voice) -> Take:
    before = neutral.sung
    performance = adjusted(before.performance, values)
    if performance is before.performance:
        return neutral
    audio = render(performance, voice)
    return Take(Sung(before.score, performance, audio.samples, audio.sample_rate_hz))


def control_row(
    name: str, correlate: Correlate, found: Sequence[float], pitch: float | None, own: float = 0.0
) -> Row:
    """The row of one control.

    Args:
        name: of the control.
        correlate: what it is known by.
        found: the correlate at each of the three values.
        pitch: largest error in cents; ``None`` where the pitch is not judged.
        own: what the singer's character adds to the control; where the sum meets its end, less is asked.
    """
    asked = correlate.values
    reached = np.clip(np.array(asked) + own, *CURVE_BOUNDS.get(name, (-np.inf, np.inf)))
    least = correlate.least * np.diff(reached) / np.diff(asked)
    passed = bool((np.diff(found) * np.sign(least) >= np.abs(least)).all())
    told = " → ".join(_short(value) for value in found)
    if not np.allclose(reached, np.array(asked) + own):
        told += f" (her own is {own:+g}, so it reaches {_listed(reached)})"
    way = "rises" if correlate.least > 0 else "falls"
    target = f"{way} by {abs(correlate.least):g} or more a step"
    if pitch is None:
        told += f"; pitch not judged: {correlate.no_pitch}"
    else:
        told += f"; pitch {pitch:.2f} cents"
        target += f"; pitch ≤ {MOST_CENTS:g} cents"
        passed = passed and at_most(pitch, MOST_CENTS)
    return Row(f"control `{name}` at {_listed(asked)}: {correlate.what}", target, told, passed, HOW_CONTROLS)


def _listed(values: Iterable[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)


def emotion_row(name: str, before: Mapping[str, float], after: Mapping[str, float], pitch: float) -> Row:
    """The row of one emotion; ``before`` and ``after`` are ``felt`` without it and with it."""
    least = EMOTION_CORRELATES[name]
    change = {measure: after[measure] - before[measure] for measure in least}
    units = {measure: unit for measure, (unit, _) in EMOTION_MEASURES.items()}
    told = ", ".join(
        f"{measure} {_short(before[measure])} → {_short(after[measure])} {units[measure]}"
        + ("" if _far_enough(change[measure], least[measure]) else " (!)")
        for measure in least
    )
    target = ", ".join(f"{measure} {value:+g} {units[measure]}" for measure, value in least.items())
    passed = all(_far_enough(change[measure], least[measure]) for measure in least)
    return Row(
        f"emotion `{name}` against none",
        f"at least {target}; pitch ≤ {MOST_CENTS:g} cents",
        f"{told}; pitch {pitch:.2f} cents",
        passed and at_most(pitch, MOST_CENTS),
        HOW_EMOTIONS,
    )


def _far_enough(change: float, least: float) -> bool:
    return change >= least if least > 0 else change <= least


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.1f}"
