"""Whole takes for the acoustic model, padded into batches, as a fairseq data set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fairseq.data import FairseqDataset
from numpy.typing import NDArray
from torch import Tensor

from frontend_g2p.inventory import INVENTORY
from singer.features import ROWS_PER_FRAME
from singer.phone_track import SONORANT_CLASSES, positions, role_row
from singer.training.breaths import breath_envelopes, breathing, with_breaths_in_pauses
from singer.training.items import Item, load_items
from singer.training.stretch import stretched
from singer.training.take_styles import styles_of

_SONORANT = np.array([phone.phone_class in SONORANT_CLASSES for phone in INVENTORY.values()])
WITHHELD = 0.2
"""Share of the times that a take's style is not told."""
_EDGE_ROWS = 8
_FULL_ROWS = 20
_WHISPERED = 0.5
"""Aperiodicity of the lowest band above which a row has no voice."""
_FADED_DB = 10.0
_LEVEL_BANDS = 60
"""Bands up to 4.5 kHz, over whose mean the level is taken."""
_DB = 20.0 / np.log(10.0)


class AcousticDataset(FairseqDataset):
    """Takes at their own pitch, their phones of other lengths in every epoch; batches hold takes of similar length.

    The style of one take in five is withheld, so that style 0 is also what the model does when it is told nothing; that of
    held-out takes always is.
    """

    def __init__(self, folder: Path, *, heldout: bool, seed: int) -> None:
        items = load_items(folder, heldout=heldout, raised=False)
        if not heldout:
            styles = styles_of(items, [sung_as_meant(item) for item in items])
            items = [replace(item, style=style) for item, style in zip(items, styles, strict=True)]
        self.breaths = breath_envelopes(items)
        self.items: list[Item] = [breathing(item, self.breaths) for item in items]
        self.seed = seed
        self.epoch = 0
        self.fixed = heldout

    def __len__(self) -> int:
        return len(self.items)

    def set_epoch(self, epoch: int) -> None:
        """Another order in every epoch."""
        self.epoch = 0 if self.fixed else epoch

    def __getitem__(self, index: int) -> Item:
        item = self.items[index]
        if self.fixed:
            return item
        rng = np.random.default_rng((self.seed, self.epoch, index))
        told = item if rng.random() >= WITHHELD else replace(item, style=np.zeros_like(item.style))
        read = with_breaths_in_pauses(stretched(told, rng), rng)
        return breathing(read, self.breaths)

    def collater(self, samples: list[Item]) -> dict[str, Any]:
        """A batch of B takes, P phones and T frames at most; see ``collate``."""
        if not samples:
            return {}
        return {
            "net_input": collate(samples),
            "nsentences": len(samples),
            "ntokens": sum(item.total for item in samples),
        }

    def num_tokens(self, index: int) -> int:
        """Frames of a take."""
        return self.items[index].total

    def size(self, index: int) -> int:
        """Frames of a take."""
        return self.items[index].total

    def ordered_indices(self) -> np.ndarray[Any, Any]:
        """By rough length, shuffled among similar ones."""
        rng = np.random.default_rng((self.seed, self.epoch))
        lengths = np.array([item.total for item in self.items])
        return np.argsort(lengths * rng.uniform(0.85, 1.15, len(lengths)), kind="stable")

    @property
    def can_reuse_epoch_itr_across_epochs(self) -> bool:
        """The order changes with the epoch."""
        return False


def collate(items: list[Item]) -> dict[str, Tensor]:
    """Pad items into one batch.

    Returns:
        phone, role, language, frames int64 [B, P]; phone_mask float32 [B, 1, P]; owner int64 [B, T] (phone of a frame); position
        float32 [B, T, 3]; log_f0 float32 [B, T]; frame_mask float32 [B, 1, T]; row_weight float32 [B, 2T], 0 in
        padding and where ``sung_as_meant`` says no, less in long phones; style float32 [B, T, 2]; timbre int64 [B];
        envelope float32 [B, 2T, 96]; aperiodicity float32 [B, 2T, 12].
    """
    return {
        "phone": _pad([item.phone for item in items]),
        "role": _pad([item.role for item in items]),
        "language": _pad([item.language for item in items]),
        "frames": _pad([item.frames for item in items]),
        "phone_mask": _pad([np.ones(len(item.phone), np.float32) for item in items]).unsqueeze(1),
        "owner": _pad([np.repeat(np.arange(len(item.frames)), item.frames) for item in items]),
        "position": _pad([positions(item.frames) for item in items]),
        "log_f0": _pad([item.log_f0[::ROWS_PER_FRAME] for item in items]),
        "frame_mask": _pad([np.ones(item.total, np.float32) for item in items]).unsqueeze(1),
        "row_weight": _pad([row_weights(item) for item in items]),
        "style": _pad([np.tile(item.style, (item.total, 1)) for item in items]),
        "timbre": torch.tensor([item.timbre for item in items]),
        "envelope": _pad([item.envelope.astype(np.float32) for item in items]),
        "aperiodicity": _pad([item.aperiodicity.astype(np.float32) for item in items]),
    }


def row_weights(item: Item) -> NDArray[np.float32]:
    """What each row counts in the loss: float32 [2T].

    All rows of a short phone count in full; those of a longer one together as much as the square root of its length, so that
    held vowels and rests do not outweigh consonants and transitions.
    """
    rows = item.frames * ROWS_PER_FRAME
    weights = np.minimum(np.sqrt(_FULL_ROWS / rows), 1.0)
    return (np.repeat(weights, rows) * sung_as_meant(item)).astype(np.float32)


def sung_as_meant(item: Item) -> NDArray[np.bool_]:
    """Rows from which there is something to learn: bool [2T].

    The teacher whispers some held vowels (ɿ in one row of three, y and ɪ in one of six) and lets others fade to a hum: rows well
    inside a sonorant phone that hold no voice, or are 10 dB softer than the phone's loud rows, are left out.
    """
    rows = item.frames * ROWS_PER_FRAME
    lengths = np.repeat(rows, rows)
    starts = np.repeat(np.cumsum(rows) - rows, rows)
    since = np.arange(len(lengths)) - starts
    inside = (since >= _EDGE_ROWS) & (lengths - since > _EDGE_ROWS) & np.repeat(_SONORANT[item.phone], rows)
    level_db = _DB * item.envelope[:, :_LEVEL_BANDS].astype(np.float32).mean(axis=1)
    phones_db = np.split(level_db, np.cumsum(rows)[:-1])
    loud_db = np.repeat([np.percentile(phone_db, 90) for phone_db in phones_db], rows)
    faded = (level_db < loud_db - _FADED_DB) & np.repeat(item.role == role_row("nucleus"), rows)
    whispered = item.aperiodicity[:, 0] > _WHISPERED
    meant: NDArray[np.bool_] = ~(inside & (whispered | faded))
    return meant


def _pad(arrays: list[np.ndarray[Any, Any]]) -> Tensor:
    longest = max(len(array) for array in arrays)
    tail = ((0, 0),) * (arrays[0].ndim - 1)
    padded = [np.pad(array, ((0, longest - len(array)), *tail)) for array in arrays]
    return torch.from_numpy(np.stack(padded))
