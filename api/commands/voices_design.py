"""``singer voices design``: a new voice without training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from api.options import DEFAULT_VOICE, json_option
from api.reporting import print_json
from api.settings import read_settings
from singer.pitch_names import pitch_midi, pitch_name

Command = TypeVar("Command", bound=Callable[..., Any])

_AXES = {
    "sweet": "-1 stern to 1 sweet.",
    "young": "-1 grown to 1 young.",
    "feminine": "-1 masculine to 1 feminine.",
    "bright": "-1 dark to 1 bright.",
    "husky": "-1 clear to 1 husky.",
}


def _axis_options(command: Command) -> Command:
    for name, text in reversed(_AXES.items()):
        command = click.option(f"--{name}", type=float, default=0.0, metavar="X", help=text)(command)
    return command


def _range(context: click.Context, _: click.Parameter, value: str | None) -> tuple[float, float] | None:
    if value is None:
        return None
    lowest, dash, highest = value.partition("-")
    if not dash:
        raise click.BadParameter(f"write two pitches, such as C3-C6 or 48-84; found {value[:40]!r}")
    try:
        return _midi(lowest.strip()), _midi(highest.strip())
    except ValueError as error:
        raise click.BadParameter(f"write two pitches, such as C3-C6 or 48-84: {error}") from error


def _midi(text: str) -> float:
    return float(text) if text.replace(".", "", 1).isdecimal() else pitch_midi(text)


def _weights(context: click.Context, _: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for value in values:
        name, _sign, weight = value.partition("=")
        if name in weights:
            raise click.BadParameter(f"{name[:40]!r} is given twice")
        try:
            weights[name] = float(weight)
        except ValueError as error:
            raise click.BadParameter(f"write NAME=WEIGHT, found {value[:40]!r}") from error
    return weights


@click.command("design")
@click.argument("name")
@_axis_options
@click.option(
    "--base", metavar="NAME", default=DEFAULT_VOICE, show_default=True, help="Voice whose models it uses."
)
@click.option(
    "--mix", metavar="TIMBRE=WEIGHT", multiple=True, callback=_weights, help="Mix taught timbres of the base."
)
@click.option("--range", "range_midi", metavar="LOW-HIGH", callback=_range, help="Its notes, such as C3-C6.")
@click.option("--title", default="", help="Name for people. Default: NAME.")
@click.option("--description", default="", help="What the voice is like. Default: told from the axes.")
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Folder of voices that gets the folder NAME. Default: your own voices.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the voice if it is there already.")
@json_option
def command(name: str, output: Path | None, force: bool, as_json: bool, **given: Any) -> None:
    """Make the voice NAME from another one, without training: five axes from -1 to 1, 0 is the voice as it is.

    \b
    singer voices design mine --sweet 0.6 --young 0.3
    singer voices design bass --feminine -1 --range D2-D5 -o voices
    """
    from voicebanks.design import Design, design_voice
    from voicebanks.load import find_voice, known_names

    if name in known_names():
        shipped = ", ".join(known_names())
        raise click.BadParameter(f"a shipped voice has this name; taken are {shipped}", param_hint="NAME")
    folders = read_settings().voice_folders
    axes = {axis: given[axis] for axis in _AXES}
    design = Design(
        name,
        axes,
        base=given["base"],
        title=given["title"],
        description=given["description"],
        range_midi=given["range_midi"],
        mix=given["mix"],
    )
    if output is not None and not output.name:
        raise click.BadParameter("write the name of a folder", param_hint="-o")
    home = output or folders[-1]
    voice = design_voice(design, home, search=(home, *folders), force=force)
    manifest = voice.manifest
    if home in folders and find_voice(manifest.name, folders).folder != voice.folder:
        other = find_voice(manifest.name, folders).folder
        click.echo(f"note: {other} has the same name and comes first; name yours by its folder", err=True)
    lowest, highest = (pitch_name(midi) for midi in (manifest.range.lowest_midi, manifest.range.highest_midi))
    if as_json:
        print_json(
            {
                "name": manifest.name,
                "folder": str(voice.folder),
                "base": given["base"],
                "axes": manifest.axes,
                "character": manifest.character,
                "lowest": lowest,
                "highest": highest,
            }
        )
        return
    settings = ", ".join(f"{control} {value:+g}" for control, value in manifest.character.items()) or "none"
    click.echo(f"wrote {voice.folder}: {manifest.title}, {lowest}-{highest}; character: {settings}")
