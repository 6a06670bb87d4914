"""Aligns the kept takes of a timbre and writes the boundaries into their files."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from singer.training.corpus.align import Utterance, align, observe
from singer.training.corpus.index import read_index

_log = logging.getLogger(__name__)


def settle_boundaries(out: Path, timbre: str) -> float:
    """Replace ``start_s`` and ``end_s`` of every indexed take of ``timbre`` by aligned ones.

    The plan stays in the file as ``planned_s`` (float64 [P + 1]), so that it can be done again with more takes.

    Returns:
        Median distance between planned and aligned boundaries in seconds; 0 without takes.
    """
    paths = [out / timbre / row["file"] for row in read_index(out / timbre)]
    if not paths:
        return 0.0
    utterances = [_utterance(path) for path in paths]
    found = align(utterances)
    for path, edges, utterance in zip(paths, found, utterances, strict=True):
        _replace_edges(path, edges, utterance)
    moved = np.concatenate(
        [
            np.abs(edges - utterance.planned_s)[1:-1]
            for edges, utterance in zip(found, utterances, strict=True)
        ]
    )
    distance_s = float(np.median(moved))
    _log.info("%s: aligned %d takes, boundaries moved by %.0f ms", timbre, len(paths), 1000 * distance_s)
    return distance_s


def _utterance(path: Path) -> Utterance:
    with np.load(path, allow_pickle=False) as arrays:
        planned = (
            arrays["planned_s"]
            if "planned_s" in arrays.files
            else np.append(arrays["start_s"], arrays["end_s"][-1])
        )
        return Utterance(
            observe(arrays["audio"], arrays["f0_hz"]), tuple(str(name) for name in arrays["phone"]), planned
        )


def _replace_edges(path: Path, edges: NDArray[np.float64], utterance: Utterance) -> None:
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    arrays.update(start_s=edges[:-1], end_s=edges[1:], planned_s=utterance.planned_s)
    partial = path.with_name(f"{path.stem}.{os.getpid()}.partial.npz")
    np.savez(partial, allow_pickle=False, **arrays)
    partial.replace(path)
