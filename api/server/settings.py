"""Settings of the server: one list, from which the command line's options, the environment and the file are read.

An option of the command line wins over the environment (``SINGER_SERVE_...``), that over the file, that over the default.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from singer.errors import SingerError
from voicebanks.use_policy import is_use

PREFIX = "SINGER_SERVE_"


class SettingsError(SingerError):
    """A setting that is unknown, or has a value that is not allowed."""

    exit_code = 2


def _data_folder() -> Path:
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return home / "singer" / "server"


class ServerSettings(BaseModel):
    """How the server runs. The descriptions are what ``singer serve --help`` and docs/server.md say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: Annotated[str, Field(description="Address to listen at.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535, description="Port to listen at; 0 takes a free one.")] = 8765
    default_voice: Annotated[str, Field(description="Voice of songs that name none.")] = "suyin"
    uses: Annotated[
        list[str],
        Field(
            description="What everything sung here is for, such as commercial; voices whose policy forbids it are refused."
        ),
    ] = []
    permitted_voices: Annotated[
        list[str],
        Field(
            description="Voices whose owners have permitted the commercial use that their policies ask permission for."
        ),
    ] = []
    render_threads: Annotated[
        int, Field(ge=1, le=256, description="Threads that sing; as many as cores by default.")
    ] = Field(default_factory=lambda: os.cpu_count() or 1)
    most_streams: Annotated[
        int, Field(ge=1, le=10_000, description="Streams at the same time; one more is refused as busy.")
    ] = 20
    most_connections: Annotated[
        int, Field(ge=1, le=100_000, description="WebSocket connections at the same time.")
    ] = 200
    largest_message_bytes: Annotated[
        int, Field(ge=1_000, description="Largest message of a stream's client.")
    ] = 4_000_000
    largest_body_bytes: Annotated[int, Field(ge=1_000, description="Largest body of a request.")] = 20_000_000
    most_notes: Annotated[int, Field(ge=1, description="Notes in a song.")] = 20_000
    longest_song_s: Annotated[float, Field(gt=0, description="Length of a song, seconds.")] = 3_600.0
    allowed_origins: Annotated[
        list[str],
        Field(
            description="Web pages that may use the server besides those of this machine, such as https://show.example."
        ),
    ] = []
    tokens_file: Annotated[
        Path | None, Field(description="TOML file of bearer tokens; without one everybody may ask.")
    ] = None
    data_folder: Annotated[Path, Field(description="Folder of the jobs' sound and of the show.")] = Field(
        default_factory=_data_folder
    )
    database_url: Annotated[
        str | None, Field(description="SQLAlchemy URL of the jobs; SQLite in the data folder by default.")
    ] = None
    most_jobs: Annotated[int, Field(ge=1, description="Jobs of one token that wait or are sung.")] = 1_000
    keep_jobs_hours: Annotated[float, Field(gt=0, description="How long ended jobs are kept, hours.")] = 24.0
    job_threads: Annotated[
        int, Field(ge=0, le=256, description="Jobs that are sung at the same time; 0 for none.")
    ] = 1
    show_folder: Annotated[Path | None, Field(description="Folder of scores that a live show may sing.")] = (
        None
    )
    show_filler: Annotated[
        list[str], Field(description="Songs of the show while nobody has asked for one.")
    ] = []
    show_voice: Annotated[
        str | None, Field(description="Voice of the show; the default voice if not given.")
    ] = None
    voicevox_prefix: Annotated[
        str,
        Field(
            pattern=r"^((/[A-Za-z0-9_.~-]+)+)?$",
            description="Path of the song endpoints for VOICEVOX clients; empty for none.",
        ),
    ] = "/voicevox"
    voicevox_port: Annotated[
        int | None,
        Field(ge=1, le=65_535, description="Port where these endpoints answer without the prefix, too."),
    ] = None
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="What is logged.")
    ] = "info"

    @field_validator("uses")
    @classmethod
    def _words(cls, uses: list[str]) -> list[str]:
        for word in uses:
            if not is_use(word):
                raise ValueError("a use is one word of a-z 0-9 -, such as commercial")
        return uses

    @property
    def jobs_url(self) -> str:
        """URL of the database."""
        return self.database_url or f"sqlite:///{self.data_folder / 'jobs.sqlite'}"


def read_server_settings(
    options: Mapping[str, Any], file: Path | None = None, environment: Mapping[str, str] | None = None
) -> ServerSettings:
    """The settings.

    Args:
        options: what the command line gives, by the settings' names.
        file: TOML file with settings.
        environment: the process's own by default; lists are separated by commas.

    Raises:
        SettingsError: a name or value that is not allowed, or a file that cannot be read, naming the place.
    """
    values = os.environ if environment is None else environment
    named: dict[str, Any] = {}
    for name, text in values.items():
        if not name.startswith(PREFIX):
            continue
        key = name.removeprefix(PREFIX).lower()
        if key not in ServerSettings.model_fields:
            known = ", ".join(PREFIX + each.upper() for each in ServerSettings.model_fields)
            raise SettingsError("unknown_setting", f"there is no such setting; there are {known}", name)
        named[key] = [part.strip() for part in text.split(",") if part.strip()] if is_list(key) else text
    found = {**_of_file(file), **named, **options}
    try:
        return ServerSettings.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][0])
        place = str(file)
        if key in options:
            place = "the command line"
        elif key in named:
            place = PREFIX + key.upper()
        if first["type"] == "extra_forbidden":
            known = ", ".join(ServerSettings.model_fields)
            message = f"there is no setting {key[:60]!r}; there are {known}"
            raise SettingsError("unknown_setting", message, place) from error
        raise SettingsError(
            "setting", f"{key}: {first['msg']}, found {str(first['input'])[:60]!r}", place
        ) from error


def is_list(name: str) -> bool:
    """Whether the setting has several values."""
    return ServerSettings.model_fields[name].annotation == list[str]


def _of_file(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError("settings_file", f"cannot be read: {error}", str(file)) from error
