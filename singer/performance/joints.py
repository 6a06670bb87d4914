"""Between one nucleus and the next: coda, small rest, and the consonants before the beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontend_g2p.phones import Phone
from singer.performance.lengths import FLOOR_S, NUCLEUS_FLOOR_S, fit_lengths
from singer.performance.performance import SLACK_S
from singer.performance.phone_timing import RELEASED, DurationTable, timing_class
from singer.performance.style import Style

FULL_LENGTH_NOTE_S = 0.3
"""Notes from this length on give consonants their full length; below, consonants scale with the note."""

LOWEST_PACE = 0.5
ONSET_SHARE = 0.45
"""Most of the previous note that the consonants before a beat may take."""

CODA_SHARE = 0.5
"""Most of its note that a coda may take, out of what the next onset leaves."""

OFFGLIDE_NOTE_S = 0.12
"""Notes below this length drop their offglides."""

OVERRUN_S = 0.06
"""Most that a released coda may sound on into a rest."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The two tables that timing obeys: the style's controls and the lengths of consonants."""

    style: Style
    durations: DurationTable

    def desired_s(self, phones: Sequence[Phone], pace: float) -> list[float]:
        """Lengths in seconds that the phones ask for at a pace (1 = slow)."""
        scale = self.style.consonant_scale * pace
        return [self.durations.length_s(phone.symbol, phone.role) * scale for phone in phones]


@dataclass(frozen=True, slots=True)
class Joint:
    """From the end of one nucleus to the start of the next.

    Attributes:
        coda, onset: phones with their lengths in seconds.
        rest_s: silence between them, 0 or at least ``FLOOR_S``.
        breath_s: part of the rest that is a breath.
        dropped: phones that found no place in a note too short for them.
    """

    coda: tuple[tuple[Phone, float], ...]
    onset: tuple[tuple[Phone, float], ...]
    rest_s: float
    breath_s: float = 0.0
    dropped: tuple[Phone, ...] = ()

    @property
    def length_s(self) -> float:
        """Length of coda, rest and onset together in seconds."""
        return sum(length for _, length in (*self.coda, *self.onset)) + self.rest_s


def pace_of(length_s: float) -> float:
    """How much of their full length consonants get beside a note of this length, 0.5-1."""
    return min(1.0, max(LOWEST_PACE, length_s / FULL_LENGTH_NOTE_S))


def plan_joint(
    length_s: float, gap_s: float, coda: Sequence[Phone], onset: Sequence[Phone], rules: Rules
) -> Joint:
    """Share the end of a note, and the rest after it, between its coda and the next onset.

    The onset uses the rest first and then at most ``ONSET_SHARE`` of the note; the coda takes its part of
    what is left; the nucleus keeps ``NUCLEUS_FLOOR_S``.

    Args:
        length_s: from the start of the note's nucleus to the end of the note.
        gap_s: rest between the note and the next one, 0 or more.
        coda: phones that close the note.
        onset: phones before the next nucleus.
        rules: style and lengths.

    Returns:
        the joint; its length is below ``length_s + gap_s``.
    """
    coda, onset, dropped = keep_what_fits(length_s, gap_s, coda, onset)
    onset_s = rules.desired_s(onset, pace_of(length_s + gap_s))
    limit_s = min(rules.style.onset_limit_s, gap_s + ONSET_SHARE * length_s)
    onset_total_s = max(min(sum(onset_s), limit_s), FLOOR_S * len(onset))
    room_s = length_s + gap_s - FLOOR_S * len(coda) - NUCLEUS_FLOOR_S
    onset_total_s = min(onset_total_s, room_s) if onset else 0.0
    rest_s = max(0.0, gap_s - onset_total_s)
    if rest_s > 0:
        rest_s -= overrun_s(coda, rest_s)
    if rest_s < FLOOR_S - SLACK_S:
        rest_s = 0.0
    own_s = length_s + gap_s - onset_total_s - rest_s
    coda_s = fit_coda(coda, own_s, pace_of(length_s), rules)
    return Joint(
        tuple(zip(coda, coda_s, strict=True)),
        tuple(zip(onset, fit_lengths(onset_s, onset_total_s), strict=True)),
        rest_s,
        dropped=dropped,
    )


def fit_coda(coda: Sequence[Phone], own_s: float, pace: float, rules: Rules) -> list[float]:
    """Lengths in seconds of a coda at the end of ``own_s`` seconds that nucleus and coda have together."""
    if not coda:
        return []
    desired_s = rules.desired_s(coda, pace)
    shares = [rules.durations.coda_share(phone.symbol) for phone in coda]
    capped_s = [
        max(FLOOR_S, min(desired, share * own_s)) for desired, share in zip(desired_s, shares, strict=True)
    ]
    limit_s = max(FLOOR_S * len(coda), min(CODA_SHARE * own_s, own_s - NUCLEUS_FLOOR_S))
    return fit_lengths(capped_s, min(sum(capped_s), limit_s))


def overrun_s(coda: Sequence[Phone], rest_s: float) -> float:
    """How far a coda sounds on into a rest: released stops and fricatives only, at most half of it."""
    if not coda or timing_class(coda[-1].symbol) not in RELEASED:
        return 0.0
    return min(OVERRUN_S, rest_s / 2)


def keep_what_fits(
    length_s: float, gap_s: float, coda: Sequence[Phone], onset: Sequence[Phone]
) -> tuple[list[Phone], list[Phone], tuple[Phone, ...]]:
    """Coda and onset that can have their floors beside the nucleus, and what cannot.

    Offglides of notes below ``OFFGLIDE_NOTE_S`` go first, then codas from the end, then onsets from the
    front.
    """
    dropped = [
        phone
        for phone in coda
        if length_s < OFFGLIDE_NOTE_S - SLACK_S and timing_class(phone.symbol) == "offglide"
    ]
    kept_coda = [phone for phone in coda if phone not in dropped]
    kept_onset = list(onset)
    while kept_coda and length_s < NUCLEUS_FLOOR_S + FLOOR_S * len(kept_coda) - SLACK_S:
        dropped.append(kept_coda.pop())
    room_s = length_s + gap_s + SLACK_S
    while kept_onset and room_s < NUCLEUS_FLOOR_S + FLOOR_S * (len(kept_coda) + len(kept_onset)):
        dropped.append(kept_coda.pop() if kept_coda else kept_onset.pop(0))
    return kept_coda, kept_onset, tuple(dropped)
