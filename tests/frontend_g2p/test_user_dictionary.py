from __future__ import annotations

import json
from pathlib import Path

import pytest

from frontend_g2p import ReadingError, UserDictionary, read_line


def readings(text: str, language: str, dictionary: UserDictionary) -> list[tuple[str, str]]:
    return [(s.reading, s.source) for s in read_line(text, language, user_dictionary=dictionary)]  # type: ignore[arg-type]


def test_a_word_of_the_user_beats_dictionaries_and_rules() -> None:
    dictionary = UserDictionary.from_mapping({"zh": {"行长": "xing2 chang2"}})
    assert readings("他是行长", "zh", dictionary)[2:] == [("xing2", "user"), ("chang2", "user")]
    assert readings("他是行長", "zh", dictionary)[2:] == [("xing2", "user"), ("chang2", "user")]


def test_markup_beats_the_user() -> None:
    dictionary = UserDictionary.from_mapping({"zh": {"行": "xing2"}})
    assert readings("行{hang2}行", "zh", dictionary) == [("hang2", "typed"), ("xing2", "user")]


def test_the_longest_word_wins_and_latin_words_are_whole() -> None:
    dictionary = UserDictionary.from_mapping(
        {"en": {"Su": "S UW1", "suyin": "S UW1 Y IH0 N"}, "zh": {"长": "zhang3", "长江": "chang2 jiang1"}}
    )
    assert readings("长江长", "zh", dictionary) == [
        ("chang2", "user"),
        ("jiang1", "user"),
        ("zhang3", "user"),
    ]
    assert readings("Suyin", "en", dictionary) == [("S UW1", "user"), ("Y IH0 N", "user")]


def test_files(tmp_path: Path) -> None:
    table = tmp_path / "words.tsv"
    table.write_text("# mine\nzh\t行长\txing2 chang2\nyue\t行\thong4\n", encoding="utf-8")
    as_json = tmp_path / "words.json"
    as_json.write_text(json.dumps({"zh": {"行长": "xing2 chang2"}, "yue": {"行": "hong4"}}), encoding="utf-8")
    assert UserDictionary.load(table) == UserDictionary.load(as_json)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("zh\t行长", "line 1"),
        ("zh\t行\thxng2", "hxng2"),
        ("fr\t行\thang2", "fr"),
        ("en\tword\thang2", "en"),
        ("\n\nzh\t\thang2", "line 3"),
        ("zh\t行\thang2\nzh\t行\txing2", "line 2"),
        ("zh\t好\t[n i", "[n i"),
    ],
)
def test_bad_files_are_refused_with_their_place(tmp_path: Path, content: str, named: str) -> None:
    path = tmp_path / "words.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ReadingError) as caught:
        UserDictionary.load(path)
    assert "words.tsv" in caught.value.message
    assert named in caught.value.message


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"zh": {"行": 3}}',
        '{"zh": []}',
        '{"zh": ' + "1" * 5000 + "}",
        "[" * 100_000,
        '{"zh": {"行": "hang2", "行": "xing2"}}',
        '{"zh": {}, "zh": {}}',
    ],
    ids=lambda content: content[:30],
)
def test_bad_json_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "words.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ReadingError, match=r"words\.json"):
        UserDictionary.load(path)
