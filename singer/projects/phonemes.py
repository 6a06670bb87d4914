"""Phonemes of VOCALOID and Synthesizer V, where a note's own are given, to the readings that a score writes.

VOCALOID's are its X-SAMPA of the Japanese and the English voices, as its manuals list them; Synthesizer V's Japanese
ones are romaji. Both spell a mora as at most one consonant and one vowel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_VOWELS = {"a": 0, "i": 1, "M": 2, "e": 3, "o": 4, "i_0": 1, "M_0": 2}
_ROWS = {
    "": "あ い う え お", "k": "か き く け こ", "g": "が ぎ ぐ げ ご", "N": "が ぎ ぐ げ ご",
    "s": "さ すぃ す せ そ", "S": "しゃ し しゅ しぇ しょ", "z": "ざ ずぃ ず ぜ ぞ", "dz": "ざ ずぃ ず ぜ ぞ",
    "Z": "じゃ じ じゅ じぇ じょ", "dZ": "じゃ じ じゅ じぇ じょ", "t": "た てぃ とぅ て と", "tS": "ちゃ ち ちゅ ちぇ ちょ",
    "ts": "つぁ つぃ つ つぇ つぉ", "d": "だ でぃ どぅ で ど", "n": "な に ぬ ね の", "J": "にゃ に にゅ にぇ にょ",
    "h": "は ひ ふ へ ほ", "h\\": "は ひ ふ へ ほ", "C": "ひゃ ひ ひゅ ひぇ ひょ", "p\\": "ふぁ ふぃ ふ ふぇ ふぉ",
    "b": "ば び ぶ べ ぼ", "p": "ぱ ぴ ぷ ぺ ぽ", "m": "ま み む め も", "4": "ら り る れ ろ", "j": "や い ゆ いぇ よ",
    "w": "わ うぃ う うぇ うぉ", "k'": "きゃ き きゅ きぇ きょ", "g'": "ぎゃ ぎ ぎゅ ぎぇ ぎょ",
    "N'": "ぎゃ ぎ ぎゅ ぎぇ ぎょ", "b'": "びゃ び びゅ びぇ びょ", "p'": "ぴゃ ぴ ぴゅ ぴぇ ぴょ",
    "m'": "みゃ み みゅ みぇ みょ", "4'": "りゃ り りゅ りぇ りょ", "t'": "てゃ てぃ てゅ . てょ",
    "d'": "でゃ でぃ でゅ . でょ", "p\\'": "ふゃ ふぃ ふゅ ふぇ ふょ",
}  # fmt: skip
"""What each consonant makes with a i u e o; a dot where kana do not write it."""
_KANA = {consonant: row.split() for consonant, row in _ROWS.items()}
_NASALS = {"N\\", "N", "N'", "n", "m", "m'", "J"}
"""VOCALOID's ん before each kind of consonant."""
_ROMAJI = {
    "u": "M", "sh": "S", "j": "dZ", "z": "dz", "ch": "tS", "f": "p\\", "r": "4", "y": "j", "N": "N\\", "ky": "k'",
    "gy": "g'", "ny": "J", "hy": "C", "by": "b'", "py": "p'", "my": "m'", "ry": "4'", "ty": "t'", "dy": "d'",
}  # fmt: skip
_ENGLISH = {
    "V": "AH", "@": "AH", "e": "EH", "I": "IH", "i:": "IY", "{": "AE", "O:": "AO", "Q": "AA", "U": "UH", "u:": "UW",
    "@r": "ER", "eI": "EY", "aI": "AY", "OI": "OY", "@U": "OW", "aU": "AW", "I@": "IH R", "e@": "EH R", "U@": "UH R",
    "O@": "AO R", "Q@": "AA R", "w": "W", "j": "Y", "b": "B", "bh": "B", "d": "D", "dh": "D", "g": "G", "gh": "G",
    "dZ": "JH", "v": "V", "D": "DH", "z": "Z", "Z": "ZH", "m": "M", "n": "N", "N": "NG", "r": "R", "l": "L", "l0": "L",
    "p": "P", "ph": "P", "t": "T", "th": "T", "k": "K", "kh": "K", "tS": "CH", "f": "F", "T": "TH", "s": "S", "S": "SH",
    "h": "HH",
}  # fmt: skip
_HIRAGANA_ONLY = re.compile(r"[ぁ-ゖー]+")
_TO_HIRAGANA: Mapping[int, int] = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


def kana_of(hint: str, symbols: str) -> str | None:
    """Kana for a note's Japanese phonemes, ``None`` where one of them has none.

    Args:
        hint: phonemes with blanks between.
        symbols: ``vocaloid`` or ``romaji``.
    """
    phonemes = hint.split()
    if symbols == "romaji":
        phonemes = [_ROMAJI.get(phoneme, phoneme) for phoneme in phonemes]
    kana: list[str] = []
    consonant = ""
    for phoneme, after in zip(phonemes, [*phonemes[1:], ""], strict=False):
        if phoneme in _VOWELS:
            kana.append(_KANA[consonant][_VOWELS[phoneme]])
            consonant = ""
        elif consonant:
            return None
        elif phoneme in _NASALS and after not in _VOWELS:
            kana.append("ん")
        elif phoneme in ("cl", "?"):
            kana.append("っ")
        elif phoneme in _KANA:
            consonant = phoneme
        else:
            return None
    return None if consonant or not kana or "." in kana else "".join(kana)


def with_kana(lyric: str, kana: str) -> str:
    """A Japanese lyric with its pronunciation: kana are replaced by it, other writing has it in braces behind it."""
    plain = lyric.translate(_TO_HIRAGANA)
    if plain == kana:
        return lyric
    return kana if _HIRAGANA_ONLY.fullmatch(plain) else f"{lyric}{{{kana}}}"


def arpabet_of(hint: str) -> str | None:
    """ARPABET for English phonemes of VOCALOID, ``None`` where one of them has none."""
    found = [_ENGLISH.get(phoneme) for phoneme in hint.split()]
    return " ".join(map(str, found)) if found and all(found) else None
