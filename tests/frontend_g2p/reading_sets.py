"""The reading sets of ``sets/``, and how they are scored: by syllable, without tone."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

SETS = Path(__file__).parent / "sets"


def read_set(name: str) -> list[dict[str, str]]:
    with (SETS / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def toneless(reading: str) -> str:
    return reading.rstrip("123456")


def score_targets(name: str, read: Callable[[str], dict[int, str]]) -> tuple[float, list[str]]:
    """Share of targets read right, and a line for each that is not; ``read`` gives start to reading."""
    rows = read_set(name)
    wrong = []
    for row in rows:
        found = read(row["input"]).get(int(row["start"]), "")
        if toneless(found) not in {toneless(expected) for expected in row["expected"].split("/")}:
            wrong.append(f"{row['input']} [{row['start']}] {found}, expected {row['expected']}")
    return 1 - len(wrong) / len(rows), wrong


def score_lines(name: str, read: Callable[[str], Iterable[str]]) -> float:
    """Share of syllables of whole lines read right."""
    right = total = 0
    for row in read_set(name):
        for found, expected in zip(read(row["input"]), row["expected"].split(), strict=True):
            right += toneless(found) in expected.split("/")
            total += 1
    return right / total
