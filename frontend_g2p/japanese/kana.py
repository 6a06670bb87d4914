"""Kana to morae, and morae to phones.

A mora is one or two kana (``き``, ``きゃ``, ``ティ``); ``ん``, ``っ`` and ``ー`` are morae of their own, as each may have
its own note. Readings are given in hiragana, ``ー`` as the vowel that it lengthens.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from frontend_g2p.inventory import unit_map, with_roles
from frontend_g2p.phones import Phone

_ROWS = {
    "": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの", "h": "はひふへほ",
    "m": "まみむめも", "r": "らりるれろ", "g": "がぎぐげご", "z": "ざじずぜぞ", "d": "だぢづでど", "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
}  # fmt: skip
_IRREGULAR = (
    "し=sh i,ち=ch i,つ=ts u,ふ=f u,じ=j i,ぢ=j i,づ=z u,ひ=hy i,や=y a,ゆ=y u,よ=y o,わ=w a,ゐ=i,ゑ=e,を=o,ゔ=v u,"
    "ん=N,っ=cl,てぃ=t i,とぅ=t u,でぃ=d i,どぅ=d u,てゅ=ty u,でゅ=dy u,てゃ=ty a,てょ=ty o,でゃ=dy a,でょ=dy o,"
    "ふぁ=f a,ふぃ=f i,ふぇ=f e,ふぉ=f o,ふゃ=fy a,ふゅ=fy u,ふょ=fy o,ゔぁ=v a,ゔぃ=v i,ゔぇ=v e,ゔぉ=v o,ゔゅ=vy u,"
    "うぁ=w a,うぃ=w i,うぇ=w e,うぉ=w o,いぇ=y e,つぁ=ts a,つぃ=ts i,つぇ=ts e,つぉ=ts o,すぃ=s i,ずぃ=z i,"
    "くぁ=kw a,くぃ=kw i,くぇ=kw e,くぉ=kw o,くゎ=kw a,ぐぁ=gw a,ぐぃ=gw i,ぐぇ=gw e,ぐぉ=gw o,ぐゎ=gw a,ほぅ=h u"
)
_PALATAL = {
    "き": "ky", "ぎ": "gy", "し": "sh", "じ": "j", "ち": "ch", "ぢ": "j", "に": "ny", "ひ": "hy", "び": "by", "ぴ": "py",
    "み": "my", "り": "ry",
}  # fmt: skip
_SMALL_Y = {"ゃ": "a", "ゅ": "u", "ょ": "o", "ぇ": "e"}
_FULL_SIZE = str.maketrans("ぁぃぅぇぉゃゅょゎゕゖ", "あいうえおやゆよわかけ")
_VOWEL_KANA = {"a": "あ", "i": "い", "ɯ": "う", "e": "え", "o": "お", "ɴ": "ん", "Q": "っ"}
_VOICED = str.maketrans(
    "かきくけこさしすせそたちつてとはひふへほう", "がぎぐげござじずぜぞだぢづでどばびぶべぼゔ"
)
_SMALL = "ぁぃぅぇぉゃゅょゎ"

LONG_MARK = "ー"
REPEAT_MARKS = "ゝゞ"


@dataclass(frozen=True, slots=True)
class Mora:
    """One mora: its reading in hiragana, its phones, and its place [start, end) in the kana it was read from."""

    kana: str
    phones: tuple[Phone, ...]
    start: int
    end: int


@cache
def _units() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {
        kana: (consonant, vowel) if consonant else (vowel,)
        for consonant, row in _ROWS.items()
        for kana, vowel in zip(row, "aiueo", strict=True)
    }
    table |= {
        kana + small: (consonant, vowel)
        for kana, consonant in _PALATAL.items()
        for small, vowel in _SMALL_Y.items()
    }
    table |= {
        kana: tuple(units.split()) for kana, units in (item.split("=") for item in _IRREGULAR.split(","))
    }
    return table


@cache
def mora_phones(kana: str) -> tuple[Phone, ...]:
    """Phones of a hiragana mora; KeyError if there is no such mora."""
    units = unit_map("openjtalk")
    return with_roles([symbol for unit in _units()[kana] for symbol in units[unit]])


def to_hiragana(text: str) -> str:
    """The text with its katakana as hiragana, code point by code point; ヵ ヶ ヷ-ヺ keep no special sound."""
    return text.translate(_katakana_table())


@cache
def _katakana_table() -> dict[int, str]:
    table = {code: chr(code - 0x60) for code in range(0x30A1, 0x30F7)}
    table |= {
        ord("ヽ"): "ゝ",
        ord("ヾ"): "ゞ",
        ord("ヷ"): "わ",
        ord("ヸ"): "ゐ",
        ord("ヹ"): "ゑ",
        ord("ヺ"): "を",
    }
    return table


def is_kana(char: str) -> bool:
    """Whether a character is hiragana, katakana, ``ー`` or a kana repeat mark."""
    return "ぁ" <= char <= "ゖ" or "ァ" <= char <= "ヺ" or char in "ーゝゞヽヾ"


def split_morae(kana: str) -> list[Mora]:
    """Morae of a run of kana.

    A small kana that forms no mora with the one before counts as full size (``ねぇ`` is ね え). A leading ``ー``, or a
    repeat mark with nothing to repeat, lengthens nothing and is dropped; its characters go to the mora after it.

    Raises:
        KeyError: for a character that is not kana; its argument is the index.
    """
    hiragana = to_hiragana(kana)
    morae: list[Mora] = []
    position, start = 0, 0
    while position < len(hiragana):
        taken, reading = _mora_at(hiragana, position, morae)
        if not taken:
            raise KeyError(position)
        position += taken
        if reading:
            morae.append(Mora(reading, mora_phones(reading), start, position))
            start = position
    if morae and start < len(hiragana):
        last = morae.pop()
        morae.append(Mora(last.kana, last.phones, last.start, len(hiragana)))
    return morae


def _mora_at(hiragana: str, position: int, before: list[Mora]) -> tuple[int, str]:
    """Number of characters of the mora at a position and its reading, "" for one that sounds nothing; 0 if none."""
    char = hiragana[position]
    if char == LONG_MARK:
        return 1, lengthening(before[-1]) if before else ""
    if char in REPEAT_MARKS:
        base = before[-1].kana[0] if before else ""
        return 1, base.translate(_VOICED) if char == "ゞ" else base
    pair = hiragana[position : position + 2]
    if len(pair) == 2 and pair[1] in _SMALL and pair in _units():
        return 2, pair
    full = char.translate(_FULL_SIZE)
    return (1, full) if full in _units() else (0, "")


def lengthening(mora: Mora) -> str:
    """The kana that a ``ー`` after this mora is sung as: its vowel, or ん or っ again."""
    return next(_VOWEL_KANA[phone.symbol] for phone in mora.phones if phone.role == "nucleus")
