from __future__ import annotations

import pytest

from frontend_g2p.english.numbers import NUMBER, number_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0", "zero"),
        ("13", "thirteen"),
        ("99", "ninety nine"),
        ("100", "one hundred"),
        ("1,000", "one thousand"),
        ("1980s", "nineteen eighties"),
        ("80's", "eighties"),
        ("1985", "nineteen eighty five"),
        ("1905", "nineteen oh five"),
        ("1900", "nineteen hundred"),
        ("2000", "two thousand"),
        ("2005", "two thousand five"),
        ("2012", "twenty twelve"),
        ("1st", "first"),
        ("22nd", "twenty second"),
        ("30th", "thirtieth"),
        ("3.5", "three point five"),
        ("$5", "five dollars"),
        ("$1", "one dollar"),
        ("$3.50", "three dollars fifty"),
        ("$0.99", "ninety nine cents"),
        ("12:30", "twelve thirty"),
        ("7:05", "seven oh five"),
        ("12:00", "twelve o'clock"),
        ("7pm", "seven P M"),
        ("50%", "fifty percent"),
        ("007", "oh oh seven"),
        ("1000000", "one million"),
    ],
)
def test_spelling(text: str, words: str) -> None:
    match = NUMBER.fullmatch(text)
    assert match is not None
    assert " ".join(number_words(match)) == words


def test_a_number_after_a_month_is_a_day() -> None:
    match = NUMBER.fullmatch("21")
    assert match is not None
    assert number_words(match, after_month=True) == ["twenty", "first"]


def test_a_long_number_is_read_digit_by_digit() -> None:
    match = NUMBER.fullmatch("9" * 20)
    assert match is not None
    assert number_words(match) == ["nine"] * 20
