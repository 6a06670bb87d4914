from __future__ import annotations

import json
import time

import pytest

from frontend_g2p import (
    INVENTORY,
    LyricUnit,
    ReadingError,
    Syllable,
    UnitReadingError,
    read_line,
    read_units,
    syllable_variants,
)
from frontend_g2p.phones import LANGUAGES, Language
from tests.frontend_g2p.reading_sets import SETS, read_set, toneless

HOSTILE = json.loads((SETS / "hostile.json").read_text(encoding="utf-8"))


def readings(text: str, language: Language) -> list[str]:
    return [syllable.reading for syllable in read_line(text, language)]


def phones(syllable: Syllable) -> str:
    return " ".join(phone.symbol for phone in syllable.phones)


def units(*texts: str, language: Language = "zh") -> list[list[str]]:
    read = read_units([LyricUnit(text, language) for text in texts])
    return [[syllable.reading for syllable in unit] for unit in read]


def check_line(text: str, language: Language) -> tuple[Syllable, ...]:
    syllables = read_line(text, language)
    position = 0
    for syllable in syllables:
        assert syllable.text == text[syllable.start : syllable.end]
        assert position <= syllable.start or syllable.start == syllable.end == position
        position = syllable.end
        assert all(phone.symbol in INVENTORY for phone in syllable.phones)
    words = [syllable.word for syllable in syllables]
    assert words == sorted(words)
    return syllables


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", HOSTILE, ids=[case["id"] for case in HOSTILE])
def test_hostile_text_is_read_or_refused_in_time_with_its_place(
    case: dict[str, str], language: Language
) -> None:
    text = case["input"]
    started = time.process_time()
    refusal = refusal_of(text, language)
    # The first unknown word also loads the network of the English reader; the bound is on processor time.
    assert time.process_time() - started < 6
    if refusal is not None:
        assert 0 <= refusal.start < refusal.end <= len(text)
        assert refusal.message
        assert refusal.code in {
            "unknown_symbol",
            "unknown_word",
            "too_long",
            "bad_reading",
            "missing_package",
        }


def refusal_of(text: str, language: Language) -> ReadingError | None:
    try:
        check_line(text, language)
    except ReadingError as error:
        return error
    return None


@pytest.mark.parametrize("text", ["s" * 1999, "好" + "q" * 65, "a" * 100 + " 好"])
def test_letters_without_end_are_refused(text: str) -> None:
    with pytest.raises(ReadingError) as caught:
        read_line(text, "zh")
    assert caught.value.code == "too_long"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("好αβ好", 1, 3), ("我😀", 1, 2), ("안녕", 0, 2), ("a\u200b好ж", 3, 4), ("𠮷", 0, 1)],
)
def test_what_cannot_be_read_is_named_with_its_place(text: str, start: int, end: int) -> None:
    with pytest.raises(ReadingError) as caught:
        read_line(text, "zh")
    assert (caught.value.start, caught.value.end) == (start, end)
    assert caught.value.text == text[start:end]


def test_typing_the_reading_gives_the_syllable_again() -> None:
    for text, language in (("银行花儿", "zh"), ("我哋行街", "yue")):
        for syllable in read_line(text, language):  # type: ignore[arg-type]
            again = read_line(syllable.reading, language)  # type: ignore[arg-type]
            assert [phones(s) for s in again] == [phones(syllable)]
            assert again[0].source == "typed"


def test_numbers_are_read_in_the_language_of_the_line() -> None:
    assert readings("2026年", "zh") == ["er4", "ling2", "er4", "liu4", "nian2"]
    assert readings("2個", "yue") == ["loeng5", "go3"]
    seven = check_line("50%", "zh")
    assert [s.text for s in seven] == ["5", "0", "%", "", ""]


def test_markup() -> None:
    syllables = check_line("行{xing2}长，[n i]好{[x ɑ u̯]}", "zh")
    assert syllables[0].reading == "xing2"
    assert [s.text for s in syllables] == ["行", "长", "[n i]", "好"]
    assert phones(syllables[2]) == "n i"
    assert readings("银行{xin1 xing2}", "zh") == ["xin1", "xing2"]
    assert [phones(s) for s in read_line("银行{[n i] [x a]}", "zh")] == ["n i", "x a"]
    assert readings("玩儿{wanr2}", "zh") == ["wanr2"]
    assert readings("7{qi2}天", "zh") == ["qi2", "tian1"]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("好{", 1),
        ("好{}", 1),
        ("{hao3}", 0),
        ("好{hxo3}", 1),
        ("好{hao3 hao3}", 1),
        ("[n]", 0),
        ("好]", 1),
        ("[q q", 0),
        ("live{[l}", 4),
        ("我live{[l}你", 5),
        ("好{[n i}", 1),
        ("好{[n i] junk}", 1),
        ("你好{[n i]x[x a]}", 2),
    ],
)
def test_bad_markup_is_refused_where_it_stands(text: str, start: int) -> None:
    with pytest.raises(ReadingError) as caught:
        read_line(text, "zh")
    assert (caught.value.code, caught.value.start) == ("bad_reading", start)


def test_typed_readings() -> None:
    assert readings("hang2 nǐ ni3hao3", "zh") == ["hang2", "ni3", "ni3", "hao3"]
    assert readings("hong4", "yue") == ["hong4"]
    assert [s.language for s in read_line("hoeng1", "zh")] == ["yue"]
    assert readings("L AY1 V", "en") == ["L AY1 V"]
    assert [(s.text, s.reading) for s in check_line("sakura", "ja")] == [
        ("sa", "さ"),
        ("ku", "く"),
        ("ra", "ら"),
    ]


