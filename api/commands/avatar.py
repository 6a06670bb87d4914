"""``singer avatar``: a song through a server, with avatars whose mouths sing it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.reporting import warn
from api.settings import read_settings
from api.songs import load_song
from singer.errors import ModelError, ScoreError
from singer.import_options import ImportOptions
from singer.performance.performance import Performance

if TYPE_CHECKING:
    from singer.audio import Sink

TOKEN_FILE = "vtube_studio_token"


@click.command("avatar")
@click.argument("song")
@click.option(
    "--to",
    "targets",
    metavar="ADDRESS",
    multiple=True,
    required=True,
    help="Avatar program. May be repeated.",
)
@click.option(
    "--server",
    default="ws://127.0.0.1:8765/v1/stream",
    show_default=True,
    help="Stream of the server that sings.",
)
@click.option(
    "--offset-ms",
    type=click.FloatRange(-2_000, 2_000),
    default=0.0,
    show_default=True,
    help="Mouths later than the sound; negative: earlier.",
)
@click.option(
    "--names",
    type=click.Choice(["vrm", "vrm0", "arkit"]),
    default="vrm",
    show_default=True,
    help="Names of the shapes that VMC is sent: VRM 1.0, VRM 0.x or ARKit.",
)
@click.option("--voice", metavar="NAME", help="Who sings. Default: the voice that the song names.")
@click.option("--token", default="", help="What the server knows you by.")
@click.option("-o", "--output", help="Sound: a .wav or .flac file, or - for bare samples on standard output.")
def command(song: str, **given: Any) -> None:
    """Sing SONG through a running server, in real time, and move the mouths of avatars with it.

    \b
    vmc://HOST:PORT  VSeeFace and other programs that receive the VMC protocol
    vts://HOST:PORT  VTube Studio; it asks once whether the plug-in is allowed

    Samples on standard output are signed 16-bit little-endian, mono, 44100 a second; the mouths start with the first of
    them. docs/avatars.md says how the programs are set up, and how the offset is found.

    \b
    singer avatar song.json --to vmc://127.0.0.1:39539 -o - | ffplay -nodisp -autoexit -f s16le -ar 44100 -
    singer avatar song.json --to vts://127.0.0.1:8001 --offset-ms 120 -o song.wav
    """
    try:
        from api.avatars.playback import Show, play
        from api.avatars.targets import bridges_to
    except ImportError as error:
        message = f"a package is not installed ({error.name}); pip install 'singer-engine[server]'"
        raise ModelError("no_avatars", message) from error
    if given["output"] == "-" and sys.stdout.isatty():
        raise click.UsageError("standard output is a terminal; give -o FILE, or pipe the sound into a player")
    logging.getLogger("api.avatars").setLevel(logging.WARNING)  # what to click, and who does not answer
    bridges = bridges_to(given["targets"], given["names"], read_settings().config_folder / TOKEN_FILE)
    show = Show(_asked(song, given["voice"]), given["server"], given["token"], given["offset_ms"])
    with _sink(given["output"]) as sink:
        played = asyncio.run(play(show, bridges, sink))
    for text in played.warnings:
        warn(text)
    for address, text in played.failures.items():
        warn(f"{address} did not follow: {text}")


def _asked(path: str, voice: str | None) -> dict[str, Any]:
    """The song and its voice, as the message ``sing`` has them."""
    from singer.performance_io import write_performance_json
    from singer.score import Score
    from singer.score_json import write_score_json

    song = load_song(path, ImportOptions())
    asked: dict[str, Any] = {"voice": voice} if voice else {}
    if isinstance(song, Performance):
        return {"performance": json.loads(write_performance_json(song)), **asked}
    if not isinstance(song, Score):
        raise ScoreError("not_a_score", "is a .ds project; give a score or a performance", path)
    return {"score": json.loads(write_score_json(song)), **asked}


def _sink(output: str | None) -> AbstractContextManager[Sink | None]:
    from api.avatars.playback import SAMPLE_RATE_HZ
    from singer.audio import FileSink, StreamSink

    if output is None:
        return contextlib.nullcontext()
    if output == "-":
        return contextlib.nullcontext(StreamSink(sys.stdout.buffer, "pcm16"))
    return FileSink(Path(output), SAMPLE_RATE_HZ, "pcm16")
