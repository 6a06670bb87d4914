"""Training the acoustic model in fairseq: task, model and criterion ``singing_acoustic``."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from fairseq import metrics
from fairseq.criterions import FairseqCriterion, register_criterion
from fairseq.models import BaseFairseqModel, register_model, register_model_architecture
from fairseq.tasks import register_task
from torch import Tensor

from singer.training.acoustic_data import AcousticDataset
from singer.training.acoustic_network import AcousticNetwork, AcousticShape
from singer.training.feature_loss import FeatureLoss
from singer.training.prepare import PHONE_ROWS

from .task import ItemsTask


@register_task("singing_acoustic")
class AcousticTask(ItemsTask):
    """Whole prepared takes."""

    def load_dataset(self, split: str, combine: bool = False, **kwargs: Any) -> None:
        """``train``, or ``valid``: the held-out takes."""
        self.datasets[split] = AcousticDataset(
            Path(self.args.data), heldout=split != "train", seed=self.args.seed
        )


@register_model("singing_acoustic")
class AcousticModel(BaseFairseqModel):
    """The network as fairseq sees it."""

    def __init__(self, network: AcousticNetwork) -> None:
        super().__init__()
        self.network = network

    @staticmethod
    def add_args(parser: ArgumentParser) -> None:
        """Options of the architecture."""
        parser.add_argument("--channels", type=int, help="width of the decoder")
        parser.add_argument("--hidden", type=int, help="width of the encoder")

    @classmethod
    def build_model(cls, args: Namespace, task: AcousticTask) -> AcousticModel:
        """From the options; the number of timbres is that of the prepared items."""
        timbres = json.loads((Path(args.data) / "items.json").read_text("utf-8"))["timbres"]
        shape = AcousticShape(len(PHONE_ROWS), len(timbres), hidden=args.hidden, channels=args.channels)
        return cls(AcousticNetwork(shape))

    def forward(self, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Envelope and aperiodicity of a batch."""
        features: tuple[Tensor, Tensor] = self.network(batch)
        return features


@register_model_architecture("singing_acoustic", "singing_acoustic")
def base_architecture(args: Namespace) -> None:
    """The shipped size."""
    args.channels = getattr(args, "channels", None) or 256
    args.hidden = getattr(args, "hidden", None) or 192


@register_criterion("singing_acoustic")
class AcousticCriterion(FairseqCriterion):
    """Feature loss over the frames that are not padding."""

    def __init__(self, task: AcousticTask) -> None:
        super().__init__(task)
        self.features = FeatureLoss()

    def forward(
        self, model: AcousticModel, sample: dict[str, Any], reduce: bool = True
    ) -> tuple[Tensor, int, dict[str, Any]]:
        """Loss of a batch, its weight, and what is logged."""
        batch = sample["net_input"]
        envelope, aperiodicity = model(batch)
        loss, level = self.features(envelope, aperiodicity, batch)
        return loss, 1, {"loss": loss.data, "envelope_db": level.data, "sample_size": 1}

    @staticmethod
    def reduce_metrics(logging_outputs: list[dict[str, Any]]) -> None:
        """Means over batches."""
        count = sum(output["sample_size"] for output in logging_outputs)
        for name in ("loss", "envelope_db"):
            metrics.log_scalar(name, sum(output[name] for output in logging_outputs) / count, count, round=4)

    @staticmethod
    def logging_outputs_can_be_summed() -> bool:
        """Sums are enough."""
        return True
