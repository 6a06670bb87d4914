"""Numbers as English words: 1980s, 1st, 99, 3.5, $5, 12:30, 7pm."""

from __future__ import annotations

import re

from frontend_g2p.english.tables import word_list

_SCALES = (
    (10**12, "trillion"),
    (10**9, "billion"),
    (10**6, "million"),
    (10**3, "thousand"),
    (100, "hundred"),
)
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_CURRENCIES = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}
_MOST_DIGITS_READ_AS_ONE_NUMBER = 15

NUMBER = re.compile(
    r"(?P<money>[$£€])?(?P<hours>\d{1,2}):(?P<minutes>\d{2})(?P<half>\s?[ap]m)?(?![\w:])"
    r"|(?P<currency>[$£€])?(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<fraction>\d+))?"
    r"(?P<suffix>st|nd|rd|th|'?s|am|pm|k|x|%)?(?![A-Za-z\d])",
    re.IGNORECASE,
)


def cardinal(number: int) -> list[str]:
    """Words of a whole number from 0 to just under 10**15, without "and"."""
    units = word_list("number_units")
    if number < len(units):
        return [units[number]]
    if number < 100:
        tens, unit = divmod(number, 10)
        return [word_list("number_tens")[tens], *([units[unit]] if unit else [])]
    scale, name = next((scale, name) for scale, name in _SCALES if number >= scale)
    head, rest = divmod(number, scale)
    return [*cardinal(head), name, *(cardinal(rest) if rest else [])]


def _year(number: int) -> list[str]:
    """Words of a year from 1000 to 2999."""
    century, rest = divmod(number, 100)
    if rest == 0:
        return cardinal(number) if century % 10 == 0 else [*cardinal(century), "hundred"]
    if century % 10 == 0 and rest < 10:
        return cardinal(number)
    return [*cardinal(century), *(["oh"] if rest < 10 else []), *cardinal(rest)]


def _ordinal(words: list[str]) -> list[str]:
    last = words[-1]
    ending = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return [*words[:-1], ending]


def _plural(words: list[str]) -> list[str]:
    last = words[-1]
    if last.endswith("y"):
        return [*words[:-1], last[:-1] + "ies"]
    return [*words[:-1], last + ("es" if last.endswith("x") else "s")]


def _digits(digits: str) -> list[str]:
    return [
        "oh" if digit == "0" and len(digits) > 1 else word_list("number_units")[int(digit)]
        for digit in digits
    ]


def _whole(text: str) -> list[str]:
    digits = text.replace(",", "")
    if (digits[0] == "0" and len(digits) > 1) or len(digits) > _MOST_DIGITS_READ_AS_ONE_NUMBER:
        return _digits(digits)
    number = int(digits)
    is_year = len(digits) == 4 and "," not in text and 1000 <= number < 3000
    return _year(number) if is_year else cardinal(number)


def _time(match: re.Match[str]) -> list[str]:
    minutes = match["minutes"]
    words = cardinal(int(match["hours"]))
    if minutes != "00":
        words += _digits(minutes) if minutes[0] == "0" else cardinal(int(minutes))
    elif not match["half"]:
        words.append("o'clock")
    return words + (list(match["half"].strip().upper()) if match["half"] else [])


def _money(match: re.Match[str], words: list[str]) -> list[str]:
    unit, small_unit = _CURRENCIES[match["currency"]]
    amount = [*words, unit if words == ["one"] else unit + "s"]
    fraction = match["fraction"]
    if not fraction or not int(fraction):
        return amount
    if len(fraction) > 2:
        return [*words, "point", *_digits(fraction), unit + "s"]
    cents = cardinal(int(fraction.ljust(2, "0")))
    if words == ["zero"]:
        return [*cents, "pence" if small_unit == "penny" else small_unit + "s"]
    return [*amount, *cents]


def number_words(match: re.Match[str], after_month: bool = False) -> list[str]:
    """Lower-case words for a match of :data:`NUMBER`; single capitals are letters to spell.

    Args:
        match: what :data:`NUMBER` found.
        after_month: the word before is a month, so that "May 5" ends in "fifth".
    """
    if match["minutes"]:
        return _time(match)
    words = _whole(match["whole"])
    suffix = (match["suffix"] or "").lower().lstrip("'")
    if match["currency"]:
        return _money(match, words)
    if match["fraction"]:
        words = [*words, "point", *("zero" if word == "oh" else word for word in _digits(match["fraction"]))]
    if suffix in ("st", "nd", "rd", "th"):
        return _ordinal(
            cardinal(int(match["whole"].replace(",", ""))) if len(match["whole"]) <= 15 else words
        )
    if suffix == "s":
        return _plural(words)
    tail = {"am": ["A", "M"], "pm": ["P", "M"], "k": ["thousand"], "x": ["times"], "%": ["percent"]}
    if not suffix and after_month and match["whole"].isdigit() and 1 <= int(match["whole"][:3]) <= 31:
        return _ordinal(words)
    return words + tail.get(suffix, [])
