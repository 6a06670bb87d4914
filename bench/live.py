"""The server under live conditions: how soon it sings, how many it sings for, whether marks and audio agree, what it holds out.

Everything goes through ``singer serve`` as a process of its own, heard by clients on the same machine.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from websockets.asyncio.client import connect
from websockets.sync.client import connect as connect_sync

from bench.live_client import Take, percentiles_ms, shown_ms
from bench.live_faults import fault_rows
from bench.live_marks import long_song_of_stops, vowel_errors_s
from bench.live_server import LiveServer, serving
from bench.material import example_paths, song_of_length
from bench.options import Options
from bench.report import Report, Row, at_least, at_most
from singer.score import Score
from singer.score_json import score_to_document

ALL_MARKS = ["phone", "viseme", "note", "lyric", "f0", "loudness", "breath"]
FIRST_AUDIO_MS, NOTE_ON_MS, STREAMS, NEAR_S, NEAR_SHARE, GROWTH_MB = 100.0, 60.0, 20, 0.020, 0.95, 5.0
"""Targets."""
BUFFER_S = 0.5
HOW = (
    "`singer serve` with its default settings and two render threads, clients on the same two cores. First audio: a song "
    "of four minutes with all marks, from sending `sing` to the first binary frame, and to the first that is not silence. "
    "`note_on`: from sending it to the arrival of the chunk that holds its first sound; the engine's look-ahead is a block "
    "of 20 ms, 10 ms of overlap in the vocoder, 10 ms until its frame is complete and 5 ms in the limiter. Streams: clients "
    "that play in real time, 0.5 s after their first chunk; a chunk that comes later than it is needed is an underrun. "
    "Marks: changes of viseme to a vowel after a voiceless stop or fricative against the rise of the sound below 1 kHz in "
    "the streamed audio. One hour: a song of that length as fast as the client reads, all marks; resident memory by the "
    "kernel, when the song has begun and when it has ended."
)


def run(options: Options) -> Report:
    """Serve, listen, compare."""
    rows: list[Row] = []
    details: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        with serving(Path(folder), options.voice, "--render-threads", "2") as server:
            _sung(server, _document(song_of_length(10.0)), keep=False)
            rows += _first_audio(server, options.toy, details)
            rows += _note_on(server, options.toy, details)
            rows += asyncio.run(_many(server, options.toy, details))
            rows += _marks(server, options.toy, details)
            rows += _identical(server, options, Path(folder))
            rows += _hour(server, options.toy, details)
        rows += fault_rows(Path(folder), options, HOW, details)
    return Report(tuple(rows), details)


def _document(score: Score) -> dict[str, Any]:
    document = score_to_document(score)
    document.pop("voice", None)
    return document


def _sung(server: LiveServer, score: dict[str, Any], *, keep: bool = True, **options: Any) -> Take:
    """A song as fast as it can be heard."""
    with connect_sync(server.stream_url, max_size=None) as socket:
        take = Take(time.perf_counter())
        message = {"type": "sing", "id": "a", "score": score, "pace": "reader", **options}
        socket.send(json.dumps(message))
        while True:
            told = take.take(socket.recv(120), keep=keep)
            if told and told["type"] in ("end", "error"):
                if told["type"] == "error":
                    raise RuntimeError(f"the stream failed: {told}")
                return take


def _sung_watched(server: LiveServer, score: dict[str, Any]) -> tuple[Take, float]:
    """A song as fast as it can be heard, and the server's memory when it had begun."""
    with connect_sync(server.stream_url, max_size=None) as socket:
        take, before_mb = Take(time.perf_counter()), None
        message = {"type": "sing", "id": "a", "score": score, "pace": "reader", "marks": ALL_MARKS}
        socket.send(json.dumps(message))
        while True:
            told = take.take(socket.recv(120))
            if before_mb is None and len(take.arrivals) > 20:
                before_mb = server.resident_mb()
            if told and told["type"] in ("end", "error"):
                return take, before_mb or float("nan")


