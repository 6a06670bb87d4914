"""``singer voices export``: a voice for another machine, or for another program."""

from __future__ import annotations

from pathlib import Path

import click

from api.options import json_option
from api.reporting import print_json
from api.settings import read_settings
from singer.errors import VoicebankError


@click.command("export")
@click.argument("voice")
@click.option(
    "--format", "wanted", type=click.Choice(["singer", "openutau"]), default="singer", show_default=True,
    help="For this engine, or a bank of OpenUtau's DiffSinger.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="DIR|ZIP",
    help="New file that ends in .zip; for OpenUtau also a new folder.",
)  # fmt: skip
@json_option
def command(voice: str, wanted: str, output: Path, as_json: bool) -> None:
    """Write VOICE as a zip that singer voices install takes, or as a bank that sings in OpenUtau and programs like it.

    \b
    singer voices export suyin -o suyin.zip
    singer voices export suyin --format openutau -o suyin-openutau.zip
    singer voices export tangli --format openutau -o Singers/tangli
    """
    from voicebanks.load import find_voice

    found = find_voice(voice, read_settings().voice_folders)
    name, title = found.manifest.name, found.manifest.title
    if found.is_imported:
        message = "is a bank of another maker; pass on the file that you got, if its licence allows it"
        raise VoicebankError("not_exported", message, f"voice {name!r}")
    if wanted == "singer":
        from voicebanks.pack import pack_voice

        pack_voice(found, output)
        size = output.stat().st_size
    else:
        from voicebanks.openutau_export.export import export_bank

        size = export_bank(found, output)
    if as_json:
        print_json({"name": name, "format": wanted, "output": str(output), "bytes": size})
    else:
        click.echo(f"wrote {output}: {title}, {size / 1e6:.1f} MB")
