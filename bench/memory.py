"""Memory of ``singer sing`` on a 4-minute and a 30-minute song: the highest resident size the process ever
had.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.material import song_of_length, write_score
from bench.options import Options
from bench.report import Report, Row, at_most

LIMIT_MB = 400.0
POLL_S = 0.02
HOW = "`singer sing` as a process of its own, writing a WAV file; VmHWM of the kernel, read until it ends."


def peak_rss_mb(command: list[str]) -> float:
    """Run ``command`` to its end; its highest resident memory in MB.

    Raises:
        RuntimeError: the command failed; the message holds the end of its error output.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        peak_kib = 0
        while process.poll() is None:
            peak_kib = max(peak_kib, _high_water_kib(process.pid))
            time.sleep(POLL_S)
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(errors.read().decode(errors="replace")[-2000:])
    return peak_kib * 1024 / 1e6


def _high_water_kib(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return 0


def sing_command(score: Path, out: Path, voice: str) -> list[str]:
    """The command line that sings ``score`` to ``out``, with the engine of this Python."""
    return [sys.executable, "-m", "api.cli", "sing", str(score), "-o", str(out), "--voice", voice]


def run(options: Options) -> Report:
    """Sing both songs and watch."""
    lengths_s = (4.0, 8.0) if options.toy else (240.0, 1800.0)
    peaks: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for length_s in lengths_s:
            score = write_score(song_of_length(length_s), Path(folder) / "song.json")
            peaks.append(peak_rss_mb(sing_command(score, Path(folder) / "song.wav", options.voice)))
    short, long = peaks
    rows = (
        Row(
            "resident memory while rendering a 4-minute song",
            f"≤ {LIMIT_MB:.0f} MB",
            f"{short:.0f} MB",
            at_most(short, LIMIT_MB),
            HOW,
        ),
        Row("resident memory while rendering a 30-minute song", "bounded", f"{long:.0f} MB", None, HOW),
    )
    return Report(rows, {"lengths_s": list(lengths_s), "peaks_mb": peaks})
