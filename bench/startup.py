"""Cold starts: ``import singer`` and ``singer sing`` of a ten-second song, each in a fresh process."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.material import song_of_length, write_score
from bench.memory import sing_command
from bench.options import Options
from bench.report import Report, Row, at_most

HOW = (
    "Wall time of a fresh process from start to end, interpreter included; median of the runs, the disk "
    "cache warm."
)


def wall_s(command: list[str]) -> float:
    """Run ``command`` to its end; its wall time in seconds.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    start_s = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start_s


def run(options: Options) -> Report:
    """Time both, several times."""
    times = 1 if options.toy else 7
    imports = [wall_s([sys.executable, "-c", "import singer"]) for _ in range(times)]
    empty = [wall_s([sys.executable, "-c", "pass"]) for _ in range(times)]
    with tempfile.TemporaryDirectory() as folder:
        score = write_score(song_of_length(2.0 if options.toy else 10.0), Path(folder) / "song.json")
        command = sing_command(score, Path(folder) / "song.wav", options.voice)
        songs = [wall_s(command) for _ in range(times)]
    import_s, empty_s, sing_s = (statistics.median(found) for found in (imports, empty, songs))
    rows = (
        Row(
            "`import singer`",
            "≤ 0.5 s",
            f"{import_s:.2f} s (of which Python itself {empty_s:.2f} s)",
            at_most(import_s, 0.5),
            HOW,
        ),
        Row("`singer sing` of a 10 s song from cold", "≤ 3 s", f"{sing_s:.2f} s", at_most(sing_s, 3.0), HOW),
    )
    return Report(rows, {"import_s": imports, "empty_s": empty, "sing_s": songs})
