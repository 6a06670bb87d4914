from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from bench import dnsmos
from bench.corpus import Item
from bench.dnsmos import as_she_sang, at_level, copy_row, held_out_singing, scale_row, songs, table_row
from bench.dnsmos_listener import RATE_HZ, SCORES, WINDOW_SAMPLES, DnsmosListener, mel_spectrogram, windows
from bench.options import Options
from bench.pitch import cents
from bench.sung import load_voice
from bench.trackers import track
from bench.vocoder import resampled
from singer.performance.performance import PhoneSpan


def syllables(duration_s: float) -> NDArray[np.float32]:
    """A harmonic tone that swells 2.3 times a second."""
    times_s = np.arange(round(RATE_HZ * duration_s)) / RATE_HZ
    tone = np.sum([np.sin(2 * np.pi * 150 * k * times_s) / k for k in range(1, 20)], axis=0)
    return (0.1 * tone * (0.5 + 0.5 * np.sin(2 * np.pi * 2.3 * times_s))).astype(np.float32)


@pytest.fixture(scope="module")
def listener() -> DnsmosListener:
    return DnsmosListener()


@pytest.mark.parametrize(
    ("duration_s", "wanted"),
    [
        (11.7, {"ovrl": 2.51881, "sig": 3.11061, "bak": 3.43424, "p808": 2.63118}),
        (4.0, {"ovrl": 2.57893, "sig": 3.10604, "bak": 3.56466, "p808": 2.69039}),
    ],
)
def test_scores_are_those_of_the_package(
    listener: DnsmosListener, duration_s: float, wanted: dict[str, float]
) -> None:
    """``wanted`` is what ``speechmos.dnsmos.run`` 0.0.1.1 gives (with librosa 0.11.0), for long and for repeated audio."""
    assert listener.hear(syllables(duration_s)) == pytest.approx(wanted, abs=2e-3)


def test_noise_costs_points(listener: DnsmosListener) -> None:
    clean = syllables(9.5)
    noise = np.random.default_rng(0).standard_normal(len(clean)).astype(np.float32)
    found, noisy = listener.hear(clean), listener.hear(clean + 0.03 * noise)
    assert noisy["bak"] < found["bak"] - 0.5
    assert noisy["ovrl"] < found["ovrl"] - 0.3


def test_audio_that_cannot_be_heard_is_refused(listener: DnsmosListener) -> None:
    for audio in (np.zeros(0, np.float32), np.full(WINDOW_SAMPLES, 1.5, np.float32)):
        with pytest.raises(ValueError, match="full scale"):
            listener.hear(audio)


def test_windows_are_a_second_apart_and_short_audio_is_repeated() -> None:
    long = np.arange(RATE_HZ * 12, dtype=np.float32)
    assert [int(window[0]) for window in windows(long)] == [0, 16_000, 32_000]
    short = np.arange(RATE_HZ * 6, dtype=np.float32)
    assert [len(window) for window in windows(short)] == [WINDOW_SAMPLES] * 3
    assert windows(short)[0][len(short)] == 0.0


def test_mel_spectrogram_shows_a_tone_in_one_place() -> None:
    times_s = np.arange(WINDOW_SAMPLES - 160) / RATE_HZ
    found = mel_spectrogram(np.sin(2 * np.pi * 1000 * times_s).astype(np.float32))
    assert found.shape == (900, 120)
    assert found.max() == pytest.approx(1.0, abs=1e-3)
    assert set(found[10:-10].argmax(axis=1)) == {39}  # 15 of 45.2 mel, on 121 steps


def test_level_is_that_of_the_sounding_parts() -> None:
    tone = np.sin(np.arange(RATE_HZ) * 0.3).astype(np.float32)
    for gain in (0.01, 0.5):
        audio = np.concatenate((gain * tone, np.zeros(3 * RATE_HZ, np.float32)))
        sounding = at_level(audio)[:RATE_HZ]
        assert 10 * np.log10(np.mean(sounding.astype(np.float64) ** 2)) == pytest.approx(-26.0, abs=0.1)
    assert not at_level(np.zeros(100, np.float32)).any()


