"""Which phone sounds when, while a phrase is being played: the past is certain, the last vowel is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import Language, Phone, Role, Syllable
from singer.performance.phone_timing import DEFAULT_DURATIONS
from singer.phone_track import SONORANT_CLASSES, PhoneTrack, role_row
from singer.voice import Voice

LONGEST_ONSET_FRAMES, LONGEST_CODA_FRAMES = 9, 7
"""Consonants of a played note are shortened to this in all: the vowel comes after them, and somebody waits for it."""
SHORTEST_PHONE_FRAMES, SHORTEST_VOWEL_FRAMES = 2, 6
LEAD_FRAMES = 1
"""Silence before the first sound of a phrase."""
_OPEN_STEP_FRAMES, _OPEN_LEAST_FRAMES = 50, 40
"""An open vowel is told to the model as lasting at least so much longer, in steps, so that it is seldom told anew."""
_SILENCE_FRAMES = 20
_LONG_FRAMES, _KEPT_PHONES = 200, 8


@dataclass(frozen=True, slots=True)
class Segment:
    """One phone of a phrase in frames.

    Attributes:
        symbol, role, language: as in ``PhoneSpan``.
        start: first frame, counted from the start of the phrase.
        end: frame after the last one; ``None`` while it is open.
    """

    symbol: str
    role: Role | None
    language: Language | None
    start: int
    end: int | None


class Plan:
    """The phones of one phrase as far as they are known.

    Attributes:
        segments: joined without gaps; the ones that lie far behind are forgotten.
    """

    def __init__(self) -> None:
        self.segments: list[Segment] = [Segment("SP", None, None, 0, LEAD_FRAMES)]

    def sing(self, syllable: Syllable, now: int) -> list[Segment]:
        """Let a syllable begin at frame ``now``, after the consonants that close the one before.

        Returns:
            the new segments; the last vowel is open.
        """
        onset = [phone for phone in syllable.phones if phone.role in ("onset", "glide")]
        (nucleus,) = (phone for phone in syllable.phones if phone.role == "nucleus")
        start = self._close(now)
        fresh = _laid_out(onset, start, LONGEST_ONSET_FRAMES, syllable.language)
        start = fresh[-1].end or start if fresh else start
        fresh.append(Segment(nucleus.symbol, "nucleus", syllable.language, start, None))
        self._coda = tuple(phone for phone in syllable.phones if phone.role == "coda")
        self.segments += fresh
        return fresh

    def release(self, now: int) -> list[Segment]:
        """Let the sound end: the open vowel, its consonants, then silence, which is open. Returns the new segments."""
        last = self.segments[-1]
        if last.role == "nucleus" and last.start > now:
            now = last.start + SHORTEST_VOWEL_FRAMES  # a short touch still sings its syllable
        start = self._close(now)
        self.segments.append(Segment("SP", None, None, start, None))
        return [each for each in self.segments if each.start >= now]

    @property
    def is_silent(self) -> bool:
        """Whether nothing but silence is left to come."""
        return self.segments[-1].symbol == "SP"

    @property
    def vowel(self) -> Segment | None:
        """The vowel that is held, if one is."""
        last = self.segments[-1]
        return last if last.role == "nucleus" else None

    def track(self, voice: Voice, now: int) -> tuple[PhoneTrack, int]:
        """The segments as the model reads them, and the frame at which they start."""
        lengths = [self._length(segment, now) for segment in self.segments]
        symbols = tuple(segment.symbol for segment in self.segments)
        track = PhoneTrack(
            symbols,
            np.array([voice.phones[symbol] for symbol in symbols], np.int64),
            np.array([role_row(segment.role) for segment in self.segments], np.int64),
            np.array(
                [
                    0 if segment.language is None else voice.languages[segment.language]
                    for segment in self.segments
                ],
                np.int64,
            ),
            np.array(lengths, np.int64),
            np.array([INVENTORY[symbol].phone_class in SONORANT_CLASSES for symbol in symbols]),
        )
        return track, self.segments[0].start

    def forget(self, now: int) -> None:
        """Keep the work of a block the same in the first minute and the last.

        Of what lies further behind than the model hears, the last eight phones are kept; a vowel that is held for long
        is told as a shorter one.
        """
        last = self.segments[-1]
        if last.end is None and now - last.start > 2 * _LONG_FRAMES:
            self.segments = [
                replace(
                    each,
                    start=each.start + _LONG_FRAMES,
                    end=None if each.end is None else each.end + _LONG_FRAMES,
                )
                for each in self.segments
            ]
        old = sum(each.end is not None and each.end <= now - _LONG_FRAMES for each in self.segments)
        if old > _KEPT_PHONES:
            del self.segments[: old - _KEPT_PHONES]

    _coda: tuple[Phone, ...] = ()

    def _close(self, now: int) -> int:
        """End what sounds at ``now`` and lay out the coda that belongs to it; returns the frame after all."""
        while len(self.segments) > 1 and self.segments[-1].start > now:
            if self.segments.pop().role == "nucleus":
                self._coda = ()  # of a syllable that was never heard
        last = self.segments[-1]
        shortest = SHORTEST_VOWEL_FRAMES if last.role == "nucleus" else 1
        if last.end is None:
            self.segments[-1] = replace(last, end=max(now, last.start + shortest))
        language = last.language
        coda = _laid_out(self._coda, self.segments[-1].end or now, LONGEST_CODA_FRAMES, language)
        self._coda = ()
        self.segments += coda
        return self.segments[-1].end or now

    @staticmethod
    def _length(segment: Segment, now: int) -> int:
        if segment.end is not None:
            return segment.end - segment.start
        if segment.symbol == "SP":
            return max(now - segment.start, 0) + _SILENCE_FRAMES
        least = max(now - segment.start, 0) + _OPEN_LEAST_FRAMES
        return -(-least // _OPEN_STEP_FRAMES) * _OPEN_STEP_FRAMES


def _laid_out(phones: Sequence[Phone], start: int, longest: int, language: Language | None) -> list[Segment]:
    """Consonants one after the other, at their own lengths or shortened together."""
    lengths = [100.0 * DEFAULT_DURATIONS.length_s(phone.symbol, phone.role) for phone in phones]
    scale = min(1.0, longest / max(sum(lengths), 1e-9))
    found: list[Segment] = []
    for phone, length in zip(phones, lengths, strict=True):
        end = start + max(round(length * scale), SHORTEST_PHONE_FRAMES)
        found.append(Segment(phone.symbol, phone.role, language, start, end))
        start = end
    return found
