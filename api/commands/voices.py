"""``singer voices``: which voices there are."""

from __future__ import annotations

from typing import Any

import click

from api.options import json_option
from api.reporting import print_json, print_table
from api.settings import read_settings


@click.command("voices")
@json_option
def command(as_json: bool) -> None:
    """List the voices that come with the engine and your own.

    Your own voices lie in ~/.local/share/singer/voices, or in the folders that SINGER_VOICES names.

    \b
    singer voices
    singer voices --json
    """
    from singer.pitch_names import pitch_name
    from voicebanks.load import list_voices

    found = list_voices(read_settings().voice_folders)
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
            "megabytes": round(sum(entry.bytes for entry in voice.manifest.files.values()) / 1e6, 2),
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
