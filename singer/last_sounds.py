"""The last sounds before a silence are sung out.

The material that the voices learned from is speech, where the end of a sentence dies away: its last consonant is all but
silent, and a vowel fades 50 ms before its end. A model that is told of the silence sings so, too, and "rain" becomes "ray".
So it is told that the sound goes on: a vowel longer, a consonant longer and followed by a vowel, a stop followed by a puff of
air, begun early so that its release can be heard. What it sings of that lies in the silence, where loudness falls away within
30 to 100 ms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import Role
from singer.phone_track import PhoneTrack, role_row
from singer.voice import Voice

SILENCES = ("SP", "AP")
VOWEL_FRAMES, CONSONANT_FRAMES = 12, 8
"""How much longer the model takes the last sound to be."""
EARLY_FRAMES, CLOSURE_FRAMES = 4, 3
"""A stop is released so much early, as far as so much closure stays."""
AFTER_CONSONANT: tuple[tuple[str, Role, int], ...] = (("ə", "nucleus", 12),)
AFTER_STOP: tuple[tuple[str, Role, int], ...] = (("h", "onset", 7), ("ə", "nucleus", 8))
SHORTEST_FRAMES = 3
NO_LIMIT = 1_000
SILENCE_FRAMES = 2
"""What is left of a silence inside a phrase, at least."""


@dataclass(slots=True)
class _Told:
    """One phone as the model is told of it."""

    symbol: str
    phone: int
    role: int
    language: int
    frames: int
    sonorant: bool


def sung_out(track: PhoneTrack, voice: Voice) -> PhoneTrack:
    """What the model is told in place of ``track``.

    Args:
        track: the phones of a phrase.
        voice: whose tables the rows belong to; a phone that it lacks is left out of what is told.

    Returns:
        a track whose sounds start when those of ``track`` do. After a last sound something stands in for the silence, or
        for its beginning inside a phrase; at the end of the phrase that makes it longer than ``track``.
    """
    told: list[_Told] = []
    phones = _read(track)
    for here in phones:
        if here.symbol == "SP" and told and told[-1].symbol not in SILENCES:
            if here is phones[-1]:
                _carry_on(told, NO_LIMIT, voice)
            else:
                here.frames -= _carry_on(told, max(here.frames - SILENCE_FRAMES, 0), voice)
        told.append(here)
    if told[-1].symbol not in SILENCES:
        _carry_on(told, NO_LIMIT, voice)
    return _written(told)


def _carry_on(told: list[_Told], room: int, voice: Voice) -> int:
    """Let the last of ``told`` go on for at most ``room`` frames; returns how many of them it took."""
    last, before = told[-1], sum(each.frames for each in told)
    kind = INVENTORY[last.symbol].phone_class
    if kind == "unreleased":
        return 0
    if kind in ("stop", "affricate"):
        early = min(EARLY_FRAMES, max(last.frames - CLOSURE_FRAMES, 0))
        last.frames -= early
        room += early
        after: tuple[tuple[str, Role, int], ...] = AFTER_STOP
    else:
        is_vowel = kind in ("vowel", "syllabic")
        longer = min(VOWEL_FRAMES if is_vowel else CONSONANT_FRAMES, room)
        last.frames += longer
        room -= longer
        after = () if is_vowel else AFTER_CONSONANT
    for symbol, role, wanted in after:
        frames = min(wanted, room)
        if frames >= SHORTEST_FRAMES and symbol in voice.phones:
            row = voice.phones[symbol]
            told.append(_Told(symbol, row, role_row(role), last.language, frames, symbol != "h"))
            room -= frames
    return sum(each.frames for each in told) - before


def _read(track: PhoneTrack) -> list[_Told]:
    columns = (track.phone, track.role, track.language, track.frames, track.sonorant)
    rows = zip(track.symbols, *(column.tolist() for column in columns), strict=True)
    return [_Told(*row) for row in rows]


def _written(told: list[_Told]) -> PhoneTrack:
    return PhoneTrack(
        tuple(each.symbol for each in told),
        np.array([each.phone for each in told], np.int64),
        np.array([each.role for each in told], np.int64),
        np.array([each.language for each in told], np.int64),
        np.array([each.frames for each in told], np.int64),
        np.array([each.sonorant for each in told]),
    )
