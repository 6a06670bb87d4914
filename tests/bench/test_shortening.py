"""Vowels are cut where they are long, and nothing else changes."""

import numpy as np
import pytest

from bench.shortening import held_vowels_s, with_short_vowels, without_breaths
from frontend_g2p.phones import Role
from singer.performance.performance import PhoneSpan

RATE_HZ = 16_000


def span(symbol: str, role: Role, start_s: float, end_s: float, note: int = 0) -> PhoneSpan:
    return PhoneSpan(symbol, role, "en", start_s, end_s, note)


def test_a_vowel_over_two_notes_counts_once() -> None:
    spans = [span("a", "nucleus", 0.1, 0.4), span("a", "nucleus", 0.4, 0.9, 1), span("n", "coda", 0.9, 1.0)]
    assert held_vowels_s(spans) == [(0.1, 0.9)]


def test_long_vowels_are_cut_and_consonants_kept() -> None:
    time_s = np.arange(RATE_HZ * 2) / RATE_HZ
    samples = (0.3 * np.sin(2 * np.pi * 220 * time_s)).astype(np.float32)
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 3_200).astype(np.float32)
    samples[:3_200] = noise
    spans = [span("s", "onset", 0.0, 0.2), span("i", "nucleus", 0.2, 1.0), span("n", "coda", 1.0, 2.0)]
    short = with_short_vowels(samples, RATE_HZ, spans, [0.12])
    np.testing.assert_array_equal(short[:3_200], noise)
    np.testing.assert_array_equal(short[-RATE_HZ // 2 :], samples[-RATE_HZ // 2 :])
    assert abs(len(short) / RATE_HZ - 1.32) < 0.009
    assert np.abs(np.diff(short[3_300:])).max() < 1.05 * np.abs(np.diff(samples[3_300:])).max(), (
        "a click at the joint"
    )


def test_short_vowels_stay() -> None:
    samples = np.random.default_rng(0).standard_normal(RATE_HZ).astype(np.float32)
    spans = [span("i", "nucleus", 0.2, 0.32)]
    np.testing.assert_array_equal(with_short_vowels(samples, RATE_HZ, spans, [0.12]), samples)


def test_a_length_for_every_vowel() -> None:
    with pytest.raises(ValueError, match="zip"):
        with_short_vowels(np.zeros(RATE_HZ, np.float32), RATE_HZ, [span("i", "nucleus", 0.2, 0.9)], [])


def test_breaths_are_muted_and_nothing_else() -> None:
    sound = np.ones(1_000, np.float32)
    spans = [
        PhoneSpan("AP", None, None, 0.1, 0.3, None),
        PhoneSpan("a", "nucleus", "en", 0.3, 0.9, 0),
        PhoneSpan("SP", None, None, 0.9, 1.0, None),
    ]
    heard = without_breaths(sound, 1_000, spans)
    assert not heard[100:300].any()
    assert heard[:100].all()
    assert heard[300:].all()
    assert sound.all()
