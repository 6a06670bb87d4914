"""Whole and decimal numbers as Japanese words in kana, where no counter follows: 10000 is いちまん."""

from __future__ import annotations

_DIGITS = ("ぜろ", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう")
_HUNDREDS = {1: "ひゃく", 3: "さんびゃく", 6: "ろっぴゃく", 8: "はっぴゃく"}
_THOUSANDS = {1: "せん", 3: "さんぜん", 8: "はっせん"}
_MYRIADS = ("", "まん", "おく", "ちょう")
_LONGEST_NUMBER = 16
NUMBER = r"\d[\d,]*(?:\.\d+)*%?"
"""Digits with optional thousands commas, decimal points and a percent sign; a regular expression."""


def _below_myriad(number: int) -> str:
    thousands, hundreds, tens, ones = number // 1000, number // 100 % 10, number // 10 % 10, number % 10
    parts = [
        _THOUSANDS.get(thousands, _DIGITS[thousands] + "せん") if thousands else "",
        _HUNDREDS.get(hundreds, _DIGITS[hundreds] + "ひゃく") if hundreds else "",
        ("" if tens == 1 else _DIGITS[tens]) + "じゅう" if tens else "",
        _DIGITS[ones] if ones else "",
    ]
    return "".join(parts)


def _whole(digits: str) -> str:
    if len(digits) > _LONGEST_NUMBER or (digits[0] == "0" and len(digits) > 1):
        return "".join(_DIGITS[int(digit)] for digit in digits)
    number = int(digits)
    if number == 0:
        return _DIGITS[0]
    words = ""
    for power in range(len(_MYRIADS)):
        group = number // 10 ** (4 * power) % 10**4
        if group:
            head = "いっ" if power == 3 and group % 10 == 1 and group == 1 else _below_myriad(group)
            if power and group == 1000:
                head = "いっせん"
            words = head + _MYRIADS[power] + words
    return words


def number_kana(text: str) -> str:
    """Kana for what ``NUMBER`` matches, such as ``3.14``, ``50%`` or ``1.2.3``."""
    whole, *fractions = text.rstrip("%").replace(",", "").split(".")
    kana = _whole(whole)
    for fraction in fractions:
        kana += "てん" + "".join(_DIGITS[int(digit)] for digit in fraction)
    return kana + ("ぱーせんと" if text.endswith("%") else "")
