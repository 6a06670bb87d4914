"""Performance to features: the acoustic model, run in blocks that join exactly, and the singer's controls on its output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from singer.cancel import CancelToken
from singer.closures import deepen_closures
from singer.controls import STYLE_COLOURS
from singer.even_level import even_level
from singer.expression import express
from singer.features import ROWS_PER_FRAME, Features
from singer.formant_tuning import tune_first_formant
from singer.last_sounds import sung_out
from singer.liveliness import held_weight, moved, seed_of
from singer.performance.performance import CURVES, PhrasePerformance
from singer.phone_track import PhoneTrack, phone_track, positions, role_row, sonorant_weight
from singer.sung_curves import SungCurves
from singer.voice import Voice

_PHONES_AT_ONCE = 512
_ENCODER_REACH = 8


def encode(track: PhoneTrack, voice: Voice, cancel: CancelToken) -> NDArray[np.float32]:
    """Hidden vectors float32 [P, H] of all phones, in blocks with context so that a long phrase needs little memory."""
    count, parts = len(track.phone), []
    for start in range(0, count, _PHONES_AT_ONCE):
        cancel.check()
        stop = min(start + _PHONES_AT_ONCE, count)
        low, high = max(start - _ENCODER_REACH, 0), min(stop + _ENCODER_REACH, count)
        found = voice.encoder.run(
            phone=track.phone[low:high],
            role=track.role[low:high],
            language=track.language[low:high],
            frames=track.frames[low:high],
        )
        parts.append(found["hidden"][start - low : stop - low])
    return np.concatenate(parts)


def to_features(
    performance: PhrasePerformance,
    voice: Voice,
    *,
    block_frames: int,
    cancel: CancelToken,
    curves: SungCurves | None = None,
    as_taught: bool = False,
) -> Iterator[Features]:
    """Features of a phrase in the voice's character, block by block; they do not depend on the size of the blocks.

    Args:
        performance: the phrase.
        voice: whose acoustic model runs.
        block_frames: frames per block, at least 1.
        cancel: looked at before every run of a model.
        curves: the phrase's curves if they may be turned while it is sung; by default as performed.
        as_taught: let the last sounds before silences die away, as in the material that the model learned from,
            rather than sing them out (``singer.last_sounds``); for comparing with that material.

    Yields:
        Features of consecutive blocks, T frames together.

    Raises:
        VoicebankError: if the voice lacks a phone.
        ModelError: if a model fails.
        Cancelled: if asked to stop.
    """
    track = phone_track(performance, voice)
    told = track if as_taught else sung_out(track, voice)
    hidden = encode(told, voice, cancel)
    owner = np.repeat(np.arange(len(told.frames)), told.frames)
    position = positions(told.frames)
    sonorant = sonorant_weight(told)
    alive = held_weight(track.frames, track.sonorant & (track.role == role_row("nucleus")))
    seed = seed_of(track.phone, track.frames)
    sung = curves or SungCurves(performance, voice.character)
    total = performance.frames
    for start in range(0, total, block_frames):
        cancel.check()
        sung.fix(start)
        stop = min(start + block_frames, total)
        low, high = max(start - voice.context_frames, 0), min(stop + voice.context_frames, len(owner))
        found = voice.decoder.run(
            hidden=hidden[owner[low:high]],
            position=position[low:high],
            log_f0=np.log(_stretch(sung.at_frames("f0_hz"), low, high)).astype(np.float32),
            style=np.stack([_stretch(sung.at_frames(name), low, high) for name in STYLE_COLOURS], axis=1),
            timbre=voice.timbre,
        )
        rows = slice(ROWS_PER_FRAME * start, ROWS_PER_FRAME * stop)
        inner = slice(rows.start - ROWS_PER_FRAME * low, rows.stop - ROWS_PER_FRAME * low)
        here = {name: sung.at_rows(name)[rows] for name in CURVES}
        modelled = Features(found["envelope"][inner], found["aperiodicity"][inner])
        yield as_sung(modelled, here, sonorant[rows], alive[rows], (rows.start, seed))


def as_sung(
    features: Features,
    curves: Mapping[str, NDArray[np.float32]],
    sonorant: NDArray[np.float32],
    alive: NDArray[np.float32],
    movement: tuple[int, int],
) -> Features:
    """What singing makes of the model's features, row by row: closures, the first formant, level, life and the controls.

    Args:
        features: R rows, the model's.
        curves: name of ``CURVES`` to float32 [R].
        sonorant: float32 [R], see ``sonorant_weight``.
        alive: float32 [R], see ``singer.liveliness.held_weight``.
        movement: row of the phrase that the first one is, and the seed of the movement of held vowels.
    """
    envelope = tune_first_formant(deepen_closures(features.envelope), curves["f0_hz"])
    envelope = even_level(envelope, curves["f0_hz"], sonorant)
    envelope = moved(envelope, alive * (1.0 + curves["liveliness"]), *movement)
    return express(Features(envelope, features.aperiodicity), curves)


def _stretch(curve: NDArray[np.float32], low: int, high: int) -> NDArray[np.float32]:
    """``curve[low:high]``, whose last value goes on where the curve has ended."""
    return np.pad(curve[low:high], (0, max(high - max(len(curve), low), 0)), mode="edge")
