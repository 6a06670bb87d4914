"""Numbers in Mandarin and Cantonese lyrics, spelled in Han characters as a person would sing them.

Years and codes go digit by digit (2026年 is 二零二六年), amounts as numbers (365天 is 三百六十五天), 2 before
a measure word is 两. English and Japanese numbers belong to the readers of those languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

_DIGITS = "零一二三四五六七八九"
_MEASURES = (
    "个個只隻条條张張天次年岁歲块塊元角颗顆朵位本件杯双雙层層棵场場首句步里秒分点點封间間座辆輛匹头頭口道把片滴種种遍回番名份"
    "人百千万萬亿億公米斤度倍瓶碗支枝架扇面艘幅盏盞根段篇套排群夜晚页頁周週载載世代"
)
_TWO_MEASURES = _MEASURES.replace("月", "").replace("度", "").replace("分", "")
_SUNG_AS_DIGITS = frozenset({"110", "119", "120", "114", "911", "520", "521", "530", "996", "404"})
_CURRENCIES = {"¥": "元", "￥": "元", "$": "元", "€": "欧元", "£": "英镑"}
_OPERATORS = {"+": "加", "×": "乘", "÷": "除以", "=": "等于"}
_TRADITIONAL = str.maketrans("点负两万亿欧镑摄乘数", "點負兩萬億歐鎊攝乘數")

_NUMBER = r"\d{1,3}(?:,\d{3})+(?!\d)|\d+"


@dataclass(frozen=True, slots=True)
class SpelledText:
    """A text whose numbers are written out.

    Attributes:
        text: the text to read.
        spans: for each character of ``text``, the span of the original that it stands for; characters that
            no digit is left for have an empty span.
        number: for each character of ``text``, the index of the number it belongs to, or -1.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    number: tuple[int, ...]


def spell_numbers(text: str, language: Literal["zh", "yue"]) -> SpelledText:
    """Write the numbers of a normalised ``text`` in Han characters of its script (yue: traditional)."""
    characters: list[str] = []
    spans: list[tuple[int, int]] = []
    owners: list[int] = []
    position, count = 0, 0
    for match in _PATTERN.finditer(text):
        _copy(text, position, match.start(), characters, spans, owners)
        spelled = _spell(match, text)
        if language == "yue":
            spelled = spelled.translate(_TRADITIONAL)
        characters.extend(spelled)
        spans.extend(spread(len(spelled), match.start(), match.end()))
        owners.extend([count] * len(spelled))
        position, count = match.end(), count + 1
    _copy(text, position, len(text), characters, spans, owners)
    return SpelledText("".join(characters), tuple(spans), tuple(owners))


def _copy(
    text: str, start: int, end: int, characters: list[str], spans: list[tuple[int, int]], owners: list[int]
) -> None:
    characters.extend(text[start:end])
    spans.extend((i, i + 1) for i in range(start, end))
    owners.extend([-1] * (end - start))


def spread(count: int, start: int, end: int) -> list[tuple[int, int]]:
    """Share the characters ``start:end`` among ``count`` syllables: one each, the rest to the last; then
    none.
    """
    spans = [(min(start + i, end), min(start + i + 1, end)) for i in range(count)]
    if spans and spans[-1][1] < end:
        spans[-1] = (spans[-1][0], end)
    return spans


_KINDS: dict[str, str] = {
    "time": r"(?<!\d)(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?!\d)",
    "fraction": r"(?<![\d/])(?P<top>\d+)[/⁄](?P<bottom>\d+)(?![\d/])",
    "percent": rf"(?P<percent>(?:{_NUMBER})(?:\.\d+)?)(?P<percent_sign>[%‰])",
    "money": rf"(?P<currency>[¥￥$€£])(?P<amount>(?:{_NUMBER})(?:\.\d+)?)",
    "degrees": rf"(?P<sign>(?<!\d)[+-])?(?P<degrees>(?:{_NUMBER})(?:\.\d+)?)°C?",
    "decimal": r"(?P<minus>(?<![\d.])-)?(?P<whole>\d+)\.(?P<part>\d+)(?![.\d])",
    "negative": r"(?:(?<=\s)|^)-(?P<negative>\d+)(?![\d-])",
    "operator": r"(?<=\d)(?P<operator>\s+[+×÷=]\s+|[+×÷=])(?=\d)",
    "number": rf"(?P<number>{_NUMBER})",
}
_PATTERN = re.compile("|".join(f"(?P<{kind}_>{pattern})" for kind, pattern in _KINDS.items()))


