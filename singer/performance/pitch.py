"""Pitch: f0 in every frame, from target notes, glides, preparation, overshoot, scoop, vibrato and drift.

Shape of a transition after Saitou, Unoki & Akagi (2005, Speech Communication 46, 405-417): preparation
against the direction of the step, the step, an overshoot beyond it. Their damped second-order responses are
replaced by shapes of limited length, so that each control acts where it says and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from singer.note_shapes import Portamento, Vibrato
from singer.performance.note_styles import NoteStyles
from singer.performance.performance import CURVE_BOUNDS, SLACK_S
from singer.performance.phrase_curves import curve_at, note_levels
from singer.performance.seed import phrase_generator
from singer.performance.smooth import Curve, FrameTimes, bump, rise, smooth_noise
from singer.performance.style import Style
from singer.performance.vibrato import automatic_vibrato, vibrato_cents
from singer.phrases import Phrase, PhraseNote

LONGEST_GLIDE_SHARE = 0.35
"""Most of the shorter of two notes that half the glide between them may take."""

LONGEST_SETTLE_SHARE = 0.35
"""Most of a note that overshoot may take after its start, or preparation before its end."""

ARTICULATED_REST_S = 0.06
"""From this rest on, the pitch changes inside the rest and the next note starts anew, with a scoop."""

SCOOP_LEAD_S = 0.05
"""A scoop begins this long before its note."""

FALL_S = 0.06
"""The fall at the end of a phrase begins this long before the end of its last note."""

DRIFT_SPACING_S = 0.35
FLUCTUATION_SPACING_S = 0.06
CENTRED_NOTE_S = 0.4
"""Notes from this length on have the median of their drift and vibrato taken out."""

LONGEST_LEAD_S = 3.0

DRAWN_EDGE_S = 0.05
"""Beside a line drawn by hand the rules' pitch leans towards its end for this long."""


@dataclass(frozen=True, slots=True)
class PitchTarget:
    """One or more notes that hold the same pitch without a new syllable between them.

    Attributes:
        start_s, end_s: absolute seconds.
        cents: pitch, 100 times the MIDI number.
        vibrato: in place of the automatic one.
        after_rest: whether silence or a breath lies before it.
        note: index in the score of its first note.
        portamento: in place of the rules' glide into it.
    """

    start_s: float
    end_s: float
    cents: float
    vibrato: Vibrato | None
    after_rest: bool
    note: int
    portamento: Portamento | None

    @property
    def length_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


def hz_of_cents(cents: Curve) -> Curve:
    """Frequency of a pitch in cents (6900 = A4 = 440 Hz)."""
    return 440.0 * np.exp2((cents - 6900.0) / 1200.0)


def pitch_targets(notes: Sequence[PhraseNote]) -> tuple[PitchTarget, ...]:
    """Targets of a phrase; breaths have none, and a note held on the same pitch joins the one before."""
    targets: list[PitchTarget] = []
    rest = True
    for note in notes:
        if note.kind == "breath":
            rest = True
            continue
        previous = targets[-1] if targets else None
        gap_s = note.start_s - previous.end_s if previous else 0.0
        rest = rest or gap_s >= ARTICULATED_REST_S - SLACK_S
        tied = note.kind == "hold" and note.vibrato is None and not rest and gap_s <= SLACK_S
        if previous and tied and abs(previous.cents - note.midi * 100) < SLACK_S:
            targets[-1] = replace(previous, end_s=note.end_s)
        else:
            targets.append(
                PitchTarget(
                    note.start_s,
                    note.end_s,
                    note.midi * 100.0,
                    note.vibrato,
                    rest,
                    note.index,
                    note.portamento,
                )
            )
        rest = False
    return tuple(targets)


