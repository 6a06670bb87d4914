"""Moves the planned phone boundaries to where the sound changes.

The plan knows to about 20 ms when the teacher performs a phone: its characters lead their units by a nearly fixed time. Here
a small hidden Markov model per timbre (three states a phone, one Gaussian each with a diagonal covariance, trained by Viterbi
alignment from the plan on) finds the boundaries themselves, pulled towards the plan (Rabiner, "A Tutorial on Hidden Markov
Models", Proc. IEEE 77(2), 1989, section IV-C for the segmental training).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.training.teacher import CONTROL_RATE_HZ, SAMPLE_RATE_HZ

STEP_S = 0.005
STATES = 3
PULL_S = 0.025
"""A frame this far outside its phone's planned span costs half a nat."""

_WINDOW = 480
_BANDS = 24
_COEFFICIENTS = 14
_BAND_HZ = (80.0, 11_000.0)
_FLOOR = 1e-7
_LEAST_FRAMES = 12
_VOICING_WEIGHT = 1.5


@dataclass(frozen=True, slots=True)
class Utterance:
    """A take to be aligned.

    Attributes:
        observed: float64 [T, D], one row each 5 ms, see ``observe``.
        phones: symbols [P].
        planned_s: float64 [P + 1], planned starts and the end.
    """

    observed: NDArray[np.float64]
    phones: tuple[str, ...]
    planned_s: NDArray[np.float64]


def observe(audio: NDArray[np.float32], f0_hz: NDArray[np.float32]) -> NDArray[np.float64]:
    """Cepstrum, its slope and voicing each 5 ms: float64 [T, 29]; row ``t`` is centred on ``t`` 5 ms.

    Args:
        audio: float32 [N], 24 kHz.
        f0_hz: float32 at 80 frames/s, 0 where unvoiced.
    """
    hop = round(STEP_S * SAMPLE_RATE_HZ)
    count = len(audio) // hop
    padded = np.pad(audio.astype(np.float64), _WINDOW // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[: count * hop : hop]
    power = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW), 512)) ** 2 / _WINDOW
    bands = np.log(power @ _mel_bank().T + _FLOOR)
    place = np.arange(_BANDS) + 0.5
    cosines = np.cos(np.pi * np.outer(np.arange(_COEFFICIENTS), place) / _BANDS) * np.sqrt(2 / _BANDS)
    cepstrum = bands @ cosines.T
    ahead = np.pad(cepstrum, ((2, 2), (0, 0)), mode="edge")
    slope = (ahead[4:] - ahead[:-4]) / 4
    frame = np.minimum((np.arange(count) * STEP_S * CONTROL_RATE_HZ).astype(int), len(f0_hz) - 1)
    voicing = _VOICING_WEIGHT * (f0_hz[frame] > 0)
    return np.concatenate([cepstrum, 2 * slope, voicing[:, None]], axis=1)


def _mel_bank() -> NDArray[np.float64]:
    """Triangular filters: float64 [24, 257]."""
    low, high = (2595 * np.log10(1 + edge / 700) for edge in _BAND_HZ)
    centres = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2595) - 1)
    bins = np.linspace(0, SAMPLE_RATE_HZ / 2, 257)
    rising = (bins - centres[:-2, None]) / (centres[1:-1] - centres[:-2])[:, None]
    falling = (centres[2:, None] - bins) / (centres[2:] - centres[1:-1])[:, None]
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)), np.float64)


def align(utterances: Sequence[Utterance], rounds: int = 4) -> list[NDArray[np.float64]]:
    """Boundaries of every utterance, float64 [P + 1] as ``planned_s``, found by all of them together.

    The first start and the last end stay; a phone keeps at least 15 ms. An utterance with too few frames for that
    keeps its plan.
    """
    paths = [_planned_path(utterance) for utterance in utterances]
    for _ in range(rounds):
        model = _estimate(utterances, paths)
        paths = [
            _best_path(utterance, model) if _fits(utterance) else path
            for utterance, path in zip(utterances, paths, strict=True)
        ]
    return [_boundaries(utterance, path) for utterance, path in zip(utterances, paths, strict=True)]


