"""Names of pitches (``E4``, ``F#4``, ``Bb3``, ``c♯5``) to MIDI note numbers and back. C4 is MIDI 60."""

from __future__ import annotations

import re

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "##": 2, "x": 2, "b": -1, "♭": -1, "bb": -2, "♮": 0}
_SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
NAME_PATTERN = r"^[A-Ga-g](#|##|x|b|bb|♯|♭|♮)?-?[0-9]$"


def pitch_midi(name: str) -> float:
    """MIDI note number of a pitch name: a letter, an accidental if any, and the octave (-1 to 9).

    Raises:
        ValueError: the name is not one, or lies outside MIDI 0-127.
    """
    if not re.fullmatch(NAME_PATTERN, name):
        raise ValueError(
            f'found pitch {name[:20]!r}; write a name such as "E4", "F#4" or "Bb3", or a MIDI number'
        )
    letter, accidental, octave = re.fullmatch(r"(.)(.*?)(-?\d)", name).groups()  # type: ignore[union-attr]
    midi = 12 * (int(octave) + 1) + _STEPS[letter.upper()] + _ACCIDENTALS[accidental]
    if not 0 <= midi <= 127:
        raise ValueError(f"pitch {name} is outside MIDI 0 to 127, C-1 to G9")
    return float(midi)


def pitch_name(midi: float) -> str:
    """Name of the nearest pitch, with sharps, and the cents away from it if any: ``F#4``, ``A4+25c``."""
    nearest = int(midi + 0.5)
    cents = round((midi - nearest) * 100)
    name = f"{_SHARP_NAMES[nearest % 12]}{nearest // 12 - 1}"
    return f"{name}{cents:+d}c" if cents else name
