"""The acoustic model on held-out teacher sentences, true durations and pitch given.

Mel-cepstral distortion: the log envelope on its 96 bands is reduced to cepstral coefficients 1 to 24
(orthonormal DCT-II over the bands, level left out); the distortion of a frame is the root mean square over
the bands, in dB, of the difference of the two smoothed
envelopes: ``20 / ln 10 * sqrt(sum((c - c')^2) / 96)``, which is the usual ``10 / ln 10 * sqrt(2 sum((c -
c')^2))`` of cepstra whose cosines have unit amplitude (Kubichek 1993). Frames of silence are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.corpus import Item, held_out_speech, performance_of
from bench.options import Options
from bench.report import Report, Row, at_least, at_most
from bench.sung import load_voice
from bench.vocoder import HIGHEST_SPOKEN_HZ, filled_f0_hz
from singer.acoustics import to_features
from singer.analysis import analyse, track_f0_hz
from singer.cancel import CancelToken
from singer.features import ROWS_PER_FRAME
from singer.performance.performance import PhrasePerformance
from singer.voice import Voice

COEFFICIENTS = 24
HIGHEST_DB = 3.8
VARIANCE_RANGE = (0.9, 1.1)
ITEMS_PER_LANGUAGE = 15
BLOCK_FRAMES = 1000
HOW = (
    "Held-out teacher sentences in the voice's own timbre; the model is given their phones, durations and "
    "tracked pitch; coefficients "
    "1-24 of the 96-band log envelope, silences left out, mean over frames. Variance: over time, of the log "
    "envelope, the model's as a share of the recordings', mean over bands."
)


def cepstrum(envelope: NDArray[np.float32]) -> NDArray[np.float64]:
    """Coefficients 1-24 of a natural-log envelope float32 [T, B], scaled so that squares add up to the mean
    square over bands.
    """
    bands = envelope.shape[1]
    order, place = np.arange(1, COEFFICIENTS + 1)[:, None], np.arange(bands)[None, :] + 0.5
    cosines = np.sqrt(2.0 / bands) * np.cos(np.pi * order * place / bands)
    return np.asarray(envelope @ cosines.T / np.sqrt(bands), np.float64)


def distortion_db(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mel-cepstral distortion of each frame of two natural-log envelopes float32 [T, B]: float64 [T] in
    dB.
    """
    difference = cepstrum(first) - cepstrum(second)
    return np.asarray(20.0 / np.log(10.0) * np.sqrt(np.sum(difference**2, axis=1)))


def pitch_of(item: Item) -> NDArray[np.float32]:
    """Tracked pitch of an item, gaps bridged: float32 [2T] in Hz."""
    return filled_f0_hz(track_f0_hz(item.samples, item.sample_rate_hz, HIGHEST_SPOKEN_HZ))


def as_performed(item: Item) -> PhrasePerformance:
    """An item as a phrase, with its times and its tracked pitch."""
    return performance_of(item, pitch_of(item)[::ROWS_PER_FRAME])


def predicted_and_true(item: Item, voice: Voice) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Envelopes float32 [R, 96] of the rows of an item that are not silence: as the model sings them, and
    as recorded.
    """
    recorded = analyse(item.samples, item.sample_rate_hz, pitch_of(item).astype(np.float64)).envelope
    performance = as_performed(item)
    blocks = to_features(performance, voice, block_frames=BLOCK_FRAMES, cancel=CancelToken(), as_taught=True)
    predicted = np.concatenate([block.envelope for block in blocks])
    count = min(len(predicted), len(recorded))
    times_s = np.arange(count) / (ROWS_PER_FRAME * voice.spec.frame_rate_hz)
    spoken = np.zeros(count, bool)
    for span in performance.phones:
        if span.symbol not in ("SP", "AP"):
            spoken |= (times_s >= span.start_s) & (times_s < span.end_s)
    return predicted[:count][spoken], recorded[:count][spoken]


def variance_kept(predicted: Sequence[NDArray[np.float32]], true: Sequence[NDArray[np.float32]]) -> float:
    """Variance over time of the predicted envelopes as a share of the recorded ones', mean over bands."""
    return float(np.mean(np.var(np.concatenate(predicted), axis=0) / np.var(np.concatenate(true), axis=0)))


@dataclass(frozen=True, slots=True)
class Compared:
    """What the model did with some sentences.

    Attributes:
        distortion_db: mean mel-cepstral distortion over their frames.
        variance_kept: variance of the prediction as a share of the recordings'.
    """

    distortion_db: float
    variance_kept: float


def compared(pairs: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]]) -> Compared:
    """Measures over all frames of ``pairs`` of envelopes, predicted and recorded."""
    found_db = np.concatenate([distortion_db(predicted, true) for predicted, true in pairs])
    kept = variance_kept([predicted for predicted, _ in pairs], [true for _, true in pairs])
    return Compared(float(np.mean(found_db)), kept)


def table_rows(whole: Compared, each: Mapping[str, Compared], sentences: int) -> tuple[Row, Row]:
    """Both rows; a target is reached if every language reaches it."""
    low, high = VARIANCE_RANGE
    listed = ", ".join(f"{language} {found.distortion_db:.2f}" for language, found in each.items())
    kept = ", ".join(f"{language} {found.variance_kept:.0%}" for language, found in each.items())
    return (
        Row(
            "acoustic model on held-out teacher sentences: mel-cepstral distortion",
            f"≤ {HIGHEST_DB} dB in every language",
            f"{whole.distortion_db:.2f} dB ({listed}; {sentences} sentences)",
            all(at_most(found.distortion_db, HIGHEST_DB) for found in each.values()),
            HOW,
        ),
        Row(
            "acoustic model: variance of the features kept",
            f"{low:.0%} to {high:.0%} in every language",
            f"{whole.variance_kept:.0%} ({kept})",
            all(
                at_least(found.variance_kept, low) and at_most(found.variance_kept, high)
                for found in each.values()
            ),
            HOW,
        ),
    )


def run(options: Options) -> Report:
    """Predict held-out sentences and compare with what the teacher did."""
    voice = load_voice(options.voice)
    items = held_out_speech(options, per_language=1 if options.toy else ITEMS_PER_LANGUAGE)
    pairs = [(item.language, predicted_and_true(item, voice)) for item in items]
    each = {
        chosen: compared([pair for language, pair in pairs if language == chosen])
        for chosen in sorted({language for language, _ in pairs})
    }
    whole = compared([pair for _, pair in pairs])
    details: dict[str, object] = {
        "mean_db": {language: found.distortion_db for language, found in each.items()},
        "whole_db": whole.distortion_db,
        "variance_kept": whole.variance_kept,
        "variance_kept_by_language": {language: found.variance_kept for language, found in each.items()},
    }
    return Report(table_rows(whole, each, len(pairs)), details)
