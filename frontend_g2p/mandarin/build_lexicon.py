"""Write ``data/mandarin_words.zlib`` from open word lists; run by hand when a source or the overlay changes.

``python -m frontend_g2p.mandarin.build_lexicon JIEBA_DICT_TXT`` needs pypinyin and pypinyin-dict installed, and
jieba's ``dict.txt`` for word frequencies. Words that only CC-CEDICT has are left out, because its licence asks for
share-alike; ``data/LICENSES.md`` lists what is used.
"""

from __future__ import annotations

import math
import re
import sys
import zlib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from frontend_g2p.mandarin.lexicon import FILE_NAME

_DATA = Path(__file__).parents[1] / "data"
_HAN = re.compile(r"[㐀-鿿]+")
_LONGEST = 12
_LEAST_USES = 3
_COMMON = 20
"""A word whose reading is that of its characters is kept from this frequency on, to help find word boundaries."""


def _numbered(readings: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    from pypinyin.contrib.tone_convert import to_tone3

    return {
        word: tuple(
            to_tone3(syllable[0], neutral_tone_with_five=True, v_to_u=False) for syllable in syllables
        )
        for word, syllables in readings.items()
        if len(word) == len(syllables) <= _LONGEST and _HAN.fullmatch(word)
    }


def _phrases(single: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Readings of words of two characters and more; the best-kept list wins.

    From the others a word is only taken if no character has a reading there that it hardly ever has in the best one:
    they give many words an obsolete reading.
    """
    from pypinyin.constants import PHRASES_DICT
    from pypinyin_dict.phrase_pinyin_data import di, zdic_cibs, zdic_cybs

    best = _numbered(PHRASES_DICT)
    uses = Counter(
        pair for word, reading in best.items() for pair in zip(word, map(_toneless, reading), strict=True)
    )
    phrases: dict[str, tuple[str, ...]] = {}
    for source in (di.phrases_dict, zdic_cibs.phrases_dict, zdic_cybs.phrases_dict):
        for word, reading in _numbered(source).items():
            pairs = zip(word, map(_toneless, reading), strict=True)
            if not (word.endswith("都") and reading[-1] == "du1") and all(
                syllable == _toneless(single.get(character, "")) or uses[character, syllable] >= _LEAST_USES
                for character, syllable in pairs
            ):
                phrases[word] = reading
    phrases.update(best)
    return {word: reading for word, reading in phrases.items() if len(word) > 1}


def _toneless(syllable: str) -> str:
    return syllable.rstrip("12345")


def _characters(frequencies: Mapping[str, int], overlay: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    from pypinyin import Style, lazy_pinyin

    single: dict[str, str] = {}
    for word in frequencies:
        for character in word:
            if character not in single and _HAN.fullmatch(character):
                reading = lazy_pinyin(character, style=Style.TONE3, neutral_tone_with_five=True)[0]
                single[character] = overlay.get(character, (reading,))[0]
    return single


def _read_overlay() -> tuple[dict[str, tuple[str, ...]], set[str]]:
    """The project's own words, and words to leave out because they do more harm than good (``-`` as reading)."""
    words: dict[str, tuple[str, ...]] = {}
    dropped: set[str] = set()
    for line in (_DATA / "mandarin_overlay.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, _, reading = line.partition("\t")
            if reading == "-":
                dropped.add(word)
            elif len(word) != len(reading.split()):
                raise ValueError(f"{word}: {reading} does not have one syllable per character")
            else:
                words[word] = tuple(reading.split())
    return words, dropped


def build(jieba_dictionary: Path) -> bytes:
    """Give the packed lexicon."""
    frequencies = {
        word: int(count)
        for word, count, *_ in map(str.split, jieba_dictionary.read_text(encoding="utf-8").splitlines())
    }
    total = sum(frequencies.values())
    overlay, dropped = _read_overlay()
    single = _characters(frequencies, overlay)
    phrases = {word: reading for word, reading in _phrases(single).items() if word not in dropped}
    entries: dict[str, tuple[tuple[str, ...], float]] = {
        character: ((reading,), frequencies.get(character, 1)) for character, reading in single.items()
    }
    for word, reading in phrases.items():
        plain = tuple(single.get(character, "") for character in word)
        if reading != plain or frequencies.get(word, 0) >= _COMMON:
            entries[word] = (reading, frequencies.get(word, 0) or (1 if len(word) > 2 else 0.3))
    for word, reading in overlay.items():
        if len(word) > 1:
            entries[word] = (reading, max(frequencies.get(word, 0), 300))
    return _pack(entries, total)


def _pack(entries: Mapping[str, tuple[tuple[str, ...], float]], total: int) -> bytes:
    blocks: dict[str, list[str]] = {}
    for word in sorted(entries):
        reading, frequency = entries[word]
        decinats = round(-10 * math.log(frequency / total))
        blocks.setdefault(word[0], []).append(f"{word}\t{' '.join(reading)}\t{decinats}")
    return zlib.compress("\n\n".join("\n".join(lines) for lines in blocks.values()).encode("utf-8"), 9)


def main(arguments: list[str]) -> int:
    """Write the lexicon from the path of jieba's ``dict.txt``."""
    (_DATA / FILE_NAME).write_bytes(build(Path(arguments[0])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
