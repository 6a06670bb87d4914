"""``singer demo``: every score of a folder to sound, with one line on each. Used by ``make demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from api.commands.sing import report_sung
from api.options import open_voice, voice_options
from api.reporting import progress, warn
from api.songs import Singing, load_song, prepare, sing_into
from singer.errors import ModelError, ScoreError


@click.command("demo", hidden=True)
@click.argument("scores", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("output", type=click.Path(file_okay=False, path_type=Path))
@voice_options
def command(scores: Path, output: Path, **given: Any) -> None:
    """Sing every .json score in the folder SCORES into a .wav in the folder OUTPUT."""
    from singer.audio import FileSink
    from singer.import_options import ImportOptions
    from singer.render import RenderOptions

    paths = sorted(scores.glob("*.json"))
    if not paths:
        raise ScoreError("no_scores", "holds no .json scores", str(scores))
    output.mkdir(parents=True, exist_ok=True)
    bad = []
    for number, path in enumerate(paths, start=1):
        song = load_song(str(path), ImportOptions())
        voice = open_voice(given, song.voice)
        prepared = prepare(song, voice, None)
        for warning in prepared.warnings:
            warn(f"{path.name}: {warning}")
        target = output / f"{path.stem}.wav"
        title = f"{number} of {len(paths)}  {prepared.performance.title}"
        with (
            progress(title, prepared.performance.duration_s) as advance,
            FileSink(target, voice.spec.sample_rate_hz, "pcm16") as sink,
        ):
            sung = sing_into(sink, prepared, voice, Singing(RenderOptions(), advance=advance))
        report_sung(str(target), sung, as_result=True)
        if not sung.quality.is_good:
            bad.append(path.name)
    if bad:
        raise ModelError("poor_quality", f"the self-check is not content with {', '.join(bad)}")