def _first_audio(server: LiveServer, toy: bool, details: dict[str, Any]) -> list[Row]:
    score = _document(song_of_length(20.0 if toy else 240.0))
    audio_s, sound_s = [], []
    for _ in range(3 if toy else 100):
        with connect_sync(server.stream_url, max_size=None) as socket:
            text = json.dumps({"type": "sing", "id": "a", "score": score, "marks": ALL_MARKS})
            take = Take(time.perf_counter())
            socket.send(text)
            while take.first_sound_s is None:
                take.take(socket.recv(60))
            audio_s.append(take.arrivals[0][2] - take.asked_s)
            sound_s.append(take.first_sound_s - take.asked_s)
            socket.send(json.dumps({"type": "cancel", "id": "a"}))
            while (told := take.take(socket.recv(60))) is None or told["type"] != "end":
                pass
    details["first_audio_ms"], details["first_sound_ms"] = percentiles_ms(audio_s), percentiles_ms(sound_s)
    what = "first audio after `sing`, warm server, song of 4 minutes"
    measured = f"{shown_ms(audio_s)}; first that is not silence {shown_ms(sound_s)}; {len(audio_s)} times"
    passed = at_most(percentiles_ms(audio_s)[1], FIRST_AUDIO_MS)
    return [Row(what, f"p95 ≤ {FIRST_AUDIO_MS:g} ms", measured, passed, HOW)]


def _note_on(server: LiveServer, toy: bool, details: dict[str, Any]) -> list[Row]:
    sound_s, vowel_s = [], []
    generator = random.Random(5)
    with connect_sync(server.stream_url, max_size=None) as socket:
        take = Take(time.perf_counter())
        socket.send(json.dumps({"type": "sing", "id": "a", "live": {"language": "en"}, "marks": ["viseme"]}))
        for number in range(3 if toy else 100):
            _hear_for(socket, take, generator.uniform(0.05, 0.4))
            pitch = generator.randint(57, 74)
            sent_s = time.perf_counter()
            socket.send(json.dumps({"type": "note_on", "id": "a", "pitch": pitch, "lyric": "la"}))
            note = _until_note(socket, take)
            sound_s.append(_until_sample(socket, take, note["sample"]) - sent_s)
            vowel_s.append(_until_sample(socket, take, note["vowel_sample"]) - sent_s)
            if number % 3:
                _hear_for(socket, take, generator.uniform(0.02, 0.2))
                socket.send(json.dumps({"type": "note_off", "id": "a", "pitch": pitch}))
        socket.send(json.dumps({"type": "cancel", "id": "a"}))
    details["note_on_ms"], details["vowel_ms"] = percentiles_ms(sound_s), percentiles_ms(vowel_s)
    what = "`note_on` to the first audio of that note (look-ahead of 45 ms in it)"
    measured = f"{shown_ms(sound_s)}; its vowel {shown_ms(vowel_s)}; {len(sound_s)} notes"
    passed = at_most(percentiles_ms(sound_s)[1], NOTE_ON_MS)
    return [Row(what, f"p95 ≤ {NOTE_ON_MS:g} ms", measured, passed, HOW)]


def _hear_for(socket: Any, take: Take, length_s: float) -> None:
    until_s = time.perf_counter() + length_s
    while (left_s := until_s - time.perf_counter()) > 0:
        try:
            take.take(socket.recv(left_s), keep=False)
        except TimeoutError:
            return


def _until_note(socket: Any, take: Take) -> dict[str, Any]:
    while True:
        told = take.take(socket.recv(10), keep=False)
        if told and told["type"] in ("note", "refused"):
            return told


def _until_sample(socket: Any, take: Take, sample: int) -> float:
    """When the chunk that holds ``sample`` came."""
    while not take.arrivals or sum(take.arrivals[-1][:2]) <= sample:
        take.take(socket.recv(10), keep=False)
    return next(came_s for first, length, came_s in take.arrivals[::-1] if first <= sample)


async def _many(server: LiveServer, toy: bool, details: dict[str, Any]) -> list[Row]:
    """As many real-time streams as the server takes, one more than that, and what it costs them."""
    score = _document(song_of_length(3.0 if toy else 40.0))
    before = server.counts()
    tasks = [asyncio.create_task(_listen(server.stream_url, score)) for _ in range(STREAMS)]
    await asyncio.sleep(1.0)
    refused = await _listen(server.stream_url, score)
    takes = await asyncio.gather(*tasks)
    underruns = server.counts()["singer_underruns_total"] - before.get("singer_underruns_total", 0.0)
    late = sum(take.late(44_100, BUFFER_S) for take in takes)
    chunks = sum(len(take.arrivals) for take in takes)
    code = refused.messages[-1].get("code", refused.messages[-1]["type"])
    first_s = [take.arrivals[0][2] - take.asked_s for take in takes]
    details["streams"] = {"chunks": chunks, "late": late, "server_underruns": underruns, "refused": code}
    return [
        Row(
            f"{STREAMS} real-time streams at the same time: underruns",
            "none; one more is refused as busy",
            f"{late} of {chunks} chunks late, {underruns:g} by the server's own count; one more: {code}; "
            f"first audio when all begin at once {shown_ms(first_s)}",
            late == 0 and underruns == 0 and (toy or code == "busy"),
            HOW,
        )
    ]


