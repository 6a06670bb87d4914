"""How the command line speaks: results on standard output, everything else on standard error."""

from __future__ import annotations

import contextlib
import json
import logging
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click

from frontend_g2p.errors import ReadingError
from singer.errors import LyricsError, SingerError

JSON_KEY = "singer.json"
"""Set in the context's ``meta`` by ``--json``: errors are then JSON too."""

Advance = Callable[[float], None]
"""Takes the number of seconds of the song that are done."""


def print_json(document: object) -> None:
    """Print ``document`` as one line of JSON; numbers that are not finite become ``null``."""
    text = json.dumps(_finite(document), ensure_ascii=False, allow_nan=False)
    for separator in "\x85\u2028\u2029":  # line ends to many readers, so that one document stays one line
        text = text.replace(separator, f"\\u{ord(separator):04x}")
    click.echo(text)


def _finite(document: Any) -> Any:
    if isinstance(document, float):
        return document if math.isfinite(document) else None
    if isinstance(document, dict):
        return {key: _finite(value) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [_finite(value) for value in document]
    return document


def as_singer_error(error: SingerError | ReadingError) -> SingerError:
    """The error as one of the engine's own; a ``ReadingError`` becomes a ``LyricsError`` with its place."""
    if isinstance(error, SingerError):
        return error
    place = f"{error.text!r} at character {error.start + 1}" if error.text else ""
    return LyricsError(error.code, error.message, place)


def error_document(error: SingerError | ReadingError) -> dict[str, dict[str, str]]:
    """The error as JSON."""
    known = as_singer_error(error)
    return {"error": {"code": known.code, "message": known.message, "where": known.where}}


def report_error(error: SingerError | ReadingError, as_json: bool) -> int:
    """Tell of ``error`` and give the exit code of its family."""
    known = as_singer_error(error)
    if as_json:
        print_json(error_document(known))
    else:
        click.echo(f"singer: {known}", err=True)
    return known.exit_code


def warn(message: str) -> None:
    """Print a warning on standard error."""
    click.echo(f"warning: {message}", err=True)


@contextlib.contextmanager
def progress(title: str, total_s: float, wanted: bool = True) -> Iterator[Advance]:
    """A progress bar over ``total_s`` seconds of song, if ``wanted`` and a person watches standard error."""
    if not (wanted and sys.stderr.isatty()):
        yield lambda done_s: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f} of {task.total:.0f} s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total_s)
        yield lambda done_s: bar.update(task, completed=done_s)


def print_table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows under headings, as wide as they need to be."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # as Text: brackets in lyrics are no markup
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    console.print(table)


def show_log(level: str) -> None:
    """Send the engine's log to standard error from ``level`` on."""
    logging.basicConfig(
        level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr, force=True
    )
