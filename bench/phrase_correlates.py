"""What vibrato, glides, breaths and emotions are known by in the sound: contours of pitch and level of a short phrase."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from bench.control_correlates import Correlate, Take, level_db
from bench.pitch import cents
from bench.timbre_correlates import centroid_hz, harmonicity_db
from singer.note_shapes import Breath, Portamento, Vibrato
from singer.score import Note, Score, TempoMap

_FIFTH = 7.0


def _contour(take: Take, start_s: float, end_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times in s and tracked pitch in cents above A4 where harvest hears one."""
    heard = take.track
    inside = (heard.times_s >= start_s) & (heard.times_s <= end_s) & (heard.f0_hz > 0)
    return heard.times_s[inside], cents(heard.f0_hz[inside], 440.0)


def _part(take: Take, note: int, start: float, end: float) -> tuple[float, float]:
    """From the share ``start`` to the share ``end`` of a note, in seconds."""
    tempo, asked = take.sung.score.tempo, take.sung.score.notes[note]
    first_s, last_s = tempo.seconds_at(asked.start_beat), tempo.seconds_at(asked.end_beat)
    return first_s + start * (last_s - first_s), first_s + end * (last_s - first_s)


def vibrato_depth_cents(take: Take, _middle: Take, note: int = 0) -> float:
    """Peak deviation of the sine that has the variance of the tracked pitch, in the second half of a note."""
    _, heard = _contour(take, *_part(take, note, 0.5, 0.9))
    return float(np.sqrt(2.0) * np.std(heard))


def vibrato_rate_hz(take: Take, _middle: Take) -> float:
    """Upward crossings of the mean a second, from the first one to the last."""
    times_s, heard = _contour(take, *_part(take, 0, 0.4, 0.95))
    away = heard - heard.mean()
    rising = np.flatnonzero((away[:-1] < 0) & (away[1:] >= 0))
    if len(rising) < 2:
        return 0.0
    crossings_s = (
        times_s[rising] - away[rising] / (away[rising + 1] - away[rising]) * np.diff(times_s)[rising]
    )
    return float((len(crossings_s) - 1) / (crossings_s[-1] - crossings_s[0]))


def glide_ms(take: Take, _middle: Take) -> float:
    """Time from 10 to 90 % of the way from the first note to the second, in tracked pitch."""
    first, second = (69.0 - note.midi for note in take.sung.score.notes[:2])
    times_s, heard = _contour(take, _part(take, 0, 0.4, 1.0)[0], _part(take, 1, 0.0, 0.7)[1])
    way = (heard + 100.0 * first) / (100.0 * (first - second))
    return float(1000.0 * (times_s[np.argmax(way > 0.9)] - times_s[np.argmax(way > 0.1)]))


def breath_level_db(take: Take, _middle: Take) -> float:
    """Level of the first breath."""
    spans = [
        span for phrase in take.sung.performance.phrases for span in phrase.phones if span.symbol == "AP"
    ]
    return level_db(take.samples(spans[0].start_s, spans[0].end_s))


def _vowels(take: Take) -> list[NDArray[np.float64]]:
    """Samples of every vowel, 50 ms from its ends."""
    return [
        take.samples(span.start_s + 0.05, span.end_s - 0.05)
        for phrase in take.sung.performance.phrases
        for span in phrase.phones
        if span.role == "nucleus" and span.end_s - span.start_s > 0.2
    ]


def mean_level_db(take: Take) -> float:
    """Level of the vowels."""
    return level_db(np.concatenate(_vowels(take)))


def fall_db(take: Take) -> float:
    """Level of the last notes of phrases near their end against their middle, mean: negative where they die away."""
    spans = [
        [span for span in phrase.phones if span.role == "nucleus"][-1]
        for phrase in take.sung.performance.phrases
    ]
    return float(
        np.mean(
            [
                level_db(take.samples(span.end_s - 0.35, span.end_s - 0.05))
                - level_db(take.samples(span.start_s + 0.3, span.end_s - 0.6))
                for span in spans
            ]
        )
    )


def _mean(measure: Callable[[NDArray[np.float64], int], float], take: Take) -> float:
    return float(np.mean([measure(piece, take.rate_hz) for piece in _vowels(take)]))


