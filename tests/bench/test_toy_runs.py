from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

import voicebanks
from bench import __main__ as main_module
from bench.__main__ import BENCHMARKS, main, run_benchmark
from bench.options import Options
from bench.report import PAGE, Report, Row, folder_of, write_page, write_result
from bench.sung import voices_beside


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


def test_a_voice_may_be_given_by_its_folder(tmp_path, toy_options: Options) -> None:
    """As v0 is when it is measured again: out of the way, in a folder of its own."""
    home = tmp_path / "before"
    shutil.copytree(Path(voicebanks.__file__).parent / "builtin", home / "builtin")
    elsewhere = replace(toy_options, voice=str(home / "builtin"))
    assert elsewhere.voice_name == "builtin"
    assert [voice.folder for voice in voices_beside(elsewhere.voice)] == [home / "builtin"]
    for name in ("timbre_axes", "startup"):
        told = [row.what for row in run_benchmark(name, elsewhere).rows]
        assert told == [row.what for row in run_benchmark(name, toy_options).rows]


def test_command_tells_both_columns_and_keeps_results_where_told(tmp_path, monkeypatch) -> None:
    found = {"now": [Row("a", "≤ 1", "0.5", True, "h")], "v0": [Row("a", "≤ 1", "2", False, "h")]}
    monkeypatch.setattr(main_module, "folder_of", partial(folder_of, results=tmp_path))
    monkeypatch.setattr(
        main_module, "write_page", lambda order: write_page(order, tmp_path, tmp_path / "p.md")
    )
    for column, rows in found.items():
        monkeypatch.setattr(main_module, "run_benchmark", lambda *_, rows=rows: Report(tuple(rows)))
        done = CliRunner().invoke(main, ["--voice", str(tmp_path / "suyin"), "--as", column, "stream"])
        assert done.exit_code == 0, done.output
    assert done.output.splitlines() == ["FAIL  a  (target ≤ 1)", "      v0   2", "      now  0.5"]
    document = json.loads((tmp_path / "v0" / "stream.json").read_text(encoding="utf-8"))
    assert document["voice"] == "suyin"
    assert "| a | ≤ 1 | 2 | 0.5 | pass | `stream` |" in (tmp_path / "p.md").read_text(encoding="utf-8")
