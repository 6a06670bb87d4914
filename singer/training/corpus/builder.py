"""Builds the takes of one timbre: in order, resumable, on several processes."""

from __future__ import annotations

import itertools
import logging
import multiprocessing
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from typing import Any

from singer.training.corpus.blends import BLENDS
from singer.training.corpus.index import read_row, write_index, write_take
from singer.training.corpus.quality import measure
from singer.training.corpus.scripts import script_at
from singer.training.corpus.take import render
from singer.training.teacher import Teacher

INDEX_EVERY = 8

_log = logging.getLogger(__name__)

Row = dict[str, Any]
_process_teacher: list[Teacher] = []


def build(
    timbre: str,
    minutes: float,
    out: Path,
    *,
    workers: int = 1,
    make: Callable[[Path, str, int], Row] | None = None,
) -> list[Row]:
    """Build ``minutes`` of kept training takes of ``timbre`` under ``out / timbre``; held-out takes come on top.

    Takes that are already there are not made again. The index grows while the work goes on.

    Args:
        timbre: a key of ``BLENDS``.
        minutes: length of the takes that are neither dropped nor held out.
        out: folder of the corpus; the opened teacher is kept in its ``teacher`` folder.
        workers: processes, each with one thread.
        make: makes one take, given corpus folder, timbre and number; the teacher by default.

    Returns:
        Lines of all takes, dropped ones as well.

    Raises:
        KeyError: if the timbre is unknown.
    """
    BLENDS[timbre]
    folder = out / timbre
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    done_s = 0.0
    takes = _takes(partial(make or make_take, out, timbre), workers)
    for row in takes:
        rows.append(row)
        if not row["rejected"] and not row["heldout"]:
            done_s += row["duration_s"]
        if row["rejected"]:
            _log.info("dropped %s: %s", row["file"], row["rejected"])
        if len(rows) % INDEX_EVERY == 0:
            write_index(folder, rows)
            _log.info("%s: %d takes, %.1f of %.1f minutes", timbre, len(rows), done_s / 60, minutes)
        if done_s >= 60 * minutes:
            break
    takes.close()
    write_index(folder, rows)
    return rows


def _takes(make: Callable[[int], Row], workers: int) -> Generator[Row, None, None]:
    """Rows of takes 0, 1, 2 ... without end, made ahead by ``workers`` processes in rounds."""
    if workers == 1:
        yield from map(make, itertools.count())
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers) as pool:
        for start in itertools.count(step=INDEX_EVERY):
            yield from pool.imap(make, range(start, start + INDEX_EVERY))


def make_take(out: Path, timbre: str, number: int) -> Row:
    """Make take ``number`` of a timbre, or find it already made; return its line of the index."""
    script = script_at(timbre, number)
    folder = out / timbre
    row = read_row(folder, script.name)
    if row is not None:
        return row
    if not _process_teacher:
        _process_teacher.append(Teacher.open(out / "teacher"))
    take = render(script, _process_teacher[0], BLENDS[timbre])
    return write_take(folder, script, take, measure(take, script.kind))
