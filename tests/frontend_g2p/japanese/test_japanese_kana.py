from __future__ import annotations

from itertools import pairwise

import pytest

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.japanese import read_japanese
from frontend_g2p.japanese.kana import mora_phones, split_morae

FULL = (
    "あいうえおかきくけこがぎぐげごさしすせそざじずぜぞたちつてとだぢづでどなにぬねの"
    "はひふへほばびぶべぼぱぴぷぺぽまみむめもやゆよらりるれろわゐゑをんゔっ"
)
SMALL = "ぁぃぅぇぉゃゅょゎ"


def morae(kana: str) -> list[str]:
    return [mora.kana for mora in split_morae(kana)]


def symbols(kana: str) -> list[str]:
    return [phone.symbol for phone in mora_phones(kana)]


@pytest.mark.parametrize(
    ("kana", "expected"),
    [
        ("さくら", ["さ", "く", "ら"]),
        ("きょうと", ["きょ", "う", "と"]),
        ("がっこう", ["が", "っ", "こ", "う"]),
        ("スーパーマン", ["す", "う", "ぱ", "あ", "ま", "ん"]),
        ("ティファニー", ["てぃ", "ふぁ", "に", "い"]),
        ("ヴァイオリン", ["ゔぁ", "い", "お", "り", "ん"]),
        ("ねぇ", ["ね", "え"]),
        ("んー", ["ん", "ん"]),
        ("すゞめ", ["す", "ず", "め"]),
        ("こゝろ", ["こ", "こ", "ろ"]),
        ("トゥモロー", ["とぅ", "も", "ろ", "お"]),
        ("デュエット", ["でゅ", "え", "っ", "と"]),
    ],
)
def test_morae(kana: str, expected: list[str]) -> None:
    assert morae(kana) == expected


@pytest.mark.parametrize(
    ("mora", "phones"),
    [
        ("か", ["k", "a"]),
        ("し", ["ɕ", "i"]),
        ("ち", ["tɕ", "i"]),
        ("つ", ["ts", "ɯ"]),
        ("ひ", ["ç", "i"]),
        ("ふ", ["ɸ", "ɯ"]),
        ("じ", ["dʑ", "i"]),
        ("りゅ", ["ɾ", "j", "ɯ"]),
        ("しゃ", ["ɕ", "a"]),
        ("ひょ", ["ç", "o"]),
        ("てぃ", ["t", "i"]),
        ("ん", ["ɴ"]),
        ("っ", ["Q"]),
        ("わ", ["w", "a"]),
    ],
)
def test_phones(mora: str, phones: list[str]) -> None:
    assert symbols(mora) == phones


def test_every_kana_with_every_small_kana_is_sung() -> None:
    for first in FULL:
        for small in ("", *SMALL):
            for mora in split_morae(first + small):
                assert sum(phone.role == "nucleus" for phone in mora.phones) == 1
                assert all(phone.symbol in INVENTORY for phone in mora.phones)


def test_katakana_and_hiragana_are_read_alike() -> None:
    katakana = "".join(chr(ord(char) + 0x60) for char in FULL)
    assert [s.phones for s in read_japanese(katakana, 0, 0)] == [s.phones for s in read_japanese(FULL, 0, 0)]


def test_morae_cover_the_kana() -> None:
    text = "ーきゃーっとねぇゝ"
    found = split_morae(text)
    assert found[0].start == 0
    assert all(a.end == b.start for a, b in pairwise(found))
    assert found[-1].end == len(text)


def test_other_characters_are_named_by_index() -> None:
    with pytest.raises(KeyError) as caught:
        split_morae("かA")
    assert caught.value.args == (1,)
