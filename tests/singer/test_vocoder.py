"""The vocoder's synthesis: exact in pitch, independent of chunk size, silent where it should be."""

import numpy as np
import pytest

from singer.features import Features, to_rows
from singer.source import pulse_train, white_noise
from singer.vocoder import Filters, Vocoder
from tests.singer.plain_vocoder import plain_voice


def features(frames: int, level: float, ratio: float) -> Features:
    return Features(
        np.full((2 * frames, 96), level, np.float32),
        np.full((2 * frames, 12), ratio, np.float32),
    )


def sing(f0_hz: np.ndarray, blocks: list[int], level: float = -4.0, ratio: float = 0.05) -> np.ndarray:
    vocoder = Vocoder(plain_voice())
    pitch_hz = to_rows(f0_hz)
    whole = vocoder.filters(features(len(f0_hz), level, ratio), pitch_hz)
    state, parts, start = vocoder.start(seed=7), [], 0
    for size in blocks:
        rows = slice(2 * start, 2 * (start + size))
        part = Filters(whole.harmonic[rows], whole.noise[rows], whole.phase[rows])
        samples, state = vocoder.run(state, part, pitch_hz[rows])
        parts.append(samples)
        start += size
    assert start == len(f0_hz)
    return np.concatenate([*parts, vocoder.finish(state)])


@pytest.mark.parametrize("blocks", [[60], [1] * 60, [1, 2, 3, 4, 50], [59, 1]])
def test_samples_do_not_depend_on_the_chunks(blocks: list[int]) -> None:
    f0_hz = np.geomspace(130, 700, 60).astype(np.float32)
    assert np.abs(sing(f0_hz, blocks) - sing(f0_hz, [20, 40])).max() < 1e-5


@pytest.mark.parametrize("f0_hz", [65.4, 130.8, 440.0, 880.0, 1046.5, 1480.0])
def test_pitch_is_exact_and_clean_from_c2_to_f6(f0_hz: float) -> None:
    audio = sing(np.full(220, f0_hz, np.float32), [220], ratio=0.0)[22_050 : 22_050 + 44_100]
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio))))
    lowest = int(f0_hz * 0.8)
    peak = lowest + int(np.argmax(spectrum[lowest : int(f0_hz * 1.2)]))
    shape = np.log(spectrum[peak - 1 : peak + 2])
    offset = 0.5 * (shape[0] - shape[2]) / (shape[0] - 2 * shape[1] + shape[2])
    assert abs(1200 * np.log2((peak + offset) / f0_hz)) < 1.0
    between = spectrum[int(f0_hz * 1.35) : int(f0_hz * 1.65)]
    assert between.max() < 0.01 * spectrum[peak]


def test_level_follows_the_envelope() -> None:
    f0_hz = np.full(100, 220.0, np.float32)
    loud, soft = sing(f0_hz, [100], -4.0), sing(f0_hz, [100], -6.0)
    assert np.std(loud) / np.std(soft) == pytest.approx(np.e**2, rel=0.02)


def test_harmonic_and_noise_parts_have_the_same_level() -> None:
    f0_hz = np.full(200, 220.0, np.float32)
    voiced, hissed = sing(f0_hz, [200], ratio=0.0), sing(f0_hz, [200], ratio=1.0)
    middle = slice(20_000, 70_000)
    assert np.std(voiced[middle]) / np.std(hissed[middle]) == pytest.approx(
        np.sqrt(20_000 / 22_050), abs=0.02
    )


def test_pulses_go_on_where_they_stopped() -> None:
    f0_hz = np.linspace(200, 900, 5_000)
    whole, end = pulse_train(f0_hz, 0.25, 44_100, 20_000)
    first, middle = pulse_train(f0_hz[:1_234], 0.25, 44_100, 20_000)
    second, last = pulse_train(f0_hz[1_234:], middle, 44_100, 20_000)
    np.testing.assert_allclose(np.concatenate((first, second)), whole, atol=1e-6)
    assert last == pytest.approx(end, abs=1e-9)


def test_noise_is_named_by_seed_and_position() -> None:
    whole = white_noise(0, 10_000, seed=3)
    np.testing.assert_array_equal(white_noise(4_090, 20, seed=3), whole[4_090:4_110])
    assert np.abs(white_noise(0, 100, seed=4) - whole[:100]).max() > 0.1
    assert np.std(whole) == pytest.approx(1.0, abs=0.05)


def test_a_stream_without_frames_is_empty() -> None:
    vocoder = Vocoder(plain_voice())
    assert len(vocoder.finish(vocoder.start(seed=0))) == 0
