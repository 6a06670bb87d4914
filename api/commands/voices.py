"""``singer voices``: which voices there are, and what can be done with them."""

from __future__ import annotations

import click

from api.commands import voices_design, voices_export, voices_manage, voices_passport, voices_show
from api.options import json_option


@click.group("voices", invoke_without_command=True)
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """List the voices that come with the engine and your own, or do something with one.

    Your own voices lie in ~/.local/share/singer/voices, or in the folders that SINGER_VOICES names.

    \b
    singer voices
    singer voices --json
    singer voices show suyin
    singer voices install haru.zip
    singer voices design mine --sweet 0.6 --young 0.3
    singer voices passport suyin
    singer voices export suyin --format openutau -o suyin.zip
    """
    if context.invoked_subcommand is None:
        voices_show.print_list(as_json)
    elif as_json:
        raise click.UsageError(f"write --json after {context.invoked_subcommand}")


for _verb in (voices_show.list_command, voices_show.show_command, *voices_manage.COMMANDS):
    command.add_command(_verb)
command.add_command(voices_design.command)
command.add_command(voices_export.command)
command.add_command(voices_passport.command)
