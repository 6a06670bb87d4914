"""The phones of a placed phrase as spans, with breaths in its pauses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from api.server.voicevox.placed import Placed, PlacedPhrase
from frontend_g2p.phones import Role
from singer.performance.lengths import FLOOR_S, fit_lengths
from singer.performance.performance import FRAME_RATE_HZ, SLACK_S, PhoneSpan
from singer.performance.phone_timing import BREATH_PHONE, DEFAULT_DURATIONS, SILENCE
from singer.performance.phrase_edges import BREATH_GAP_S, SHORTEST_BREATH_S

_FRAME_S = 1.0 / FRAME_RATE_HZ
Interval = tuple[float, float]
"""Start and end, seconds."""


def pauses_of(placed: PlacedPhrase) -> tuple[Interval, ...]:
    """Where the phrase may be silent before a sound: its lead, and the pauses inside it."""
    lead = (placed.start_frame / FRAME_RATE_HZ, placed.sounds[0].start_s)
    return (lead, *((each.start_s, each.end_s) for each in placed.sounds if each.note is None))


def fitting_breath(breath: Interval, pause: Interval) -> Interval | None:
    """The breath inside the pause, apart from the sounds around it; ``None`` where it finds no room."""
    start_s = max(breath[0], pause[0] + FLOOR_S)
    end_s = min(breath[1], pause[1] - BREATH_GAP_S)
    return (start_s, end_s) if end_s - start_s >= SHORTEST_BREATH_S - SLACK_S else None


def spans_of(placed: PlacedPhrase, breaths: Sequence[Interval]) -> tuple[PhoneSpan, ...]:
    """The phrase's phones, from its first frame to its last without gaps.

    Args:
        placed: the phrase.
        breaths: by rising start, inside its pauses.
    """
    start_s, end_s = placed.start_frame / FRAME_RATE_HZ, placed.end_frame / FRAME_RATE_HZ
    laid: list[_Laid] = []
    if placed.sounds[0].start_s - start_s >= _FRAME_S - SLACK_S:
        laid += _silence(start_s, placed.sounds[0].start_s, breaths)
    for each in placed.sounds:
        laid += _silence(each.start_s, each.end_s, breaths) if each.note is None else _phones(each)
    if end_s - laid[-1].end_s >= _FRAME_S - SLACK_S:
        laid.append(_Laid(SILENCE, end_s))
    laid[-1] = laid[-1]._replace(end_s=end_s)
    starts_s = [start_s, *(each.end_s for each in laid)]
    return tuple(
        PhoneSpan(each.symbol, each.role, "ja" if each.role else None, since_s, each.end_s, each.note)
        for since_s, each in zip(starts_s, laid, strict=False)
    )


class _Laid(NamedTuple):
    """A span without its start."""

    symbol: str
    end_s: float
    role: Role | None = None
    note: int | None = None


def _phones(sound: Placed) -> Iterator[_Laid]:
    """Ends of the phones of a phoneme, in their usual proportions; in a very short one the last ones have no room."""
    length_s = sound.end_s - sound.start_s
    phones = sound.phones[: max(1, int(length_s / _FRAME_S + SLACK_S))]
    usual_s = [
        1.0 if phone.role == "nucleus" else DEFAULT_DURATIONS.length_s(phone.symbol, phone.role)
        for phone in phones
    ]
    reached_s = sound.start_s
    for phone, own_s in zip(phones, fit_lengths(usual_s, length_s, _FRAME_S), strict=True):
        reached_s = sound.end_s if phone is phones[-1] else reached_s + own_s
        yield _Laid(phone.symbol, reached_s, phone.role, sound.note)


def _silence(start_s: float, end_s: float, breaths: Sequence[Interval]) -> Iterator[_Laid]:
    for breath_s, until_s in breaths:
        if start_s < breath_s < until_s < end_s:
            yield _Laid(SILENCE, breath_s)
            yield _Laid(BREATH_PHONE, until_s)
    yield _Laid(SILENCE, end_s)
