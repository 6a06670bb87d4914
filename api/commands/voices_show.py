"""``singer voices list`` and ``singer voices show``: which voices there are, and what is known of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from api.options import json_option
from api.reporting import print_json, print_table
from api.settings import read_settings
from singer.errors import VoicebankError

if TYPE_CHECKING:
    from voicebanks.load import VoiceFolder
    from voicebanks.store.places import Place

_COMMERCIAL = {
    "yes": "commercial",
    "no": "not commercial",
    "with_permission": "commercial with permission",
    "unknown": "see licence",
}


@click.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List the voices that come with the engine and your own.

    \b
    singer voices list
    singer voices list --json
    """
    print_list(as_json)


def print_list(as_json: bool) -> None:
    """Every voice that can be asked for by its name."""
    from voicebanks.load import list_voices

    def tell(error: VoicebankError) -> None:
        click.echo(f"left out: {error}", err=True)

    found = list_voices(read_settings().voice_folders, refused=tell)
    entries = [_entry(voice) for voice in found]
    if as_json:
        print_json(entries)
        return
    headings = ("name", "version", "title", "languages", "range", "size", "use", "folder")
    rows = [
        (
            entry["name"],
            ", ".join(entry["versions"]),
            entry["title"],
            " ".join(entry["languages"]),
            f"{entry['lowest']}-{entry['highest']}" if entry["lowest"] else "-",
            f"{entry['megabytes']} MB",
            _COMMERCIAL[entry["use_policy"]["commercial"]],
            entry["folder"],
        )
        for entry in entries
    ]
    print_table(headings, rows)


def _entry(voice: VoiceFolder) -> dict[str, Any]:
    from singer.pitch_names import pitch_name
    from voicebanks.use_policy import policy_of

    manifest = voice.manifest
    others = [place.version for place in _places(manifest.name) if place.version]
    return {
        "name": manifest.name,
        "title": manifest.title,
        "version": manifest.version_of_voice,
        "versions": list(dict.fromkeys((*filter(None, [manifest.version_of_voice]), *others))),
        "kind": "openutau" if voice.is_imported else "singer",
        "singers": _singers(voice),
        "languages": list(manifest.languages),
        "lowest": pitch_name(manifest.range.lowest_midi),
        "highest": pitch_name(manifest.range.highest_midi),
        "sample_rate_hz": manifest.audio.sample_rate_hz,
        "licence": manifest.licence.spdx,
        "use_policy": policy_of(voice).document(),
        "base": voice.base.manifest.name if voice.base else None,
        "megabytes": round(voice.own_bytes / 1e6, 2),
        "description": manifest.description,
        "folder": str(voice.folder),
    }


def _singers(voice: VoiceFolder) -> list[str]:
    """Singers of an imported bank, who may be named behind it; none for other voices."""
    from voicebanks.openutau.describe import singers_of

    return list(singers_of(voice.folder)) if voice.is_imported else []


def _places(name: str) -> list[Place]:
    from voicebanks.store.places import places_in

    return [each for home in read_settings().voice_folders for each in places_in(home) if each.name == name]


@click.command("show")
@click.argument("name")
@json_option
def show_command(name: str, as_json: bool) -> None:
    """Show what is known of the voice NAME (NAME@VERSION, or a folder): what it sings, where it lies, what it may be used for.

    \b
    singer voices show suyin
    singer voices show haru@1.2.0 --json
    """
    document = _document(name)
    if as_json:
        print_json(document)
        return
    for key, value in document.items():
        if key != "use_policy":
            click.echo(f"{key + ':':<16}{_shown(value)}")
    _show_policy(document["use_policy"])


def _document(name: str) -> dict[str, Any]:
    from voicebanks.load import find_voice
    from voicebanks.store.record import read_record

    folders = read_settings().voice_folders
    voice = find_voice(name, folders)
    record = read_record(voice.folder)
    if record is None:
        return _entry(voice)
    return {**_entry(voice), "installed": record.installed, "installed_from": record.source.file_name}


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return "-" if value in (None, "") else str(value)


def _show_policy(policy: dict[str, Any]) -> None:
    needed = {True: "required", False: "not required", None: "not known"}[policy["attribution_required"]]
    lines = {
        "commercial": policy["commercial"].replace("_", " "),
        "attribution": f"{needed}{': ' + policy['attribution'] if policy['attribution'] else ''}",
        "forbidden": ", ".join(policy["forbidden"]) or "nothing that is listed",
        "notes": " ".join(policy["notes"]) or "-",
    }
    click.echo("use policy:")
    for key, line in lines.items():
        click.echo(f"  {key + ':':<14}{line}")
