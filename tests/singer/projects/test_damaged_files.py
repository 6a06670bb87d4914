"""Damaged files of every format: read, or refused with one of the engine's errors; ``python -m bench fuzz`` tries more."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

import bench.fuzz
from singer.projects.formats import READ

SAMPLES = bench.fuzz.samples()
IN_PROCESS = [name for name in SAMPLES if name not in READ or name == "ust"]
OPENED = [name for name in SAMPLES if name not in IN_PROCESS]
BATCH = """
import json, random, sys
import bench.fuzz
from singer.errors import SingerError
from singer.import_options import ImportOptions
from singer.projects.imported import song_of
from singer.projects.opened import asdict, open_project
from singer.projects.to_score import to_score
for name in sys.argv[1:]:
    document, rng = bytes.fromhex(sys.stdin.readline()), random.Random(name)
    for _ in range(25):
        try:
            song = song_of(json.loads(json.dumps(asdict(open_project(bench.fuzz.mutate(document, rng), name)))))
        except Exception:
            continue  # the process that opens files answers with whatever LibreSVIP raises
        try:
            to_score(song, ImportOptions())
        except SingerError:
            pass
    print(name)
"""


@pytest.mark.parametrize("name", IN_PROCESS)
def test_damaged_files_are_read_or_refused(name: str) -> None:
    rng = random.Random(name)
    for _ in range(25):
        assert bench.fuzz.outcome_of(bench.fuzz.mutate(SAMPLES[name], rng), name) in ("read", "refused")


def test_damaged_project_files_make_scores_or_errors() -> None:
    """25 of each format in one process, which is what every file has of its own; a hang or a crash fails."""
    documents = "\n".join(SAMPLES[name].hex() for name in OPENED)
    done = subprocess.run(
        [sys.executable, "-c", BATCH, *OPENED],
        input=documents,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.split() == OPENED, done.stderr[-2_000:]


@pytest.mark.parametrize("name", OPENED)
def test_a_damaged_project_file_is_refused_whole(name: str) -> None:
    document = SAMPLES[name]
    assert bench.fuzz.outcome_of(document[: len(document) // 2], name) == "refused"
