"""Training items as they lie in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from singer.features import ROWS_PER_FRAME


@dataclass(frozen=True)
class Item:
    """One prepared take.

    Attributes:
        envelope: float16 [2T, 96]; aperiodicity: float16 [2T, 12]; log_f0: float32 [2T].
        audio: int16 [T hop] at the training rate.
        phone, role, language, frames: int64 [P].
        timbre: row of the timbre table.
        kind: spoken, sung or breath.
        style: float32 [2], power and articulation, see ``singer.training.take_styles``; 0 until it is measured.
        raised: 1, or the factor by which the take was sped up.
        name: file name.
    """

    envelope: NDArray[np.float16]
    aperiodicity: NDArray[np.float16]
    log_f0: NDArray[np.float32]
    audio: NDArray[np.int16]
    phone: NDArray[np.int64]
    role: NDArray[np.int64]
    language: NDArray[np.int64]
    frames: NDArray[np.int64]
    timbre: int
    kind: str
    raised: float
    name: str
    style: NDArray[np.float32] = field(default_factory=lambda: np.zeros(2, np.float32))

    @property
    def total(self) -> int:
        """Number of frames T."""
        return len(self.log_f0) // ROWS_PER_FRAME


def load_items(folder: Path, *, heldout: bool, raised: bool = True) -> list[Item]:
    """Items of ``folder``, of the held-out part or of the other; ``raised`` takes in the sped-up copies as well."""
    rows: list[dict[str, Any]] = json.loads((folder / "items.json").read_text("utf-8"))["items"]
    items = []
    for row in rows:
        if row["heldout"] != heldout or (row["raised"] != 1.0 and not raised):
            continue
        with np.load(folder / row["file"], allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        items.append(
            Item(**arrays, timbre=row["timbre"], kind=row["kind"], raised=row["raised"], name=row["file"])
        )
    return items