def f0_curve(phrase: Phrase, times: FrameTimes, styles: NoteStyles) -> NDArray[np.float32]:
    """Pitch of a phrase in every frame, unvoiced ones included.

    Args:
        phrase: notes, lines drawn by hand, and the ``pitch_cents`` curve.
        times: frames of the phrase.
        styles: the pitch controls of each note.

    Returns:
        float32 [T], Hz, within ``CURVE_BOUNDS``.
    """
    targets = pitch_targets(phrase.notes)
    if not targets:
        cents = np.full(times.frames, phrase.notes[0].midi * 100.0)
    else:
        cents = _steps(targets, times, styles)
        for before, target in zip((None, *targets), targets, strict=False):
            if target.vibrato is not None:
                _add_vibrato(cents, target, target.vibrato, times)
            if target.after_rest:
                _add_scoop(cents, before, target, times, styles.of(target.note))
        _add_fall(cents, targets[-1], times, styles.last)
        cents += _wavering(phrase, targets, times, styles)
    _draw(cents, phrase, times)
    cents += curve_at(phrase, "pitch_cents", times)
    return np.clip(hz_of_cents(cents), *CURVE_BOUNDS["f0_hz"]).astype(np.float32)


def _draw(cents: Curve, phrase: Phrase, times: FrameTimes) -> None:
    """Lines drawn by hand take the place of the rules' pitch, which leans towards their ends."""
    plain = cents.copy()
    for line in phrase.drawn_pitch:
        at_s = times.all_s()
        for (edge_s, midi), away_s in ((line[0], line[0][0] - at_s), (line[-1], at_s - line[-1][0])):
            off = midi * 100.0 - float(np.interp(edge_s, at_s, plain))
            cents += np.where(away_s > 0, off * (1.0 - rise(away_s / DRAWN_EDGE_S)), 0.0)
    for line in phrase.drawn_pitch:
        frames, at_s = times.in_window(line[0][0], line[-1][0] + 0.5 / times.rate_hz)
        known_s, midi = np.array(line).T
        cents[frames] = 100.0 * np.interp(at_s, known_s, midi)


def _steps(targets: Sequence[PitchTarget], times: FrameTimes, styles: NoteStyles) -> Curve:
    """Targets joined by glides, with preparation before and overshoot after each, cents."""
    cents = np.full(times.frames, targets[0].cents)
    shapes = np.zeros(times.frames)
    ends_s = [*(target.end_s for target in targets[2:]), times.end_s]
    for before, after, end_s in zip(targets, targets[1:], ends_s, strict=False):
        style = styles.of(after.note)
        centre_s, half_s = _glide(before, after, style)
        interval = after.cents - before.cents
        cents[times.window(centre_s + half_s, end_s)] = after.cents
        frames, at_s = times.in_window(centre_s - half_s, centre_s + half_s)
        cents[frames] = before.cents + interval * _step((at_s - centre_s + half_s) / (2 * half_s), after)
        if not after.after_rest:
            early_s = min(half_s + style.settle_s, LONGEST_SETTLE_SHARE * before.length_s)
            depth = -_bounded(interval, style.preparation_ratio, style.preparation_max_cents)
            _add_bump(shapes, depth, centre_s - early_s, centre_s, times)
            late_s = min(half_s + style.settle_s, LONGEST_SETTLE_SHARE * after.length_s)
            height = _bounded(interval, style.overshoot_ratio, style.overshoot_max_cents)
            _add_bump(shapes, height, centre_s, centre_s + late_s, times)
    return cents + shapes


def _glide(before: PitchTarget, after: PitchTarget, style: Style) -> tuple[float, float]:
    """Centre of the glide between two targets and half its length, seconds."""
    size = min(1.0, abs(after.cents - before.cents) / 1200.0)
    length_s = style.glide_small_s + (style.glide_octave_s - style.glide_small_s) * size
    if after.portamento is not None:
        length_s = after.portamento.time_s
    limit_s = LONGEST_GLIDE_SHARE * min(before.length_s, after.length_s)
    half_s = min(length_s / 2, limit_s)
    if after.after_rest:
        gap_s = after.start_s - before.end_s
        return (before.end_s + after.start_s) / 2, max(min(half_s, gap_s / 2), 1e-3)
    return after.start_s - min(style.glide_lead_s, limit_s), half_s


def _step(share: Curve, target: PitchTarget) -> Curve:
    """The glide into a target from 0 to 1, steepest where its portamento says."""
    if target.portamento is None or target.portamento.shape == 0.0:
        return rise(share)
    return rise(np.clip(share, 0.0, 1.0) ** 2.0**target.portamento.shape)


