"""The seed of a phrase's randomness: from what is sung, not from where it stands or how it is coloured."""

from __future__ import annotations

import hashlib
import math

import numpy as np

from singer.phrases import Phrase


def phrase_generator(phrase: Phrase, purpose: str) -> np.random.Generator:
    """Generator that is the same for the same notes and syllables, wherever the phrase stands in the song.

    Loudness, vibrato and curves do not count, so that editing them leaves the drift of the phrase as it was.
    Times count in milliseconds from the start of the phrase.

    Args:
        phrase: whose randomness it is.
        purpose: name of the use; different uses draw independent numbers.
    """
    parts = [purpose]
    for note in phrase.notes:
        start_ms = _whole_ms(note.start_s - phrase.start_s)
        end_ms = _whole_ms(note.end_s - phrase.start_s)
        symbols = " ".join(phone.symbol for syllable in note.syllables for phone in syllable.phones)
        parts.append(f"{start_ms} {end_ms} {round(note.midi * 100)} {note.kind} {symbols}")
    digest = hashlib.blake2b("\n".join(parts).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))


def _whole_ms(time_s: float) -> int:
    """Whole milliseconds; the odd offset keeps beats and their fractions away from where rounding would flip."""
    return math.floor(time_s * 1000.0 + 0.618)
