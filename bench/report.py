"""What a benchmark found, its JSON file in ``bench/results`` and the page ``docs/benchmarks.md`` made from
all of them, the voice as it was (v0) beside the voice as it is (now).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
COLUMNS = ("now", "v0")
"""What results can be kept as: of the voice under work, or of the voice of version 0.3.0 that it is compared
with."""
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"

HEADER = """\
# Benchmarks

Made by `python -m bench`; do not edit. Raw numbers are in `bench/results/*.json`; what each benchmark does
stands in the docstring of its module in `bench/`. To run one again: `pip install -e '.[ja,server,projects,banks,train,bench]'`,
then `python -m bench NAME`. Those that listen to the teacher need its corpus:
`python -m singer.training.corpus build --minutes 69 --timbre suyin`, then the same with
`--minutes 5 --timbre eval1 --timbre eval2`.

Column v0 is the voice of version 0.3.0, column now the voice under work; target and verdict are those of now.
A row that is younger than v0 has no number there until v0 is measured again: put its voice folders side by
side somewhere and run `python -m bench --as v0 --voice FOLDER/suyin NAME`.
"""


Documents = Mapping[str, Mapping[str, object]]
"""Results as read from their files, by the name of the benchmark."""


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


def folder_of(column: str, results: Path = RESULTS) -> Path:
    """Where the results of one of ``COLUMNS`` lie."""
    if column not in COLUMNS:
        raise ValueError(f"unknown column {column!r}; known are {', '.join(COLUMNS)}")
    return results if column == "now" else results / column


def read_results(folder: Path) -> Documents:
    """Every result in ``folder``, by the name of its benchmark."""
    found = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json")))
    return {str(document["benchmark"]): document for document in found if "benchmark" in document}


def measured(documents: Documents) -> dict[str, str]:
    """What was measured in ``documents``, by the quantity."""
    return {row.what: row.measured for document in documents.values() for row in rows_of(document)}


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


def write_page(order: Iterable[str], results: Path = RESULTS, page: Path = PAGE) -> str:
    """Make the page from every result in ``results`` and its folder ``v0``, in ``order``; returns its text."""
    now, past = (read_results(folder_of(column, results)) for column in COLUMNS)
    text = _page(tuple(order), now, past)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    return text


def _page(order: Sequence[str], now: Documents, past: Documents) -> str:
    lines = [
        HEADER,
        "| what | target | v0 | now | verdict | benchmark |",
        "|---|---|---|---|---|---|",
        *_table(order, now, past),
        *("", "## How each was measured", ""),
    ]
    for name in order:
        document = now.get(name) or past.get(name)
        if document is not None:
            ways = dict.fromkeys(row.how for row in rows_of(document) if row.how)
            lines.append(f"- `{name}`: " + " ".join(ways))
    lines += [
        *("", "## Where", ""),
        "| benchmark | column | voice | commit | date | machine |",
        "|---|---|---|---|---|---|",
    ]
    for name in order:
        for column, documents in (("v0", past), ("now", now)):
            if name in documents:
                document = documents[name]
                told = [str(document.get(key, "")) for key in ("voice", "commit", "date")]
                lines.append(_line(name, column, *told, _machine_line(document)))
    return "\n".join(lines) + "\n"


def _table(order: Sequence[str], now: Documents, past: Documents) -> Iterator[str]:
    """Lines of the table: the rows of now, and behind each benchmark what only v0 has."""
    before, shown = measured(past), measured(now)
    for name in order:
        for row in rows_of(now.get(name, {})):
            verdict = {True: "pass", False: "**fail**", None: ""}[row.passed]
            yield _line(row.what, row.target, before.get(row.what, ""), row.measured, verdict, f"`{name}`")
        for row in rows_of(past.get(name, {})):
            if row.what not in shown:
                yield _line(row.what, "", row.measured, "", "", f"`{name}`")


def rows_of(document: Mapping[str, object]) -> list[Row]:
    """Rows of a result as read from its file; none if there is no result."""
    rows = document.get("rows", [])
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


def _line(*cells: str) -> str:
    """A line of a table of the page."""
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
