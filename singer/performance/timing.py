"""When each phone sounds: vowels start on their beat, consonants borrow from before, codas close."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from frontend_g2p.phones import Phone
from singer.performance.joints import Joint, Rules, plan_joint
from singer.performance.lengths import FLOOR_S
from singer.performance.performance import SLACK_S, PhoneSpan
from singer.performance.phone_timing import (
    BREATH_PHONE,
    DEFAULT_DURATIONS,
    SILENCE,
    DurationTable,
    timing_class,
)
from singer.performance.phrase_edges import (
    BREATH_GAP_S,
    FRAMES,
    SHORTEST_BREATH_S,
    Lead,
    breath_length_s,
    plan_lead,
    plan_tail,
)
from singer.performance.smooth import FrameTimes
from singer.performance.style import Style
from singer.performance.sung_units import SungUnit, sung_units
from singer.phrases import Phrase

_NOTICEABLE_S = 0.005


@dataclass(frozen=True, slots=True)
class Timing:
    """The phones of one phrase in time.

    Attributes:
        start_frame: absolute frame (10 ms) at which the phrase starts.
        frames: number of frames T.
        spans: phones, from frame 0 to frame T without gaps.
        units: the sung units that they came from.
        warnings: (index of a note in the score, what could not be done as written), by rising note.
    """

    start_frame: int
    frames: int
    spans: tuple[PhoneSpan, ...]
    units: tuple[SungUnit, ...]
    warnings: tuple[tuple[int, str], ...]

    @property
    def frame_times(self) -> FrameTimes:
        """Times of the phrase's frames."""
        return FrameTimes(FRAMES.time_of_frame(self.start_frame), self.frames, FRAMES.frame_rate_hz)


class _Spans:
    """Spans laid end to end; every boundary is one float, so that neighbours meet exactly.

    Boundaries are whole microseconds, for the sake of people who read the document, but the ``exact`` ones.
    """

    def __init__(self, start_s: float, exact_s: Iterable[float]) -> None:
        self.end_s = start_s
        self.exact_s = frozenset(exact_s)
        self.spans: list[PhoneSpan] = []

    def until(self, end_s: float, phone: Phone | str, unit: SungUnit | None) -> None:
        """Add a phone (or SP, AP) from the last boundary to ``end_s``."""
        end_s = end_s if end_s in self.exact_s else round(end_s, 6)
        symbol, role = (phone, None) if isinstance(phone, str) else (phone.symbol, phone.role)
        language = unit.language if unit is not None and role is not None else None
        note = None if unit is None else unit.note
        self.spans.append(PhoneSpan(symbol, role, language, self.end_s, end_s, note))
        self.end_s = end_s

    def row(self, phones: Sequence[tuple[Phone, float]], end_s: float, unit: SungUnit) -> None:
        """Add phones with lengths so that the last one ends exactly at ``end_s``."""
        for place, (phone, _) in enumerate(phones):
            later_s = sum(length for _, length in phones[place + 1 :])
            self.until(end_s - later_s, phone, unit)


def time_phones(phrase: Phrase, style: Style, durations: DurationTable = DEFAULT_DURATIONS) -> Timing:
    """Lay the phones of a phrase in time.

    Args:
        phrase: notes with their syllables.
        style: ``consonant_scale``, ``onset_limit_s``, ``release_s`` and the breath controls.
        durations: lengths of consonants.

    Returns:
        spans in absolute seconds; every nucleus starts exactly on its note, but for a first note without
        room.

    Raises:
        PerformanceError: if a note cannot be sung as written; names the note.
    """
    rules = Rules(style, durations)
    units = sung_units(phrase)
    lead = plan_lead(phrase, units[0], rules)
    joints = _joints(units, lead.vowel_s, rules)
    tail = plan_tail(phrase, units[-1], lead.vowel_s if len(units) == 1 else units[-1].start_s, rules)
    joints = _with_breaths(units, joints, phrase, style)

    end_s = FRAMES.time_of_frame(tail.end_frame)
    exact_s = (lead.vowel_s, *(unit.start_s for unit in units), end_s)
    spans = _Spans(FRAMES.time_of_frame(lead.start_frame), exact_s)
    _lay_lead(spans, lead, units[0])
    for (unit, following), joint in zip(pairwise(units), joints, strict=True):
        _lay_joint(spans, unit, following, joint)
    _lay_nucleus(spans, units[-1], tail.sound_end_s - sum(length for _, length in tail.coda))
    spans.row(tail.coda, tail.sound_end_s, units[-1])
    if end_s > spans.end_s:
        spans.until(end_s, SILENCE, None)
    dropped = [lead.dropped, *(joint.dropped for joint in joints), tail.dropped]
    warnings = _warnings(units, lead, dropped, phrase.start_s)
    return Timing(lead.start_frame, tail.end_frame - lead.start_frame, tuple(spans.spans), units, warnings)


