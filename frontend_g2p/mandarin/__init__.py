"""Mandarin: Han characters to pinyin, polyphones by the word and the context they stand in.

Words first (the most probable cut of the line into the words of a lexicon), then rules for what no word decides,
such as 地 after an adverb or 还 at the end of a line. Tone sandhi is left out: the melody replaces the tones.
"""

from __future__ import annotations

from frontend_g2p.han import HanReading
from frontend_g2p.phones import Source
from frontend_g2p.scripts import convert_script, script_of


def read_han(text: str) -> list[HanReading]:
    """Read the Han characters of ``text`` (traditional or simplified); everything else is context only.

    Characters of which no reading is known are left out.
    """
    from frontend_g2p.context_rules import apply_rules, in_context, load_rules
    from frontend_g2p.mandarin.segment import segment

    simplified = in_context(convert_script(text, "t2s"))
    readings: list[str] = []
    words: list[int] = []
    lengths: list[int] = []
    for index, word in enumerate(segment(simplified)):
        length = word.end - word.start
        readings.extend(word.readings or [_rare(simplified[word.start])])
        words.extend([index] * length)
        lengths.extend([length] * length)
    corrected = apply_rules(load_rules("mandarin_rules.txt"), simplified, readings, lengths)
    found: list[HanReading] = []
    for index, reading in enumerate(corrected):
        if reading:
            source: Source = "dictionary" if reading == readings[index] else "rule"
            found.append(HanReading(index, index + 1, reading, words[index], source))
    return found


def _rare(character: str) -> str:
    """Reading of a character that the lexicon does not have, from pypinyin's table; empty if there is none."""
    if script_of(character) != "han":
        return ""
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
    reading = found[0][0] if found else ""
    return reading if reading.isascii() else ""
