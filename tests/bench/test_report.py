from __future__ import annotations

from pathlib import Path

from bench.report import Report, Row, at_least, at_most, write_page, write_result

MACHINE = {"cpu": "X", "cores": 2, "memory_gib": 1.0, "system": "S", "python": "3", "load_at_start": 0.0}


def test_not_a_number_reaches_no_target() -> None:
    assert at_most(1.0, 1.0)
    assert at_least(1.0, 1.0)
    assert not at_most(1.1, 1.0)
    assert not at_least(0.9, 1.0)
    assert not at_most(float("nan"), 1.0)
    assert not at_least(float("nan"), 1.0)
    assert not at_least(float("inf"), 1.0)


def test_page_shows_failures_and_rows_without_target(tmp_path: Path) -> None:
    rows = (
        Row("a|b", "≤ 1", "2", False, "by hand"),
        Row("c", "≤ 1", "0.5", True, "by hand"),
        Row("d", "", "7", None, "by eye"),
    )
    write_result(
        "one", Report(rows), {"voice": "v", "commit": "abc", "date": "d", "machine": MACHINE}, tmp_path
    )
    text = write_page(["missing", "one"], tmp_path, tmp_path / "page.md")
    assert "| a\\|b | ≤ 1 | 2 | **fail** | `one` |" in text
    assert "| c | ≤ 1 | 0.5 | pass | `one` |" in text
    assert "| d |  | 7 |  | `one` |" in text
    assert "- `one`: by hand by eye" in text
    assert "| one | v | abc | d | X, 2 cores" in text