async def _listen(url: str, score: dict[str, Any]) -> Take:
    async with connect(url, max_size=None) as socket:
        take = Take(time.perf_counter())
        await socket.send(json.dumps({"type": "sing", "id": "a", "score": score, "marks": ALL_MARKS}))
        async for frame in socket:
            told = take.take(frame, keep=False)
            if told and told["type"] in ("end", "error"):
                break
        return take


def _marks(server: LiveServer, toy: bool, details: dict[str, Any]) -> list[Row]:
    errors_s: list[float] = []
    for language in ("en", "zh") if not toy else ("en",):
        take = _sung(
            server, _document(long_song_of_stops(4 if toy else 120, language)), marks=["phone", "viseme"]
        )
        errors_s += vowel_errors_s(take.marks, take.samples, 44_100)
    near = float(np.mean(np.abs(errors_s) <= NEAR_S)) if errors_s else 0.0
    details["marks"] = {
        "vowels": len(errors_s),
        "within_20_ms": near,
        "median_ms": 1000 * float(np.median(errors_s)),
    }
    p50, p95, p99 = percentiles_ms([abs(error) for error in errors_s])
    median_ms = 1000.0 * float(np.median(errors_s))
    spread = f"p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f} ms, median {median_ms:+.0f} ms"
    measured = f"{near:.1%} of {len(errors_s)} vowels; {spread}"
    what = "marks against audio: change of viseme to the vowel's onset, within 20 ms"
    return [Row(what, f"≥ {100 * NEAR_SHARE:g} %", measured, at_least(near, NEAR_SHARE), HOW)]


def _identical(server: LiveServer, options: Options, folder: Path) -> list[Row]:
    """Streamed songs beside the files that ``singer sing`` writes."""
    paths = list(example_paths())[: 1 if options.toy else None]
    differing = []
    for path in paths:
        take = _sung(server, json.loads(path.read_text("utf-8")), voice=options.voice_name)
        target = folder / "song.wav"
        command = [
            sys.executable,
            "-m",
            "api.cli",
            "sing",
            str(path),
            "--voice",
            options.voice,
            "-o",
            str(target),
        ]
        subprocess.run(command, check=True, capture_output=True)
        samples, _ = soundfile.read(target, dtype="int16")
        if not np.array_equal(samples, take.samples):
            differing.append(path.stem)
    measured = f"{len(paths) - len(differing)} of {len(paths)} songs identical"
    measured += f"; not {', '.join(differing)}" if differing else ""
    what = "streamed samples against `singer sing` of the same score"
    return [Row(what, "identical", measured, not differing, HOW)]


def _hour(server: LiveServer, toy: bool, details: dict[str, Any]) -> list[Row]:
    """Memory and drift over a long song."""
    notes = 8 if toy else 6_600
    _sung(server, _document(long_song_of_stops(notes // 12 + 4, "en")), keep=False, marks=ALL_MARKS)
    begun_s = time.perf_counter()
    take, before_mb = _sung_watched(server, _document(long_song_of_stops(notes, "en")))
    took_s = time.perf_counter() - begun_s
    grown_mb = server.resident_mb() - before_mb
    length_s = len(take.samples) / 44_100
    errors_ms = 1000.0 * np.array(vowel_errors_s(take.marks, take.samples, 44_100))
    tenth = max(len(errors_ms) // 12, 1)
    drift_ms = float(np.median(errors_ms[-tenth:]) - np.median(errors_ms[:tenth]))
    details["hour"] = {"grown_mb": grown_mb, "drift_ms": drift_ms, "length_s": length_s, "took_s": took_s}
    measured = f"{grown_mb:+.1f} MB, drift {drift_ms:+.1f} ms over {length_s / 60:.0f} minutes, streamed in {took_s:.0f} s"
    passed = toy or (grown_mb < GROWTH_MB and abs(drift_ms) < 5.0)
    what = "one hour of streaming: growth of memory, drift of marks against audio"
    return [Row(what, f"< {GROWTH_MB:g} MB, none", measured, passed, HOW)]
