"""What a user may say about a score file that is not in the project's own format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from frontend_g2p.phones import Language


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Choices for reading MIDI, MusicXML and projects of other editors; the JSON format says all of this itself and ignores them.

    Attributes:
        track: number (from 1, as ``singer inspect`` lists them) or name of the track or part to sing;
            ``None`` takes the one with (the most) lyrics.
        verse: number of the verse to sing; ``None`` sings verse 1, and verse 2, 3 ... as repeats come round.
        language: language of the lyrics; ``None`` takes the file's word for it, else guesses from the script.
        chords: ``refuse`` notes that sound together, or sing the ``highest`` of them.
        encoding: text encoding of MIDI lyrics and UST files, a Python codec name; ``None`` finds it out.
        voice: name of the voice, as in the score.
    """

    track: str | int | None = None
    verse: int | None = None
    language: Language | None = None
    chords: Literal["refuse", "highest"] = "refuse"
    encoding: str | None = None
    voice: str = ""
