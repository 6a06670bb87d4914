from __future__ import annotations

from importlib.resources import files

import pytest

from frontend_g2p.japanese import overlay, read_japanese
from frontend_g2p.japanese.kana import is_kana


def kana(text: str) -> str:
    return "".join(s.reading for s in read_japanese(text, 0, 0))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("故郷", "ふるさと"),
        ("夏は来ぬ", "なつわきぬ"),
        ("来ぬ人を", "こぬひとお"),
        ("帰って来た", "かえってきた"),
        ("散り行く花", "ちりゆくはな"),
        ("東京に行く", "とおきょおにいく"),
        ("秋の夜の", "あきのよの"),
        ("この夜を", "このよるお"),
        ("書を読む", "ふみおよむ"),
        ("匂ひ", "におい"),
        ("消ゆる", "きゆる"),
        ("愛し子", "いとしご"),
        ("愛してる", "あいしてる"),
        ("彼の声", "かれのこえ"),
        ("人気のない道", "ひとけのないみち"),
        ("人気の歌", "にんきのうた"),
    ],
)
def test_song_readings_in_context(line: str, expected: str) -> None:
    assert kana(line) == expected


def test_a_single_kanji_must_be_a_word_of_its_own() -> None:
    assert kana("薄れゆく") == "うすれゆく"
    assert kana("アメリカ人") == "あめりかじん"
    assert kana("大丈夫") == "だいじょおぶ"


def test_a_surface_inside_a_longer_word_is_left_alone() -> None:
    assert overlay.find_song_readings("武士道月日貝", {0, 3, 6}) == []
    found = overlay.find_song_readings("春風吹く", {0, 2, 4})
    assert [(item.start, item.end, item.reading) for item in found] == [(0, 2, "はるかぜ")]


def test_every_pattern_compiles_and_starts_with_its_key() -> None:
    lexicon = overlay._load_lexicon()
    for first, patterns in lexicon.patterns.items():
        for pattern, _ in patterns:
            assert overlay._compile(pattern)
            assert first not in "([?^$.|\\", pattern


def test_every_reading_is_kana() -> None:
    text = files("frontend_g2p").joinpath("data", "japanese_song_readings.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    assert len(rows) > 1000
    assert all(len(row) == 2 and row[1] and all(map(is_kana, row[1])) for row in rows)
