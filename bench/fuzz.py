"""Mutated files for every reader of scores, performances and project files: no hang, no error that is not typed."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.install_fuzz import fuzz, whole_bundles
from bench.options import Options
from bench.report import Report, Row
from singer.errors import SingerError
from singer.projects.formats import READ

if TYPE_CHECKING:
    from singer.score import Score

HOW = (
    "Small songs in each format, damaged by one to four seeded mutations (bytes changed, cut out, doubled, moved, the end "
    "cut off, numbers replaced by 0, -1, 10^12 and the like, words doubled a thousand times), read as `load_score` reads them; "
    "a file may be read, or refused with one of the engine's own errors. Formats that LibreSVIP reads start a process per file."
)
INSTALLS_HOW = (
    "The test voice and its bank for OpenUtau as zips and folders, spoiled in one to four seeded ways: bytes of the zip, names "
    "that lead out or collide, links and devices, documents with tags, aliases and depth, wrong weights; installed, and what "
    "was installed verified; the folders around are compared before and after."
)
SLOWEST_S = 40.0
"""A file that takes longer hangs: the process that reads it is killed before."""
_NUMBER = re.compile(rb"\d+")
_NUMBERS = (b"0", b"-1", b"1000000000000", b"1e308", b"99999999", b"4294967296", b"0.5", b"NaN", b"")


def run(options: Options) -> Report:
    """Read every mutated file."""
    rng = random.Random(7)
    found: Counter[str] = Counter()
    slowest: dict[str, float] = {}
    failures: list[str] = []
    for name, document in samples().items():
        in_process = name not in READ or name == "ust"
        count = 3 if options.toy else (300 if in_process else 90)
        for _ in range(count):
            mutated = mutate(document, rng)
            begun = time.perf_counter()
            try:
                outcome = outcome_of(mutated, name)
            except Exception as error:  # what the benchmark looks for
                outcome = "untyped"
                failures.append(f"{name}: {type(error).__name__}: {str(error)[:200]}")
            took_s = time.perf_counter() - begun
            found[outcome] += 1
            found["hung"] += took_s > SLOWEST_S
            slowest[name] = max(slowest.get(name, 0.0), round(took_s, 2))
    files = found["read"] + found["refused"] + found["untyped"]
    wrong = found["untyped"] + found["hung"]
    told = (
        f"{found['untyped']} untyped errors, {found['hung']} hangs in {files} files "
        f"({found['read']} read, {found['refused']} refused)"
    )
    rows = (
        Row("damaged files of all formats", "0 untyped errors, 0 hangs", told, not wrong, HOW),
        _installs(options.toy),
    )
    return Report(rows, {"slowest_s": slowest, "failures": failures})


def _installs(toy: bool) -> Row:
    """Spoiled bundles of voices and banks, installed."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of names that are there twice
        found = fuzz(whole_bundles(), 20 if toy else 2_000, 7, Path(folder) / "fuzz")
    told = "; ".join(
        (
            f"{len(found.faults)} faults in {found.bundles} bundles ({found.installed} installed, the others refused "
            f"with {len(found.codes)} codes)",
            f"slowest {found.slowest_s:.1f} s",
            *found.faults[:3],
        )
    )
    what = "spoiled zips and folders of voices and banks, installed"
    target = "0 untyped errors, hangs, half-written voices and files outside the folder"
    return Row(what, target, told, not found.faults, INSTALLS_HOW)


def outcome_of(document: bytes, name: str) -> str:
    """``read`` or ``refused``; whatever else is raised is a fault of the reader."""
    from singer.diffsinger.ds_io import read_ds
    from singer.diffsinger.to_performance import to_performance
    from singer.performance_io import load_performance
    from singer.score_io import load_score

    try:
        if name == "performance":
            load_performance(document)
        elif name == "ds":
            to_performance(read_ds(document), "builtin")
        else:
            load_score(document, name=f"song.{name}")
    except SingerError:
        return "refused"
    return "read"


def mutate(document: bytes, rng: random.Random) -> bytes:
    """The document with one to four things wrong."""
    for _ in range(rng.randint(1, 4)):
        document = rng.choice(_MUTATIONS)(document, rng) or b"\0"
    return document


def _changed(document: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(document))
    return document[:place] + bytes([rng.randrange(256)]) + document[place + 1 :]


def _cut_out(document: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(document))
    return document[:place] + document[place + rng.randint(1, 60) :]


def _ended(document: bytes, rng: random.Random) -> bytes:
    return document[: rng.randrange(len(document))]


def _moved(document: bytes, rng: random.Random) -> bytes:
    place, length, other = rng.randrange(len(document)), rng.randint(1, 60), rng.randrange(len(document))
    return document[:other] + document[place : place + length] + document[other:]


def _renumbered(document: bytes, rng: random.Random) -> bytes:
    numbers = list(_NUMBER.finditer(document))
    if not numbers:
        return _changed(document, rng)
    chosen = rng.choice(numbers)
    return document[: chosen.start()] + rng.choice(_NUMBERS) + document[chosen.end() :]


def _repeated(document: bytes, rng: random.Random) -> bytes:
    place, length = rng.randrange(len(document)), rng.randint(1, 40)
    return document[:place] + document[place : place + length] * 1_000 + document[place:]


_MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _changed, _changed, _cut_out, _ended, _moved, _renumbered, _renumbered, _renumbered, _repeated,
)  # fmt: skip


def samples() -> dict[str, bytes]:
    """A small song in each format that is read."""
    from singer.diffsinger.ds_write import ds_text
    from singer.diffsinger.from_performance import from_performance
    from singer.performance_io import write_performance_json
    from singer.projects.write import write_project
    from singer.song import perform_song
    from voicebanks.load import load_voice

    score = song()
    found = {
        name: write_project(score, name)[0]
        for name in ("json", "ustx", "svp", "vsqx", "ust", "mid", "musicxml")
    }
    performance = perform_song(score, load_voice("builtin")).performance
    found["performance"] = write_performance_json(performance).encode()
    found["ds"] = ds_text(from_performance(performance)).encode()
    found["lrc"] = (
        "[ti:Song]\n[offset:+10]\n[00:01.20][00:09.00]かきく\n[00:04.50]<00:04.50>か<00:05.00>き\n".encode()
    )
    return found | dict(by_libresvip([name for name in READ if name not in found]))


def song() -> Score:
    """Four notes on three keys, two tempi, and drawn pitch on the first note."""
    from singer.score import Note, Score, TempoMap

    sung = ((1.0, 1.0, 60.0, "か"), (2.0, 0.5, 64.0, "き"), (2.5, 0.5, 65.0, "-"), (4.0, 2.0, 67.0, "く"))
    notes = tuple(Note(*each) for each in sung)
    line = tuple((1.0 + step / 48, 60.0 + step / 40) for step in range(48))
    return Score(notes, "ja", TempoMap(((0.0, 100.0), (4.0, 140.0))), title="Song", drawn_pitch=(line,))


def by_libresvip(names: list[str]) -> Iterator[tuple[str, bytes]]:
    """The same song as LibreSVIP itself writes it; for formats that are packed or scrambled.

    In a process of its own: LibreSVIP changes modules of the standard library when it is loaded.
    """
    command = [sys.executable, "-m", "bench.libresvip_songs", *names]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("song ")]
    for name, line in zip(names, lines, strict=True):
        yield name, bytes.fromhex(line.removeprefix("song "))
