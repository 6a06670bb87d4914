"""Speed of a bank made for OpenUtau: the engine beside an independent client, on the same bank, song and number of threads.

The bank is generated (``bench.openutau_bank``): every input of the format does something in it, its weights are random, and its
acoustic model is about as wide as real ones but far shorter, so the numbers say what the work around the models costs rather than
what a real bank would take. Both sides predict lengths, pitch and curves, then sing; models are loaded before.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.openutau_bank import make_bank
from bench.openutau_client import Client, has_client
from bench.openutau_graphs import BankPlan
from bench.options import Options
from bench.report import Report, Row
from singer.diffsinger.bank_singer import bank_voice
from singer.diffsinger.ds_io import read_ds
from singer.diffsinger.sing import SingOptions
from singer.diffsinger.song import DsSong, stream_segments
from singer.render import stream_phrases
from singer.score import Note, Score, TempoMap
from singer.song_source import SongSource
from voicebanks.openutau.open_bank import open_bank

STEPS = (10, 10, 20)
"""Of pitch, variance and acoustic model."""
SEGMENTS, ROUNDS = 8, 5
HOW = (
    "One thread, models loaded; generated bank (12 layers of 512, random weights, all curves, two singers) and a song of eight "
    "segments with notes only; median of five rounds, the two sides in turns. The client: diffsinger-utau 0.3.8, its stages "
    "called one after the other without files."
)
PLAN = BankPlan(
    variances=("breathiness", "voicing", "tension", "energy"), lang_ids=False, layers=12, width=512
)


def segments(count: int) -> list[dict[str, Any]]:
    """A song of ``count`` segments of about four seconds."""
    names = ("C4", "D4", "E4", "F4", "G4", "A4", "G4", "E4")
    notes = " ".join(names)
    return [
        {
            "offset": 4.5 * place, "text": "", "lang": "zh",
            "ph_seq": "SP zh/n zh/i zh/h zh/ao zh/t zh/ian zh/w zh/ang zh/m zh/a zh/b zh/a zh/zh zh/ang zh/n zh/i SP",
            "ph_num": "2 2 2 2 2 2 2 2 1 1", "note_seq": f"rest {notes} rest",
            "note_dur": f"0.3 {' '.join(['0.45'] * 8)} 0.3", "note_slur": " ".join("0" * 10),
        }
        for place in range(count)
    ]  # fmt: skip


def run(options: Options) -> Report:
    """Sing with both, in turns."""
    count = 1 if options.toy else SEGMENTS
    song = segments(count)
    with tempfile.TemporaryDirectory() as home:
        folder = make_bank(Path(home) / "toy", PLAN)
        bank = open_bank(folder)
        client = Client(folder) if has_client() else None
        parsed = DsSong(read_ds(_json(song)))
        settings = SingOptions(pitch_steps=STEPS[0], variance_steps=STEPS[1], steps=STEPS[2])
        ours: list[float] = []
        firsts: list[float] = []
        theirs: list[float] = []
        length_s = 0.0
        for number in range(2 if options.toy else ROUNDS + 1):
            started = time.perf_counter()
            chunks = stream_segments(parsed, bank, options=settings)
            first = next(chunk for chunk in chunks if chunk.samples.any())
            first_s = time.perf_counter() - started
            samples = first.first_sample + len(first.samples) + sum(len(chunk.samples) for chunk in chunks)
            spent_s = time.perf_counter() - started
            length_s = samples / bank.vocoder.spec.sample_rate_hz
            client_s = _client_s(client, song) if client else float("nan")
            if number:  # the first round warms both
                ours.append(spent_s / length_s)
                firsts.append(first_s)
                theirs.append(client_s / length_s)
        score_s = [_first_of_score_s(folder, count) for _ in range(1 if options.toy else ROUNDS)]
    return _report(ours, theirs, firsts, score_s, length_s)


def _json(song: list[dict[str, Any]]) -> bytes:
    import json

    return json.dumps(song).encode()


def _client_s(client: Client, song: list[dict[str, Any]]) -> float:
    started = time.perf_counter()
    for segment in song:
        client.stages(segment, "soft", STEPS)
    return time.perf_counter() - started


def _first_of_score_s(folder: Path, phrases: int) -> float:
    """Seconds from a score to its first sound, bank loaded and readers warm."""
    voice = bank_voice(open_bank(folder))
    notes = [
        Note(8.0 * place + beat, 1.0, 60.0 + beat, "你好天王妈爸"[beat])
        for place in range(phrases)
        for beat in range(6)
    ]
    score = Score(tuple(notes), language="zh", tempo=TempoMap(((0.0, 120.0),)))
    SongSource(score, voice)  # warms the readers of lyrics
    started = time.perf_counter()
    chunks = stream_phrases(SongSource(score, voice), voice)
    next(chunk for chunk in chunks if chunk is not None and chunk.samples.any())
    return time.perf_counter() - started


def _report(
    ours: list[float], theirs: list[float], firsts: list[float], score_s: list[float], length_s: float
) -> Report:
    own, other = statistics.median(ours), statistics.median(theirs)
    ratio = other / own
    beside = f"client {other:.4f}, {ratio:.1f} times ours" if np.isfinite(other) else "client not installed"
    rows = (
        Row(
            "bank from OpenUtau, one CPU thread: real-time factor beside an independent client",
            "no slower than the client",
            f"{own:.4f} ({1 / own:.0f} × real time; {beside})",
            bool(own <= other) if np.isfinite(other) else None,
            HOW,
        ),
        Row(
            "bank from OpenUtau: time to first sound, bank loaded",
            "",
            f".ds {1000 * statistics.median(firsts):.0f} ms, score {1000 * statistics.median(score_s):.0f} ms",
            None,
            "The same bank; from the call to the first chunk that is not silence, of a song of several phrases.",
        ),
    )
    details = {
        "song_s": length_s, "ours": ours, "client": [value for value in theirs if np.isfinite(value)],
        "first_ds_s": firsts, "first_score_s": score_s,
    }  # fmt: skip
    return Report(rows, details)
