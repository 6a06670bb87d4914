from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.material import A5, C3, range_melody
from bench.pitch import cents, hear, note_errors_cents
from bench.sung import Sung, load_voice, performed_f0_hz, sing, sonorant_spans
from bench.trackers import HIGH_RANGE_HZ, TRACKERS, Track, track


@pytest.fixture(scope="module")
def song() -> Sung:
    return sing(range_melody("ja", phrases=1), load_voice("builtin"))


def asked(song: Sung, factor: float = 1.0) -> Track:
    times_s = np.arange(0.0, song.performance.duration_s, 0.005)
    return Track(times_s, performed_f0_hz(song.performance, times_s) * factor)


def test_cents_of_an_octave_and_of_silence() -> None:
    assert cents(np.array([880.0, 0.0]), 440.0)[0] == pytest.approx(1200.0)
    assert np.isnan(cents(np.array([880.0, 0.0]), 440.0)[1])


def test_a_voice_that_is_ten_cents_sharp_is_found_ten_cents_sharp(song: Sung) -> None:
    heard = hear(song, asked(song, 2 ** (10 / 1200)))
    assert heard.median_abs_cents == pytest.approx(10.0, abs=1e-6)
    assert heard.near_share == 1.0
    errors = note_errors_cents(song, asked(song, 2 ** (10 / 1200)))
    exact = note_errors_cents(song, asked(song))
    assert np.subtract(errors, exact) == pytest.approx(np.full(len(exact), 10.0), abs=1e-6)


def test_frames_without_pitch_and_octave_errors_count_as_misses(song: Sung) -> None:
    track_ = asked(song)
    voiced = np.zeros(len(track_.times_s), bool)
    for start_s, end_s in sonorant_spans(song.performance):
        voiced |= (track_.times_s > start_s + 0.021) & (track_.times_s < end_s - 0.021)
    places = np.flatnonzero(voiced)
    broken = track_.f0_hz.copy()
    broken[places[: len(places) // 4]] = 0.0
    broken[places[-(len(places) // 4) :]] *= 2.0
    heard = hear(song, replace(track_, f0_hz=broken))
    assert heard.near_share == pytest.approx(0.5, abs=0.02)
    assert heard.unheard_share == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("tracker", TRACKERS)
def test_trackers_hear_a_harmonic_tone(tracker: str) -> None:
    rate_hz = 44_100
    times_s = np.arange(rate_hz) / rate_hz
    tone = sum(np.sin(2 * np.pi * 330.0 * k * times_s) / k for k in range(1, 10))
    heard = track(tracker, (0.1 * np.asarray(tone)).astype(np.float32), rate_hz)
    middle = (heard.times_s > 0.3) & (heard.times_s < 0.7)
    assert np.abs(cents(heard.f0_hz[middle], 330.0)).max() < 3.0


@pytest.mark.parametrize("tracker", TRACKERS)
def test_trackers_follow_a_vibrato_about_c6(tracker: str) -> None:
    """A semitone to each side, up to 1109 Hz, within 5 cents nearly everywhere."""
    rate_hz = 44_100
    times_s = np.arange(2 * rate_hz) / rate_hz
    f0_hz = 1046.5 * 2 ** (np.sin(2 * np.pi * 5.5 * times_s) / 12)
    phase = 2 * np.pi * np.cumsum(f0_hz) / rate_hz
    tone = sum(np.sin(k * phase) / k for k in range(1, 10))
    heard = track(tracker, (0.1 * np.asarray(tone)).astype(np.float32), rate_hz, HIGH_RANGE_HZ)
    middle = (heard.times_s > 0.3) & (heard.times_s < 1.7)
    errors = cents(heard.f0_hz, np.interp(heard.times_s, times_s, f0_hz))[middle]
    assert np.isfinite(errors).all()
    assert np.percentile(np.abs(errors), 95) < 5.0


@pytest.mark.parametrize("tracker", TRACKERS)
def test_trackers_lose_no_note_of_a_clean_tone_up_to_c6(tracker: str) -> None:
    """Half a second each of the notes from C5 to C6: at full speed harvest misses many frames of it."""
    rate_hz = 44_100
    f0_hz = np.repeat(440.0 * 2 ** ((np.arange(72, 85) - 69) / 12), rate_hz // 2)
    phase = 2 * np.pi * np.cumsum(f0_hz) / rate_hz
    tone = sum(np.sin(k * phase) / k for k in range(1, 9))
    heard = track(tracker, (0.1 * np.asarray(tone)).astype(np.float32), rate_hz, HIGH_RANGE_HZ)
    errors = cents(heard.f0_hz, f0_hz[np.minimum((heard.times_s * rate_hz).astype(int), len(f0_hz) - 1)])
    middle = np.abs(heard.times_s % 0.5 - 0.25) < 0.2
    assert np.abs(errors[middle & (heard.times_s < 6.5)]).max() < 3.0


def test_range_melody_spans_c3_to_a5_in_notes_of_both_lengths() -> None:
    score = range_melody("zh")
    heights = {note.midi for note in score.notes}
    assert min(heights) == C3
    assert max(heights) == A5
    lengths_s = [
        score.tempo.seconds_at(n.end_beat) - score.tempo.seconds_at(n.start_beat) for n in score.notes
    ]
    assert min(lengths_s) < 0.4 < np.median(lengths_s)
