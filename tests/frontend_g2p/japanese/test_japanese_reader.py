from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise

import pytest

from frontend_g2p.errors import ReadingError
from frontend_g2p.inventory import INVENTORY
from frontend_g2p.japanese import analyser, read_japanese


def kana(text: str) -> str:
    return "".join(s.reading for s in read_japanese(text, 0, 0))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("うたをうたう", "うたおうたう"),
        ("東京へ行こう", "とおきょおえいこお"),
        ("私は歌う", "わたしわうたう"),
        ("はなはさく", "はなはさく"),
        ("花は咲く", "はなわさく"),
        ("こんにちは世界", "こんにちわせかい"),
        ("せんせい先生", "せんせいせんせい"),
        ("3月9日", "さんがつここのか"),
        ("20歳", "にじゅっさい"),
        ("1234", "せんにひゃくさんじゅうよん"),
        ("3.14", "さんてんいちよん"),
        ("人々", "ひとびと"),
        ("ゐゑを", "いえお"),
        ("スキ", "すき"),
    ],
)
def test_readings(line: str, expected: str) -> None:
    assert kana(line) == expected


def test_devoiced_vowels_are_sung() -> None:
    phones = [phone.symbol for s in read_japanese("好きです", 0, 0) for phone in s.phones]
    assert phones == ["s", "ɯ", "k", "i", "d", "e", "s", "ɯ"]


def test_long_vowels_and_closures_are_morae_of_their_own() -> None:
    found = read_japanese("学校ー", 0, 0)
    assert [s.reading for s in found] == ["が", "っ", "こ", "お", "お"]
    assert [[phone.symbol for phone in s.phones] for s in found][1] == ["Q"]


@pytest.mark.parametrize(
    "line", ["さくら、弥生の空は 見渡す限り！", "忘れがたき故郷", "「夢」は3.5倍", "きゃりーの歌", "123故郷"]
)
def test_texts_partition_the_words(line: str) -> None:
    found = read_japanese(line, 7, 2)
    assert all(line[s.start - 7 : s.end - 7] == s.text for s in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert "".join(s.text for s in found) == "".join(c for c in line if c not in "、 ！「」")
    assert found[0].word == 2
    assert all(b.word - a.word in (0, 1) for a, b in pairwise(found))


def test_okurigana_keep_their_morae() -> None:
    assert [(s.text, s.reading) for s in read_japanese("忘れ", 0, 0)] == [
        ("忘", "わ"),
        ("", "す"),
        ("れ", "れ"),
    ]


def test_typing_a_reading_gives_the_same_phones() -> None:
    found = read_japanese("荒城の月はティアラを撃って、京都へ", 0, 0)
    for syllable in found:
        (again,) = read_japanese(syllable.reading, 0, 0)
        assert again.phones == syllable.phones


def test_a_particle_right_behind_a_marked_reading() -> None:
    """故郷{ふるさと}は: the reader gets the は alone."""
    assert [s.reading for s in read_japanese("は", 2, 0)] == ["わ"]
    assert [s.reading for s in read_japanese("は", 0, 0)] == ["は"]


def test_kanji_without_the_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError("No module named 'pyopenjtalk'")

    monkeypatch.setattr(analyser, "_load_analyser", missing)
    with pytest.raises(ReadingError) as caught:
        read_japanese("さくら 桜", 3, 0)
    assert caught.value.code == "missing_package"
    assert "singer-engine[ja]" in caught.value.message
    assert (caught.value.start, caught.value.end) == (7, 8)
    assert kana("さくら 3") == "さくらさん"


def test_kana_need_no_package_and_kanji_no_network() -> None:
    code = """
import socket, sys

def refuse(*args, **kwargs):
    raise AssertionError("network used")

socket.socket.connect = refuse
from frontend_g2p.japanese import read_japanese
read_japanese("さくら さくら 12", 0, 0)
assert "pyopenjtalk" not in sys.modules
assert read_japanese("桜", 0, 0)[0].reading == "さ"
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("line", "code", "span"),
    [
        ("愛ABC", "unknown_symbol", (1, 2)),
        ("夢😀", "unknown_symbol", (1, 2)),
        ("あ안녕", "unknown_symbol", (1, 2)),
        ("我们爱你", "unknown_word", (1, 3)),
        ("々", "unknown_word", (0, 1)),
        ("ー", "unknown_symbol", (0, 1)),
        ("か ー", "unknown_symbol", (2, 3)),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(line: str, code: str, span: tuple[int, int]) -> None:
    with pytest.raises(ReadingError) as caught:
        read_japanese(line, 0, 0)
    assert caught.value.code == code
    assert (caught.value.start, caught.value.end) == span


@pytest.mark.parametrize(
    "line",
    [
        "",
        "  \n",
        "あ" * 3000,
        "愛は" * 1000,
        "1" * 3000,
        "1," * 900,
        "、" * 2000,
        "ゃ" * 500,
        "っ" * 500,
        "\ud800愛",
        "愛︀情",
        "龘" * 400,
    ],
)
def test_hostile_lines_are_read_or_refused_quickly(line: str) -> None:
    read_japanese("愛", 0, 0)
    start = time.process_time()
    try:
        found = read_japanese(line, 0, 0)
    except ReadingError as error:
        found = []
        refused = error
    else:
        refused = None
    assert time.process_time() - start < 1.5
    assert refused is None or 0 <= refused.start < refused.end <= len(line)
    assert all(phone.symbol in INVENTORY for s in found for phone in s.phones)
