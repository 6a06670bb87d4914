"""The rival vocoder of ``bench.nsf_copy``: a small network of the NSF-HiFiGAN family, trained on our own items.

It learns from the same segments in the same batches as ours and by the spectral part of its loss, for an hour:
time is this process's CPU time on one thread, so a busy machine takes nothing from it. Adam, the rate falling
along a cosine over the time; checkpoints in the user's cache, where a training that was stopped goes on.

    python -m bench.nsf_trained train --minutes 60
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from bench.nsf_network import Generator, LogMel, Shape, parameters
from bench.options import default_cache
from singer.training.plugin_settings import EDGE_FRAMES, TRUSTED_HZ
from singer.training.prepare import TRAINING_HOP, TRAINING_RATE_HZ
from singer.training.spectral_loss import SpectralLoss
from singer.training.vocoder_data import VocoderDataset

SEGMENT_FRAMES = 96
BATCH = 8
SEED = 1
WARM_SHARE = 0.02
LOWEST_SHARE_OF_RATE = 0.002
MOST_GRADIENT = 5.0
CHECKPOINT_EVERY_S = 240.0
CHECKPOINT = "rival.pt"
COMMAND = "python -m bench.nsf_trained train --minutes 60"

_log = logging.getLogger(__name__)

Batch = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rival is trained.

    Attributes:
        minutes: CPU time.
        learning_rate: the highest.
        mel_weight: of the L1 distance of log-mels beside the spectral loss.
        shape: size of the network.
    """

    minutes: float = 60.0
    learning_rate: float = 1e-3
    mel_weight: float = 0.0
    shape: Shape = field(default_factory=Shape)


def learning_rate(share: float, highest: float) -> float:
    """Rate when ``share`` of the time (0 to 1) is spent: up to ``highest`` in 2 % of it, then down along a cosine."""
    if share < WARM_SHARE:
        return highest * max(share / WARM_SHARE, 0.05)
    fallen = 0.5 + 0.5 * math.cos(math.pi * min((share - WARM_SHARE) / (1.0 - WARM_SHARE), 1.0))
    return highest * max(fallen, LOWEST_SHARE_OF_RATE)


def batches(dataset: VocoderDataset, first: int) -> Iterator[Batch]:
    """Endless batches from number ``first`` on, epoch after epoch; which segments they hold depends on the number alone."""
    size = min(BATCH, len(dataset))
    per_epoch = len(dataset) // size
    number = first
    while True:
        epoch, place = divmod(number, per_epoch)
        dataset.set_epoch(epoch + 1)
        rows = dataset.ordered_indices()[place * size : (place + 1) * size]
        yield dataset.collater([dataset[int(row)] for row in rows])["net_input"]
        number += 1


