"""What a benchmark found, its JSON file in ``bench/results`` and the page ``docs/benchmarks.md`` made from
all of them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"

HEADER = """\
# Benchmarks

Made by `python -m bench`; do not edit. Raw numbers are in `bench/results/*.json`; what each benchmark does
stands in the docstring of its module in `bench/`. To run one again: `pip install -e '.[ja,train,bench]'`,
then `python -m bench NAME`. Those that listen to the teacher need its corpus:
`python -m singer.training.corpus build --minutes 64 --timbre suyin`, then the same with
`--minutes 5 --timbre eval1 --timbre eval2`.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        what: the quantity.
        target: what it should be, in words; "" where it is only shown.
        measured: what it is, in words.
        passed: whether it reaches its target; ``None`` where there is no target.
        how: how it was measured.
    """

    what: str
    target: str
    measured: str
    passed: bool | None
    how: str


@dataclass(frozen=True, slots=True)
class Report:
    """What one benchmark found.

    Attributes:
        rows: for the table.
        details: everything else worth keeping, JSON values only.
    """

    rows: tuple[Row, ...]
    details: Mapping[str, object] = field(default_factory=dict)


def at_most(value: float, limit: float) -> bool:
    """Whether ``value`` is a number and not above ``limit``."""
    return math.isfinite(value) and value <= limit


def at_least(value: float, limit: float) -> bool:
    """Whether ``value`` is a number and not below ``limit``."""
    return math.isfinite(value) and value >= limit


def write_result(name: str, report: Report, setting: Mapping[str, object], folder: Path = RESULTS) -> Path:
    """Write ``folder/name.json``: the report beside the machine and the voice it was measured with."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    document = {
        "benchmark": name,
        **setting,
        "rows": [asdict(row) for row in report.rows],
        "details": dict(report.details),
    }
    path.write_text(
        json.dumps(document, ensure_ascii=False, indent=1, allow_nan=True) + "\n", encoding="utf-8"
    )
    return path


def write_page(order: Iterable[str], folder: Path = RESULTS, page: Path = PAGE) -> str:
    """Make the page from every result in ``folder``, in ``order``; returns its text."""
    documents = [
        json.loads(path.read_text(encoding="utf-8"))
        for name in order
        if (path := folder / f"{name}.json").exists()
    ]
    text = _page(documents)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    return text


def _page(documents: list[dict[str, object]]) -> str:
    lines = [
        HEADER,
        "| what | target | measured | | benchmark |",
        "|---|---|---|---|---|",
    ]
    for document in documents:
        for row in _rows(document):
            verdict = {True: "pass", False: "**fail**", None: ""}[row.passed]
            cells = (row.what, row.target, row.measured, verdict, f"`{document['benchmark']}`")
            lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    lines += ["", "## How each was measured", ""]
    for document in documents:
        ways = dict.fromkeys(row.how for row in _rows(document) if row.how)
        lines.append(f"- `{document['benchmark']}`: " + " ".join(ways))
    lines += ["", "## Where", "", "| benchmark | voice | commit | date | machine |", "|---|---|---|---|---|"]
    for document in documents:
        told = [str(document.get(key, "")) for key in ("benchmark", "voice", "commit", "date")]
        lines.append("| " + " | ".join(map(_cell, [*told, _machine_line(document)])) + " |")
    return "\n".join(lines) + "\n"


def _rows(document: Mapping[str, object]) -> list[Row]:
    rows = document["rows"]
    if not isinstance(rows, list):
        raise TypeError(f"rows of {document['benchmark']} are not a list")
    return [Row(**row) for row in rows]


def _machine_line(document: Mapping[str, object]) -> str:
    machine = document.get("machine")
    if not isinstance(machine, dict):
        return ""
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}, "
        f"Python {machine['python']}, load {machine['load_at_start']}"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
