from __future__ import annotations

from pathlib import Path

import pytest

from bench.report import Report, Row, at_least, at_most, folder_of, write_page, write_result

MACHINE = {"cpu": "X", "cores": 2, "memory_gib": 1.0, "system": "S", "python": "3", "load_at_start": 0.0}


def test_not_a_number_reaches_no_target() -> None:
    assert at_most(1.0, 1.0)
    assert at_least(1.0, 1.0)
    assert not at_most(1.1, 1.0)
    assert not at_least(0.9, 1.0)
    assert not at_most(float("nan"), 1.0)
    assert not at_least(float("nan"), 1.0)
    assert not at_least(float("inf"), 1.0)


SETTING = {"voice": "v", "commit": "abc", "date": "d", "machine": MACHINE}


def test_page_shows_failures_and_rows_without_target(tmp_path: Path) -> None:
    rows = (
        Row("a|b", "≤ 1", "2", False, "by hand"),
        Row("c", "≤ 1", "0.5", True, "by hand"),
        Row("d", "", "7", None, "by eye"),
    )
    write_result("one", Report(rows), SETTING, tmp_path)
    text = write_page(["missing", "one"], tmp_path, tmp_path / "page.md")
    assert "| a\\|b | ≤ 1 |  | 2 | **fail** | `one` |" in text
    assert "| c | ≤ 1 |  | 0.5 | pass | `one` |" in text
    assert "| d |  |  | 7 |  | `one` |" in text
    assert "- `one`: by hand by eye" in text
    assert "| one | now | v | abc | d | X, 2 cores" in text


def test_page_sets_the_voice_as_it_was_beside_the_voice_as_it_is(tmp_path: Path) -> None:
    """By the quantity, wherever it was measured; the verdict is that of now."""
    past = folder_of("v0", tmp_path)
    write_result(
        "one", Report((Row("moved", "≤ 5", "4", True, ""), Row("gone", "≤ 1", "9", False, ""))), SETTING, past
    )
    write_result("three", Report((Row("old", "", "1", None, "then"),)), SETTING | {"voice": "w"}, past)
    now = (Row("new", "≤ 1", "3", False, ""), Row("moved", "≤ 3", "2", True, ""))
    write_result("two", Report(now), SETTING, folder_of("now", tmp_path))
    text = write_page(["one", "two", "three"], tmp_path, tmp_path / "page.md")
    table = [line for line in text.splitlines() if line.endswith("` |")]
    assert table == [
        "| gone |  | 9 |  |  | `one` |",
        "| new | ≤ 1 |  | 3 | **fail** | `two` |",
        "| moved | ≤ 3 | 4 | 2 | pass | `two` |",
        "| old |  | 1 |  |  | `three` |",
    ]
    assert "| three | v0 | w |" in text
    assert "- `three`: then" in text


def test_results_of_v0_lie_apart_and_other_columns_are_refused(tmp_path: Path) -> None:
    assert folder_of("now", tmp_path) == tmp_path
    assert folder_of("v0", tmp_path) == tmp_path / "v0"
    with pytest.raises(ValueError, match="v7"):
        folder_of("v7", tmp_path)
