"""What script a character belongs to, and which Han characters tell Chinese, Cantonese and Japanese apart."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any, Literal

Script = Literal["han", "hiragana", "katakana", "latin", "digit", "mark", "other"]

_HAN_RANGES = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_HAN_SIGNS = "〇々〻"
_NUMBER_SIGNS = "%‰°℃￥¥$€£+=×÷⁄&@#"

# Characters that written Cantonese uses and standard Chinese practically never does.
CANTONESE_ONLY = frozenset(
    "佢哋嘅咗喺冇啲嗰嘢嚟咁噉瞓攞揾搵唔乜㗎嘞囉噃喎啱嗌嘥睇諗谂靚靓攰冚嬲惗咩嗱喐郁孭揸掟冧曱甴畀俾氹哎吖𠵱𠻺𨋢𡃁"
)
_NOT_STRONGLY_CANTONESE = frozenset("郁哎吖靚靓咩俾諗谂睇")
STRONGLY_CANTONESE = CANTONESE_ONLY - _NOT_STRONGLY_CANTONESE

# In the Japanese character set, but modern Japanese does not write with them.
_CHINESE_THOUGH_IN_JIS = frozenset("你妳您她牠很嗎們麼吧呢啦這喔哦嗯啊哪甚咱俺誰說聽")
_JAPANESE_DESPITE_ALL = frozenset("俺誰")


def script_of(character: str) -> Script:
    """Script of one normalised character; ``mark`` is punctuation, blanks and signs that are not sung."""
    code = ord(character)
    if any(low <= code <= high for low, high in _HAN_RANGES) or character in _HAN_SIGNS:
        return "han"
    if 0x3041 <= code <= 0x309F:
        return "hiragana"
    if 0x30A1 <= code <= 0x30FF and character != "・":
        return "katakana"
    if character.isascii() and character.isdigit():
        return "digit"
    if _is_latin(character):
        return "latin"
    if character.isspace() or character in _NUMBER_SIGNS or character == "\ufffc":
        return "mark"
    category = unicodedata.category(character)
    if category[0] == "P" or character in _SILENT_SIGNS:
        return "mark"
    return "other"


# Symbols (Unicode category S) found in lyric sheets that nobody sings.
_SILENT_SIGNS = frozenset("~^|<>♪♫♬♩♭♯★☆●○◎◆◇■□▲△▼▽→←↑↓※`´¨¯゛゜")


def _is_latin(character: str) -> bool:
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN ")


@cache
def is_chinese_only(character: str) -> bool:
    """Whether a Han character is written in Chinese but not in modern Japanese (爱 们 你 吗; also 說 聽)."""
    if character in _JAPANESE_DESPITE_ALL:
        return False
    if character in _CHINESE_THOUGH_IN_JIS or character in STRONGLY_CANTONESE:
        return True
    try:
        character.encode("euc_jp")
    except UnicodeEncodeError:
        return script_of(character) == "han"
    return not _in_jis_x_0208(character)


def _in_jis_x_0208(character: str) -> bool:
    try:
        return len(character.encode("shift_jis")) <= 2
    except UnicodeEncodeError:
        return False


@cache
def is_old_form(character: str) -> bool:
    """Whether modern Japanese writes this Han character in a simpler form (國 → 国), so that it hints at
    Chinese.
    """
    return convert_script(character, "t2jp") != character


@cache
def is_simplified_only(character: str) -> bool:
    """Whether a Han character is written in simplified Chinese (爱 们) and never in traditional text (unlike
    后     里).
    """
    if character in _SIMPLIFIED_THOUGH_IN_BIG5:
        return True
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        return convert_script(character, "s2t") != character
    return False


# In the traditional character set as rare characters of their own, in practice simplified forms.
_SIMPLIFIED_THOUGH_IN_BIG5 = frozenset("优听怀怜惊愿扑扰据机极构气洁确离种筑网胜荐蚕触赶党体坏宁岭庄忏儿")


def convert_script(text: str, conversion: Literal["t2s", "s2t", "s2hk", "t2jp"]) -> str:
    """Convert Han characters between scripts with OpenCC, keeping one character for one."""
    converted = str(_converter(conversion).convert(text))
    if len(converted) != len(text):
        converted = "".join(_convert_one(character, conversion) for character in text)
    return converted


def _convert_one(character: str, conversion: str) -> str:
    converted = str(_converter(conversion).convert(character))
    return converted if len(converted) == 1 else character


@cache
def _converter(conversion: str) -> Any:
    import opencc

    return opencc.OpenCC(conversion)
