"""One phrase to sound, in blocks: acoustic model, expression, vocoder network and synthesis, joined without seams."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from singer.acoustics import to_features
from singer.cancel import CancelToken
from singer.features import ROWS_PER_FRAME, Features, to_rows
from singer.performance.performance import PhrasePerformance
from singer.phonation import Roughness, whispered
from singer.vocoder import Filters, Vocoder
from singer.voice import Voice

FADE_S = 0.005


def sing_phrase(
    performance: PhrasePerformance, voice: Voice, *, seed: int, block_frames: int, cancel: CancelToken
) -> Iterator[NDArray[np.float32]]:
    """Sound of a phrase.

    Args:
        performance: the phrase.
        voice: who sings it.
        seed: names the noise; the same seed gives the same samples, whatever ``block_frames`` is.
        block_frames: frames per block, at least 1; smaller blocks sound sooner and cost more.
        cancel: looked at before every run of a model.

    Yields:
        float32 [n], together ``performance.frames * hop_samples`` samples, the first one at
        ``performance.start_s``. The phrase fades in and out over 5 ms, so that it may stand between exact zeros.

    Raises:
        VoicebankError: if the voice lacks a phone or language of the phrase.
        ModelError: if a model fails.
        Cancelled: if asked to stop.
    """
    vocoder = Vocoder(voice)
    state = vocoder.start(seed)
    total = performance.frames * voice.spec.hop_samples
    fade = int(FADE_S * voice.spec.sample_rate_hz)
    done = -vocoder.lead_in_samples
    f0_hz, roughness = to_rows(performance.curves["f0_hz"]), _roughness(performance)
    first_row = 0
    for filters in _filters(performance, voice, vocoder, block_frames, cancel):
        stop_row = first_row + len(filters.harmonic)
        rows = slice(first_row, stop_row)
        here = roughness and Roughness(roughness.growl[rows], roughness.vocal_fry[rows])
        samples, state = vocoder.run(state, filters, f0_hz[rows], here)
        first_row = stop_row
        yield from _placed(samples, done, total, fade)
        done += len(samples)
    yield from _placed(vocoder.finish(state), done, total, fade)


def _roughness(performance: PhrasePerformance) -> Roughness | None:
    """Growl and fry of a phrase, ``None`` if it has neither."""
    growl, fry = performance.curves["growl"], performance.curves["vocal_fry"]
    return Roughness(to_rows(growl), to_rows(fry)) if growl.any() or fry.any() else None


def _filters(
    performance: PhrasePerformance, voice: Voice, vocoder: Vocoder, block_frames: int, cancel: CancelToken
) -> Iterator[Filters]:
    """Filters block by block: features are kept until the network's context on both sides of a block is known."""
    reach, total = ROWS_PER_FRAME * voice.context_frames, ROWS_PER_FRAME * performance.frames
    f0_hz, whisper = to_rows(performance.curves["f0_hz"]), to_rows(performance.curves["whisper"])
    kept, kept_from, ready = [], 0, 0
    for features in to_features(performance, voice, block_frames=block_frames, cancel=cancel):
        kept.append(features)
        known = kept_from + sum(len(part.envelope) for part in kept)
        stop = total if known == total else known - reach
        if stop <= ready:
            continue
        cancel.check()
        joined = _concatenate(kept)
        found = vocoder.filters(joined, f0_hz[kept_from:known])
        inner = slice(ready - kept_from, stop - kept_from)
        harmonic, noise = whispered(found.harmonic[inner], found.noise[inner], whisper[ready:stop])
        yield Filters(harmonic, noise, found.phase[inner])
        ready = stop
        forget = max(ready - reach - kept_from, 0)
        kept = [Features(joined.envelope[forget:], joined.aperiodicity[forget:])]
        kept_from += forget


def _concatenate(parts: list[Features]) -> Features:
    return Features(
        np.concatenate([part.envelope for part in parts]),
        np.concatenate([part.aperiodicity for part in parts]),
    )


def _placed(samples: NDArray[np.float32], first: int, total: int, fade: int) -> Iterator[NDArray[np.float32]]:
    """The part of ``samples`` (the first at index ``first``) inside [0, total), with the fades at both ends applied."""
    low, high = max(-first, 0), min(total - first, len(samples))
    if high <= low:
        return
    index = np.arange(first + low, first + high)
    edge = np.minimum((index + 0.5) / fade, (total - index - 0.5) / fade)
    yield (samples[low:high] * np.clip(edge, 0.0, 1.0)).astype(np.float32)
