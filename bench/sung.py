"""Singing for the benchmarks: a score through the engine as any caller would use it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.inventory import INVENTORY
from singer.performance.performance import FRAME_RATE_HZ, Performance, PhoneSpan
from singer.phone_track import SONORANT_CLASSES
from singer.score import Score
from singer.voice import Voice

if TYPE_CHECKING:
    from voicebanks.load import VoiceFolder

TEST_VOICE = "builtin"
"""The shipped voice that is there for tests, and is nobody's singer."""


@dataclass(frozen=True, slots=True)
class Sung:
    """A song as it came out.

    Attributes:
        score: what was asked for.
        performance: how it was performed.
        samples: float32 [N]; sample 0 is beat 0.
        sample_rate_hz: of the samples.
    """

    score: Score
    performance: Performance
    samples: NDArray[np.float32]
    sample_rate_hz: int


def load_voice(name: str) -> Voice:
    """The voice under test."""
    from voicebanks.load import load_voice as load

    return load(name)


def voices_beside(name: str) -> tuple[VoiceFolder, ...]:
    """The voice under test and all voices that lie in the same folder, by name: for a shipped voice the shipped
    ones.
    """
    from voicebanks.load import find_voice, list_voices

    home = find_voice(name).folder.absolute().parent
    return tuple(voice for voice in list_voices((home,)) if voice.folder.absolute().parent == home)


def performed(score: Score, voice: Voice) -> Performance:
    """Score to performance, as the engine does it for this voice."""
    from singer.song import perform_song

    return perform_song(score, voice).performance


def sing(score: Score, voice: Voice) -> Sung:
    """Perform and render ``score``."""
    from singer.render import render

    performance = performed(score, voice)
    audio = render(performance, voice)
    return Sung(score, performance, audio.samples, audio.sample_rate_hz)


def sonorant_spans(performance: Performance) -> Iterator[tuple[float, float]]:
    """Start and end in seconds of every run of sounds that carry pitch throughout: vowels, nasals, liquids,
    glides.
    """
    for phrase in performance.phrases:
        start_s: float | None = None
        for span in phrase.phones:
            if is_sonorant(span):
                start_s = span.start_s if start_s is None else start_s
            elif start_s is not None:
                yield start_s, span.start_s
                start_s = None
        if start_s is not None:
            yield start_s, phrase.end_s


def is_sonorant(span: PhoneSpan) -> bool:
    """Whether the phone is voiced all through."""
    return INVENTORY[span.symbol].phone_class in SONORANT_CLASSES


def performed_f0_hz(performance: Performance, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """The Performance's pitch at ``times_s``, on straight lines of log f0 between its frames; 0 outside
    phrases: float64 [T].
    """
    f0_hz = np.zeros(len(times_s))
    for phrase in performance.phrases:
        frames_s = phrase.start_s + np.arange(phrase.frames) / FRAME_RATE_HZ
        inside = (times_s >= frames_s[0]) & (times_s <= frames_s[-1])
        log_f0 = np.log(phrase.curves["f0_hz"].astype(np.float64))
        f0_hz[inside] = np.exp(np.interp(times_s[inside], frames_s, log_f0))
    return f0_hz
