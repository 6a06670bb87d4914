"""``singer serve``: the engine as a server."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click

from singer.errors import ModelError


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """One option for each setting, told from the settings themselves."""
    from api.server.settings import PREFIX, ServerSettings, is_list

    for name, field in reversed(ServerSettings.model_fields.items()):
        plain = [part for part in get_args(field.annotation) if part in (str, int, Path)]
        kind: Any = str if is_list(name) else (plain or [field.annotation])[0]
        choices = get_args(kind) if not isinstance(kind, type) else ()
        default = (
            "" if field.default_factory or field.default in (None, []) else f"  [default: {field.default}]"
        )
        command = click.option(
            f"--{name.replace('_', '-')}",
            type=click.Choice(choices) if choices else kind,
            multiple=is_list(name),
            default=None,
            help=f"{field.description}{default}  ({PREFIX}{name.upper()})",
        )(command)
    return command


@click.command("serve")
@_options
@click.option(
    "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TOML file with settings."
)
def command(config: Path | None, **given: Any) -> None:
    """Serve the engine: REST for tools, WebSocket for live shows.

    Every setting is an option here, a variable of the environment (its name stands behind the option) and a key of the
    file; the option wins over the environment, that over the file. The API is described at /docs and /openapi.json, the
    streaming protocol in docs/streaming.md.

    \b
    singer serve
    singer serve --port 9000 --show-folder examples --show-filler jasmine
    SINGER_SERVE_MOST_STREAMS=8 singer serve --config server.toml
    """
    try:
        import uvicorn

        from api.server.app import create_app
        from api.server.settings import read_server_settings
    except ImportError as error:
        message = (
            f"the server's packages are not installed ({error.name}); pip install 'singer-engine[server]'"
        )
        raise ModelError("no_server", message) from error
    told = {name: value for name, value in given.items() if value not in (None, ())}
    options = {name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}
    settings = read_server_settings(options, config)
    logging.getLogger().setLevel(settings.log_level.upper())
    listeners = [_listen(settings.host, settings.port)]
    if settings.voicevox_prefix and settings.voicevox_port is not None:
        listeners.append(_listen(settings.host, settings.voicevox_port))
    for listener, what in zip(listeners, ("singing", "for VOICEVOX clients"), strict=False):
        address = listener.getsockname()
        click.echo(f"{what} at http://{address[0]}:{address[1]}", err=True)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            log_level=settings.log_level,
            ws="websockets-sansio",
            ws_max_size=settings.largest_message_bytes,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=5,
        )
    )
    server.run(sockets=listeners)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise ModelError("address", f"cannot listen at {host}:{port}: {error.strerror}") from error
    # Connections inherit it. Without it a small frame waits up to 40 ms for the client to acknowledge the one before.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
