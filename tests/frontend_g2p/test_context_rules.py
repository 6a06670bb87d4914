from __future__ import annotations

import re

import pytest

from frontend_g2p.context_rules import apply_rules, in_context, load_rules, parse_rule
from frontend_g2p.typed import is_jyutping, is_pinyin


@pytest.mark.parametrize(
    ("file_name", "is_reading"), [("mandarin_rules.txt", is_pinyin), ("cantonese_rules.txt", is_jyutping)]
)
def test_every_rule_compiles_and_gives_a_syllable_of_its_language(file_name: str, is_reading) -> None:
    rules = [rule for found in load_rules(file_name).values() for rule in found]
    assert len(rules) > 100
    for rule in rules:
        assert is_reading(rule.reading), rule
        assert all(isinstance(pattern, re.Pattern) for pattern in rule.patterns)


def test_the_first_rule_that_fits_wins() -> None:
    rules = {"乐": (parse_rule("yue4\t音<乐>"), parse_rule("le4\t<乐>"))}
    assert apply_rules(rules, "音乐乐", ["yin1", "?", "?"], [1, 1, 1]) == ["yin1", "yue4", "le4"]


def test_words_of_the_dictionary_are_closed_unless_the_rule_opens_them() -> None:
    closed, opened = parse_rule("le4\t<乐>"), parse_rule("!le4\t<乐>")
    assert apply_rules({"乐": (closed,)}, "音乐", ["a", "b"], [2, 2]) == ["a", "b"]
    assert apply_rules({"乐": (opened,)}, "音乐", ["a", "b"], [2, 2]) == ["a", "le4"]
    assert apply_rules({"乐": (opened,)}, "音乐音乐", ["a", "b"] * 2, [4] * 4) == ["a", "b"] * 2


def test_a_rule_without_target_is_refused() -> None:
    with pytest.raises(ValueError, match="target"):
        parse_rule("le4\t音乐")


def test_context_tells_boundaries_from_letters() -> None:
    assert in_context("我, 你a“好”") == "我，，你ＡＡ好Ａ"
