"""The command line ``singer``: its verbs, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from api.reporting import JSON_KEY, report_error, show_log
from frontend_g2p.errors import ReadingError
from singer.errors import Cancelled, SingerError

_VERBS = {
    "sing": "Sing a score into a sound file.",
    "phonemes": "Show how lyrics are read.",
    "perform": "Write a score's performance, to be edited and sung later.",
    "convert": "Turn songs of other editors into scores, and scores into their files.",
    "timeline": "Write when what is sung: phones, mouths, notes and words, in files for other programs.",
    "voices": "List the voices.",
    "controls": "List the controls and the emotions.",
    "inspect": "Say what is in a score, performance, sound file or voice folder.",
    "serve": "Serve the engine: REST and WebSocket.",
    "avatar": "Sing through a server, and move the mouths of avatars.",
    "doctor": "Check what is installed, and that it sings.",
}
_HIDDEN_VERBS = {"demo": "Sing every score of a folder."}


class _Verbs(click.Group):
    """Imports a verb when it is used, and reports the engine's errors."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _VERBS and name not in _HIDDEN_VERBS:
            return None
        command = import_module(f"api.commands.{name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))

    def invoke(self, context: click.Context) -> Any:
        _use_one_thread()
        try:
            return super().invoke(context)
        except (SingerError, ReadingError) as error:
            context.exit(report_error(error, bool(context.meta.get(JSON_KEY))))
        except KeyboardInterrupt:
            context.exit(report_error(Cancelled(), bool(context.meta.get(JSON_KEY))))


def _use_one_thread() -> None:
    """Keep numpy's matrix products on one thread, as the models are; they are too small to share."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def _version() -> str:
    from importlib.metadata import version

    return version("singer-engine")


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(f"singer {_version()}")
        context.exit()


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Version."
)
@click.option("-v", "--verbose", count=True, help="Show the engine's log; twice for its details.")
def main(verbose: int) -> None:
    """Sing lyrics and a score in Mandarin, Cantonese, English and Japanese.

    \b
    singer sing examples/jasmine.json
    singer phonemes "好一朵美丽的茉莉花"

    Exit codes: 0 done, 2 wrong use, 3 score, 4 lyrics, 5 performance, 6 voice, 7 model, 8 output or avatar, 130 stopped.
    """
    show_log(("ERROR", "INFO", "DEBUG")[min(verbose, 2)])


if __name__ == "__main__":
    sys.exit(main())
