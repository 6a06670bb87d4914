"""``singer timeline``: when what is sung, in files for avatars, karaoke, subtitles and phonetics."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from api.songs import Expression, load_song, prepare, prepare_performance, told
from singer.errors import ScoreError
from singer.performance.performance import Performance

if TYPE_CHECKING:
    from singer.score import Score
    from singer.timeline_formats.timed_song import TimedSong

_FORMATS = ("lab", "textgrid", "lrc", "srt", "ass", "json")
_KINDS = ("phone", "viseme", "note", "lyric", "f0", "loudness", "breath")


def _read_kinds(_: click.Context, option: click.Parameter, given: str | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    kinds = tuple(given.replace(",", " ").split())
    unknown = [kind for kind in kinds if kind not in _KINDS]
    if unknown or not kinds:
        found = unknown[0] if unknown else given
        raise click.BadParameter(f"found {found!r}; allowed are {', '.join(_KINDS)}", param=option)
    return kinds


@click.command("timeline")
@click.argument("song")
@click.option("-o", "--output", required=True, help="File to write, or - for standard output.")
@click.option("--format", "name", type=click.Choice(_FORMATS), help="Default: by the suffix of the file.")
@click.option(
    "--marks",
    metavar="KINDS",
    callback=_read_kinds,
    help=f"For JSON: some of {','.join(_KINDS)}. Default: all.",
)
@click.option(
    "--rate", type=click.IntRange(8_000, 192_000), help="For JSON: samples per second. Default: 44100."
)
@click.option("--score", "words", metavar="SCORE", help="For a performance: the score with its words.")
@voice_options
@score_options
@expression_options
@json_option
def command(song: str, **given: Any) -> None:
    """Write when what is sung in SONG, a score or a performance, on the clock of the sound that singer sing makes.

    \b
    .lab       phones, HTS labels       .lrc  words, enhanced LRC
    .TextGrid  phones, notes, lyrics    .srt  lines, subtitles
    .json      marks, as streams have   .ass  syllables, karaoke subtitles

    \b
    singer timeline examples/jasmine.json -o jasmine.ass
    singer timeline examples/jasmine.json -o jasmine.json --marks viseme,lyric --rate 48000
    singer timeline jasmine.performance.json --score examples/jasmine.json -o jasmine.lrc
    """
    from singer.timeline_formats.formats import DEFAULT_RATE_HZ, write_timeline
    from singer.whole_file import write_whole

    output, name = given["output"], _format(given)
    _keep_sources(output, song, given["words"])
    timed, warnings = _timed(song, given)
    rate = given["rate"] or DEFAULT_RATE_HZ
    text = write_timeline(timed, name, kinds=given["marks"] or _KINDS, sample_rate_hz=rate)
    if output == "-":
        click.echo(text, nl=False)
    else:
        write_whole(text, output)
    phrases = len(timed.performance.phrases)
    if given["as_json"]:
        facts = {"path": output, "format": name, "duration_s": timed.duration_s, "phrases": phrases}
        print_json({**facts, "warnings": list(warnings)})
        return
    for warning in warnings:
        warn(warning)
    if output != "-":
        click.echo(f"{output}: {timed.duration_s:.1f} s, {phrases} phrases", err=True)


def _format(given: dict[str, Any]) -> str:
    from singer.timeline_formats.formats import format_of

    to_stdout = given["output"] == "-"
    if to_stdout and given["as_json"]:
        raise click.UsageError(
            "--json prints on standard output, so the timeline cannot go there; give -o FILE"
        )
    if to_stdout and not given["name"]:
        raise click.UsageError(f"standard output has no suffix; give --format, one of {', '.join(_FORMATS)}")
    name: str = given["name"] or format_of(given["output"])
    for option in ("marks", "rate"):
        if given[option] is not None and name != "json":
            raise click.UsageError(f"--{option} is for JSON, and this is {name}")
    return name


def _keep_sources(output: str, *sources: str | None) -> None:
    """A timeline may be JSON, as songs are: refuse to write it over them."""
    for source in sources:
        if source and Path(source).exists() and Path(output).exists() and Path(output).samefile(source):
            raise click.UsageError(f"{output} is the song itself; give another file")


def _timed(song: str, given: dict[str, Any]) -> tuple[TimedSong, tuple[str, ...]]:
    """The song with its words, and what its maker should look at."""
    from singer.diffsinger.song import DsSong
    from singer.lyrics import lay_lyrics
    from singer.song import laid_for
    from singer.timeline_formats.timed_song import TimedSong

    dictionary = load_dictionary(given["dictionary"])
    expression = Expression(given["emotion"], given["control"])
    loaded = load_song(song, import_options(given))
    warnings: tuple[str, ...] = ()
    if isinstance(loaded, Performance):
        performance = prepare_performance(loaded, expression)
        score = _score(given["words"], given) if given["words"] else None
    elif given["words"]:
        raise click.UsageError("--score gives a performance its words, and this is a score")
    else:
        voice = open_voice(given, loaded.voice)
        prepared = told(prepare(loaded, voice, dictionary, expression), voice)
        performance, warnings = prepared.performance, prepared.warnings
        if isinstance(loaded, DsSong):
            return TimedSong(performance, None, None), warnings
        return TimedSong(performance, loaded, laid_for(loaded, voice, dictionary)), warnings
    return TimedSong(performance, score, lay_lyrics(score, dictionary) if score else None), warnings


def _score(path: str, given: dict[str, Any]) -> Score:
    from singer.score import Score

    loaded = load_song(path, import_options(given))
    if not isinstance(loaded, Score):
        raise ScoreError("not_a_score", "is no score; --score needs one", path)
    return loaded