def test_singing_may_lie_a_fifth_of_a_point_below_the_teacher() -> None:
    def scores(overall: float) -> dict[str, float]:
        return {"ovrl": overall, "sig": 3.5, "bak": 4.0, "p808": 3.6}

    spoken = {"a": scores(3.3), "b": scores(3.1)}
    good, poor = ({"x": scores(each), "y": scores(each - 0.1)} for each in (3.1, 3.0))
    assert table_row(good, spoken).passed
    assert not table_row(poor, spoken).passed
    assert table_row(good, spoken).measured.startswith("3.05 overall (teacher 3.20, difference -0.15;")


def test_the_teachers_singing_is_told_and_not_judged() -> None:
    singing = {str(overall): dict.fromkeys(SCORES, overall) for overall in (2.0, 3.0)}
    row = scale_row(singing)
    assert row.measured.startswith("2.50 overall")
    assert "2 held-out takes" in row.measured
    assert row.passed is None


def test_only_held_out_singing_of_the_own_timbre_is_heard(toy_options: Options) -> None:
    assert [item.name for item in held_out_singing(toy_options)] == ["builtin/sung_ja"]
    assert not list(held_out_singing(replace(toy_options, timbre="eval2")))


class Meter:
    """In place of the networks: four numbers that every sound has."""

    def hear(self, audio: NDArray[np.float32]) -> dict[str, float]:
        return dict.fromkeys(SCORES, float(np.abs(audio).mean() * 100.0))


def test_the_teachers_takes_and_their_copies_have_rows(
    toy_options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dnsmos, "DnsmosListener", Meter)
    report = dnsmos.run(toy_options)
    details = cast(dict[str, dict[str, dict[str, float]]], report.details)
    singing, copied = details["teacher_sung"], details["as_she_sang"]
    (item,) = held_out_singing(toy_options)
    hers = Meter().hear(at_level(resampled(item.samples, item.sample_rate_hz, RATE_HZ)))
    assert singing == {item.name: hers}
    assert list(copied) == [item.name]
    assert copied[item.name] != hers
    assert report.rows[1:] == (scale_row(singing), copy_row(copied, details["spoken"]))


def test_a_take_is_sung_at_its_own_times_and_pitch() -> None:
    rate_hz, voice = 24_000, load_voice("builtin")
    times_s = np.arange(rate_hz) / rate_hz
    tone = np.sum([np.cos(2 * np.pi * 180 * k * times_s) / k for k in range(1, 20)], axis=0)
    edges_s = (0.0, 0.2, 0.8, 1.0)
    phones = tuple(
        PhoneSpan(symbol, role, language, start_s, end_s, None)
        for symbol, role, language, start_s, end_s in (
            ("SP", None, None, *edges_s[0:2]), ("a", "nucleus", "ja", *edges_s[1:3]), ("SP", None, None, *edges_s[2:4]),
        )
    )  # fmt: skip
    samples = (0.1 * tone).astype(np.float32)
    item = Item("toy", samples, rate_hz, "ja", "toy", "sung", "", phones)
    sung = as_she_sang(item, voice)
    assert abs(len(sung) / voice.spec.sample_rate_hz - 1.0) <= 0.02
    heard = track("harvest", sung, voice.spec.sample_rate_hz)
    middle = (heard.times_s > 0.35) & (heard.times_s < 0.7)
    assert np.abs(cents(heard.f0_hz[middle], 180.0)).max() < 10.0
    quiet = sung[: round(0.1 * voice.spec.sample_rate_hz)]
    assert np.abs(quiet).max() < 0.05 * np.abs(sung).max()


def test_melodies_stay_between_c4_and_c5() -> None:
    named = dict(songs(load_voice("builtin"), toy=True))
    assert set(named) == {"melody zh"}
    melodies = [score for name, score in songs(load_voice("builtin"), toy=False) if name.startswith("melody")]
    assert {note.midi for score in melodies for note in score.notes} == set(range(60, 73))
