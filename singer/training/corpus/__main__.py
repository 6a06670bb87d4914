"""Command line: ``python -m singer.training.corpus build``, ``align`` and ``report``."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from singer.training.corpus.blends import BLENDS


def default_folder() -> Path:
    """Where the corpus lies if nothing else is said: the user's cache."""
    from platformdirs import user_cache_path

    return user_cache_path("singer-engine") / "corpus"


_OUT = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Corpus folder [user cache].",
)


@click.group()
def main() -> None:
    """Training material, spoken and sung by the teacher."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")


@main.command()
@click.option("--timbre", type=click.Choice(list(BLENDS)), multiple=True, required=True)
@click.option(
    "--minutes", type=click.FloatRange(min=0, min_open=True), required=True, help="For each timbre."
)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@_OUT
def build(timbre: tuple[str, ...], minutes: float, workers: int, out: Path | None) -> None:
    """Build takes and align them; takes that are already there are not made again."""
    from singer.training.corpus.boundaries import settle_boundaries
    from singer.training.corpus.builder import build as build_timbre
    from singer.training.corpus.report import report_on

    folder = out or default_folder()
    for name in timbre:
        build_timbre(name, minutes, folder, workers=workers)
        settle_boundaries(folder, name)
        click.echo(report_on(folder, name))


@main.command()
@click.option("--timbre", type=click.Choice(list(BLENDS)), multiple=True, required=True)
@_OUT
def align(timbre: tuple[str, ...], out: Path | None) -> None:
    """Find the phone boundaries of what has been built so far."""
    from singer.training.corpus.boundaries import settle_boundaries

    for name in timbre:
        settle_boundaries(out or default_folder(), name)


@main.command()
@click.option("--timbre", type=click.Choice(list(BLENDS)), multiple=True, required=True)
@_OUT
def report(timbre: tuple[str, ...], out: Path | None) -> None:
    """Coverage and dropped takes, of each timbre and of all that are named together."""
    from singer.training.corpus.report import report_on, report_together

    for name in timbre:
        click.echo(report_on(out or default_folder(), name))
    click.echo(report_together(out or default_folder(), timbre))


if __name__ == "__main__":
    main()
