"""The recipe of the shipped voice: which material, how long each network learns, and who comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from singer.training.fairseq_run import Schedule
from singer.training.voice_folder import Singer


@dataclass(frozen=True)
class Recipe:
    """From nothing to a voice.

    Attributes:
        minutes: name of each taught timbre to minutes of its material; the order is that of the timbre table.
        vocoder, acoustic: schedules of the two trainings.
    """

    minutes: dict[str, float]
    vocoder: Schedule
    acoustic: Schedule

    @property
    def timbres(self) -> tuple[str, ...]:
        """Names of the taught timbres, in the order of the timbre table."""
        return tuple(self.minutes)


SUYIN = Recipe(
    minutes={"suyin": 69.0, **{f"blend{number}": 12.0 for number in range(1, 12)}},
    vocoder=Schedule(updates=12_000, batch=8, learning_rate=6e-4),
    acoustic=Schedule(updates=22_000, batch=4, learning_rate=8e-4),
)


def suyin(texts: Path) -> Singer:
    """The singer Suyin; ``texts`` holds her licence, notices and description."""
    return Singer(
        name="suyin",
        title="Suyin 素音",
        description="A clear, plain voice that sings Mandarin, Cantonese, English and Japanese; a blend that is nobody's.",
        version="0.5.0",
        timbre=SUYIN.timbres.index("suyin"),
        lowest_midi=48.0,
        highest_midi=84.0,
        relief=0.4,
        character={"articulation": 0.5},
        texts=texts,
        taught=SUYIN.timbres,
    )


SINGERS: Mapping[str, tuple[Recipe, Callable[[Path], Singer]]] = {"suyin": (SUYIN, suyin)}
"""Name of each shipped singer to her recipe and to what makes her of the folder of her texts."""
