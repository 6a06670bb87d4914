"""``python -m bench [NAME ...]``: run benchmarks, keep their results, make ``docs/benchmarks.md``."""

from __future__ import annotations

import datetime
import logging
import os
from importlib import import_module
from pathlib import Path

import click

from bench.machine import commit, machine
from bench.options import Options, default_cache
from bench.report import Report, write_page, write_result

BENCHMARKS = (
    "pitch", "onset", "readings", "english_wer", "phone_recogniser", "vocoder", "acoustic", "speed", "memory",
    "stream", "startup", "timbre_axes", "nsf_copy",
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
@click.option("--toy", is_flag=True, help="A few notes only, nothing written: shows that the benchmarks run.")
@click.option("--page-only", is_flag=True, help="Only make the page from the results at hand.")
def main(
    names: tuple[str, ...], voice: str, timbre: str | None, corpus: Path | None, toy: bool, page_only: bool
) -> None:
    """Run all benchmarks, or those named; write bench/results/NAME.json and docs/benchmarks.md.

    Examples:  python -m bench   python -m bench pitch speed   python -m bench --voice builtin --toy pitch
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for variable in THREADS:
        os.environ.setdefault(variable, "1")
    cache = default_cache()
    options = Options(voice, toy, corpus or cache / "corpus", timbre or voice, cache / "bench")
    failed: list[str] = []
    for name in () if page_only else names or BENCHMARKS:
        setting = {
            "voice": voice,
            "commit": commit(),
            "date": datetime.date.today().isoformat(),
            "machine": machine(),
        }
        try:
            report = run_benchmark(name, options)
        except Exception:
            logging.getLogger(__name__).exception("benchmark %s could not run", name)
            failed.append(name)
            continue
        for row in report.rows:
            verdict = {True: "pass", False: "FAIL", None: "    "}[row.passed]
            click.echo(
                f"{verdict}  {row.what}: {row.measured}" + (f"  (target {row.target})" if row.target else "")
            )
        if not toy:
            write_result(name, report, setting)
    if not toy:
        write_page(BENCHMARKS)
    if failed:
        raise SystemExit(f"could not run: {', '.join(failed)}")


if __name__ == "__main__":
    main()
