"""``singer perform``: a score to its performance, the editable document between score and sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from api.options import (
    expression_options,
    import_options,
    json_option,
    load_dictionary,
    open_voice,
    score_options,
    voice_options,
)
from api.reporting import print_json, warn
from api.songs import Expression, load_song, prepare, told
from singer.errors import ScoreError
from singer.performance.performance import Performance


@click.command("perform")
@click.argument("score")
@click.option(
    "-o", "--output", help="File to write, or - for standard output. Default: SCORE.performance.json here."
)
@voice_options
@score_options
@expression_options
@json_option
def command(score: str, **given: Any) -> None:
    """Perform SCORE by the rules: when each phone sounds, at which pitch, how loud.

    The result is a JSON document. Change it (mark a curve "edited" to keep it) and sing it with singer sing. A file whose name
    ends in .ds is written as a DiffSinger project.

    \b
    singer perform examples/jasmine.json -o jasmine.performance.json
    singer sing jasmine.performance.json -o jasmine.wav
    """
    from singer.diffsinger.ds_write import save_ds
    from singer.diffsinger.from_performance import from_performance
    from singer.performance_io import save_performance, write_performance_json

    output = given["output"] or ("-" if score == "-" else f"{Path(score).stem}.performance.json")
    if output == "-" and given["as_json"]:
        raise click.UsageError(
            "--json prints on standard output, so the performance cannot go there; give -o FILE"
        )
    song = load_song(score, import_options(given))
    if isinstance(song, Performance):
        raise ScoreError("not_a_score", "is a performance already; give a score", score)
    voice = open_voice(given, song.voice)
    expression = Expression(given["emotion"], given["control"])
    prepared = told(prepare(song, voice, load_dictionary(given["dictionary"]), expression), voice)
    performance = prepared.performance
    if output == "-":
        click.echo(write_performance_json(performance), nl=False)
    elif Path(output).suffix.lower() == ".ds":
        save_ds(from_performance(performance), output)
    else:
        save_performance(performance, output)
    if given["as_json"]:
        print_json(
            {
                "path": output,
                "voice": voice.name,
                "duration_s": performance.duration_s,
                "phrases": len(performance.phrases),
                "phones": sum(len(phrase.phones) for phrase in performance.phrases),
                "warnings": list(prepared.warnings),
            }
        )
        return
    for warning in prepared.warnings:
        warn(warning)
    if output != "-":
        click.echo(f"{output}: {performance.duration_s:.1f} s, {len(performance.phrases)} phrases", err=True)
