from __future__ import annotations

import pytest

from frontend_g2p.numbers import cardinal, spell_numbers, spread


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (0, "零"),
        (10, "十"),
        (15, "十五"),
        (20, "二十"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1010, "一千零一十"),
        (2000, "两千"),
        (10005, "一万零五"),
        (20000, "两万"),
        (100000, "十万"),
        (100200300, "一亿零二十万零三百"),
        (999999999999, "九千九百九十九亿九千九百九十九万九千九百九十九"),
    ],
)
def test_cardinals(value: int, spelled: str) -> None:
    assert cardinal(value) == spelled


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("2026年10月15日", "二零二六年十月十五日"),
        ("98年", "九八年"),
        ("10年", "十年"),
        ("365天", "三百六十五天"),
        ("2个人", "两个人"),
        ("第2天", "第二天"),
        ("12:30", "十二点三十分"),
        ("2:05", "两点零五分"),
        ("3.14", "三点一四"),
        ("-5", "负五"),
        ("-5 +8°C", "负五 正八摄氏度"),
        ("50%", "百分之五十"),
        ("1⁄2", "二分之一"),
        ("¥100", "一百元"),
        ("1,234", "一千二百三十四"),
        ("520", "五二零"),
        ("5201314", "五二零一三一四"),
        ("007", "零零七"),
        ("1+1=2", "一加一等于二"),
        ("没有数字", "没有数字"),
    ],
)
def test_spelling(text: str, spelled: str) -> None:
    assert spell_numbers(text, "zh").text == spelled


def test_cantonese_spelling_is_traditional() -> None:
    assert spell_numbers("2個20000.5", "yue").text == "兩個兩萬點五"


@pytest.mark.parametrize("text", ["2026年", "50%", "12:30", "7", "1,234元", "a5b"])
def test_the_spans_of_a_number_partition_it(text: str) -> None:
    spelled = spell_numbers(text, "zh")
    assert len(spelled.text) == len(spelled.spans) == len(spelled.number)
    assert "".join(text[start:end] for start, end in spelled.spans) == text


@pytest.mark.parametrize(
    ("count", "spans"), [(1, [(3, 6)]), (2, [(3, 4), (4, 6)]), (3, [(3, 4), (4, 5), (5, 6)]), (0, [])]
)
def test_spread(count: int, spans: list[tuple[int, int]]) -> None:
    assert spread(count, 3, 6) == spans


def test_spread_leaves_late_syllables_without_characters() -> None:
    assert spread(3, 0, 1) == [(0, 1), (1, 1), (1, 1)]