def _bounded(interval_cents: float, ratio: float, most_cents: float) -> float:
    """A share of an interval with its sign, at most ``most_cents`` in size."""
    return float(np.clip(ratio * interval_cents, -most_cents, most_cents))


def _add_bump(shapes: Curve, height_cents: float, low_s: float, high_s: float, times: FrameTimes) -> None:
    frames, at_s = times.in_window(low_s, high_s)
    shapes[frames] += height_cents * bump((at_s - low_s) / (high_s - low_s))


def _add_scoop(
    cents: Curve, before: PitchTarget | None, target: PitchTarget, times: FrameTimes, style: Style
) -> None:
    """The note begins below its pitch and reaches it ``scoop_s`` after its start."""
    over_s = min(style.scoop_s, LONGEST_GLIDE_SHARE * target.length_s)
    centre_s, half_s = (times.start_s, 0.0) if before is None else _glide(before, target, style)
    frames, at_s = times.in_window(centre_s - half_s, target.start_s + over_s)
    depth = np.full(len(at_s), float(style.scoop_cents))
    if half_s:
        depth *= rise((at_s - centre_s + half_s) / (2 * half_s))
    cents[frames] -= depth * (1.0 - rise((at_s - target.start_s + SCOOP_LEAD_S) / (SCOOP_LEAD_S + over_s)))


def _add_vibrato(cents: Curve, target: PitchTarget, vibrato: Vibrato, times: FrameTimes) -> None:
    frames, at_s = times.in_window(target.start_s + vibrato.start * target.length_s, target.end_s)
    cents[frames] += vibrato_cents(at_s - target.start_s, target.length_s, vibrato)


def _add_fall(cents: Curve, last: PitchTarget, times: FrameTimes, style: Style) -> None:
    """The voice falls a little as the last note is let go."""
    before_s = min(FALL_S, LONGEST_GLIDE_SHARE * last.length_s)
    frames, at_s = times.in_window(last.end_s - before_s, times.end_s)
    cents[frames] -= style.release_fall_cents * rise((at_s - last.end_s + before_s) / (2 * before_s))


def _wavering(phrase: Phrase, targets: Sequence[PitchTarget], times: FrameTimes, styles: NoteStyles) -> Curve:
    """Drift and automatic vibrato, cents, centred on each long note.

    Vibrato cycles do not end where notes do when notes are tied, and drift leans to one side for a while; what their
    median over the middle half of a note is off is taken out of that note.
    """
    wavering = _drift(phrase, times, styles)
    for target in targets:
        vibrato = None if target.vibrato else automatic_vibrato(target.length_s, styles.of(target.note))
        if vibrato is not None:
            _add_vibrato(wavering, target, vibrato, times)
    centring = np.zeros(times.frames)
    for note in phrase.notes:
        length_s = note.end_s - note.start_s
        if note.kind == "breath" or length_s < CENTRED_NOTE_S - SLACK_S:
            continue
        off = float(np.median(wavering[times.window(note.start_s + length_s / 4, note.end_s - length_s / 4)]))
        frames, at_s = times.in_window(note.start_s, note.end_s)
        share = (at_s - note.start_s) / length_s
        centring[frames] = off * np.minimum(rise(4.0 * share), rise(4.0 * (1.0 - share)))
    return wavering - centring


def _drift(phrase: Phrase, times: FrameTimes, styles: NoteStyles) -> Curve:
    """Slow drift and fine fluctuation, cents; the same for the same phrase wherever it stands."""
    since_s = np.maximum(times.all_s() - phrase.start_s + LONGEST_LEAD_S, 0.0)
    slow = smooth_noise(phrase_generator(phrase, "drift"), since_s, DRIFT_SPACING_S)
    fine = smooth_noise(phrase_generator(phrase, "fluctuation"), since_s, FLUCTUATION_SPACING_S)
    by_note = [styles.of(note.index) for note in phrase.notes]
    drift_cents = note_levels(phrase, times, [style.drift_cents for style in by_note])
    fluctuation_cents = note_levels(phrase, times, [style.fluctuation_cents for style in by_note])
    return drift_cents * slow + fluctuation_cents * fine
