"""The small tables of the English reader, read from ``frontend_g2p/data`` on first use."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def read_rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Rows of ``data/english_<name>.tsv`` without its comments."""
    text = files("frontend_g2p").joinpath("data", f"english_{name}.tsv").read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


@cache
def word_list(name: str) -> tuple[str, ...]:
    """Items of one list of ``data/english_lists.tsv``, in order."""
    items = next(row[1] for row in read_rows("lists") if row[0] == name)
    return tuple(item.replace("_", " ") for item in items.split())


@cache
def word_set(name: str) -> frozenset[str]:
    """The same list as a set."""
    return frozenset(word_list(name))
