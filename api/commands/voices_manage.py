"""``singer voices install``, ``remove``, ``default`` and ``verify``: voices that come from elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from api.options import json_option
from api.reporting import print_json
from api.settings import read_settings
from singer.errors import VoicebankError

_SHOWN_LEFT_OUT = 10


def _name_as(_: click.Context, __: click.Parameter, value: str | None) -> Any:
    from voicebanks.homes import Versioned, parse_versioned

    if value is None:
        return None
    found = parse_versioned(value if "@" in value else f"{value}@0.0.0")
    if found is None:
        rule = "a small letter, then up to 39 of a-z 0-9 _ -"
        message = f"found {value[:60]!r}; write NAME or NAME@VERSION, such as haru@1.2.0: {rule}"
        raise click.BadParameter(message)
    return found if "@" in value else Versioned(found.name, "")


@click.command("install")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--as", "name_as", metavar="NAME[@VERSION]", callback=_name_as, help="Name of an OpenUtau bank."
)
@click.option("--replace", is_flag=True, help="Replace the same version if its content is another.")
@click.option("--over-shipped", is_flag=True, help="Allow the name of a voice of the engine.")
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Folder of voices that gets it. Default: your own voices.",
)  # fmt: skip
@json_option
def install_command(source: Path, output: Path | None, as_json: bool, **given: Any) -> None:
    """Install the voice in SOURCE, a zip or a folder: one of this engine, or an OpenUtau DiffSinger bank.

    SOURCE is data: nothing in it is run, and what no voice is made of stays out. Versions of a voice lie side by side; the
    newest one sings unless another is chosen.

    \b
    singer voices install haru.zip
    singer voices install downloads/some_bank --as haru@2.0.0
    """
    from voicebanks.store.install import Wish, install
    from voicebanks.use_policy import UNKNOWN

    if output is not None and not output.name:
        raise click.BadParameter("write the name of a folder", param_hint="-o")
    folders = read_settings().voice_folders
    wish = Wish(given["name_as"], given["replace"], given["over_shipped"])
    done = install(source, output or folders[-1], search=folders, wish=wish)
    record = done.record
    if as_json:
        print_json(
            {
                "name": record.name,
                "version": record.version_of_voice,
                "kind": record.kind,
                "folder": str(done.folder),
                "files": len(record.files),
                "bytes": sum(facts.bytes for facts in record.files.values()),
                "left_out": record.left_out,
                "was_there": done.was_there,
                "replaced": done.replaced,
            }
        )
        return
    state = "was installed already" if done.was_there else "replaced" if done.replaced else "installed"
    click.echo(f"{record.name}@{record.version_of_voice} {state}: {len(record.files)} files in {done.folder}")
    for path, reason in list(record.left_out.items())[:_SHOWN_LEFT_OUT]:
        click.echo(f"left out: {path}: {reason}", err=True)
    if (more := len(record.left_out) - _SHOWN_LEFT_OUT) > 0:
        click.echo(f"left out: {more} more; --json lists them", err=True)
    if record.kind != "singer":
        commercial = (record.use_policy or UNKNOWN).commercial.replace("_", " ")
        click.echo(f"commercial use: {commercial}; read the bank's own terms", err=True)


@click.command("remove")
@click.argument("name")
@click.option("--all", "every", is_flag=True, help="All versions.")
@click.option("--force", is_flag=True, help="Also a voice whose models others sing with.")
@json_option
def remove_command(name: str, every: bool, force: bool, as_json: bool) -> None:
    """Remove the voice NAME, or NAME@VERSION. Voices of the engine stay.

    \b
    singer voices remove haru@1.2.0
    singer voices remove haru --all
    """
    from voicebanks.store.remove import remove

    removed = remove(name, read_settings().voice_folders, every=every, force=force)
    if as_json:
        print_json(
            [
                {"name": place.name, "version": place.version or None, "folder": str(place.folder)}
                for place in removed
            ]
        )
        return
    for place in removed:
        click.echo(f"removed {place}")


@click.command("default")
@click.argument("name")
@json_option
def default_command(name: str, as_json: bool) -> None:
    """Let NAME@VERSION sing when NAME is asked for; a bare NAME lets the newest sing again.

    \b
    singer voices default haru@1.2.0
    singer voices default haru
    """
    from voicebanks.store.remove import choose_default

    place = choose_default(name, read_settings().voice_folders)
    if as_json:
        print_json({"name": place.name, "version": place.version, "folder": str(place.folder)})
    else:
        click.echo(f"{place.name} is {place} now")


@click.command("verify")
@click.argument("name", required=False)
@json_option
def verify_command(name: str | None, as_json: bool) -> None:
    """Compare the files of the voice NAME, or of every voice, with what was installed; exit code 6 if they differ.

    \b
    singer voices verify haru
    singer voices verify --json
    """
    from voicebanks.load import shipped_folder
    from voicebanks.store.places import find_places, places_in
    from voicebanks.store.verify import verify

    own = read_settings().voice_folders
    homes = (*own, shipped_folder())
    places = find_places(name, homes) if name else [place for home in homes for place in places_in(home)]
    found = [verify(place, own) for place in places]
    if as_json:
        print_json(
            [
                {
                    "name": each.place.name,
                    "version": each.place.version or None,
                    "folder": str(each.place.folder),
                    "compared_with": each.by,
                    "ok": each.is_whole,
                    "changed": each.changed,
                    "missing": each.missing,
                    "extra": each.extra,
                    "problem": each.problem or None,
                }
                for each in found
            ]
        )
    else:
        for each in found:
            _tell(each)
    if not all(each.is_whole for each in found):
        sys.exit(VoicebankError.exit_code)


def _tell(found: Any) -> None:
    if found.is_whole:
        click.echo(f"{found.place}: as {'installed' if found.by == 'record' else 'its manifest says'}")
    for what, paths in (("changed", found.changed), ("missing", found.missing), ("extra", found.extra)):
        for path in paths:
            click.echo(f"{found.place}: {what}: {path!r}", err=True)
    if found.problem:
        click.echo(f"{found.place}: {found.problem}", err=True)


COMMANDS = (install_command, remove_command, default_command, verify_command)
