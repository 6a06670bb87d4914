"""What both trainings have in common as fairseq sees them: prepared items in a folder, and no symbols."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any, Self

from fairseq.tasks import LegacyFairseqTask


class ItemsTask(LegacyFairseqTask):
    """A task over a folder of prepared items; the held-out ones are its validation set."""

    @staticmethod
    def add_args(parser: ArgumentParser) -> None:
        """Options of the data."""
        parser.add_argument("data", help="folder of prepared items")

    @classmethod
    def setup_task(cls, args: Namespace, **kwargs: Any) -> Self:
        """Nothing to load."""
        return cls(args)

    @property
    def source_dictionary(self) -> None:
        """No symbols."""
        return None

    @property
    def target_dictionary(self) -> None:
        """No symbols."""
        return None
