"""One phrase to sound, in blocks: acoustic model, expression, vocoder network and synthesis, joined without seams."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from singer.acoustics import to_features
from singer.cancel import CancelToken
from singer.features import ROWS_PER_FRAME, Features
from singer.live.controls import LiveControls
from singer.performance.performance import PhrasePerformance
from singer.phonation import Roughness, whispered
from singer.sung_curves import SungCurves
from singer.vocoder import Filters, Vocoder
from singer.voice import Voice

FADE_S = 0.005


def sing_phrase(
    performance: PhrasePerformance,
    voice: Voice,
    *,
    seed: int,
    block_frames: int,
    cancel: CancelToken,
    live: LiveControls | None = None,
) -> Iterator[NDArray[np.float32]]:
    """Sound of a phrase.

    Args:
        performance: the phrase.
        voice: who sings it.
        seed: names the noise; the same seed gives the same samples, whatever ``block_frames`` is.
        block_frames: frames per block, at least 1; smaller blocks sound sooner and cost more.
        cancel: looked at before every run of a model.
        live: controls that may be turned meanwhile.

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
    curves = SungCurves(performance, voice.character, live)
    first_row = 0
    for filters in _filters(performance, voice, vocoder, (curves, block_frames), cancel):
        stop_row = first_row + len(filters.harmonic)
        rows = slice(first_row, stop_row)
        samples, state = vocoder.run(state, filters, curves.at_rows("f0_hz")[rows], _roughness(curves, rows))
        first_row = stop_row
        yield from placed(samples, done, total, fade)
        done += len(samples)
    yield from placed(vocoder.finish(state), done, total, fade)


def _roughness(curves: SungCurves, rows: slice) -> Roughness | None:
    """Growl and fry in some rows, ``None`` if the phrase has neither up to their end."""
    growl, fry = curves.at_rows("growl")[: rows.stop], curves.at_rows("vocal_fry")[: rows.stop]
    return Roughness(growl[rows], fry[rows]) if growl.any() or fry.any() else None


def _filters(
    performance: PhrasePerformance,
    voice: Voice,
    vocoder: Vocoder,
    sung: tuple[SungCurves, int],
    cancel: CancelToken,
) -> Iterator[Filters]:
    """Filters block by block: features are kept until the network's context on both sides of a block is known.

    ``sung`` are the curves and the frames per block.
    """
    curves, block_frames = sung
    reach, total = ROWS_PER_FRAME * voice.context_frames, ROWS_PER_FRAME * performance.frames
    kept, kept_from, ready = [], 0, 0
    blocks = to_features(performance, voice, block_frames=block_frames, cancel=cancel, curves=curves)
    for features in blocks:
        kept.append(features)
        known = kept_from + sum(len(part.envelope) for part in kept)
        stop = total if known == total else known - reach
        if stop <= ready:
            continue
        cancel.check()
        joined = _concatenate(kept)
        found = vocoder.filters(joined, curves.at_rows("f0_hz")[kept_from:known])
        inner = slice(ready - kept_from, stop - kept_from)
        whisper = curves.at_rows("whisper")[ready:stop]
        harmonic, noise = whispered(found.harmonic[inner], found.noise[inner], whisper)
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


def placed(samples: NDArray[np.float32], first: int, total: int, fade: int) -> Iterator[NDArray[np.float32]]:
    """The part of ``samples`` (the first at index ``first``) inside [0, total), with the fades at both ends applied."""
    low, high = max(-first, 0), min(total - first, len(samples))
    if high <= low:
        return
    index = np.arange(first + low, first + high)
    edge = np.minimum((index + 0.5) / fade, (total - index - 0.5) / fade)
    yield (samples[low:high] * np.clip(edge, 0.0, 1.0)).astype(np.float32)
