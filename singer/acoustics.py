"""Performance to features: the acoustic model, run in blocks that join exactly, and the singer's controls on its output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
    rules = Rules(
        sonorant_weight(told),
        held_weight(track.frames, track.sonorant & (track.role == role_row("nucleus"))),
        seed_of(track.phone, track.frames),
    )
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
        yield rules.applied(found["envelope"][inner], found["aperiodicity"][inner], here, rows.start)


@dataclass(frozen=True, slots=True)
class Rules:
    """What singing makes of the model's features; all of it row by row.

    Attributes:
        sonorant: float32 [2T], see ``sonorant_weight``.
        alive: float32 [2T], see ``singer.liveliness.held_weight``.
        seed: names the movement of held vowels.
    """

    sonorant: NDArray[np.float32]
    alive: NDArray[np.float32]
    seed: int

    def applied(
        self,
        envelope: NDArray[np.float32],
        aperiodicity: NDArray[np.float32],
        curves: Mapping[str, NDArray[np.float32]],
        first_row: int,
    ) -> Features:
        """Closures, the first formant, level, life and the controls.

        Args:
            envelope: float32 [R, 96], the model's.
            aperiodicity: float32 [R, 12], the model's.
            curves: name of ``CURVES`` to float32 [R].
            first_row: row of the phrase that the first one is.
        """
        rows = slice(first_row, first_row + len(envelope))
        envelope = tune_first_formant(deepen_closures(envelope), curves["f0_hz"])
        envelope = even_level(envelope, curves["f0_hz"], self.sonorant[rows])
        moving = self.alive[rows] * (1.0 + curves["liveliness"])
        envelope = moved(envelope, moving, first_row, self.seed)
        return express(Features(envelope, aperiodicity), curves)


def _stretch(curve: NDArray[np.float32], low: int, high: int) -> NDArray[np.float32]:
    """``curve[low:high]``, whose last value goes on where the curve has ended."""
    return np.pad(curve[low:high], (0, max(high - max(len(curve), low), 0)), mode="edge")
