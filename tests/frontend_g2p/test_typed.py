from __future__ import annotations

from pathlib import Path

import pytest

from frontend_g2p.inventory import INVENTORY, unit_map, with_roles
from frontend_g2p.phone_table import phone_table
from frontend_g2p.romaji import romaji_to_hiragana
from frontend_g2p.typed import explicit_phones, is_jyutping, is_pinyin, numbered_pinyin, pinyin_phones


def symbols(reading: str) -> str:
    return " ".join(phone.symbol for phone in pinyin_phones(reading))


@pytest.mark.parametrize(
    ("reading", "phones"),
    [
        ("hang2", "x ɑ ŋ"),
        ("nv3", "n y"),
        ("nü3", "n y"),
        ("jü1", "tɕ y"),
        ("er2", "ɚ"),
        ("r5", "ɚ"),
        ("wanr2", "w a ɻ"),
        ("hair2", "x a ɻ"),
        ("huar1", "x w a ɻ"),
        ("shi4", "ʂ ʅ"),
    ],
)
def test_pinyin(reading: str, phones: str) -> None:
    assert symbols(reading) == phones


@pytest.mark.parametrize("reading", ["hang", "hang6", "hxng2", "5", "", "Hang2", "love4"])
def test_no_pinyin(reading: str) -> None:
    assert not is_pinyin(reading)


def test_jyutping() -> None:
    assert is_jyutping("hong4")
    assert not is_jyutping("hong7")
    assert not is_jyutping("hong")


@pytest.mark.parametrize(
    ("token", "numbered"), [("hǎo", "hao3"), ("lǜ", "lv4"), ("é", "e2"), ("café", None), ("hao", None)]
)
def test_tone_marks(token: str, numbered: str | None) -> None:
    assert numbered_pinyin(token) == numbered


def test_every_unit_of_pinyin_and_jyutping_is_a_syllable_of_known_phones() -> None:
    for system in ("pinyin", "jyutping"):
        for unit, unit_symbols in unit_map(system).items():
            phones = with_roles(unit_symbols)
            assert sum(phone.role == "nucleus" for phone in phones) == 1, unit
    assert len(INVENTORY) == 78


def test_the_glide_before_the_nucleus_has_its_role() -> None:
    assert [phone.role for phone in with_roles(("ɕ", "ɥ", "ɛ", "n"))] == ["onset", "glide", "nucleus", "coda"]
    assert [phone.role for phone in with_roles(("a", "i̯"))] == ["nucleus", "coda"]


@pytest.mark.parametrize(
    ("typed", "message"), [("n", "vowel"), ("zz i", "zz"), ("", "no phones"), ("i pʰ", "coda")]
)
def test_phones_that_make_no_syllable_are_refused(typed: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        explicit_phones(typed)


def test_a_refused_phone_says_what_is_allowed() -> None:
    with pytest.raises(ValueError, match=r"'Z' is not a phone .* allowed are p pʰ b .*docs/phones\.md"):
        explicit_phones("q Z")
    with pytest.raises(ValueError, match="write one syllable, with one vowel"):
        explicit_phones("n i n i")


def test_the_documented_phones_are_those_of_the_inventory() -> None:
    document = Path(__file__).parents[2] / "docs" / "phones.md"
    assert document.read_text(encoding="utf-8").endswith(f"\n\n{phone_table()}\n")


def test_explicit_phones_may_be_ascii() -> None:
    assert [phone.symbol for phone in explicit_phones("tsh A U_")] == ["tsʰ", "ɑ", "u̯"]


@pytest.mark.parametrize(
    ("word", "kana"),
    [
        ("sakura", "さくら"),
        ("kippu", "きっぷ"),
        ("konnichiwa", "こんにちわ"),
        ("shin'ya", "しんや"),
        ("tōkyō", "とうきょう"),
        ("matcha", "まっちゃ"),
        ("shimbun", "しんぶん"),
    ],
)
def test_romaji(word: str, kana: str) -> None:
    pieces = romaji_to_hiragana(word)
    assert pieces is not None
    assert "".join(piece for piece, _, _ in pieces) == kana
    assert "".join(word[start:end] for _, start, end in pieces) == word


@pytest.mark.parametrize("word", ["love", "x", "kk", "str"])
def test_no_romaji(word: str) -> None:
    assert romaji_to_hiragana(word) is None
