from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.air import BREATHS, SHORTEST_BREATH_S, SIBILANTS, air, frame_powers, kind_of, songs, table_row
from bench.material import breathing, range_melody
from bench.sung import load_voice, sing
from singer.performance.performance import PhoneSpan

RATE_HZ = 44_100
BINS_HZ = np.arange(513) * RATE_HZ / 1024


def power_of(levels_db: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(10.0 ** (levels_db / 10.0))


def sloping(db_per_octave: float) -> NDArray[np.float64]:
    return db_per_octave * np.log2(np.maximum(BINS_HZ, 1000.0) / 12_000.0)


@pytest.mark.parametrize("slope", [-20.0, -3.0, 0.0, 5.0])
def test_an_even_slope_is_read_and_passes(slope: float) -> None:
    found = air(power_of(sloping(slope)), RATE_HZ)
    assert found.line_slope == pytest.approx(slope, abs=0.1)
    assert found.departure()[0] < 0.3
    assert found.centres_hz[0] == pytest.approx(8_009, abs=1)
    assert found.centres_hz[-1] == pytest.approx(16_971, abs=1)
    assert table_row(SIBILANTS, found).passed


@pytest.mark.parametrize("edge_hz", [11_200.0, 12_000.0, 13_000.0, 16_000.0, 18_000.0])
@pytest.mark.parametrize("step_db", [-30.0, -4.0, 4.0])
def test_a_step_anywhere_from_11_to_18_khz_fails(edge_hz: float, step_db: float) -> None:
    found = air(power_of(sloping(-4.0) + np.where(edge_hz < BINS_HZ, step_db, 0.0)), RATE_HZ)
    assert found.departure()[0] > 6.0
    assert not table_row(BREATHS, found).passed


def test_a_small_step_passes_and_a_bend_below_12_khz_is_only_shown() -> None:
    assert table_row(BREATHS, air(power_of(np.where(BINS_HZ > 12_000, -2.0, 0.0)), RATE_HZ)).passed
    bend = air(power_of(np.where(BINS_HZ < 10_500, 5.0, 0.0)), RATE_HZ)
    assert bend.departure()[0] < 0.3
    assert bend.departure(below=True)[0] > 6.0
    assert 9_300 < bend.departure(below=True)[1] < 12_000
    assert table_row(SIBILANTS, bend).passed


def test_silence_and_low_rates_pass_nothing() -> None:
    assert not table_row(SIBILANTS, air(np.zeros(513), RATE_HZ)).passed
    with pytest.raises(ValueError, match="32000"):
        air(np.ones(513), 32_000)


def test_noise_is_flat() -> None:
    noise = np.random.default_rng(0).standard_normal((400, 1024)) * np.hanning(1024)
    found = air(np.mean(np.abs(np.fft.rfft(noise, axis=1)) ** 2, axis=0), RATE_HZ)
    assert found.departure()[0] < 2.0
    assert abs(found.line_slope) < 1.0


def test_air_is_taken_from_sibilants_and_long_breaths() -> None:
    assert kind_of(PhoneSpan("s", "onset", "en", 0.0, 0.1, 0)) == SIBILANTS
    assert kind_of(PhoneSpan("tɕʰ", "onset", "zh", 0.0, 0.1, 0)) == SIBILANTS
    assert kind_of(PhoneSpan("n", "onset", "zh", 0.0, 0.1, 0)) is None
    assert kind_of(PhoneSpan("SP", None, None, 0.0, 1.0, None)) is None
    assert kind_of(PhoneSpan("AP", None, None, 0.0, 0.4, None)) is None
    assert kind_of(PhoneSpan("AP", None, None, 0.0, 0.6, None)) == BREATHS


def test_every_phrase_of_the_breathing_melody_has_a_long_breath_before_it() -> None:
    plain = range_melody("ja", 60, 72)
    score = breathing(plain)
    assert [note.lyric for note in score.notes if note.lyric != "AP"] == [note.lyric for note in plain.notes]
    assert [number for number, note in enumerate(score.notes) if note.lyric == "AP"] == [0, 8, 16]
    assert all(a.end_beat <= b.start_beat for a, b in zip(score.notes, score.notes[1:], strict=False))
    song = sing(score, load_voice("builtin"))
    breaths = [
        span for phrase in song.performance.phrases for span in phrase.phones if kind_of(span) == BREATHS
    ]
    assert len(breaths) == 3
    assert min(span.end_s - span.start_s for span in breaths) > SHORTEST_BREATH_S
    found = [kind for kind, _ in frame_powers(song)]
    assert found.count(BREATHS) > 200
    assert found.count(SIBILANTS) > 10


def test_toy_songs_are_a_part_of_the_real_ones() -> None:
    voice = load_voice("builtin")
    (toy,) = songs(voice, toy=True)
    whole = next(iter(songs(voice, toy=False)))
    assert whole.notes[: len(toy.notes)] == toy.notes
