"""Train the recogniser: labelled teacher recordings, at many pitches and sizes, to a frame classifier.
Minutes on one core.

So that high notes are heard as fairly as speech, most recordings are also given at higher pitches with their
formants kept (WORLD analysis and synthesis with the pitch multiplied) and all are stretched a little by
resampling.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from frontend_g2p.inventory import INVENTORY
from singer.training.recogniser.hearing import FRAME_RATE_HZ, Recogniser, mel_frames
from singer.training.recogniser.network import PhoneNetwork, weights_of

RAISED_BY = (1.5, 2.2, 3.2)
RESIZED_BY = (0.88, 1.14)
CROP_FRAMES = 160
BATCH = 32
PEAK_RATE = 3e-3
SILENCE = "SP"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recording:
    """A labelled recording.

    Attributes:
        samples: float32 [N].
        sample_rate_hz: of the samples.
        phones: (symbol, start_s, end_s) by rising time.
        f0_hz: float64 [T] at 200 frames/s, 0 where unvoiced; tracked if ``None``.
    """

    samples: NDArray[np.float32]
    sample_rate_hz: int
    phones: tuple[tuple[str, float, float], ...]
    f0_hz: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Schedule:
    """How long to train.

    Attributes:
        steps: batches.
        variants: raised copies of each recording (see ``RAISED_BY``), 0 to 3.
        seed: names the whole course of the training.
    """

    steps: int = 400
    variants: int = 1
    seed: int = 1


def train(recordings: Iterable[Recording], timbres: Sequence[str], schedule: Schedule) -> Recogniser:
    """Train on ``recordings``; ``timbres`` are noted in the result.

    Raises:
        ValueError: there is nothing to train on.
    """
    rng = np.random.default_rng(schedule.seed)
    torch.manual_seed(schedule.seed)
    phones = tuple(INVENTORY)
    rows = {symbol: row for row, symbol in enumerate(phones)}
    material = [
        example
        for index, recording in enumerate(recordings)
        for example in _examples(recording, index, rows, schedule, rng)
    ]
    if not material:
        raise ValueError("no recordings to train the recogniser on")
    _log.info("recogniser: %d examples, %d frames", len(material), sum(len(labels) for _, labels in material))
    network = PhoneNetwork(len(phones))
    optimiser = torch.optim.AdamW(network.parameters(), lr=PEAK_RATE, weight_decay=1e-3)
    course = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, PEAK_RATE, total_steps=schedule.steps, pct_start=0.15
    )
    judge = nn.CrossEntropyLoss(label_smoothing=0.05, ignore_index=-1)
    for step in range(schedule.steps):
        frames, labels = _batch(material, rng)
        loss = judge(network(torch.from_numpy(frames)), torch.from_numpy(labels))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        course.step()
        if step % 100 == 0:
            _log.info("recogniser: step %d, loss %.3f", step, loss.item())
    network.eval()
    return Recogniser(phones, weights_of(network), tuple(timbres))


def _examples(
    recording: Recording, index: int, rows: dict[str, int], schedule: Schedule, rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64]]]:
    factors = [RAISED_BY[(index + variant) % len(RAISED_BY)] for variant in range(schedule.variants)]
    for samples in (recording.samples, *(raised(recording, factor) for factor in factors)):
        size = rng.uniform(*RESIZED_BY)
        frames = mel_frames(samples, round(recording.sample_rate_hz * size))
        yield frames, frame_labels(recording.phones, len(frames), size, rows)


def frame_labels(
    phones: Sequence[tuple[str, float, float]], frames: int, faster: float, rows: dict[str, int]
) -> NDArray[np.int64]:
    """Row of the phone at the centre of each frame of a recording played ``faster`` times as fast: int64
    [frames].
    """
    labels = np.full(frames, rows[SILENCE], np.int64)
    for symbol, start_s, end_s in phones:
        first, stop = (int(np.ceil(time_s / faster * FRAME_RATE_HZ)) for time_s in (start_s, end_s))
        labels[first:stop] = rows[symbol]
    return labels


def raised(recording: Recording, factor: float) -> NDArray[np.float32]:
    """The recording with its pitch multiplied by ``factor`` and its formants where they were, by WORLD:
    float32 [N'].
    """
    import pyworld

    audio, rate_hz = recording.samples.astype(np.float64), recording.sample_rate_hz
    if recording.f0_hz is None:
        f0_hz, times_s = pyworld.dio(audio, rate_hz, f0_floor=60.0, f0_ceil=600.0)
        f0_hz = pyworld.stonemask(audio, f0_hz, times_s, rate_hz)
    else:
        f0_hz, times_s = recording.f0_hz, np.arange(len(recording.f0_hz)) / 200.0
    power = pyworld.cheaptrick(audio, f0_hz, times_s, rate_hz)
    ratio = pyworld.d4c(audio, f0_hz, times_s, rate_hz)
    return np.asarray(pyworld.synthesize(f0_hz * factor, power, ratio, rate_hz), np.float32)


def _batch(
    material: Sequence[tuple[NDArray[np.float32], NDArray[np.int64]]], rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Random stretches: frames float32 [B, 80, T] and labels int64 [B, T], -1 beyond the end of a
    recording.
    """
    frames = np.zeros((BATCH, material[0][0].shape[1], CROP_FRAMES), np.float32)
    labels = np.full((BATCH, CROP_FRAMES), -1, np.int64)
    for row, chosen in enumerate(rng.integers(len(material), size=BATCH)):
        source, marks = material[chosen]
        start = int(rng.integers(max(1, len(marks) - CROP_FRAMES + 1)))
        piece = marks[start : start + CROP_FRAMES]
        frames[row, :, : len(piece)] = source[start : start + CROP_FRAMES].T
        labels[row, : len(piece)] = piece
    return frames, labels
