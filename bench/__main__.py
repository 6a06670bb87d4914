"""``python -m bench [NAME ...]``: run benchmarks, keep their results, make ``docs/benchmarks.md``."""

from __future__ import annotations

import datetime
import logging
import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from bench.machine import commit, machine
from bench.options import Options, default_cache
from bench.report import COLUMNS, Report, Row, folder_of, measured, read_results, write_page, write_result

BENCHMARKS = (
    "pitch", "range_ends", "onset", "readings", "english_wer", "phone_recogniser", "vocoder", "acoustic", "dnsmos", "air",
    "speed", "memory", "stream", "startup", "timbre_axes", "controls", "nsf_copy", "live", "openutau", "fuzz",
)  # fmt: skip
"""Every benchmark, in the order of the table; each is a module of this package with ``run(options) ->
Report``."""

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def run_benchmark(name: str, options: Options) -> Report:
    """Run one of ``BENCHMARKS``."""
    module = import_module(f"bench.{name}")
    found = module.run(options)
    if not isinstance(found, Report):
        raise TypeError(f"bench.{name}.run must give a Report, found {type(found).__name__}")
    return found


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(BENCHMARKS))
@click.option("--voice", default="suyin", show_default=True, help="Voice under test: name or folder.")
@click.option("--timbre", default=None, help="Corpus timbre of that voice.  [default: the voice's name]")
@click.option("--corpus", type=click.Path(path_type=Path), default=None, help="Folder of the teacher corpus.")
@click.option("--as", "column", type=click.Choice(COLUMNS), default="now", show_default=True,
              help="Column of the table that the numbers belong in.")  # fmt: skip
@click.option("--toy", is_flag=True, help="A few notes only, nothing written: shows that the benchmarks run.")
@click.option("--page-only", is_flag=True, help="Only make the page from the results at hand.")
def main(names: tuple[str, ...], column: str, page_only: bool, **given: Any) -> None:
    """Run all benchmarks, or those named; write their results and docs/benchmarks.md.

    Results go to bench/results/NAME.json, or to bench/results/v0/NAME.json with --as v0.

    Examples:  python -m bench   python -m bench pitch speed   python -m bench --voice builtin --toy pitch
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for variable in THREADS:
        os.environ.setdefault(variable, "1")
    options = _options(**given)
    failed = [name for name in (() if page_only else names or BENCHMARKS) if not _done(name, options, column)]
    if not options.toy:
        write_page(BENCHMARKS)
    if failed:
        raise SystemExit(f"could not run: {', '.join(failed)}")


def _options(voice: str, timbre: str | None, corpus: Path | None, toy: bool) -> Options:
    cache = default_cache()
    return Options(
        voice, toy, corpus or cache / "corpus", timbre or Path(voice).absolute().name, cache / "bench"
    )


def _done(name: str, options: Options, column: str) -> bool:
    """Run one benchmark, print its rows beside the other column's and keep them; whether it could run."""
    setting = {
        "voice": options.voice_name,
        "commit": commit(),
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
    }
    try:
        report = run_benchmark(name, options)
    except Exception:
        logging.getLogger(__name__).exception("benchmark %s could not run", name)
        return False
    (other,) = set(COLUMNS) - {column}
    beside = measured(read_results(folder_of(other)))
    for row in report.rows:
        click.echo(_told(row, column, other, beside))
    if not options.toy:
        write_result(name, report, setting, folder_of(column))
    return True


def _told(row: Row, column: str, other: str, beside: Mapping[str, str]) -> str:
    """A row for the terminal: verdict and target, then what both columns have."""
    verdict = {True: "pass", False: "FAIL", None: "    "}[row.passed]
    target = f"  (target {row.target})" if row.target else ""
    told = {column: row.measured, other: beside.get(row.what, "not measured")}
    lines = [f"{verdict}  {row.what}{target}", *(f"      {name:3}  {told[name]}" for name in ("v0", "now"))]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
