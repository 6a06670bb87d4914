"""``singer sing``: a score or a performance to sound."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.options import (
    expression_options,
    find_asked_voice,
    import_options,
    json_option,
    load_dictionary,
    load_found_voice,
    score_options,
    use_options,
    voice_options,
)
from api.reporting import Advance, print_json, progress, warn
from api.settings import read_settings
from api.songs import Expression, Prepared, Singing, Sung, load_song, prepare, sing_into

if TYPE_CHECKING:
    from singer.voice import Voice


@click.command("sing")
@click.argument("score")
@click.option(
    "-o", "--output", help="File to write, .wav or .flac, or - for standard output. Default: SCORE.wav here."
)
@voice_options
@use_options
@score_options
@expression_options
@click.option(
    "--rate", type=click.IntRange(8_000, 192_000), help="Samples per second. Default: the voice's own."
)
@click.option(
    "--encoding",
    type=click.Choice(["pcm16", "pcm24", "float"]),
    default="pcm16",
    show_default=True,
    help="Numbers in the file.",
)
@click.option("--raw", is_flag=True, help="With -o -: bare little-endian samples, no WAV header.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Chooses another breath noise."
)
@click.option(
    "--cache/--no-cache", default=False, help="Keep sung phrases, and sing only those that changed."
)
@json_option
def command(score: str, **given: Any) -> None:
    """Sing SCORE: a JSON score, a performance, MIDI, MusicXML, a project of another editor (.ustx, .svp, .vsqx, .vpr, .ust,
    .ds and more), or - for standard input.

    Sample 0 is beat 0 of the score, so that the file lines up in a sequencer. Peaks are kept at -1 dBFS by a
    limiter; nothing is clipped.

    \b
    singer sing examples/jasmine.json
    singer sing song.mid --track 2 --language ja -o song.flac
    singer sing song.json --emotion tender=0.7 --control brightness=0.2
    singer sing song.json --use commercial --voice haru@1.2.0
    singer sing song.json --json -o song.wav
    singer sing song.json -o - | ffplay -i -
    """
    from voicebanks.use_policy import check_use

    started = time.perf_counter()
    output = given["output"] or _default_output(score)
    _check_use(output, given)
    song = load_song(score, import_options(given))
    found = find_asked_voice(given, song.voice)
    policy = check_use(found, given["uses"], permitted=given["have_permission"])
    voice = load_found_voice(given, found)
    expression = Expression(given["emotion"], given["control"])
    prepared = prepare(song, voice, load_dictionary(given["dictionary"]), expression)
    if not given["as_json"]:
        for warning in prepared.warnings:
            warn(warning)
    title, duration_s = prepared.performance.title or score, prepared.performance.duration_s
    with progress(title, duration_s, wanted=not given["as_json"]) as advance:
        sung = _sing(output, prepared, voice, {**given, "attribution": policy.attribution}, advance)
    total_s = time.perf_counter() - started
    if given["as_json"]:
        print_json(
            {
                "path": output,
                "voice": voice.name,
                "sample_rate_hz": given["rate"] or voice.spec.sample_rate_hz,
                **sung.document(),
                "total_s": round(total_s, 4),
                "attribution": policy.attribution,
                "warnings": list(prepared.warnings),
            }
        )
    else:
        report_sung(output, sung)
        if policy.attribution:
            due = "must be" if policy.attribution_required else "may be"
            click.echo(f"  the singer {due} named: {policy.attribution}", err=True)


def _default_output(score: str) -> str:
    return "-" if score == "-" else f"{Path(score).stem}.wav"


def _check_use(output: str, given: dict[str, Any]) -> None:
    if output == "-" and given["as_json"]:
        raise click.UsageError("--json prints on standard output, so the sound cannot go there; give -o FILE")
    if output == "-" and sys.stdout.isatty():
        raise click.UsageError("standard output is a terminal; give -o FILE, or pipe the sound into a player")
    if given["raw"] and output != "-":
        raise click.UsageError("--raw is for standard output; give -o -")


def _sing(output: str, song: Prepared, voice: Voice, given: dict[str, Any], advance: Advance) -> Sung:
    from singer.audio import FileSink, StreamSink
    from singer.phrase_cache import PhraseCache
    from singer.render import RenderOptions, output_samples

    options = RenderOptions(sample_rate_hz=given["rate"], seed=given["seed"])
    cache = PhraseCache(folder=read_settings().cache_folder) if given["cache"] else None
    singing = Singing(options, cache, advance=advance)
    rate = options.rate_of(voice)
    if output != "-":
        with FileSink(Path(output), rate, given["encoding"], comment=given["attribution"]) as sink:
            return sing_into(sink, song, voice, singing)
    stream = StreamSink(sys.stdout.buffer, given["encoding"])
    if not given["raw"]:
        samples = output_samples(song.performance, voice, options)
        stream.write_header(samples, rate, comment=given["attribution"])
    return sing_into(stream, song, voice, singing)


def report_sung(output: str, sung: Sung, *, as_result: bool = False) -> None:
    """Say in two lines what was sung and how it measures; on standard output if that is the result asked for."""
    cached = f", {sung.cached_phrases} of them from the cache" if sung.cached_phrases else ""
    click.echo(
        f"{output}: {sung.duration_s:.1f} s, {sung.phrases} phrases{cached}, "
        f"real-time factor {sung.real_time_factor:.3f}",
        err=not as_result,
    )
    click.echo(f"  {sung.quality.line()}", err=not as_result)
    if sung.clipped_samples:
        warn(f"{sung.clipped_samples} samples were clipped; use --encoding float, or lower loudness_db")
