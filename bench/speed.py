"""Speed of the whole pipeline, score to samples, on one CPU thread after loading; and of an NSF-HiFiGAN-sized
network beside it.

The real-time factor is processor-bound wall time over sung time (rests included). The other network
(``bench.nsf_hifigan``) is timed in the same process, between runs of ours, on the same number of threads; it
is a vocoder alone, ours is everything.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench import nsf_hifigan
from bench.material import range_melody
from bench.options import Options
from bench.report import Report, Row, at_most
from bench.sung import load_voice, performed
from frontend_g2p.phones import LANGUAGES
from singer.acoustics import to_features
from singer.cancel import CancelToken
from singer.features import to_rows
from singer.lyrics import lay_lyrics
from singer.onnx_model import OnnxModel
from singer.performance.perform import perform
from singer.performance.performance import Performance
from singer.phrasing import split_phrases
from singer.render import RenderOptions, render
from singer.score import Score
from singer.vocoder import Vocoder
from singer.voice import Voice

TARGET = 0.04
ROUNDS = 5
OTHER_SECONDS = 4.0
HOW = (
    "Four songs of C3-A5 in four languages, default options, one thread, models loaded and readers warm; "
    "median of five rounds of wall "
    "time over the songs' length. The other network: random weights, ONNX Runtime, one thread, timed "
    "between our rounds."
)

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Wall time of ``work`` in seconds, and its result."""
    start_s = time.perf_counter()
    found = work()
    return time.perf_counter() - start_s, found


def stage_times_s(score: Score, voice: Voice) -> dict[str, float]:
    """Wall seconds of each stage of one song, the stages run one after another over whole phrases."""
    times: dict[str, float] = {}
    times["lyrics"], laid = timed(lambda: lay_lyrics(score))
    times["performance"], performance = timed(
        lambda: perform(score, split_phrases(score, laid), voice=voice.name)
    )
    times |= dict.fromkeys(("acoustic model", "vocoder network", "vocoder synthesis"), 0.0)
    block, vocoder = RenderOptions().block_frames, Vocoder(voice)
    for phrase in performance.phrases:
        f0_hz, first, state = to_rows(phrase.curves["f0_hz"]), 0, vocoder.start(0)
        spent_s, blocks = timed(
            lambda phrase=phrase: list(  # type: ignore[misc]
                to_features(phrase, voice, block_frames=block, cancel=CancelToken())
            )
        )
        times["acoustic model"] += spent_s
        for features in blocks:
            part_hz = f0_hz[first : first + len(features.envelope)]
            first += len(part_hz)
            start_s = time.perf_counter()
            filters = vocoder.filters(features, part_hz)
            middle_s = time.perf_counter()
            _, state = vocoder.run(state, filters, part_hz)
            times["vocoder network"] += middle_s - start_s
            times["vocoder synthesis"] += time.perf_counter() - middle_s
    return times


def other_factor(model: OnnxModel, seconds: float) -> float:
    """Real-time factor of the NSF-HiFiGAN-sized network on ``seconds`` of random input."""
    frames = round(seconds * nsf_hifigan.SAMPLE_RATE_HZ / nsf_hifigan.HOP_SAMPLES)
    mel = np.random.default_rng(0).standard_normal((1, nsf_hifigan.MEL_BANDS, frames)).astype(np.float32)
    f0_hz = np.full((1, 1, frames), 220.0, np.float32)
    spent_s, found = timed(lambda: model.run(mel=mel, f0_hz=f0_hz)["audio"])
    return spent_s * nsf_hifigan.SAMPLE_RATE_HZ / found.size


def whole_pipeline(score: Score, voice: Voice) -> Performance:
    """Score to samples; gives the performance so that its length is known."""
    performance = performed(score, voice)
    render(performance, voice)
    return performance


def run(options: Options) -> Report:
    """Time ours and the other network in turns."""
    voice = load_voice(options.voice)
    low, high = round(max(48, voice.lowest_midi)), round(min(81, voice.highest_midi))
    languages = LANGUAGES[:1] if options.toy else LANGUAGES
    scores = [range_melody(language, low, high, 1 if options.toy else None) for language in languages]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nsf_hifigan_size.onnx"
        parameters = nsf_hifigan.write_model(path)
        other = OnnxModel(path)
    length_s = sum(whole_pipeline(score, voice).duration_s for score in scores)
    other_factor(other, 0.5)
    ours: list[float] = []
    others: list[float] = []
    stages: list[dict[str, float]] = []
    for _ in range(1 if options.toy else ROUNDS):
        ours.append(sum(timed(lambda s=s: whole_pipeline(s, voice))[0] for s in scores) / length_s)  # type: ignore[misc]
        others.append(other_factor(other, 0.5 if options.toy else OTHER_SECONDS))
        per_song = [stage_times_s(score, voice) for score in scores]
        stages.append({name: sum(song[name] for song in per_song) / length_s for name in per_song[0]})
    factor, other_median = statistics.median(ours), statistics.median(others)
    breakdown = {name: statistics.median(each[name] for each in stages) for name in stages[0]}
    listed = ", ".join(f"{name} {value:.4f}" for name, value in breakdown.items())
    rows = (
        Row(
            "whole pipeline, one CPU thread: real-time factor",
            f"≤ {TARGET}",
            f"{factor:.3f} ({1 / factor:.0f} × real time; {listed})",
            at_most(factor, TARGET),
            HOW,
        ),
        Row(
            f"NSF-HiFiGAN-sized network alone ({parameters / 1e6:.1f} M parameters, 44.1 kHz, hop 512), "
            f"same run",
            "",
            f"{other_median:.3f} ({other_median / factor:.0f} × our whole pipeline)",
            None,
            HOW,
        ),
    )
    return Report(
        rows,
        {"ours": ours, "other": others, "stages": breakdown, "song_s": length_s, "parameters": parameters},
    )
