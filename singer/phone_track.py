"""The phones of a phrase on the frame grid, as rows of the acoustic model's tables."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import ROLES
from singer.errors import VoicebankError
from singer.features import ROWS_PER_FRAME
from singer.performance.performance import PhoneSpan, PhrasePerformance
from singer.voice import Voice

POSITION_FEATURES = 3
RAMP_ROWS = 4
SONORANT_CLASSES = frozenset({"vowel", "syllabic", "nasal", "liquid", "glide", "offglide"})
"""Phones that are voiced all through."""


@dataclass(frozen=True, slots=True)
class PhoneTrack:
    """The phones of a phrase as the model reads them.

    Attributes:
        symbols: [P], as in the inventory.
        phone, role, language: int64 [P] rows of the model's tables; role and language are 0 for SP and AP.
        frames: int64 [P], length of each phone in frames, at least 1; their sum is T.
        sonorant: bool [P], whether the phone is voiced all through.
    """

    symbols: tuple[str, ...]
    phone: NDArray[np.int64]
    role: NDArray[np.int64]
    language: NDArray[np.int64]
    frames: NDArray[np.int64]
    sonorant: NDArray[np.bool_]


def role_row(role: str | None) -> int:
    """Row of a role in the model's table: 0 for none, then onset, glide, nucleus, coda."""
    return 0 if role is None or role == "" else 1 + ROLES.index(role)


def frame_lengths(
    boundaries_s: NDArray[np.float64], start_s: float, frames: int, rate_hz: float
) -> NDArray[np.int64]:
    """Lengths in frames of spans that end at ``boundaries_s``: cumulated times are rounded once; no length is below 1.

    Args:
        boundaries_s: float64 [P], rising ends of the spans.
        start_s: start of the first span.
        frames: total T; at least P.
        rate_hz: frames per second.

    Returns:
        int64 [P] that sums to ``frames``.

    Raises:
        ValueError: if there are more spans than frames.
    """
    count = len(boundaries_s)
    if count > frames:
        raise ValueError(f"{count} phones do not fit into {frames} frames")
    ends = np.floor((boundaries_s - start_s) * rate_hz + 0.5).astype(np.int64)
    ends[-1] = frames
    steps = np.arange(count)
    ends = np.maximum.accumulate(ends - steps) + steps
    ends = np.maximum(ends, steps + 1)
    ends = np.minimum(ends, frames - (count - 1 - steps))
    return np.diff(ends, prepend=0)


def positions(frames: NDArray[np.int64]) -> NDArray[np.float32]:
    """Where each frame lies in its phone: share passed, and saturating time since its start and until its end.

    Args:
        frames: int64 [P], lengths.

    Returns:
        float32 [T, 3]; the times are ``tanh(n / 10)`` of n frames.
    """
    lengths = np.repeat(frames, frames)
    starts = np.repeat(np.cumsum(frames) - frames, frames)
    since = np.arange(len(lengths)) - starts + 0.5
    columns = (since / lengths, np.tanh(since / 10.0), np.tanh((lengths - since) / 10.0))
    return np.stack(columns, axis=1).astype(np.float32)


def sonorant_weight(track: PhoneTrack) -> NDArray[np.float32]:
    """1 inside runs of sonorant phones, 0 outside, with ramps of 20 ms inside the runs: float32 [2T]."""
    inside = np.repeat(track.sonorant, track.frames * ROWS_PER_FRAME)
    edges = np.flatnonzero(np.diff(inside, prepend=False, append=False))
    rows = np.arange(len(inside))
    place = np.searchsorted(edges, rows, side="right")
    bounded = np.concatenate(([-1], edges, [len(inside)]))
    distance = np.minimum(rows - bounded[place], bounded[place + 1] - 1 - rows) + 0.5
    return np.where(inside, np.minimum(distance / RAMP_ROWS, 1.0), 0.0).astype(np.float32)


def phone_track(performance: PhrasePerformance, voice: Voice) -> PhoneTrack:
    """Rows and lengths of a phrase's phones.

    Raises:
        VoicebankError: if the voice has no such phone or language.
    """
    for span in performance.phones:
        if span.symbol not in voice.phones:
            where = f"phrase {performance.index}, note {span.note}"
            raise VoicebankError(
                "unknown_phone", f"voice {voice.name} cannot sing the phone {span.symbol!r}", where
            )
        if span.language is not None and span.language not in voice.languages:
            known = ", ".join(voice.languages)
            raise VoicebankError("language", f"voice {voice.name} sings {known}, not {span.language}")
    spans = [group[-1] for group in _held(performance.phones)]
    ends_s = np.array([span.end_s for span in spans])
    return PhoneTrack(
        tuple(span.symbol for span in spans),
        np.array([voice.phones[span.symbol] for span in spans], np.int64),
        np.array([role_row(span.role) for span in spans], np.int64),
        np.array(
            [0 if span.language is None else voice.languages[span.language] for span in spans], np.int64
        ),
        frame_lengths(ends_s, performance.start_s, performance.frames, voice.spec.frame_rate_hz),
        np.array([INVENTORY[span.symbol].phone_class in SONORANT_CLASSES for span in spans]),
    )


def _held(spans: tuple[PhoneSpan, ...]) -> list[list[PhoneSpan]]:
    """Spans grouped so that a vowel held over several notes is one phone, as it was in the training material."""
    groups = [[spans[0]]]
    for before, span in pairwise(spans):
        alike = (before.symbol, before.role, before.language) == (span.symbol, span.role, span.language)
        if alike and span.role == "nucleus":
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups
