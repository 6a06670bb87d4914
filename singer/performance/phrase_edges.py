"""Where a phrase begins and ends: its share of the rests around it, the first onset, the breath before it.

Neighbouring phrases must not overlap although each is performed alone: both take the same point of the rest
between them, rounded to the frame grid away from each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from frontend_g2p.phones import Phone
from singer.performance.joints import Rules, fit_coda, keep_what_fits, overrun_s, pace_of
from singer.performance.lengths import FLOOR_S, fit_lengths
from singer.performance.performance import SLACK_S
from singer.performance.style import Style
from singer.performance.sung_units import SungUnit
from singer.phrases import Phrase
from singer.timebase import AudioSpec

FRAMES = AudioSpec()
"""The frame grid of performances: 10 ms."""

TAIL_SHARE = 0.25
"""Most of the rest after a phrase that its release may take."""

LEAD_SILENCE_S = 0.04
"""Silence before the first sound of a phrase."""

BREATH_GAP_S = 0.03
"""Silence between a breath and the first consonant."""

SHORTEST_BREATH_S = 0.10
LATEST_VOWEL_S = 0.08
"""Most that consonants without room before the note may push its vowel behind the beat."""

FULL_BREATH_PHRASE_S = 8.0
_SQUEEZE = 0.6


@dataclass(frozen=True, slots=True)
class Lead:
    """The beginning of a phrase.

    Attributes:
        start_frame: frame at which the phrase starts.
        breath_s: length of the breath before the first note, 0 for none.
        onset: first consonants with their lengths in seconds.
        vowel_s: absolute start of the first nucleus: the note's start, or later where there was no room.
        dropped: consonants that found no place at all.
    """

    start_frame: int
    breath_s: float
    onset: tuple[tuple[Phone, float], ...]
    vowel_s: float
    dropped: tuple[Phone, ...]


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of a phrase.

    Attributes:
        coda: last consonants with their lengths in seconds.
        sound_end_s: absolute end of the last phone.
        end_frame: frame at which the phrase ends, after its release.
        dropped: phones that found no place in a note too short for them.
    """

    coda: tuple[tuple[Phone, float], ...]
    sound_end_s: float
    end_frame: int
    dropped: tuple[Phone, ...]


def breath_length_s(phrase: Phrase, style: Style) -> float:
    """Length in seconds of a phrase's breath: 5/6 to 7/6 of the style's, longer before long phrases."""
    fullness = min(1.0, (phrase.end_s - phrase.start_s) / FULL_BREATH_PHRASE_S)
    return style.breath_s * (5.0 + 2.0 * fullness) / 6.0


def release_room_s(rest_s: float, style: Style) -> float:
    """Part of a rest that belongs to the phrase before it, seconds."""
    return min(style.release_s, TAIL_SHARE * rest_s)


def plan_lead(phrase: Phrase, first: SungUnit, rules: Rules) -> Lead:
    """The beginning of a phrase: silence, breath and onset, in its part of the rest before it."""
    limit_frame = _earliest_frame(phrase, rules.style)
    limit_s = FRAMES.time_of_frame(limit_frame)
    room_s = max(0.0, phrase.start_s - limit_s)
    start_s = max(phrase.start_s, limit_s)
    onset, dropped, head_s = _first_onset(first, room_s, rules)
    before_s = sum(length for _, length in onset) - head_s
    breath_s = _breath_before(phrase, first, room_s - before_s, rules.style)
    silence_s = LEAD_SILENCE_S + (breath_s + BREATH_GAP_S if breath_s else 0.0)
    start_frame = max(limit_frame, _frame_below(start_s - before_s - silence_s))
    return Lead(start_frame, breath_s, onset, start_s + head_s, dropped)


def plan_tail(phrase: Phrase, last: SungUnit, vowel_s: float, rules: Rules) -> Tail:
    """The end of a phrase: the last coda, which may overrun the note, and the release."""
    room_s = release_room_s(phrase.room_after_s, rules.style)
    end_frame = _frame_below(last.end_s + room_s)
    limit_s = FRAMES.time_of_frame(end_frame)
    coda, _, dropped = keep_what_fits(last.end_s - vowel_s, 0.0, last.coda, ())
    over_s = overrun_s(coda, room_s)
    sound_end_s = min(last.end_s + over_s, limit_s)
    if limit_s - sound_end_s < FLOOR_S - SLACK_S:
        sound_end_s = limit_s
    own_s = sound_end_s - vowel_s
    coda_s = fit_coda(coda, own_s, pace_of(last.end_s - vowel_s), rules)
    return Tail(tuple(zip(coda, coda_s, strict=True)), sound_end_s, end_frame, dropped)


def _earliest_frame(phrase: Phrase, style: Style) -> int:
    """First frame that a phrase may use: beat 0 for the first one, else behind the release before it."""
    kept_s = 0.0 if phrase.index == 0 else release_room_s(phrase.room_before_s, style)
    return max(0, _frame_above(phrase.start_s - phrase.room_before_s + kept_s))


def _first_onset(
    first: SungUnit, room_s: float, rules: Rules
) -> tuple[tuple[tuple[Phone, float], ...], tuple[Phone, ...], float]:
    """First consonants with lengths, those dropped, and how far the vowel comes behind its beat, seconds."""
    if not first.onset:
        return (), (), 0.0
    desired_s = rules.desired_s(first.onset, 1.0)
    wanted_s = min(sum(desired_s), rules.style.onset_limit_s)
    if room_s >= max(_SQUEEZE * wanted_s, FLOOR_S * len(first.onset)) - SLACK_S:
        lengths_s = fit_lengths(desired_s, min(wanted_s, room_s))
        return tuple(zip(first.onset, lengths_s, strict=True)), (), 0.0
    head_s = min(LATEST_VOWEL_S, wanted_s - room_s, first.length_s / 2)
    kept = min(len(first.onset), int((room_s + head_s + SLACK_S) / FLOOR_S))
    cut = len(first.onset) - kept
    if not kept:
        return (), first.onset, 0.0
    lengths_s = fit_lengths(desired_s[cut:], room_s + head_s)
    return tuple(zip(first.onset[cut:], lengths_s, strict=True)), first.onset[:cut], head_s


def _breath_before(phrase: Phrase, first: SungUnit, room_s: float, style: Style) -> float:
    """Length of the breath in the rest before the phrase; in a short rest only a long phrase takes one."""
    if not style.breaths or first.nucleus is None:
        return 0.0
    is_long = phrase.end_s - phrase.start_s > style.breath_every_s / 2 + SLACK_S
    if phrase.room_before_s < style.breath_room_s - SLACK_S and not is_long:
        return 0.0
    length_s = min(breath_length_s(phrase, style), room_s - FLOOR_S - BREATH_GAP_S)
    return length_s if length_s >= SHORTEST_BREATH_S - SLACK_S else 0.0


def _frame_below(time_s: float) -> int:
    """Last frame not after ``time_s``, forgiving float error."""
    frame = FRAMES.frame_at(max(time_s, 0.0))
    return frame - 1 if FRAMES.time_of_frame(frame) > time_s + SLACK_S and frame > 0 else frame


def _frame_above(time_s: float) -> int:
    """First frame not before ``time_s``, forgiving float error."""
    if not math.isfinite(time_s):
        return 0
    frame = FRAMES.frame_at(max(time_s, 0.0))
    return frame + 1 if FRAMES.time_of_frame(frame) < time_s - SLACK_S else frame
