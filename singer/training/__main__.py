"""``python -m singer.training make``: from nothing to an installed voice folder, resumed where it stopped."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
from platformdirs import user_cache_dir

from singer.training.corpus.boundaries import settle_boundaries
from singer.training.corpus.builder import build
from singer.training.fairseq_run import train
from singer.training.prepare import prepare
from singer.training.recipe import SUYIN, Recipe, suyin
from singer.training.voice_folder import make_voice_folder

SHIPPED_TEXTS = Path(__file__).parents[2] / "voicebanks" / "suyin"


@click.group()
def main() -> None:
    """Make the shipped voice. Every step skips what is already there."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")


@main.command()
@click.option(
    "--work", type=click.Path(path_type=Path), default=None, help="Folder for corpus and checkpoints."
)
@click.option(
    "--to", "target", type=click.Path(path_type=Path), default=SHIPPED_TEXTS, help="Voice folder to write."
)
@click.option("--workers", default=os.cpu_count() or 1, show_default="cores", help="Processes and threads.")
def make(work: Path | None, target: Path, workers: int) -> None:
    """Build the corpus, prepare it, train both networks and write the voice folder.

    \b
    Example:
      python -m singer.training make --work ~/voice
    """
    home = work or Path(user_cache_dir("singer-engine"))
    make_voice(SUYIN, home, target, workers)


def make_voice(recipe: Recipe, home: Path, target: Path, workers: int) -> None:
    """Run the whole recipe.

    Args:
        recipe: what to make.
        home: folder for corpus, training items and checkpoints.
        target: voice folder to write.
        workers: processes of the corpus builder; threads that the two trainings, run side by side, share.

    Raises:
        SingerError: a step failed; what it had finished is kept and skipped the next time.
    """
    corpus, items = home / "corpus", home / "items"
    for timbre, minutes in recipe.minutes.items():
        build(timbre, minutes, corpus, workers=workers)
        settle_boundaries(corpus, timbre)
    prepare(corpus, items, recipe.timbres, workers)
    threads = max(workers // 2, 1)
    with ThreadPoolExecutor(2 if workers > 1 else 1) as pool:
        vocoder = pool.submit(train, "vocoder", items, home / "vocoder", recipe.vocoder, threads)
        acoustic = pool.submit(train, "acoustic", items, home / "acoustic", recipe.acoustic, threads)
        checkpoints = vocoder.result(), acoustic.result()
    parity = make_voice_folder(suyin(SHIPPED_TEXTS), *checkpoints, target)
    for role, difference in parity.items():
        click.echo(f"{role}: torch and ONNX differ by at most {difference:.1e}")
    click.echo(f"wrote {target}")


if __name__ == "__main__":
    main()
