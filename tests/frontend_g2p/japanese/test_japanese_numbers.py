from __future__ import annotations

import pytest

from frontend_g2p.japanese.numbers import number_kana
from frontend_g2p.phonemize import read_line


@pytest.mark.parametrize(
    ("digits", "kana"),
    [
        ("0", "ぜろ"),
        ("10", "じゅう"),
        ("11", "じゅういち"),
        ("100", "ひゃく"),
        ("300", "さんびゃく"),
        ("600", "ろっぴゃく"),
        ("888", "はっぴゃくはちじゅうはち"),
        ("1000", "せん"),
        ("3000", "さんぜん"),
        ("8000", "はっせん"),
        ("10000", "いちまん"),
        ("10000000", "いっせんまん"),
        ("100000000", "いちおく"),
        ("1000000000000", "いっちょう"),
        ("12,345", "いちまんにせんさんびゃくよんじゅうご"),
        ("2.5", "にてんご"),
        ("50%", "ごじゅうぱーせんと"),
        ("1.20.3", "いちてんにぜろてんさん"),
        ("007", "ぜろぜろなな"),
        ("1" * 20, "いち" * 20),
    ],
)
def test_numbers(digits: str, kana: str) -> None:
    assert number_kana(digits) == kana


@pytest.mark.parametrize(
    ("text", "kana"),
    [
        ("か1.2.3", "かいちてんにてんさん"),
        ("5%3", "ごぱあせんとさん"),
        ("1..2", "いちに"),
        ("3.", "さん"),
        ("1,,", "いち"),
    ],
)
def test_odd_numbers_in_a_line(text: str, kana: str) -> None:
    assert "".join(syllable.reading for syllable in read_line(text, "ja")) == kana
