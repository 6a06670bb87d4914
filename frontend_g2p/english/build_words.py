"""Build ``data/english_words.txt`` from its public sources. Run by hand when a source changes; not at run time.

Sources: ``us_gold.json`` and ``us_silver.json`` of the ``misaki`` package (Apache-2.0) and ``cmudict.dict`` of the
CMU Pronouncing Dictionary (BSD). One line per word, sorted by the bytes of the key::

    word <tab> best other other ... [<tab> VERB=pronunciation NOUN=pronunciation ...]

Pronunciations are packed by :mod:`frontend_g2p.english.codec`. The best is misaki's gold reading, else CMUdict's first,
else silver. Keys are lower-case; a capitalised key is kept where it is read differently (``Polish``).

    pip download --no-deps misaki && unzip misaki-*.whl -d misaki
    python -m frontend_g2p.english.build_words misaki/misaki/data cmudict.dict frontend_g2p/data/english_words.txt
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from frontend_g2p.english.codec import encode

_MISAKI_TO_ARPABET = {
    "A": "EY", "I": "AY", "W": "AW", "Y": "OY", "O": "OW", "ᵊ": "AH", "ə": "AH", "ʌ": "AH", "ᵻ": "IH", "ɪ": "IH",
    "i": "IY", "u": "UW", "ʊ": "UH", "ɛ": "EH", "æ": "AE", "ɑ": "AA", "ɔ": "AO", "b": "B", "d": "D", "f": "F",
    "h": "HH", "j": "Y", "k": "K", "l": "L", "m": "M", "n": "N", "p": "P", "s": "S", "t": "T", "ɾ": "T", "ʔ": "T",
    "v": "V", "w": "W", "z": "Z", "ð": "DH", "θ": "TH", "ŋ": "NG", "ɡ": "G", "ɹ": "R", "ʃ": "SH", "ʒ": "ZH",
    "ʤ": "JH", "ʧ": "CH",
}  # fmt: skip
_VOWEL_SYMBOLS = frozenset("AIWYOᵊəʌᵻɪiuʊɛæɑɔɜ")
_STRESS = {"ˈ": "1", "ˌ": "2"}
_OBSTRUENTS = frozenset(
    ("P", "B", "T", "D", "K", "G", "F", "V", "TH", "DH", "S", "Z", "SH", "ZH", "CH", "JH")
)
_KEY = re.compile(r"[A-Za-z][A-Za-z']*|'[a-z][a-z']*")


def misaki_to_arpabet(ipa: str) -> tuple[str, ...]:
    """Convert a misaki transcription; ``əɹ`` and ``ɜɹ`` become ER.

    KeyError for a symbol outside misaki's US set.
    """
    phones: list[str] = []
    stress = "0"
    index = 0
    while index < len(ipa):
        symbol = ipa[index]
        index += 1
        if symbol in _STRESS:
            stress = _STRESS[symbol]
        elif symbol in _VOWEL_SYMBOLS:
            rhotic = symbol in "əɜ" and ipa[index : index + 1] == "ɹ"
            index += rhotic
            if symbol == "ʌ" and stress == "0":
                stress = "2"  # AH0 is the schwa; an unmarked ʌ is still no schwa
            phones.append(("ER" if rhotic or symbol == "ɜ" else _MISAKI_TO_ARPABET[symbol]) + stress)
            stress = "0"
        else:
            phones.append(_MISAKI_TO_ARPABET[symbol])
    return stress_monosyllable(sound_syllabic(tuple(phones)))


def sound_syllabic(phones: tuple[str, ...]) -> tuple[str, ...]:
    """Write the vowel of a syllabic N, L or M: IH1 Z N T ("isn't") becomes IH1 Z AH0 N T."""
    result: list[str] = []
    for index, phone in enumerate(phones):
        after_obstruent = index > 0 and phones[index - 1] in _OBSTRUENTS
        before_consonant = index + 1 == len(phones) or not phones[index + 1][-1].isdigit()
        has_vowel = any(earlier[-1].isdigit() for earlier in result)
        if phone in ("N", "L", "M") and after_obstruent and before_consonant and has_vowel:
            result.append("AH0")
        result.append(phone)
    return tuple(result)


def stress_monosyllable(phones: tuple[str, ...]) -> tuple[str, ...]:
    """Give the only vowel of a word its stress back: sung "my" is M AY1. A schwa stays one ("the")."""
    vowels = [index for index, phone in enumerate(phones) if phone[-1].isdigit()]
    if len(vowels) != 1 or phones[vowels[0]] == "AH0":
        return phones
    return (*phones[: vowels[0]], phones[vowels[0]][:-1] + "1", *phones[vowels[0] + 1 :])


def _read_misaki(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    for word, entry in json.loads(path.read_text(encoding="utf-8")).items():
        readings = entry if isinstance(entry, dict) else {"DEFAULT": entry}
        if _KEY.fullmatch(word) and len(word) > 1:
            packed = {pos: encode(misaki_to_arpabet(ipa)) for pos, ipa in readings.items() if ipa}
            yield word, {pos: code for pos, code in packed.items() if code}


def _read_cmudict(path: Path) -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split("#")[0].split()
        if not fields:
            continue
        word = re.sub(r"\(\d+\)$", "", fields[0])
        if _KEY.fullmatch(word) and len(word) > 1:
            words.setdefault(word, []).append(encode(stress_monosyllable(tuple(fields[1:]))))
    return words


def _lower_keys(entries: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Lower-case the keys, keeping a cased key only where the lower-case word is read differently."""
    merged = {word: entry for word, entry in entries.items() if word == word.lower()}
    for word, entry in entries.items():
        if word == word.lower():
            continue
        lower = merged.setdefault(word.lower(), entry)
        if lower.get("DEFAULT") != entry.get("DEFAULT"):
            merged[word] = entry
    return merged


def build(misaki_folder: Path, cmudict_path: Path) -> str:
    """Text of the word file, from misaki's data folder and ``cmudict.dict``."""
    gold = _lower_keys(dict(_read_misaki(misaki_folder / "us_gold.json")))
    silver = _lower_keys(dict(_read_misaki(misaki_folder / "us_silver.json")))
    cmudict = _read_cmudict(cmudict_path)
    lines = []
    for word in sorted(set(gold) | set(silver) | set(cmudict), key=lambda key: key.encode()):
        readings = gold.get(word, {})
        candidates = [
            readings.get("DEFAULT", ""),
            *cmudict.get(word, ()),
            silver.get(word, {}).get("DEFAULT", ""),
        ]
        if word in cmudict and word not in gold:
            candidates.pop()
        unique = list(dict.fromkeys(filter(None, candidates)))
        by_pos = [f"{pos}={code}" for pos, code in readings.items() if pos not in ("DEFAULT", "None", "DT")]
        distinct = [item for item in by_pos if item.split("=", 1)[1] != readings["DEFAULT"]]
        if unique:
            lines.append("\t".join([word, " ".join(unique), *([" ".join(distinct)] if distinct else [])]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[3]).write_text(build(Path(sys.argv[1]), Path(sys.argv[2])), encoding="ascii")
