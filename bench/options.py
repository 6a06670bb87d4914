"""What a benchmark run is told: the voice, the size, and where teacher material lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one run.

    Attributes:
        voice: name of the voice under test, or path of its folder.
        toy: a few notes only: shows that the benchmark runs; its numbers mean nothing.
        corpus: folder of the teacher corpus (see ``docs/corpus.md``).
        timbre: the corpus timbre that the voice learned from.
        cache: folder for things that are slow to make and safe to delete.
    """

    voice: str
    toy: bool
    corpus: Path
    timbre: str
    cache: Path

    @property
    def voice_name(self) -> str:
        """Name of the voice under test, whether it was given by name or by folder."""
        return Path(self.voice).absolute().name


def default_cache() -> Path:
    """The project's folder in the user's cache, where the corpus builder puts its takes as well."""
    from platformdirs import user_cache_path

    return Path(user_cache_path("singer-engine"))
