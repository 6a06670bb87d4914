"""``singer controls``: what can be turned in a song, and the emotions made of it."""

from __future__ import annotations

from dataclasses import asdict

import click

from api.options import json_option
from api.reporting import print_json, print_table
from singer.controls import BREATH, CONTROLS, PORTAMENTO, VIBRATO, Control
from singer.emotions import EMOTIONS


@click.command("controls")
@json_option
def command(as_json: bool) -> None:
    """List the controls of a song, those of single notes, and the emotions.

    \b
    singer controls
    singer sing song.json --control breathiness=0.4 --control gender=-0.3
    singer sing song.json --emotion tender=0.7 --emotion bright=0.3
    """
    tables = {"controls": CONTROLS, "vibrato": VIBRATO, "portamento": PORTAMENTO, "breath": BREATH}
    if as_json:
        document = {
            title: [{"name": name, **asdict(control)} for name, control in table.items()]
            for title, table in tables.items()
        }
        emotions = [{"name": name, **asdict(emotion)} for name, emotion in EMOTIONS.items()]
        print_json({**document, "emotions": emotions})
        return
    headings = ("name", "unit", "range", "default", "meaning")
    for title, table in tables.items():
        click.echo("Controls over the song" if title == "controls" else f"\n{title.capitalize()} of one note")
        print_table(headings, [_row(name, control) for name, control in table.items()])
    click.echo("\nEmotions, each with a weight from 0 to 1")
    print_table(("name", "meaning"), [(name, emotion.meaning) for name, emotion in EMOTIONS.items()])


def _row(name: str, control: Control) -> tuple[str, ...]:
    default = "-" if control.default is None else f"{control.default:g}"
    return name, control.unit, f"{control.lowest:g} to {control.highest:g}", default, control.meaning