def _fits(utterance: Utterance) -> bool:
    return len(utterance.observed) >= STATES * len(utterance.phones)


def _planned_path(utterance: Utterance) -> NDArray[np.int64]:
    """State of every frame, each planned span cut into equal parts: int64 [T], from 0 to 3 P - 1."""
    edges = utterance.planned_s
    cuts = np.concatenate([np.linspace(a, b, STATES + 1)[:-1] for a, b in itertools.pairwise(edges)])
    times = np.arange(len(utterance.observed)) * STEP_S
    return np.searchsorted(cuts[1:], times, side="right").astype(np.int64)


_Model = dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]


def _estimate(utterances: Sequence[Utterance], paths: Sequence[NDArray[np.int64]]) -> _Model:
    """Mean and variance of each state of each phone; a state heard too little takes those of its whole phone or of all."""
    frames = np.concatenate([utterance.observed for utterance in utterances])
    names = np.concatenate(
        [
            np.array(utterance.phones)[path // STATES]
            for utterance, path in zip(utterances, paths, strict=True)
        ]
    )
    states = np.concatenate([path % STATES for path in paths])
    everything = (frames.mean(axis=0), frames.var(axis=0))
    floor = 0.02 * everything[1] + 1e-6
    model: _Model = {}
    for name in np.unique(names):
        chosen = names == name
        whole = (
            (frames[chosen].mean(axis=0), np.maximum(frames[chosen].var(axis=0), floor))
            if chosen.sum() >= _LEAST_FRAMES
            else everything
        )
        for state in range(STATES):
            part = frames[chosen & (states == state)]
            enough = len(part) >= _LEAST_FRAMES
            model[f"{name} {state}"] = (
                (part.mean(axis=0), np.maximum(part.var(axis=0), floor)) if enough else whole
            )
    return model


def _best_path(utterance: Utterance, model: _Model) -> NDArray[np.int64]:
    """Viterbi path through all states in order: int64 [T]."""
    scores = _scores(utterance, model)
    count, states = scores.shape
    best = np.full(states, -np.inf)
    best[0] = scores[0, 0]
    moved = np.zeros((count, states), np.bool_)
    for frame in range(1, count):
        before = np.concatenate([[-np.inf], best[:-1]])
        moved[frame] = before > best
        best = np.maximum(before, best) + scores[frame]
    path = np.empty(count, np.int64)
    state = states - 1
    for frame in range(count - 1, -1, -1):
        path[frame] = state
        state -= int(moved[frame, state])
    return path


def _scores(utterance: Utterance, model: _Model) -> NDArray[np.float64]:
    """Log likelihood of every frame in every state, less the pull of the plan: float64 [T, 3 P]."""
    keys = [f"{symbol} {state}" for symbol in utterance.phones for state in range(STATES)]
    unique = sorted(set(keys))
    table = np.empty((len(utterance.observed), len(unique)))
    for column, key in enumerate(unique):
        mean, variance = model[key]
        table[:, column] = -0.5 * (
            (utterance.observed - mean) ** 2 / variance + np.log(2 * np.pi * variance)
        ).sum(axis=1)
    scores = table[:, [unique.index(key) for key in keys]]
    times = (np.arange(len(utterance.observed)) * STEP_S)[:, None]
    early = np.maximum(utterance.planned_s[:-1] - times, 0.0)
    late = np.maximum(times - utterance.planned_s[1:], 0.0)
    pull = 0.5 * ((early + late) / PULL_S) ** 2
    return np.asarray(scores - np.repeat(pull, STATES, axis=1), np.float64)


def _boundaries(utterance: Utterance, path: NDArray[np.int64]) -> NDArray[np.float64]:
    phone_of = path // STATES
    starts = np.searchsorted(phone_of, np.arange(1, len(utterance.phones)), side="left")
    inner = (starts - 0.5) * STEP_S
    edges = np.concatenate([utterance.planned_s[:1], inner, utterance.planned_s[-1:]])
    return np.asarray(edges if _fits(utterance) else utterance.planned_s, np.float64)
