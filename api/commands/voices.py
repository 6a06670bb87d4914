"""``singer voices``: which voices there are, and what can be done with them."""

from __future__ import annotations

from typing import Any

import click

from api.commands import voices_design, voices_export, voices_passport
from api.options import json_option
from api.reporting import print_json, print_table
from api.settings import read_settings
from singer.errors import VoicebankError


@click.group("voices", invoke_without_command=True)
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List the voices that come with the engine and your own, or do something with one.

    Your own voices lie in ~/.local/share/singer/voices, or in the folders that SINGER_VOICES names.

    \b
    singer voices
    singer voices --json
    singer voices design mine --sweet 0.6 --young 0.3
    singer voices passport suyin
    singer voices export suyin --format openutau -o suyin.zip
    """
    if context.invoked_subcommand is None:
        _list(as_json)
    elif as_json:
        raise click.UsageError(f"write --json after {context.invoked_subcommand}")


def _list(as_json: bool) -> None:
    from singer.pitch_names import pitch_name
    from voicebanks.load import list_voices

    def tell(error: VoicebankError) -> None:
        click.echo(f"left out: {error}", err=True)

    found = list_voices(read_settings().voice_folders, refused=tell)
    entries: list[dict[str, Any]] = [
        {
            "name": voice.manifest.name,
            "title": voice.manifest.title,
            "version": voice.manifest.version_of_voice,
            "languages": list(voice.manifest.languages),
            "lowest": pitch_name(voice.manifest.range.lowest_midi),
            "highest": pitch_name(voice.manifest.range.highest_midi),
            "sample_rate_hz": voice.manifest.audio.sample_rate_hz,
            "licence": voice.manifest.licence.spdx,
            "base": voice.base.manifest.name if voice.base else None,
            "megabytes": round(voice.own_bytes / 1e6, 2),
            "description": voice.manifest.description,
            "folder": str(voice.folder),
        }
        for voice in found
    ]
    if as_json:
        print_json(entries)
        return
    headings = ("name", "title", "languages", "range", "size", "licence", "folder")
    rows = [
        (
            entry["name"],
            entry["title"],
            " ".join(entry["languages"]),
            f"{entry['lowest']}-{entry['highest']}",
            f"{entry['megabytes']} MB",
            entry["licence"],
            entry["folder"],
        )
        for entry in entries
    ]
    print_table(headings, rows)


command.add_command(voices_design.command)
command.add_command(voices_export.command)
command.add_command(voices_passport.command)
