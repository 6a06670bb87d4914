"""Rendering: streamed equals whole, silence is silence, an edit stays in its phrase, and stopping stops."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from singer.audio import Audio, FileSink
from singer.cancel import CancelToken
from singer.errors import Cancelled, ModelError, PerformanceError, VoicebankError
from singer.limiter import CEILING_DBFS
from singer.performance.performance import Performance
from singer.phrase_cache import PhraseCache
from singer.render import RenderOptions, output_samples, render, stream
from singer.score import Note, Score
from singer.song import perform_song
from singer.voice import Model, Voice
from tests.singer.performances import MA_SI, phrase, song
from voicebanks.load import load_voice


@pytest.fixture(scope="module")
def voice() -> Voice:
    return load_voice("builtin")


TWO = song(phrase(0.2), phrase(2.0, f0_hz=330.0, index=1))


class Watched:
    """A model that counts its runs and may do something before each."""

    def __init__(self, model: Model, before: Callable[[int], object] = lambda run: None) -> None:
        self.model, self.before, self.runs = model, before, 0

    def run(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        self.runs += 1
        self.before(self.runs)
        return self.model.run(**inputs)


def test_length_and_clock(voice: Voice) -> None:
    audio = render(TWO, voice)
    assert audio.sample_rate_hz == 44_100
    assert len(audio.samples) == round(TWO.duration_s * 44_100) == output_samples(TWO, voice, RenderOptions())
    sounding = np.flatnonzero(audio.samples)
    assert 0.2 * 44_100 <= sounding[0] < 0.23 * 44_100


def test_rests_are_exact_zeros_and_phrases_sound(voice: Voice) -> None:
    samples = render(TWO, voice).samples
    for first in TWO.phrases:
        inside = samples[round(first.start_s * 44_100) : round(first.end_s * 44_100)]
        assert np.sqrt((inside**2).mean()) > 0.01
    ends = [0.0, *(edge for part in TWO.phrases for edge in (part.start_s, part.end_s)), TWO.duration_s]
    for start_s, end_s in zip(ends[::2], ends[1::2], strict=True):
        assert not samples[round(start_s * 44_100) : round(end_s * 44_100)].any()


@pytest.mark.parametrize(("first_block", "block"), [(1, 1), (7, 31), (50, 200), (10_000, 10_000)])
def test_streamed_equals_whole_whatever_the_blocks(voice: Voice, first_block: int, block: int) -> None:
    whole = render(TWO, voice, options=RenderOptions(5_000, 5_000)).samples
    chunks = list(stream(TWO, voice, options=RenderOptions(first_block, block)))
    starts = np.cumsum([0, *(len(chunk.samples) for chunk in chunks)])
    assert [chunk.first_sample for chunk in chunks] == starts[:-1].tolist()
    assert starts[-1] == len(whole)
    assert np.abs(np.concatenate([chunk.samples for chunk in chunks]) - whole).max() <= 1e-5


def test_first_sound_needs_only_its_own_blocks(voice: Voice) -> None:
    decoder = Watched(voice.decoder)
    long = song(phrase(0.0, spans=(("a", "nucleus", 30.0),)))
    chunks = stream(long, replace(voice, decoder=decoder), options=RenderOptions(first_block_frames=20))
    next(chunks)
    assert decoder.runs <= 3


def test_same_song_gives_the_same_bytes(voice: Voice) -> None:
    assert render(TWO, voice).samples.tobytes() == render(TWO, load_voice("builtin")).samples.tobytes()


def test_renders_side_by_side_are_those_made_alone(voice: Voice) -> None:
    songs = [song(phrase(0.0, f0_hz=200.0 + 20 * index)) for index in range(6)]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda one: render(one, voice).samples.tobytes(), songs))
    assert together == [render(one, voice).samples.tobytes() for one in songs]


def test_other_seed_changes_the_noise_and_little_else(voice: Voice) -> None:
    first, second = (render(TWO, voice, options=RenderOptions(seed=seed)).samples for seed in (0, 1))
    difference = np.sqrt(((first - second) ** 2).mean())
    assert 0 < difference < 0.5 * np.sqrt((first**2).mean())


def test_an_edit_changes_nothing_outside_its_phrase(voice: Voice) -> None:
    before = render(TWO, voice).samples
    edited = song(TWO.phrases[0], phrase(2.0, f0_hz=392.0, index=1))
    after = render(edited, voice).samples
    edge = round(TWO.phrases[1].start_s * 44_100)
    assert np.array_equal(before[:edge], after[:edge])
    assert np.abs(before[edge:] - after[edge:]).max() > 0.01


def test_a_phrase_sounds_the_same_wherever_it_stands(voice: Voice) -> None:
    early = render(song(phrase(0.5)), voice).samples
    late = render(song(phrase(3.25, index=7)), voice).samples
    length = round(phrase().frames * 441)
    here, there = round(0.5 * 44_100), round(3.25 * 44_100)
    assert np.array_equal(early[here : here + length], late[there : there + length])


def test_octave_up_doubles_the_period(voice: Voice) -> None:
    spans = (("SP", None, 0.1), ("a", "nucleus", 1.0), ("SP", None, 0.1))
    for f0_hz in (110.0, 220.0, 440.0, 880.0):
        samples = render(song(phrase(0.0, f0_hz=f0_hz, spans=spans)), voice).samples[22_050:44_100]
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 19))
        grid = np.arange(1, 5)[:, None] * f0_hz * 2.0 ** (np.linspace(-100, 100, 201) / 1200)
        power = (spectrum[np.rint(grid * (1 << 19) / 44_100).astype(int)] ** 2).sum(axis=0)
        assert abs(np.linspace(-100, 100, 201)[power.argmax()]) <= 4


def test_half_a_song_does_not_cost_a_whole_one_in_memory(voice: Voice) -> None:
    minutes = song(*(phrase(2.0 * index, index=index) for index in range(130)))
    tracemalloc.start()
    try:
        length = sum(len(chunk.samples) for chunk in stream(minutes, voice))
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert length == round(minutes.duration_s * 44_100)
    assert peak_bytes < 4 * length / 2


@pytest.mark.parametrize("rate", [48_000, 24_000, 16_000])
def test_output_rate(voice: Voice, rate: int) -> None:
    options = RenderOptions(sample_rate_hz=rate)
    audio = render(TWO, voice, options=options)
    assert audio.sample_rate_hz == rate
    assert len(audio.samples) == output_samples(TWO, voice, options) == round(TWO.duration_s * rate)
    chunks = list(stream(TWO, voice, options=replace(options, first_block_frames=9, block_frames=23)))
    assert np.abs(np.concatenate([chunk.samples for chunk in chunks]) - audio.samples).max() <= 1e-5


def test_loud_singing_is_limited_not_clipped(voice: Voice) -> None:
    loud = render(song(phrase(0.0, loudness_db=12.0)), voice).samples
    plain = render(song(phrase(0.0)), voice).samples
    ceiling = 10 ** (CEILING_DBFS / 20)
    assert np.abs(plain).max() < ceiling
    assert 0.7 * ceiling < np.abs(loud).max() <= ceiling + 1e-6


def test_one_short_note(voice: Voice) -> None:
    tiny = song(phrase(0.0, spans=(("a", "nucleus", 0.01),)), duration_s=0.0)
    assert len(render(tiny, voice).samples) == 441


def test_a_song_without_phrases_is_silence(voice: Voice) -> None:
    assert render(Performance("builtin", "", 1.5, ()), voice).samples.tolist() == [0.0] * 66_150


def test_a_score_is_performed_and_sung(voice: Voice) -> None:
    score = Score((Note(1.0, 1.0, 64.0, "ma1"), Note(4.0, 1.0, 67.0, "a1")), title="two")
    performed = perform_song(score, voice).performance
    assert np.array_equal(render(score, voice).samples, render(performed, voice).samples)
    assert len(render(score, voice).samples) == round(performed.duration_s * 44_100)


def test_one_note_score(voice: Voice) -> None:
    audio = render(Score((Note(0.0, 0.25, 60.0, "a1"),)), voice)
    assert np.abs(audio.samples).max() > 0.05


class TestCache:
    def test_only_the_changed_phrase_is_sung_again(self, voice: Voice) -> None:
        encoder = Watched(voice.encoder)
        watched, cache = replace(voice, encoder=encoder), PhraseCache()
        first = render(TWO, watched, cache=cache).samples
        assert encoder.runs == 2
        assert render(TWO, watched, cache=cache).samples.tobytes() == first.tobytes()
        assert encoder.runs == 2
        edited = song(TWO.phrases[0], phrase(2.0, f0_hz=392.0, index=1))
        from_cache = render(edited, watched, cache=cache).samples
        assert encoder.runs == 3
        assert from_cache.tobytes() == render(edited, voice).samples.tobytes()
        assert (cache.hits, cache.misses) == (3, 3)

    def test_a_folder_keeps_phrases_between_runs(self, voice: Voice, tmp_path: Path) -> None:
        first = render(TWO, voice, cache=PhraseCache(folder=tmp_path)).samples
        again = PhraseCache(folder=tmp_path)
        assert render(TWO, voice, cache=again).samples.tobytes() == first.tobytes()
        assert (again.hits, again.misses) == (2, 0)

    @pytest.mark.parametrize("content", [b"", b"garbage", b"\x93NUMPY\x01\x00"])
    def test_damaged_files_are_sung_again(self, voice: Voice, tmp_path: Path, content: bytes) -> None:
        first = render(TWO, voice, cache=PhraseCache(folder=tmp_path)).samples
        for path in tmp_path.glob("*.npy"):
            path.write_bytes(content)
        assert render(TWO, voice, cache=PhraseCache(folder=tmp_path)).samples.tobytes() == first.tobytes()

    def test_pickles_are_never_loaded(self, voice: Voice, tmp_path: Path) -> None:
        first = render(TWO, voice, cache=PhraseCache(folder=tmp_path)).samples
        for path in tmp_path.glob("*.npy"):
            np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
        assert render(TWO, voice, cache=PhraseCache(folder=tmp_path)).samples.tobytes() == first.tobytes()

    def test_other_voice_or_seed_is_another_entry(self, voice: Voice) -> None:
        cache = PhraseCache()
        render(TWO, voice, cache=cache)
        render(TWO, voice, cache=cache, options=RenderOptions(seed=1))
        render(TWO, replace(voice, fingerprint="other"), cache=cache)
        assert (cache.hits, cache.misses) == (0, 6)

    def test_memory_is_bounded_and_the_oldest_goes_first(self) -> None:
        cache = PhraseCache(memory_bytes=1000)
        for key in "abc":
            cache.put(key, np.zeros(100, np.float32))
            cache.get("a", 100)
        assert [key for key in "abc" if cache.get(key, 100) is not None] == ["a", "c"]
        cache.put("large", np.zeros(1000, np.float32))
        assert cache.get("large", 1000) is None

    def test_folder_is_bounded(self, tmp_path: Path) -> None:
        cache = PhraseCache(folder=tmp_path, folder_bytes=2000)
        for key in "abcdef":
            cache.put(key, np.zeros(100, np.float32))
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 2000

    def test_an_abandoned_phrase_is_not_kept(self, voice: Voice) -> None:
        cache = PhraseCache()
        chunks = stream(TWO, voice, cache=cache, options=RenderOptions(10, 10))
        for _, _chunk in zip(range(5), chunks, strict=False):
            pass
        chunks.close()  # type: ignore[attr-defined]
        render(TWO, voice, cache=cache, options=RenderOptions(10, 10))
        assert cache.hits == 0


class TestStopping:
    @pytest.mark.parametrize("part", ["encoder", "decoder", "vocoder"])
    def test_cancelling_stops_before_the_next_run_of_a_model(self, voice: Voice, part: str) -> None:
        token = CancelToken()
        model = Watched(getattr(voice, part), lambda run: token.cancel() if run == 2 else None)
        with pytest.raises(Cancelled):
            render(TWO, replace(voice, **{part: model}), cancel=token, options=RenderOptions(20, 20))
        assert model.runs == 2

    def test_cancelled_before_it_began(self, voice: Voice) -> None:
        token = CancelToken()
        token.cancel()
        with pytest.raises(Cancelled):
            render(TWO, voice, cancel=token)

    def test_nothing_is_left_half_written(self, voice: Voice, tmp_path: Path) -> None:
        token = CancelToken()

        def written() -> Iterator[int]:
            with FileSink(tmp_path / "a.wav", 44_100, "pcm16") as sink:
                for chunk in stream(TWO, voice, cancel=token):
                    sink.write(chunk.samples)
                    token.cancel()
                    yield len(chunk.samples)

        with pytest.raises(Cancelled):
            list(written())
        assert list(tmp_path.iterdir()) == []

    def test_a_failing_model_is_an_error_not_a_short_song(self, voice: Voice) -> None:
        def fail(run: int) -> None:
            if run == 3:
                raise ModelError("model_run", "the run failed", "decoder.onnx")

        chunks = stream(
            TWO, replace(voice, decoder=Watched(voice.decoder, fail)), options=RenderOptions(20, 20)
        )
        with pytest.raises(ModelError):
            list(chunks)


class TestRefusals:
    """All found before the first chunk."""

    def test_unknown_phone(self, voice: Voice) -> None:
        bad = song(phrase(0.0), phrase(2.0, spans=(("ʘ", "nucleus", 0.5),), index=1))
        with pytest.raises(VoicebankError) as caught:
            stream(bad, voice)
        assert "ʘ" in caught.value.message
        assert "phrase 1" in caught.value.where

    def test_overlapping_phrases(self, voice: Voice) -> None:
        with pytest.raises(PerformanceError) as caught:
            stream(song(phrase(0.0), phrase(0.5, index=1)), voice)
        assert caught.value.code == "phrase_overlap"

    def test_phrase_before_the_beginning(self, voice: Voice) -> None:
        with pytest.raises(PerformanceError):
            stream(song(phrase(-1.0)), voice)

    def test_more_phones_than_frames(self, voice: Voice) -> None:
        crowded = phrase(0.0, spans=tuple((symbol, role, 0.004) for symbol, role, _ in MA_SI))
        with pytest.raises(PerformanceError) as caught:
            stream(song(crowded), voice)
        assert caught.value.code == "phones_too_short"

    @pytest.mark.parametrize("options", [{"block_frames": 0}, {"sample_rate_hz": 100}])
    def test_impossible_options(self, options: dict[str, int]) -> None:
        with pytest.raises(ValueError, match="found"):
            RenderOptions(**options)


def test_audio_is_a_checked_value(voice: Voice) -> None:
    assert isinstance(render(TWO, voice), Audio)