class Training:
    """One training at some moment."""

    def __init__(self, plan: Plan) -> None:
        torch.manual_seed(SEED)
        self.plan = plan
        self.network = Generator(plan.shape)
        self.mel = LogMel()
        self.spectral = SpectralLoss(TRUSTED_HZ, TRAINING_RATE_HZ)
        self.optimiser = torch.optim.Adam(self.network.parameters(), betas=(0.8, 0.99))
        self.steps = 0
        self.spent_s = 0.0

    def loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Spectral loss and distance of log-mels of a batch, away from the segments' edges; two scalars."""
        edge = EDGE_FRAMES * TRAINING_HOP
        audio = batch["audio"]
        found = self.network(self.mel(audio), batch["log_f0"])[:, edge:-edge]
        wanted = audio[:, edge:-edge]
        return self.spectral(found, wanted), functional.l1_loss(self.mel(found), self.mel(wanted))

    def step(self, batch: Batch) -> float:
        """Learn from one batch; its spectral loss."""
        rate = learning_rate(self.spent_s / (60.0 * self.plan.minutes), self.plan.learning_rate)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        spectral, mel = self.loss(batch)
        self.optimiser.zero_grad()
        torch.autograd.backward(spectral + self.plan.mel_weight * mel)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), MOST_GRADIENT)
        self.optimiser.step()
        self.steps += 1
        return float(spectral.detach())

    @property
    def finished(self) -> bool:
        """Whether its time is spent."""
        return self.spent_s >= 60.0 * self.plan.minutes

    def save(self, path: Path) -> None:
        """Write all of it to ``path``."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        torch.save(
            {
                "plan": asdict(self.plan),
                "network": self.network.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "steps": self.steps,
                "spent_s": self.spent_s,
            },
            partial,
        )
        partial.rename(path)

    @classmethod
    def load(cls, path: Path) -> Training:
        """The training that ``path`` holds.

        Raises:
            FileNotFoundError: there is none.
        """
        if not path.exists():
            raise FileNotFoundError(f"no trained rival in {path}; train it first: {COMMAND}")
        saved: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        plan = dict(saved["plan"])
        training = cls(Plan(**plan | {"shape": Shape(**plan["shape"])}))
        training.network.load_state_dict(saved["network"])
        training.optimiser.load_state_dict(saved["optimiser"])
        training.steps, training.spent_s = saved["steps"], saved["spent_s"]
        return training


def train(items: Path, checkpoint: Path, plan: Plan, most_steps: int | None = None) -> Training:
    """Train the rival until its time is spent, going on from ``checkpoint`` if there is one.

    Args:
        items: folder of prepared training items.
        checkpoint: where it is kept.
        plan: how.
        most_steps: stop after so many steps in any case.

    Raises:
        FileNotFoundError: there are no items.
        ValueError: the checkpoint is of another plan, or no item is as long as a segment.
    """
    training = Training.load(checkpoint) if checkpoint.exists() else Training(plan)
    if training.plan != plan:
        raise ValueError(f"{checkpoint} was trained by another plan ({training.plan}); move it away")
    learned, heldout = (
        VocoderDataset(items, heldout=heldout, segment_frames=SEGMENT_FRAMES, seed=SEED)
        for heldout in (False, True)
    )
    if len(learned) == 0:
        raise ValueError(f"no item of {SEGMENT_FRAMES} frames in {items}")
    torch.manual_seed(SEED + training.steps)
    source = batches(learned, training.steps)
    saved_s = training.spent_s
    recent: list[float] = []
    while not training.finished and training.steps != most_steps:
        start_s = time.process_time()
        recent.append(training.step(next(source)))
        training.spent_s += time.process_time() - start_s
        if training.spent_s - saved_s > CHECKPOINT_EVERY_S:
            saved_s = training.spent_s
            training.save(checkpoint)
            _tell(training, recent, heldout)
            recent = []
    training.save(checkpoint)
    _tell(training, recent, heldout)
    return training


def heldout_loss(training: Training, heldout: VocoderDataset) -> tuple[float, float]:
    """Mean spectral loss and log-mel distance over the held-out segments; not a number if there are none."""
    found: list[tuple[float, float]] = []
    with torch.no_grad():
        for start in range(0, len(heldout), BATCH):
            rows = range(start, min(start + BATCH, len(heldout)))
            losses = training.loss(heldout.collater([heldout[row] for row in rows])["net_input"])
            found.append((float(losses[0]), float(losses[1])))
    means = np.mean(found, axis=0) if found else np.full(2, math.nan)
    return float(means[0]), float(means[1])


def _tell(training: Training, recent: list[float], heldout: VocoderDataset) -> None:
    spectral, mel = heldout_loss(training, heldout)
    _log.info(
        "%.1f min, %d steps (%.2f/s): loss %.4f, held-out %.4f, log-mel %.4f",
        training.spent_s / 60.0,
        training.steps,
        training.steps / max(training.spent_s, 1e-9),
        np.mean(recent) if recent else math.nan,
        spectral,
        mel,
    )


def default_checkpoint(cache: Path) -> Path:
    """Where the rival lies in the benchmarks' cache."""
    return cache / "nsf" / CHECKPOINT


@click.group()
def main() -> None:
    """The rival vocoder."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")


@main.command("train")
@click.option("--minutes", default=60.0, show_default=True, help="CPU time.")
@click.option("--learning-rate", "rate", default=1e-3, show_default=True, help="The highest.")
@click.option("--mel-weight", default=0.0, show_default=True, help="Of the distance of log-mels.")
@click.option("--channels", default=256, show_default=True, help="Before the first upsampling.")
@click.option("--items", type=click.Path(path_type=Path), default=None, help="Folder of training items.")
@click.option("--to", "target", type=click.Path(path_type=Path), default=None, help="Checkpoint to write.")
def train_command(
    minutes: float, rate: float, mel_weight: float, channels: int, items: Path | None, target: Path | None
) -> None:
    """Train the rival on one thread, or go on where it stopped.

    Example:  python -m bench.nsf_trained train --minutes 60
    """
    torch.set_num_threads(1)
    cache = default_cache()
    plan = Plan(minutes, rate, mel_weight, Shape(channels=channels))
    checkpoint = target or default_checkpoint(cache / "bench")
    trained = train(items or cache / "items", checkpoint, plan)
    click.echo(f"{trained.steps} steps, {parameters(trained.network)} parameters: {checkpoint}")


if __name__ == "__main__":
    main()
