"""Boundaries are found where the sound changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from singer.training.corpus.align import Utterance, align, observe
from singer.training.corpus.boundaries import settle_boundaries
from singer.training.corpus.index import write_index

SYMBOLS = ("SP", "s", "a", "i", "s", "i", "a", "SP")


def sound(symbol: str, samples: int, rng: np.random.Generator) -> np.ndarray:
    """A hiss for s, two different hums for a and i, almost nothing for SP."""
    times = np.arange(samples) / 24_000
    noise = rng.normal(size=samples)
    if symbol == "s":
        return 0.1 * np.diff(noise, prepend=0.0)
    if symbol == "SP":
        return 1e-4 * noise
    formants = (800, 1200) if symbol == "a" else (300, 2400)
    return 1e-3 * noise + sum(0.2 * np.sin(2 * np.pi * hz * times) for hz in formants)


def recording(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Audio, pitch, true boundaries, and a plan that is off by up to 30 ms."""
    rng = np.random.default_rng(seed)
    lengths = rng.uniform(0.09, 0.3, len(SYMBOLS))
    edges = np.round(np.concatenate([[0.0], np.cumsum(lengths)]) * 80) / 80
    audio = np.concatenate(
        [
            sound(symbol, round((end - start) * 24_000), rng)
            for symbol, start, end in zip(SYMBOLS, edges[:-1], edges[1:], strict=True)
        ]
    ).astype(np.float32)
    voiced = np.repeat([symbol in "ai" for symbol in SYMBOLS], np.round(np.diff(edges) * 80).astype(int))
    planned = edges.copy()
    planned[1:-1] += rng.uniform(-0.03, 0.03, len(SYMBOLS) - 1)
    return audio, np.where(voiced, 200.0, 0.0).astype(np.float32), edges, planned


def test_boundaries_move_to_the_sound() -> None:
    recordings = [recording(seed) for seed in range(12)]
    found = align([Utterance(observe(audio, f0), SYMBOLS, planned) for audio, f0, _, planned in recordings])
    before = np.concatenate([np.abs(planned - true) for _, _, true, planned in recordings])
    after = np.concatenate(
        [np.abs(edges - true) for edges, (_, _, true, _) in zip(found, recordings, strict=True)]
    )
    assert np.median(before) > 0.010
    assert np.median(after) <= 0.005
    assert after.max() <= 0.015


def test_ends_stay_and_phones_keep_an_order() -> None:
    audio, f0, _, planned = recording(1)
    (edges,) = align([Utterance(observe(audio, f0), SYMBOLS, planned)])
    assert edges[0] == planned[0]
    assert edges[-1] == planned[-1]
    assert np.diff(edges).min() >= 0.0149


def test_a_take_too_short_for_its_phones_keeps_its_plan() -> None:
    planned = np.linspace(0.0, 0.05, 9)
    short = Utterance(observe(np.zeros(1200, np.float32), np.zeros(4, np.float32)), SYMBOLS, planned)
    audio, f0, _, other = recording(2)
    edges, _ = align([short, Utterance(observe(audio, f0), SYMBOLS, other)])
    assert np.array_equal(edges, planned)


def test_observations_are_centred_on_their_frames() -> None:
    audio = np.zeros(4800, np.float32)
    audio[2400:] = np.random.default_rng(0).normal(size=2400) * 0.1
    observed = observe(audio, np.zeros(16, np.float32))
    assert observed.shape == (40, 29)
    assert np.argmax(np.abs(np.diff(observed[:, 0])) > 1.0) in (17, 18, 19)
    assert np.abs(observed[16, :14] - observed[2, :14]).max() < 1e-6


def test_files_are_aligned_again_from_their_plan(tmp_path: Path) -> None:
    folder = tmp_path / "suyin"
    folder.mkdir()
    truth = []
    for seed in range(8):
        audio, f0, true, planned = recording(seed)
        truth.append(true)
        arrays = {"audio": audio, "f0_hz": f0, "start_s": planned[:-1], "end_s": planned[1:]}
        np.savez(folder / f"{seed}.npz", phone=np.array(SYMBOLS), **arrays)
    write_index(folder, [{"file": f"{seed}.npz", "rejected": ""} for seed in range(8)])
    moved = settle_boundaries(tmp_path, "suyin")
    once = [dict(np.load(folder / f"{seed}.npz")) for seed in range(8)]
    assert settle_boundaries(tmp_path, "suyin") == moved > 0.005
    for seed, (first, true) in enumerate(zip(once, truth, strict=True)):
        again = dict(np.load(folder / f"{seed}.npz"))
        assert np.array_equal(first["start_s"], again["start_s"])
        assert np.array_equal(first["planned_s"], again["planned_s"])
        assert np.median(np.abs(again["end_s"] - true[1:])) <= 0.005
    assert not list(folder.glob("*partial*"))


def test_nothing_to_align_is_no_error(tmp_path: Path) -> None:
    assert settle_boundaries(tmp_path, "suyin") == pytest.approx(0.0)
