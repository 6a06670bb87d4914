"""Running fairseq: one training, resumed where it stopped; reading back what it learned."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch

Part = Literal["vocoder", "acoustic"]
PLUGIN = Path(__file__).parent / "plugin"


@dataclass(frozen=True)
class Schedule:
    """How long and in which steps one network is trained.

    Attributes:
        updates: optimiser steps.
        batch: segments or takes per step.
        learning_rate: highest rate; it warms up over the first 200 steps and falls along a cosine.
        options: further options of ``fairseq-train``.
    """

    updates: int
    batch: int
    learning_rate: float
    options: tuple[str, ...] = ()


def train(part: Part, items: Path, checkpoints: Path, schedule: Schedule, threads: int) -> Path:
    """Train one network in a fairseq process of its own and return its last checkpoint.

    A checkpoint in ``checkpoints`` is resumed; a finished training returns at once. A CUDA device is used if there is one.

    Raises:
        subprocess.CalledProcessError: if fairseq fails.
    """
    command = [
        *(sys.executable, "-m", "fairseq_cli.train", str(items)),
        *("--user-dir", str(PLUGIN), "--task", f"singing_{part}"),
        *("--arch", f"singing_{part}", "--criterion", f"singing_{part}"),
        *("--optimizer", "adam", "--adam-betas", "(0.9, 0.98)", "--clip-norm", "5.0"),
        *("--lr", str(schedule.learning_rate), "--lr-scheduler", "cosine", "--warmup-updates", "200"),
        *("--warmup-init-lr", "1e-5", "--min-lr", "1e-6"),
        *("--max-update", str(schedule.updates), "--batch-size", str(schedule.batch)),
        *("--required-batch-size-multiple", "1", "--num-workers", "0", "--seed", "1"),
        *("--save-dir", str(checkpoints), "--save-interval-updates", "500", "--keep-interval-updates", "1"),
        *("--no-epoch-checkpoints", "--validate-interval-updates", "500", "--validate-interval", "1000000"),
        *("--save-interval", "1000000", "--log-format", "simple", "--log-interval", "100"),
        *(() if torch.cuda.is_available() else ("--cpu",)),
        *schedule.options,
    ]
    setup = (
        f"import torch; torch.set_num_threads({threads}); from fairseq_cli.train import cli_main; cli_main()"
    )
    command[1:3] = ["-c", setup]
    # fairseq's checkpoints hold their options as a Namespace, which torch reads only when told that the file is our own.
    subprocess.run(command, check=True, env={**os.environ, "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "1"})
    return checkpoints / "checkpoint_last.pt"


def read_network(checkpoint: Path) -> dict[str, Any]:
    """Weights of the network in a fairseq checkpoint, named as in the network itself.

    Raises:
        FileNotFoundError: if there is no such checkpoint.
    """
    saved = torch.load(checkpoint, map_location="cpu", weights_only=False)
    prefix = "network."
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in saved["model"].items()
        if name.startswith(prefix)
    }
