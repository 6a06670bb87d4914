"""VOICEVOX's phonemes: one kana of a lyric to its consonant and vowel, and those to phones of the inventory."""

from __future__ import annotations

from functools import cache

from frontend_g2p.inventory import unit_map, with_roles
from frontend_g2p.phones import Phone

PAUSE = "pau"
VOWELS = frozenset("aiueo") | {"N", "cl"}
DEVOICED = frozenset("AIUEO")
CONSONANTS = frozenset({
    "b", "by", "ch", "d", "dy", "f", "g", "gw", "gy", "h", "hy", "j", "k", "kw", "ky", "m", "my", "n", "ny", "p", "py", "r", "ry",
    "s", "sh", "t", "ts", "ty", "v", "w", "y", "z",
})  # fmt: skip
PHONEMES = CONSONANTS | VOWELS | DEVOICED | {PAUSE}

_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "g": "ガギグゲゴ", "s": "サ.スセソ", "z": "ザ.ズゼゾ", "t": "タ..テト", "d": "ダ..デド",
    "n": "ナニヌネノ", "h": "ハヒ.ヘホ", "b": "バビブベボ", "p": "パピプペポ", "m": "マミムメモ", "r": "ラリルレロ",
    "y": "ヤ.ユ.ヨ", "w": "ワ....",
}  # fmt: skip
"""Kana with the vowels a i u e o; a dot where there is none, or one with another consonant."""
_PALATAL = {
    "ky": "キ", "gy": "ギ", "ny": "ニ", "hy": "ヒ", "by": "ビ", "py": "ピ", "my": "ミ", "ry": "リ",
}  # fmt: skip
_SMALL = {"a": "ャ", "i": "ィ", "u": "ュ", "e": "ェ", "o": "ョ"}
_OTHERS = {
    "": "ァ,ィ,ゥ,ェ,ォ .,ヰ,.,ヱ,ヲ", "sh": "シャ,シ,シュ,シェ,ショ", "s": ".,スィ,.,.,.", "z": ".,ズィ,ヅ,.,.",
    "j": "ジャ,ジ,ジュ,ジェ,ジョ ヂャ,ヂ,ヂュ,ヂェ,ヂョ", "ch": "チャ,チ,チュ,チェ,チョ", "ts": "ツァ,ツィ,ツ,ツェ,ツォ",
    "ty": "テャ,.,テュ,テェ,テョ", "t": ".,ティ,トゥ,.,.", "dy": "デャ,.,デュ,デェ,デョ", "d": ".,ディ,ドゥ,.,.",
    "f": "ファ,フィ,フ,フェ,フォ", "v": "ヴァ,ヴィ,ヴ,ヴェ,ヴォ", "by": "ヴャ,.,ヴュ,.,ヴョ", "y": "ャ,.,ュ,イェ,ョ",
    "w": "ヮ,ウィ,ウゥ,ウェ,ウォ", "kw": "クァ,クィ,クゥ,クェ,クォ クヮ,.,.,.,.", "gw": "グァ,グィ,グゥ,グェ,グォ グヮ,.,.,.,.",
    "k": ".,.,.,ヶ,.",
}  # fmt: skip
_HIRAGANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゔ") + 1)}


@cache
def _morae() -> dict[str, tuple[str | None, str]]:
    table: dict[str, tuple[str | None, str]] = {"ン": (None, "N"), "ッ": (None, "cl")}
    rows = [(consonant, list(row)) for consonant, row in _ROWS.items()]
    rows += [(consonant, [kana + _SMALL[vowel] for vowel in "aiueo"]) for consonant, kana in _PALATAL.items()]
    rows += [(consonant, row.split(",")) for consonant, told in _OTHERS.items() for row in told.split()]
    for consonant, row in rows:
        table |= {
            kana: (consonant or None, vowel) for kana, vowel in zip(row, "aiueo", strict=True) if kana != "."
        }
    return table


def mora_phonemes(lyric: str) -> tuple[str, ...] | None:
    """Consonant, if it has one, and vowel of one mora in katakana or hiragana; ``None`` for anything else."""
    consonant, vowel = _morae().get(lyric.translate(_HIRAGANA), (None, ""))
    return (consonant, vowel) if consonant else (vowel,) if vowel else None


def phones_of(phoneme: str, following: str = "") -> tuple[Phone, ...]:
    """The phones of a phoneme, with their roles.

    Args:
        phoneme: one of ``PHONEMES``.
        following: the phoneme after it; ``h`` before ``i`` is the palatal of ひ.

    Raises:
        KeyError: there is no such phoneme.
    """
    units = unit_map("openjtalk")
    if phoneme not in CONSONANTS:
        return () if phoneme == PAUSE else with_roles(units[phoneme])
    is_palatal = phoneme == "h" and following in ("i", "I")
    return with_roles((*units["hy" if is_palatal else phoneme], "a"))[:-1]
