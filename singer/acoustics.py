"""Performance to features: the acoustic model, run in blocks that join exactly, and the singer's controls on its output."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from singer.cancel import CancelToken
from singer.closures import deepen_closures
from singer.controls import STYLE_COLOURS
from singer.even_level import even_level
from singer.expression import express
from singer.features import ROWS_PER_FRAME, Features, to_rows
from singer.formant_tuning import tune_first_formant
from singer.last_sounds import sung_out
from singer.liveliness import held_weight, moved, seed_of
from singer.performance.adjust import in_character
from singer.performance.performance import PhrasePerformance
from singer.phone_track import PhoneTrack, phone_track, positions, role_row, sonorant_weight
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
    as_taught: bool = False,
) -> Iterator[Features]:
    """Features of a phrase in the voice's character, block by block; they do not depend on the size of the blocks.

    Args:
        performance: the phrase.
        voice: whose acoustic model runs.
        block_frames: frames per block, at least 1.
        cancel: looked at before every run of a model.
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
    weight = sonorant_weight(told)
    curves = in_character(performance, voice.character).curves
    alive = held_weight(track.frames, track.sonorant & (track.role == role_row("nucleus")))
    seed = seed_of(track.phone, track.frames)
    beyond = (0, len(owner) - performance.frames)
    log_f0 = np.pad(np.log(curves["f0_hz"]).astype(np.float32), beyond, mode="edge")
    style = np.pad(np.stack([curves[name] for name in STYLE_COLOURS], axis=1), (beyond, (0, 0)), mode="edge")
    rows = {name: to_rows(curve) for name, curve in curves.items()}
    reach, total = voice.context_frames, performance.frames
    for start in range(0, total, block_frames):
        cancel.check()
        stop = min(start + block_frames, total)
        low, high = max(start - reach, 0), min(stop + reach, len(owner))
        found = voice.decoder.run(
            hidden=hidden[owner[low:high]],
            position=position[low:high],
            log_f0=log_f0[low:high],
            style=style[low:high],
            timbre=voice.timbre,
        )
        inner = slice(ROWS_PER_FRAME * (start - low), ROWS_PER_FRAME * (stop - low))
        here = {name: curve[ROWS_PER_FRAME * start : ROWS_PER_FRAME * stop] for name, curve in rows.items()}
        envelope = deepen_closures(found["envelope"][inner])
        envelope = tune_first_formant(envelope, here["f0_hz"])
        here_weight = weight[ROWS_PER_FRAME * start : ROWS_PER_FRAME * stop]
        envelope = even_level(envelope, here["f0_hz"], here_weight)
        moving = alive[ROWS_PER_FRAME * start : ROWS_PER_FRAME * stop] * (1.0 + here["liveliness"])
        envelope = moved(envelope, moving, ROWS_PER_FRAME * start, seed)
        yield express(Features(envelope, found["aperiodicity"][inner]), here)
