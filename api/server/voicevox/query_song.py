"""A query to a performance: phones exactly where it says, its pitch and its volume, the rest by our rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.server.voicevox.errors import SongError
from api.server.voicevox.frames import QUERY_RATE_HZ, at_performance, loudness_of, seconds
from api.server.voicevox.models import FrameAudioQuery
from api.server.voicevox.phonemes import DEVOICED, PAUSE, PHONEMES
from api.server.voicevox.pitches import check_count, check_pitch, log_pitch, middle_midi
from api.server.voicevox.placed import PlacedPhrase, TimedPhoneme, place, placed_phrases
from api.server.voicevox.rules import colours
from api.server.voicevox.score_query import LONGEST_NOTE_FRAMES, check_length
from api.server.voicevox.spans import Interval, fitting_breath, pauses_of, spans_of
from singer.performance.performance import (
    CURVE_BOUNDS,
    CURVES,
    FRAME_RATE_HZ,
    Mark,
    Performance,
    PhrasePerformance,
)
from singer.performance.phrase_edges import SHORTEST_BREATH_S
from singer.voice import Voice

BREATH_ABOVE_DB = -35.0
"""A stretch of a pause that is louder is a breath, unless it is the end of a sound or goes on to the next one."""
LONGEST_BREATH_S = 1.2
SAMPLE_RATES_HZ = (8_000, 192_000)


def check_query(query: FrameAudioQuery) -> None:
    """Refuse a query that cannot be sung; raises ``SongError``."""
    for number, each in enumerate(query.phonemes):
        if each.phoneme not in PHONEMES:
            raise SongError(f"phoneme {each.phoneme[:20]} is not valid")
        check_length(each.frame_length, f"phonemes[{number}]")
        if each.phoneme != PAUSE and each.frame_length > LONGEST_NOTE_FRAMES:
            found = f"phonemes[{number}]: frame_lengthは{LONGEST_NOTE_FRAMES}までです"
            raise SongError(f"{found}: {each.frame_length}")
    frames = sum(each.frame_length for each in query.phonemes)
    if not frames:
        raise SongError("phonemesが空です。")
    check_pitch(query.f0, frames)
    check_count("volume", len(query.volume), frames)
    if not 0 <= query.volumeScale <= 100:
        raise SongError(f"volumeScaleは0から100までです: {query.volumeScale:g}")
    lowest, highest = SAMPLE_RATES_HZ
    if not lowest <= query.outputSamplingRate <= highest:
        raise SongError(f"outputSamplingRateは{lowest}から{highest}までです: {query.outputSamplingRate}")


@dataclass(frozen=True, slots=True)
class _Curves:
    """Curves of a query, float64 [frames of the query].

    Attributes:
        log_hz: pitch, straight lines where the query has none.
        loudness_db: relative to the singer's own level.
        whisper: 1 where a sound has no pitch.
    """

    log_hz: NDArray[np.float64]
    loudness_db: NDArray[np.float64]
    whisper: NDArray[np.float64]


def performance_of(query: FrameAudioQuery, voice: Voice) -> Performance:
    """A checked query for a voice; what the query does not say, such as breathiness, is by our rules.

    Raises:
        ScoreError: a song that is too long.
    """
    lengths = [each.frame_length for each in query.phonemes]
    is_voiceless = np.repeat([each.phoneme in DEVOICED for each in query.phonemes], lengths)
    is_pause = np.repeat([each.phoneme == PAUSE for each in query.phonemes], lengths)
    curves = _Curves(
        log_pitch(query.f0),
        loudness_of(np.array(query.volume, np.float64)),
        (((np.array(query.f0) == 0.0) | is_voiceless) & ~is_pause).astype(np.float64),
    )
    pitches = middle_midi(curves.log_hz, lengths)
    placed = place(
        [
            TimedPhoneme(each.phoneme, each.frame_length, midi)
            for each, midi in zip(query.phonemes, pitches, strict=True)
        ]
    )
    phrases = tuple(_phrase(each, curves) for each in placed_phrases(placed))
    return Performance(voice.name, "", seconds(len(query.f0)), phrases)


def _phrase(placed: PlacedPhrase, curves: _Curves) -> PhrasePerformance:
    breaths = tuple(_breaths(placed, curves.loudness_db))
    first, count = placed.start_frame, placed.end_frame - placed.start_frame
    found = colours(placed, breaths)
    exact = {
        "f0_hz": np.exp(at_performance(curves.log_hz, first, count)),
        "loudness_db": at_performance(curves.loudness_db, first, count),
        "whisper": at_performance(curves.whisper, first, count),
    }
    found |= {name: np.clip(values, *CURVE_BOUNDS[name]).astype(np.float32) for name, values in exact.items()}
    marks: dict[str, Mark] = dict.fromkeys(CURVES, "auto")
    spans = spans_of(placed, breaths)
    return PhrasePerformance(first / FRAME_RATE_HZ, spans, found, marks, placed.phrase.index)


def _breaths(placed: PlacedPhrase, loudness_db: NDArray[np.float64]) -> Iterator[Interval]:
    """Breaths that the volume shows in the pauses before sounds."""
    for pause in pauses_of(placed):
        low, high = (round(edge_s * QUERY_RATE_HZ) for edge_s in pause)
        loud = loudness_db[low:high] > BREATH_ABOVE_DB
        for start, stop in _runs(loud):
            goes_on = stop == len(loud) or (start == 0 and low > 0)
            if goes_on or not SHORTEST_BREATH_S <= seconds(stop - start) <= LONGEST_BREATH_S:
                continue
            breath = fitting_breath((seconds(low + start), seconds(low + stop)), pause)
            if breath is not None:
                yield breath


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of true values as [start, stop)."""
    edges = np.flatnonzero(np.diff(flags, prepend=False, append=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))
