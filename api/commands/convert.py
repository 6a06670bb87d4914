"""``singer convert``: songs from one editor's files to another's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from api.options import import_options, json_option, score_options
from api.reporting import print_json, warn
from api.songs import is_performance_file, load_song
from singer.errors import PerformanceError, ScoreError
from singer.performance.performance import Performance


@click.command("convert")
@click.argument("source")
@click.argument("target")
@click.option(
    "--performance",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A performance of the song: its pitch becomes the drawn pitch.",
)
@score_options
@json_option
def command(source: str, target: str, as_json: bool, **given: Any) -> None:
    """Read the song in SOURCE and write it to TARGET, in the format of its ending.

    Reads JSON, MIDI, MusicXML and projects of other editors; writes .json, .ustx, .svp, .vsqx, .ust, .mid and .musicxml.
    What a format cannot hold is listed as warnings.

    \b
    singer convert song.ustx song.json
    singer convert song.svp song.mid --track 2
    singer convert song.json song.ustx --performance song.performance.json
    """
    from singer.projects.write import format_of, save_project
    from singer.score import Score

    format_of(target)
    score = load_song(source, import_options(given))
    if not isinstance(score, Score):
        message = "is no score: it holds phones, not notes with lyrics; give the score, and a performance with --performance"
        raise ScoreError("not_a_score", message, source)
    left_out = save_project(score, target, _performance(given["performance"]))
    warnings = [*score.warnings, *left_out]
    if as_json:
        print_json(
            {"path": target, "notes": len(score.notes), "duration_s": score.duration_s, "warnings": warnings}
        )
        return
    for warning in warnings:
        warn(warning)
    click.echo(f"{target}: {len(score.notes)} notes, {score.duration_s:.1f} s")


def _performance(path: Path | None) -> Performance | None:
    if path is None:
        return None
    if not is_performance_file(path):
        raise PerformanceError("not_a_performance", "is no performance; singer perform writes one", str(path))
    from singer.performance_io import load_performance

    return load_performance(path)