@pytest.mark.parametrize(
    ("language", "texts", "typed"),
    [
        ("zh", ("银", "hang2", "里"), ["zh hang2"]),
        ("zh", ("今", "tian1", "我"), ["zh tian1"]),
        ("zh", ("今", "tiān", "我"), ["zh tian1"]),
        ("zh", ("hang2", "我"), ["zh hang2"]),
        ("zh", ("hang2", "3", "天"), ["zh hang2"]),
        ("zh", ("我", "L AH1 V", "你"), ["en L AH1 V"]),
        ("zh", ("B", "AY1"), ["en AY1"]),
        ("yue", ("月", "gwong1", "光"), ["yue gwong1"]),
        ("ja", ("さ", "ku", "ら"), ["ja く"]),
        ("ja", ("ha", "な"), ["ja は"]),
        ("ja", ("桜", "kyou"), ["ja きょ", "ja う"]),
        ("ja", ("君", "to", "僕"), ["ja と"]),
        ("ja", ("君", "kimi", "made", "を"), ["ja き", "ja み"]),
    ],
)
def test_a_reading_on_a_note_of_its_own_counts_beside_other_writing(
    language: Language, texts: tuple[str, ...], typed: list[str]
) -> None:
    read = read_units([LyricUnit(text, language) for text in texts])
    found = [f"{s.language} {s.reading}" for unit in read for s in unit if s.source == "typed"]
    assert found == typed


def test_a_tone_digit_does_not_count_the_characters_after_it() -> None:
    assert units("银", "hang2", "里") == [["yin2"], ["hang2"], ["li3"]]
    assert readings("今tian1我", "zh") == ["jin1", "tian1", "wo3"]


@pytest.mark.parametrize(
    "texts",
    [
        ("さあ", "go", "home"),
        ("もう", "one", "more", "time"),
        ("君", "love", "me"),
        ("one", "more", "love"),
    ],
)
def test_english_phrases_in_a_japanese_line_stay_english(texts: tuple[str, ...]) -> None:
    read = read_units([LyricUnit(text, "ja") for text in texts])
    spoken = {s.language for text, unit in zip(texts, read, strict=True) if text.isascii() for s in unit}
    assert spoken == {"en"}


def test_units_are_read_in_each_others_context() -> None:
    assert units("银", "行") == [["yin2"], ["hang2"]]
    assert units("行", "走") == [["xing2"], ["zou3"]]
    assert units("重", "逢") == [["chong2"], ["feng2"]]


def test_erhua_is_a_coda_under_one_note_and_a_syllable_under_its_own() -> None:
    assert units("花儿") == [["huar1"]]
    assert units("花", "儿") == [["hua1"], ["er2"]]
    assert units("女儿") == [["nv3", "er2"]]
    (merged,) = read_units([LyricUnit("花儿", "zh")])[0]
    assert (merged.text, merged.start, merged.end) == ("花儿", 0, 2)
    assert [s.text for s in syllable_variants((merged,), 2) or ()] == ["花", "儿"]
    assert syllable_variants((merged,), 3) is None


def test_units_of_several_languages_keep_their_words_apart() -> None:
    read = read_units(
        [LyricUnit("你", "zh"), LyricUnit("好", "zh"), LyricUnit("行", "yue"), LyricUnit("love", "zh")]
    )
    assert [s.language for unit in read for s in unit] == ["zh", "zh", "yue", "en"]
    words = [s.word for unit in read for s in unit]
    assert words == sorted(words)
    assert words[1] < words[2] < words[3]


def test_phones_of_a_unit_replace_its_reading() -> None:
    read = read_units([LyricUnit("好", "zh", phones="n i"), LyricUnit("好", "zh", phones="[x ɑ u̯]")])
    assert [phones(unit[0]) for unit in read] == ["n i", "x ɑ u̯"]
    assert read[0][0].text == "好"
    assert read[0][0].source == "typed"


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        (LyricUnit("αβ", "zh"), "unknown_symbol"),
        (LyricUnit("，", "zh"), "no_syllable"),
        (LyricUnit("", "zh"), "no_syllable"),
        (LyricUnit("好{", "zh"), "bad_reading"),
        (LyricUnit("好", "zh", phones="q q"), "bad_reading"),
        (LyricUnit("s" * 5000, "zh"), "too_long"),
    ],
)
def test_an_error_in_a_unit_names_the_unit(unit: LyricUnit, code: str) -> None:
    with pytest.raises(UnitReadingError) as caught:
        read_units([LyricUnit("你", "zh"), unit, LyricUnit("好", "zh")])
    assert (caught.value.unit, caught.value.code) == (1, code)
    assert 0 <= caught.value.start <= caught.value.end <= len(unit.text)


def test_a_span_that_another_language_touches_does_not_end_there() -> None:
    # 穿着 before a pause is clothing (zhuo); the Latin letter after it was once taken for a pause.
    assert readings("穿着T恤", "zh")[1] == "zhe5"
    assert [s.text for s in check_line("3个love 5天", "zh")] == ["3", "个", "love", "5", "天"]


@pytest.mark.parametrize("row", read_set("mixed"), ids=lambda row: row["id"])
def test_mixed_lines_are_read_to_the_end(row: dict[str, str]) -> None:
    syllables = check_line(row["input"], row["line_lang"])  # type: ignore[arg-type]
    chinese = [toneless(s.reading) for s in syllables if s.language in ("zh", "yue")]
    assert chinese == [word for word in row["readings"].split() if word.isascii()]