def _notes(*notes: Note) -> Score:
    return Score(notes, "zh", TempoMap(((0.0, 60.0),)), "contour")


def _vibrato_note(depth_cents: float, rate_hz: float) -> Score:
    shape = Vibrato(depth_cents, rate_hz, 0.1, 0.2)
    return _notes(Note(1.0, 2.4, 57.0, "la", phones="l a", vibrato=shape))


def _glide(time_s: float) -> Score:
    still = Vibrato(0.0)
    return _notes(
        Note(1.0, 2.0, 57.0, "la", phones="l a", vibrato=still),
        Note(3.0, 2.0, 57.0 + _FIFTH, "-", portamento=Portamento(time_s), vibrato=still),
    )


def _breath(loudness_db: float) -> Score:
    return _notes(
        Note(1.0, 0.6, 57.0, "AP", breath=Breath(0.5, loudness_db)),
        Note(1.6, 1.0, 57.0, "la", phones="l a"),
    )


@dataclass(frozen=True, slots=True)
class NoteControl:
    """A control of single notes: the score that is sung at one of its values, and what it is known by."""

    score: Callable[[float], Score]
    correlate: Correlate


NOTE_CONTROLS: Mapping[str, NoteControl] = MappingProxyType(
    {
        "vibrato depth_cents": NoteControl(
            partial(_vibrato_note, rate_hz=5.5),
            Correlate("tracked depth, cents", vibrato_depth_cents, (20.0, 50.0, 100.0), 15.0),
        ),
        "vibrato rate_hz": NoteControl(
            partial(_vibrato_note, 50.0),
            Correlate("tracked rate, Hz", vibrato_rate_hz, (4.0, 5.5, 7.0), 1.0),
        ),
        "portamento time_s": NoteControl(
            _glide, Correlate("tracked glide from 10 to 90 %, ms", glide_ms, (0.1, 0.3, 0.6), 50.0)
        ),
        "breath loudness_db": NoteControl(
            _breath, Correlate("level of the breath, dBFS", breath_level_db, (-20.0, -10.0, 0.0), 5.0)
        ),
    }
)
"""Controls of single notes that are judged; of each group, those that act on the amount."""


def emotion_phrase(emotion: Mapping[str, float]) -> Score:
    """Two phrases on the vowel a with a fifth, two long notes and a rest, sung with ``emotion``."""
    rows = (("m a", 1.0, 0.5, 57), ("n a", 1.5, 0.5, 64), ("m a", 2.0, 1.6, 61), ("x a", 4.2, 0.5, 59))
    notes = tuple(
        Note(start, length, float(midi), "a", phones=phones) for phones, start, length, midi in rows
    )
    last = Note(4.7, 1.8, 57.0, "a", phones="m a")
    return Score((*notes, last), "zh", TempoMap(((0.0, 60.0),)), "emotion", emotion=dict(emotion))


EMOTION_MEASURES: Mapping[str, tuple[str, Callable[[Take], float]]] = MappingProxyType(
    {
        "level": ("dB", mean_level_db),
        "centroid": ("Hz", partial(_mean, centroid_hz)),
        "harmonicity": ("dB", partial(_mean, harmonicity_db)),
        "vibrato": ("cents", lambda take: vibrato_depth_cents(take, take, 2)),
        "glide": ("ms", lambda take: glide_ms(take, take)),
        "fall": ("dB", fall_db),
    }
)
"""What is measured on the phrase of the emotions: name to unit and function."""

EMOTION_CORRELATES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "tender": {"level": -2.0, "harmonicity": -1.0, "centroid": -50.0, "vibrato": -3.0, "glide": 10.0},
        "bright": {"centroid": 100.0, "harmonicity": 0.3},
        "powerful": {"level": 2.0, "centroid": 100.0, "vibrato": 10.0},
        "melancholic": {"level": -1.0, "centroid": -100.0, "glide": 20.0, "fall": -0.5},
        "playful": {"vibrato": -10.0, "centroid": 50.0, "glide": -5.0},
        "plain": {"vibrato": -15.0, "fall": 0.4},
        "machine-like": {"vibrato": -20.0, "glide": -20.0, "fall": 0.8, "harmonicity": 0.5},
    }
)
"""Name of every emotion to what it must move against singing without one: measure to the least change, with its sign."""
