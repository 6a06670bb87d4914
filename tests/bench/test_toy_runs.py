from __future__ import annotations

import json
import re

import pytest

from bench.__main__ import BENCHMARKS, run_benchmark
from bench.options import Options
from bench.report import PAGE, write_page, write_result


@pytest.mark.parametrize("name", BENCHMARKS)
def test_benchmark_measures_something_on_the_builtin_voice(name: str, toy_options: Options) -> None:
    report = run_benchmark(name, toy_options)
    assert report.rows
    for row in report.rows:
        assert re.search(r"\d", row.measured), row
        assert "nan" not in row.measured.split("(")[0], row
        assert (row.passed is None) == (row.target in ("", "bounded")), row
        assert row.how
    json.dumps(dict(report.details))


def test_every_row_of_the_page_comes_from_a_result_at_hand() -> None:
    """The page is made, never written by hand: making it again from the results must give the same text."""
    before = PAGE.read_text(encoding="utf-8")
    try:
        assert write_page(BENCHMARKS) == before
    finally:
        PAGE.write_text(before, encoding="utf-8")


def test_results_keep_machine_and_voice(tmp_path, toy_options: Options) -> None:
    from bench.machine import commit, machine

    report = run_benchmark("stream", toy_options)
    setting = {"voice": "builtin", "commit": commit(), "date": "2026-01-31", "machine": machine()}
    path = write_result("stream", report, setting, tmp_path)
    text = write_page(["stream"], tmp_path, tmp_path / "page.md")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["machine"]["cores"] >= 1
    assert document["machine"]["packages"]["numpy"]
    assert "streamed against offline samples" in text
    assert text.count("| `stream` |") == len(report.rows)
    assert document["machine"]["cpu"] in text
