"""``python -m singer.training``: a voice folder from nothing, resumed where it stopped; its passport; its measurements."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import click
from platformdirs import user_cache_dir

from singer.errors import ModelError
from singer.training.corpus.boundaries import settle_boundaries
from singer.training.corpus.builder import build
from singer.training.fairseq_run import train
from singer.training.identity import ResemblyzerEncoder
from singer.training.passport import make_passports, measure_again
from singer.training.prepare import prepare
from singer.training.recipe import SINGERS, SUYIN, Recipe, suyin
from singer.training.teacher import Teacher
from singer.training.voice_folder import make_voice_folder
from voicebanks.load import VoiceFolder, find_voice, list_voices, open_folder

SHIPPED_TEXTS = Path(__file__).parents[2] / "voicebanks" / "suyin"


@click.group()
def main() -> None:
    """Make the shipped voice, its passport, or measure it again. Every step of make skips what is already there."""
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
    if find_spec("resemblyzer") is None:
        click.echo("no passports yet: install the extra passport, then python -m singer.training passport")
        return
    _write_passports([open_folder(target)] if target != SHIPPED_TEXTS else shipped_singers())


@main.command()
@click.argument("voices", nargs=-1, metavar="[NAME|FOLDER]...")
def passport(voices: tuple[str, ...]) -> None:
    """Measure voices that we made, all shipped singers if none is named, and write passport.json into their folders.

    \b
    Example:
      python -m singer.training passport
      python -m singer.training passport suyin tangli
    """
    _write_passports([find_voice(name) for name in voices] or shipped_singers())


@main.command()
@click.argument("voice", type=click.Path(path_type=Path))
def measure(voice: Path) -> None:
    """Measure the voice in the folder VOICE again, as its passport says; print the evidence as JSON.

    \b
    Example:
      python -m singer.training measure voicebanks/suyin
    """
    encoder = _encoder()
    click.echo(measure_again(voice, _open_teacher(), encoder).model_dump_json())


def shipped_singers() -> list[VoiceFolder]:
    """The voices that come with the engine and were made by a recipe, or designed from one that was."""
    return [voice for voice in list_voices() if (voice.base or voice).manifest.name in SINGERS]


def _write_passports(voices: list[VoiceFolder]) -> None:
    encoder = _encoder()
    make_passports(voices, _open_teacher(), encoder)
    for voice in voices:
        click.echo(f"wrote the passport of {voice.manifest.name} into {voice.folder}")


def _encoder() -> ResemblyzerEncoder:
    """Opened before anything that takes time; the command ends with one line if it is missing."""
    try:
        return ResemblyzerEncoder()
    except ModelError as error:
        raise click.ClickException(str(error)) from error


def _open_teacher() -> Teacher:
    return Teacher.open(Path(user_cache_dir("singer-engine")) / "corpus" / "teacher")


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
