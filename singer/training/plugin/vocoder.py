"""Training the vocoder in fairseq: task, model and criterion ``singing_vocoder``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from fairseq import metrics
from fairseq.criterions import FairseqCriterion, register_criterion
from fairseq.models import BaseFairseqModel, register_model, register_model_architecture
from fairseq.tasks import register_task
from torch import Tensor

from singer.filterbank import FilterBank
from singer.timebase import AudioSpec
from singer.training.loudness_loss import LoudnessLoss
from singer.training.plugin_settings import EDGE_FRAMES, TRUSTED_HZ
from singer.training.prepare import TRAINING_HOP, TRAINING_RATE_HZ
from singer.training.spectral_loss import SpectralLoss
from singer.training.synthesis import Synthesis
from singer.training.vocoder_data import VocoderDataset
from singer.training.vocoder_network import VocoderNetwork

from .task import ItemsTask

LOUDNESS_WEIGHT = 6.0
"""With it loudness is two thirds of the loss."""


@register_task("singing_vocoder")
class VocoderTask(ItemsTask):
    """Segments of prepared takes."""

    @staticmethod
    def add_args(parser: ArgumentParser) -> None:
        """Options of the data."""
        ItemsTask.add_args(parser)
        parser.add_argument("--segment-frames", type=int, default=96, help="frames of a segment")

    def load_dataset(self, split: str, combine: bool = False, **kwargs: Any) -> None:
        """``train``, or ``valid``: the held-out takes."""
        self.datasets[split] = VocoderDataset(
            Path(self.args.data),
            heldout=split != "train",
            segment_frames=self.args.segment_frames,
            seed=self.args.seed,
        )


@register_model("singing_vocoder")
class VocoderModel(BaseFairseqModel):
    """The network and its differentiable synthesis."""

    def __init__(self, network: VocoderNetwork) -> None:
        super().__init__()
        self.network = network
        self.synthesis = Synthesis(FilterBank(AudioSpec(TRAINING_RATE_HZ, TRAINING_HOP)))

    @staticmethod
    def add_args(parser: ArgumentParser) -> None:
        """Options of the architecture."""
        parser.add_argument("--channels", type=int, help="width of the network")
        parser.add_argument("--dilations", help="dilations of the residual blocks, by commas")

    @classmethod
    def build_model(cls, args: Namespace, task: VocoderTask) -> VocoderModel:
        """From the options."""
        dilations = tuple(int(part) for part in args.dilations.split(","))
        return cls(VocoderNetwork(args.channels, 3, dilations, TRUSTED_HZ))

    def forward(self, batch: dict[str, Tensor]) -> Tensor:
        """Sound of a batch: float32 [B, N]."""
        filters = self.network(batch["envelope"], batch["aperiodicity"], batch["log_f0"])
        audio: Tensor = self.synthesis(filters, batch["harmonic"], batch["noise"])
        return audio


@register_model_architecture("singing_vocoder", "singing_vocoder")
def base_architecture(args: Namespace) -> None:
    """The shipped size."""
    args.channels = getattr(args, "channels", None) or 192
    args.dilations = getattr(args, "dilations", None) or "1,2,4,1,2,4,1,2"


@register_criterion("singing_vocoder")
class VocoderCriterion(FairseqCriterion):
    """Multi-resolution spectral loss inside the trusted band, away from the segment's edges."""

    def __init__(self, task: VocoderTask) -> None:
        super().__init__(task)
        self.spectral = SpectralLoss(TRUSTED_HZ, TRAINING_RATE_HZ)
        self.loudness = LoudnessLoss(TRAINING_RATE_HZ)

    def forward(
        self, model: VocoderModel, sample: dict[str, Any], reduce: bool = True
    ) -> tuple[Tensor, int, dict[str, Any]]:
        """Loss of a batch, its weight, and what is logged."""
        batch = sample["net_input"]
        edge = EDGE_FRAMES * TRAINING_HOP
        found = model(batch)[:, edge:-edge]
        wanted = batch["audio"][:, edge:-edge]
        loss = self.spectral(found, wanted) + LOUDNESS_WEIGHT * self.loudness(found, wanted)
        return loss, 1, {"loss": loss.data, "sample_size": 1}

    @staticmethod
    def reduce_metrics(logging_outputs: list[dict[str, Any]]) -> None:
        """Mean over batches."""
        count = sum(output["sample_size"] for output in logging_outputs)
        metrics.log_scalar("loss", sum(output["loss"] for output in logging_outputs) / count, count, round=4)

    @staticmethod
    def logging_outputs_can_be_summed() -> bool:
        """Sums are enough."""
        return True
