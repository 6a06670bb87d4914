"""The index of a timbre's takes: one JSON object a line, replaced as a whole so that no reader sees half of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from singer.training.corpus.quality import Measured
from singer.training.corpus.scripts import Script
from singer.training.corpus.take import Take
from singer.training.teacher import CONTROL_RATE_HZ

INDEX_NAME = "index.jsonl"
VERSION = 1


def write_take(folder: Path, script: Script, take: Take, measured: Measured) -> dict[str, Any]:
    """Write ``<name>.npz`` and then ``<name>.json``, its line of the index; return the line."""
    phones = take.phones
    arrays: dict[str, Any] = {
        "audio": take.audio,
        "f0_hz": take.f0_hz,
        "f0_rate": np.float32(CONTROL_RATE_HZ),
        "phone": np.array([phone.symbol for phone in phones]),
        "role": np.array([phone.role or "" for phone in phones]),
        "language": np.array([phone.language or "" for phone in phones]),
        "syllable": np.array([phone.syllable for phone in phones], np.int64),
        "start_s": take.edges_s[:-1],
        "end_s": take.edges_s[1:],
        "kind": np.array(script.kind),
    }
    target = folder / f"{script.name}.npz"
    partial = folder / f"{script.name}.{os.getpid()}.partial.npz"
    np.savez(partial, **arrays)
    partial.replace(target)
    row: dict[str, Any] = {
        "version": VERSION,
        "file": target.name,
        "timbre": script.timbre,
        "kind": script.kind,
        "language": script.language or "",
        "heldout": script.heldout,
        "text": script.line.text,
        "readings": [syllable.reading for syllable in script.line.syllables],
        "duration_s": round(take.duration_s, 4),
        "rejected": measured.rejected,
        "level_db": round(measured.level_db, 2),
        "peak": round(measured.peak, 4),
        "median_cents": round(measured.median_cents, 2),
        "near_share": round(measured.near_share, 4),
        "voiced_share": round(measured.voiced_share, 4),
        "quiet_nuclei": round(measured.quiet_nuclei, 4),
        "lost_share": round(measured.lost_share, 4),
    }
    replace_text(folder / f"{script.name}.json", json.dumps(row, ensure_ascii=False))
    return row


def read_row(folder: Path, name: str) -> dict[str, Any] | None:
    """The line of a take that is already there, else ``None``."""
    path = folder / f"{name}.json"
    if not path.is_file() or not (folder / f"{name}.npz").is_file():
        return None
    row: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return row if row.get("version") == VERSION else None


def write_index(folder: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Replace the index of ``folder`` by the kept takes among ``rows``."""
    kept = [row for row in rows if not row["rejected"]]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)
    replace_text(folder / INDEX_NAME, text)


def read_index(folder: Path) -> list[dict[str, Any]]:
    """Lines of the index of ``folder``; empty if there is none."""
    path = folder / INDEX_NAME
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def replace_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` so that it is there as a whole or not at all."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.write_text(text, "utf-8")
    partial.replace(path)