def _joints(units: Sequence[SungUnit], first_vowel_s: float, rules: Rules) -> list[Joint]:
    joints = []
    for place, (unit, following) in enumerate(pairwise(units)):
        vowel_s = first_vowel_s if place == 0 else unit.start_s
        gap_s = following.start_s - unit.end_s
        joints.append(
            plan_joint(following.start_s - vowel_s - gap_s, gap_s, unit.coda, following.onset, rules)
        )
    return joints


def _with_breaths(
    units: Sequence[SungUnit], joints: list[Joint], phrase: Phrase, style: Style
) -> list[Joint]:
    """Breaths in small rests, where the phrase would run out of breath before the next chance."""
    if not style.breaths:
        return joints
    chances = [
        place for place, joint in enumerate(joints) if _breath_room_s(joint) >= SHORTEST_BREATH_S - SLACK_S
    ]
    last_breath_s = phrase.start_s
    joints = list(joints)
    for chance, following in zip(chances, [*chances[1:], None], strict=False):
        last_breath_s = _breath_note_before(units, units[chance].end_s, last_breath_s)
        next_s = phrase.end_s if following is None else units[following].end_s
        if next_s - last_breath_s > style.breath_every_s + SLACK_S:
            length_s = min(breath_length_s(phrase, style), _breath_room_s(joints[chance]))
            joints[chance] = replace(joints[chance], breath_s=length_s)
            last_breath_s = units[chance + 1].start_s
    return joints


def _breath_room_s(joint: Joint) -> float:
    return joint.rest_s - FLOOR_S - BREATH_GAP_S


def _breath_note_before(units: Sequence[SungUnit], time_s: float, last_breath_s: float) -> float:
    ends_s = [unit.end_s for unit in units if unit.nucleus is None and unit.end_s <= time_s]
    return max([last_breath_s, *ends_s])


def _lay_lead(spans: _Spans, lead: Lead, first: SungUnit) -> None:
    onset_start_s = lead.vowel_s - sum(length for _, length in lead.onset)
    if lead.breath_s:
        breath_end_s = onset_start_s - BREATH_GAP_S
        spans.until(breath_end_s - lead.breath_s, SILENCE, None)
        spans.until(breath_end_s, BREATH_PHONE, None)
    silence_s = onset_start_s - spans.end_s
    if silence_s >= FLOOR_S - SLACK_S or (silence_s > 0 and not lead.onset):
        spans.until(onset_start_s, SILENCE, None)
    spans.row(lead.onset, lead.vowel_s, first)


def _lay_joint(spans: _Spans, unit: SungUnit, following: SungUnit, joint: Joint) -> None:
    onset_start_s = following.start_s - sum(length for _, length in joint.onset)
    coda_end_s = onset_start_s - joint.rest_s
    _lay_nucleus(spans, unit, coda_end_s - sum(length for _, length in joint.coda))
    spans.row(joint.coda, coda_end_s, unit)
    if joint.breath_s:
        spans.until(onset_start_s - BREATH_GAP_S - joint.breath_s, SILENCE, None)
        spans.until(onset_start_s - BREATH_GAP_S, BREATH_PHONE, None)
    if joint.rest_s:
        spans.until(onset_start_s, SILENCE, None)
    spans.row(joint.onset, following.start_s, following)


def _lay_nucleus(spans: _Spans, unit: SungUnit, end_s: float) -> None:
    if unit.breath_s is not None and end_s - unit.breath_s >= spans.end_s + FLOOR_S - SLACK_S:
        spans.until(end_s - unit.breath_s, SILENCE, unit)
    spans.until(end_s, BREATH_PHONE if unit.nucleus is None else unit.nucleus, unit)


def _warnings(
    units: Sequence[SungUnit], lead: Lead, dropped: Sequence[tuple[Phone, ...]], start_s: float
) -> tuple[tuple[int, str], ...]:
    """Warnings of a phrase; ``dropped`` holds the lead's, each joint's and the tail's."""
    found: list[tuple[int, str]] = []
    late_s = lead.vowel_s - start_s
    if late_s > _NOTICEABLE_S:
        message = (
            f"too little room before it for {' '.join(p.symbol for p in units[0].onset)}: its vowel starts "
            f"{late_s * 1000:.0f} ms late; start the song later"
        )
        found.append((units[0].note, message))
    for place, phones in enumerate(dropped):
        symbols = [phone.symbol for phone in phones if timing_class(phone.symbol) != "offglide"]
        if symbols:
            message = f"too short to sing {' '.join(symbols)}, left out; make the note longer"
            found.append((units[max(place - 1, 0)].note, message))
    return tuple(sorted(found))
