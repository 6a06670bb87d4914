"""``singer voices export``: a voice for another program."""

from __future__ import annotations

from pathlib import Path

import click

from api.options import json_option
from api.reporting import print_json
from api.settings import read_settings


@click.command("export")
@click.argument("voice")
@click.option("--format", "wanted", type=click.Choice(["openutau"]), required=True, help="For which program.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="DIR|ZIP",
    help="New folder, or new file that ends in .zip.",
)  # fmt: skip
@json_option
def command(voice: str, wanted: str, output: Path, as_json: bool) -> None:
    """Write VOICE as a voicebank of OpenUtau's DiffSinger, which sings in OpenUtau and in programs that read such banks.

    \b
    singer voices export suyin --format openutau -o suyin.zip
    singer voices export tangli --format openutau -o Singers/tangli
    """
    from voicebanks.load import find_voice
    from voicebanks.openutau_export.export import export_bank

    found = find_voice(voice, read_settings().voice_folders)
    size = export_bank(found, output)
    if as_json:
        print_json({"name": found.manifest.name, "format": wanted, "output": str(output), "bytes": size})
    else:
        click.echo(f"wrote {output}: {found.manifest.title}, {size / 1e6:.1f} MB")
