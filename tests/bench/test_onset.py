from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.onset_aligner import aligned_onset_s
from bench.onset_detector import CONSONANT_LAG_S, Before, vowel_onset_s

RATE_HZ = 24_000


def tone(f0_hz: float, formants_hz: tuple[float, ...], length_s: float) -> NDArray[np.float64]:
    """Harmonics with peaks at ``formants_hz``."""
    times_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    total = np.zeros(len(times_s))
    for harmonic in range(1, int(8_000 / f0_hz)):
        frequency = harmonic * f0_hz
        level = sum(np.exp(-(((frequency - formant) / 300.0) ** 2)) for formant in formants_hz) + 0.003
        total += level * np.sin(2 * np.pi * frequency * times_s)
    return total


@pytest.mark.parametrize("onset_s", [0.31, 0.37])
@pytest.mark.parametrize("f0_hz", [140.0, 700.0])
def test_voice_after_hiss_is_found_where_it_begins(onset_s: float, f0_hz: float) -> None:
    hiss = np.random.default_rng(0).standard_normal(round(onset_s * RATE_HZ))
    hiss = np.diff(hiss, append=0.0) * 0.2
    audio = np.concatenate((hiss, tone(f0_hz, (700.0, 1_200.0), 0.5))).astype(np.float32)
    found_s = vowel_onset_s(audio, RATE_HZ, 0.34, "unvoiced", f0_hz)
    assert found_s == pytest.approx(onset_s, abs=0.012)


@pytest.mark.parametrize(("before", "lag_s"), [("voiced", CONSONANT_LAG_S), ("vowel", 0.0)])
@pytest.mark.parametrize("onset_s", [0.31, 0.37])
def test_change_of_colour_is_found_where_it_happens(onset_s: float, before: Before, lag_s: float) -> None:
    length = round((onset_s + 0.5) * RATE_HZ)
    dull, bright = (tone(200.0, shape, 1.0)[:length] for shape in ((250.0,), (800.0, 1_300.0, 2_600.0)))
    change = np.arange(length) / RATE_HZ >= onset_s
    found_s = vowel_onset_s(np.where(change, bright, dull).astype(np.float32), RATE_HZ, 0.34, before, 200.0)
    assert found_s == pytest.approx(onset_s + lag_s, abs=0.008)


def test_no_onset_in_a_steady_tone_or_outside_the_audio() -> None:
    audio = tone(200.0, (700.0,), 1.0).astype(np.float32)
    assert vowel_onset_s(audio, RATE_HZ, 0.5, "unvoiced", 200.0) is None
    assert vowel_onset_s(audio, RATE_HZ, 2.0, "unvoiced", 200.0) is None


@pytest.mark.parametrize("shift", [-12, 0, 15])
def test_aligner_puts_the_vowel_where_it_becomes_likelier(shift: int) -> None:
    """Phones 0 1 2 3 in turn; phone 2, the vowel, is likelier from frame 100 + shift on (5 ms each)."""
    rng = np.random.default_rng(1)
    true = np.concatenate((np.full(80, 0), np.full(20 + shift, 1), np.full(40, 2), np.full(60, 3)))
    scores = rng.normal(0.0, 0.5, (len(true), 4)) - 4.0
    scores[np.arange(len(true)), true] += 3.5
    found_s = aligned_onset_s(scores.astype(np.float32), [0, 1, 2, 3], 2, 0.5)
    assert found_s == pytest.approx(0.5 + shift * 0.005, abs=0.006)


def test_aligner_gives_nothing_outside_the_audio() -> None:
    scores = np.zeros((200, 4), np.float32)
    assert aligned_onset_s(scores, [0, 1, 2], 1, 0.05) is None
    assert aligned_onset_s(scores, [0, 1, 2], 0, 0.5) is None
