"""What a show must remember to go on after a restart: one small document, written whole after every change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from singer.errors import ScoreError
from singer.whole_file import write_whole

MOST_WAITING = 500
MOST_SUNG = 100


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Entry(_Document):
    """One song in the queue.

    Attributes:
        number: names it; never used again.
        song: name in the repertoire.
        title: of the song.
        by: who asked for it.
    """

    number: int
    song: str
    title: str
    by: str = ""


class Manner(_Document):
    """How songs are sung from the next phrase on."""

    semitones: Annotated[float, Field(ge=-24, le=24)] = 0.0
    tempo_factor: Annotated[float, Field(ge=0.25, le=4.0)] = 1.0


class ShowState(_Document):
    """The whole show.

    Attributes:
        version: of this document.
        playing: whether songs are sung; a show that stands plays silence.
        queue: songs to come, the next one first.
        current: the song that is being sung.
        from_note: its first note that has not sounded when this was written.
        manner: key and tempo.
        sung: the last songs that were sung, the newest last.
        next_number: number of the next entry.
    """

    version: Literal[1] = 1
    playing: bool = True
    queue: list[Entry] = []
    current: Entry | None = None
    from_note: int = 0
    manner: Manner = Manner()
    sung: list[Entry] = []
    next_number: int = 1

    def save(self, path: Path) -> None:
        """Write it to ``path``, whole; raises ``OutputError``."""
        write_whole(self.model_dump_json(), path)


def load_state(path: Path) -> ShowState:
    """The show that was kept at ``path``, a new one if there is none.

    Raises:
        ScoreError: a file that holds no show.
    """
    try:
        return ShowState.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return ShowState()
    except (OSError, ValidationError) as error:
        message = f"holds no show ({str(error).splitlines()[0]}); move it away to begin anew"
        raise ScoreError("show_state", message, str(path)) from error
