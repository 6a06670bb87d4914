"""The reading of one Han character in its context: what the Mandarin and the Cantonese reader give back."""

from __future__ import annotations

from dataclasses import dataclass

from frontend_g2p.phones import Source


@dataclass(frozen=True, slots=True)
class HanReading:
    """One syllable of a Mandarin or Cantonese text.

    Attributes:
        start, end: span of the text that the syllable covers; empty, after its character, for the second
            syllable of a character that has two (卅 in Cantonese).
        reading: pinyin with tone digit, or Jyutping.
        word: index of the word in the text, counted from 0.
        source: ``dictionary``, or ``rule`` where a rule of context decided.
    """

    start: int
    end: int
    reading: str
    word: int
    source: Source = "dictionary"
