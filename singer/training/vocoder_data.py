"""Random segments of features and audio for the vocoder, as a fairseq data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from fairseq.data import FairseqDataset
from torch import Tensor

from singer.features import ROWS_PER_FRAME
from singer.training.excitation import excite
from singer.training.items import Item, load_items
from singer.training.prepare import TRAINING_HOP, TRAINING_RATE_HZ


class VocoderDataset(FairseqDataset):
    """One random segment of each item per epoch; the held-out part always takes the same segments."""

    def __init__(self, folder: Path, *, heldout: bool, segment_frames: int, seed: int) -> None:
        self.items: list[Item] = [
            item for item in load_items(folder, heldout=heldout) if item.total >= segment_frames
        ]
        self.segment_frames = segment_frames
        self.seed = seed
        self.epoch = 0
        self.fixed = heldout

    def __len__(self) -> int:
        return len(self.items)

    def set_epoch(self, epoch: int) -> None:
        """Other segments in every epoch."""
        self.epoch = 0 if self.fixed else epoch

    def __getitem__(self, index: int) -> dict[str, np.ndarray[Any, Any]]:
        item = self.items[index]
        rng = np.random.default_rng((self.seed, self.epoch, index))
        start = int(rng.integers(0, item.total - self.segment_frames + 1))
        rows = slice(ROWS_PER_FRAME * start, ROWS_PER_FRAME * (start + self.segment_frames))
        log_f0 = item.log_f0[rows]
        harmonic, noise = excite(log_f0, TRAINING_HOP, TRAINING_RATE_HZ, rng)
        samples = item.audio[start * TRAINING_HOP : (start + self.segment_frames) * TRAINING_HOP]
        return {
            "envelope": item.envelope[rows].astype(np.float32),
            "aperiodicity": item.aperiodicity[rows].astype(np.float32),
            "log_f0": log_f0,
            "harmonic": harmonic,
            "noise": noise,
            "audio": samples.astype(np.float32) / 32767.0,
        }

    def collater(self, samples: list[dict[str, Any]]) -> dict[str, Any]:
        """A batch: every array stacked."""
        if not samples:
            return {}
        batch: dict[str, Tensor] = {
            name: torch.from_numpy(np.stack([sample[name] for sample in samples])) for name in samples[0]
        }
        return {"net_input": batch, "nsentences": len(samples), "ntokens": len(samples) * self.segment_frames}

    def num_tokens(self, index: int) -> int:
        """Frames of a segment."""
        return self.segment_frames

    def size(self, index: int) -> int:
        """Frames of a segment."""
        return self.segment_frames

    def ordered_indices(self) -> np.ndarray[Any, Any]:
        """A new order in every epoch."""
        if self.fixed:
            return np.arange(len(self))
        return np.random.default_rng((self.seed, self.epoch)).permutation(len(self))

    @property
    def can_reuse_epoch_itr_across_epochs(self) -> bool:
        """Segments and order change with the epoch."""
        return False