def _spell(match: re.Match[str], text: str) -> str:
    kind = str(match.lastgroup)
    if not kind.endswith("_"):
        kind = next(name for name in match.groupdict() if name.endswith("_") and match[name] is not None)
    return _SPELLERS[kind[:-1]](match, text)


def _spell_time(match: re.Match[str], text: str) -> str:
    hour, minute = int(match["hour"]), int(match["minute"])
    spelled = ("两" if hour == 2 else cardinal(hour)) + "点"
    if minute == 0:
        return spelled
    return spelled + ("零" if minute < 10 else "") + cardinal(minute) + "分"


def _spell_fraction(match: re.Match[str], text: str) -> str:
    return f"{_cardinal_digits(match['bottom'])}分之{_cardinal_digits(match['top'])}"


def _spell_percent(match: re.Match[str], text: str) -> str:
    whole = "百" if match["percent_sign"] == "%" else "千"
    return f"{whole}分之{_amount(match['percent'])}"


def _spell_money(match: re.Match[str], text: str) -> str:
    return _amount(match["amount"]) + _CURRENCIES[match["currency"]]


def _spell_degrees(match: re.Match[str], text: str) -> str:
    sign = {"-": "负", "+": "正", None: ""}[match["sign"]]
    return sign + _amount(match["degrees"]) + ("摄氏度" if match[0].endswith("C") else "度")


def _spell_decimal(match: re.Match[str], text: str) -> str:
    return ("负" if match["minus"] else "") + _amount(f"{match['whole']}.{match['part']}")


def _spell_negative(match: re.Match[str], text: str) -> str:
    return "负" + _cardinal_digits(match["negative"])


def _spell_operator(match: re.Match[str], text: str) -> str:
    return _OPERATORS[match["operator"].strip()]


def _spell_number(match: re.Match[str], text: str) -> str:
    digits = match["number"].replace(",", "")
    before = text[: match.start()].rstrip()[-1:]
    after = text[match.end() :].lstrip()[:1]
    if "," not in match["number"] and _goes_digit_by_digit(digits, before, after):
        return "".join(_DIGITS[int(digit)] for digit in digits)
    if digits == "2" and after and after in _TWO_MEASURES and before != "第":
        return "两"
    return _cardinal_digits(digits)


_SPELLERS: dict[str, Callable[[re.Match[str], str], str]] = {
    "time": _spell_time,
    "fraction": _spell_fraction,
    "percent": _spell_percent,
    "money": _spell_money,
    "degrees": _spell_degrees,
    "decimal": _spell_decimal,
    "negative": _spell_negative,
    "operator": _spell_operator,
    "number": _spell_number,
}


def _goes_digit_by_digit(digits: str, before: str, after: str) -> bool:
    """Whether a bare number is a year, a code or a count-in rather than an amount."""
    if (len(digits) > 1 and digits[0] == "0") or len(digits) > 12:
        return True
    if after == "年" and before != "第":
        return (len(digits) == 4 and not digits.endswith("000")) or (len(digits) == 2 and digits >= "80")
    if (after and after in _MEASURES) or before == "第":
        return False
    if digits in _SUNG_AS_DIGITS:
        return True
    is_round = (len(digits) <= 4 and digits.endswith("00")) or digits.endswith("000")
    return len(digits) >= 4 and not is_round


def _amount(written: str) -> str:
    whole, _, part = written.replace(",", "").partition(".")
    spelled = _cardinal_digits(whole)
    return spelled + "点" + "".join(_DIGITS[int(digit)] for digit in part) if part else spelled


def _cardinal_digits(digits: str) -> str:
    if len(digits) > 12:
        return "".join(_DIGITS[int(digit)] for digit in digits)
    return cardinal(int(digits))


def cardinal(value: int) -> str:
    """Spell ``0 <= value < 10**12`` as an amount: 15 is 十五, 205 is 二百零五, 20000 is 两万."""
    if value == 0:
        return "零"
    spelled = ""
    needs_zero = False
    for unit, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        group, value = divmod(value, unit)
        if group == 0:
            needs_zero = needs_zero or bool(spelled)
            continue
        if spelled and (needs_zero or group < 1000):
            spelled += "零"
        spelled += ("两" if group == 2 and name else _below_ten_thousand(group)) + name
        needs_zero = False
    return spelled.removeprefix("一") if spelled.startswith("一十") else spelled


def _below_ten_thousand(value: int) -> str:
    spelled = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            spelled += ("两" if digit == 2 and unit == 1000 else _DIGITS[digit]) + name
        elif spelled and value and not spelled.endswith("零"):
            spelled += "零"
    return spelled
