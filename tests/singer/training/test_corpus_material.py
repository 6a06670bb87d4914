"""The material covers its languages, and a take's number decides all about it."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

from frontend_g2p.inventory import INVENTORY, unit_map
from frontend_g2p.phonemize import read_line
from frontend_g2p.phones import LANGUAGES
from singer.training.corpus.completion import missing_lines
from singer.training.corpus.english_words import pair_holders, word_line
from singer.training.corpus.material import (
    CorpusSyllable,
    Line,
    balanced_line,
    english_lines,
    english_phones,
    more_english_lines,
    shuffled_line,
    syllables,
)
from singer.training.corpus.scripts import Script, script_at


def phones_of(syllable: CorpusSyllable) -> list[str]:
    return [phone.symbol for phone in syllable.phones]


def test_every_pinyin_and_jyutping_body_is_a_syllable() -> None:
    assert {item.reading for item in syllables("zh")} == set(unit_map("pinyin"))
    assert {item.reading for item in syllables("yue")} == set(unit_map("jyutping"))


def test_morae_have_japanese_phones() -> None:
    found = {item.reading: phones_of(item) for item in syllables("ja")}
    assert len(found) == len(syllables("ja"))
    assert found["k a"] == ["k", "a"]
    assert found["h i"] == ["ç", "i"]
    assert found["ky o"] == ["k", "j", "o"]
    assert found["f u"] == ["ɸ", "ɯ"]
    with pytest.raises(ValueError, match="no syllable list"):
        syllables("en")


def test_together_the_material_holds_every_phone() -> None:
    heard = {
        symbol
        for language in ("zh", "yue", "ja")
        for item in syllables(language)
        for symbol in phones_of(item)
    }
    heard |= {
        symbol
        for line in english_lines(heldout=False)
        for item in line.syllables
        for symbol in phones_of(item)
    }
    # ɴ and Q come between morae; ʔ, SP and AP are put in by the plan.
    assert set(INVENTORY) - heard == {"ɴ", "Q", "ʔ", "SP", "AP"}


def test_english_stops_are_aspirated_at_the_start_only() -> None:
    assert [phone.symbol for phone in english_phones(["T", "AA1", "P"])] == ["tʰ", "ɑ", "p"]
    assert [phone.symbol for phone in english_phones(["S", "T", "AY1"])] == ["s", "t", "a", "i̯"]
    assert [phone.symbol for phone in english_phones(["AH0"])] == ["ə"]
    assert [phone.symbol for phone in english_phones(["K", "AH1", "P"])] == ["kʰ", "ʌ", "p"]


def test_english_sentences_are_split_once() -> None:
    training, heldout = english_lines(heldout=False), english_lines(heldout=True)
    assert len(training) >= 100
    assert len(heldout) >= 25
    assert not {line.text for line in training} & {line.text for line in heldout}
    assert all(line.text.endswith((".", "?")) for line in training + heldout)
    words = [len(line.text.split()) for line in training + heldout]
    ends = [sum(item.ends_word for item in line.syllables) for line in training + heldout]
    assert words == ends


def test_more_sentences_are_read_as_the_engine_reads_them() -> None:
    """None of them is held out, none repeats a held-out one."""
    lines = more_english_lines()
    assert len({line.text for line in lines}) == len(lines) >= 400
    assert not {line.text for line in lines} & {line.text for line in english_lines(heldout=True)}
    for line in lines[::40]:
        read = [[phone.symbol for phone in item.phones] for item in read_line(line.text.rstrip("."), "en")]
        assert [phones_of(item) for item in line.syllables] == read


def test_english_sentences_cover_arpabet_and_many_diphones() -> None:
    phones = [
        symbol
        for line in english_lines(heldout=False)
        for item in line.syllables
        for symbol in phones_of(item)
    ]
    wanted = {symbol for name, unit in unit_map("arpabet").items() for symbol in unit}
    assert wanted <= set(phones)
    assert min(Counter(phones)[symbol] for symbol in wanted) >= 5
    assert len(set(itertools.pairwise(phones))) > 700


def test_shuffled_lines_go_through_the_whole_list() -> None:
    table = syllables("yue")
    read: list[str] = []
    while len(read) < len(table):
        line = shuffled_line("yue", 10, len(read), 5, np.random.default_rng(0))
        read += [item.reading for item in line.syllables]
    assert {item.reading for item in table} == set(read[: len(table)])


def test_japanese_lines_have_special_morae() -> None:
    line = shuffled_line("ja", 400, 0, 1, np.random.default_rng(0))
    counts = Counter(item.reading for item in line.syllables)
    assert counts["N"] > 10
    assert counts["cl"] > 2
    assert counts["long"] > 10
    after = {
        right.phones[0].symbol for left, right in itertools.pairwise(line.syllables) if left.reading == "cl"
    }
    assert after <= {"p", "t", "k", "s", "ts", "tɕ", "ɕ", "b", "d", "ɡ", "dʑ"}


def first_scripts(timbre: str, count: int) -> list[Script]:
    return [script_at(timbre, number) for number in range(count)]


def test_number_and_timbre_decide_everything() -> None:
    assert first_scripts("suyin", 40) == first_scripts("suyin", 40)
    assert [script.line for script in first_scripts("suyin", 8)] != [
        script.line for script in first_scripts("blend1", 8)
    ]
    names = [script.name for script in first_scripts("suyin", 200)]
    assert len(set(names)) == 200


def test_any_beginning_is_balanced() -> None:
    for count in (17, 34, 102):
        kinds = Counter((script.language, script.kind) for script in first_scripts("suyin", count))
        spoken_and_sung = [kinds[language, kind] for language in LANGUAGES for kind in ("spoken", "sung")]
        assert len(set(spoken_and_sung)) == 1
        assert kinds[None, "breath"] == count // 17


def test_held_out_sentences_are_never_trained_on() -> None:
    heldout_texts = {line.text for line in english_lines(heldout=True)}
    for timbre in ("suyin", "blend1", "eval2"):
        for script in first_scripts(timbre, 300):
            if script.language == "en" and script.kind == "spoken":
                assert (script.line.text in heldout_texts) == script.heldout


def test_enough_is_held_out_in_every_language() -> None:
    for language in LANGUAGES:
        scripts = [script for script in first_scripts("suyin", 306) if script.language == language]
        spoken = [script.heldout for script in scripts if script.kind == "spoken"]
        assert sum(spoken) == len(spoken) // 6
        assert 0 < sum(script.heldout for script in scripts) < 0.13 * len(scripts)


def test_all_syllables_come_up_in_the_scripts() -> None:
    for language in ("zh", "yue", "ja"):
        wanted = {item.reading for item in syllables(language)}
        read = {
            item.reading
            for script in first_scripts("suyin", 2200)
            if script.language == language
            for item in script.line.syllables
        }
        assert wanted <= read


def test_balanced_lines_bring_rare_phones() -> None:
    counts: dict[str, Counter[str]] = {}
    for name in ("balanced", "listed"):
        rng = np.random.default_rng(0)
        lines = [
            balanced_line("zh", 100, rng)
            if name == "balanced"
            else shuffled_line("zh", 100, 100 * turn, 1, rng)
            for turn in range(12)
        ]
        counts[name] = Counter(
            phone for line in lines for item in line.syllables for phone in phones_of(item)
        )
    rare = [symbol for symbol, count in counts["listed"].items() if count < 15]
    assert {"ɿ", "ɚ"} <= set(rare)
    assert all(counts["balanced"][symbol] > 2 * counts["listed"][symbol] for symbol in rare)


def test_word_lines_hold_whole_words_and_every_english_phone() -> None:
    rng = np.random.default_rng(0)
    lines = [word_line(12, rng) for _ in range(100)]
    assert all(line.syllables[-1].ends_word and len(line.syllables) >= 12 for line in lines)
    counts = Counter(phone for line in lines for item in line.syllables for phone in phones_of(item))
    sentences = Counter(
        phone for line in english_lines(heldout=False) for item in line.syllables for phone in phones_of(item)
    )
    assert set(sentences) <= set(counts)
    assert min(counts[symbol] for symbol in sentences) >= 8


def test_the_second_part_goes_after_rare_phones_and_holds_other_sentences_out() -> None:
    first = {
        script.line.text for script in first_scripts("suyin", 340) if script.heldout and script.line.text
    }
    second = [script_at("suyin", number) for number in range(340, 500)]
    assert Counter((script.language, script.kind) for script in second) == {
        ("en", "spoken"): 60,
        ("en", "sung"): 40,
        ("zh", "sung"): 20,
        ("yue", "sung"): 20,
        ("ja", "sung"): 20,
    }
    heldout = [script.line.text for script in second if script.heldout]
    assert len(set(heldout)) == len(heldout) == 20
    assert set(heldout) <= {line.text for line in english_lines(heldout=True)} - first
    assert all(not script.line.text for script in second if not script.heldout)


def test_the_third_part_speaks_every_further_sentence_once() -> None:
    third = [script_at("suyin", number) for number in range(508, 1036)]
    assert {script.kind for script in third} == {"spoken"}
    assert not any(script.heldout for script in third)
    sentences = [script.line.text for script in third if script.language == "en"]
    assert sorted(sentences) == sorted(line.text for line in more_english_lines())
    assert {script.language for script in third[5::6]} == {"zh", "yue", "ja"}


def test_the_fourth_part_completes_syllables_and_english_pairs() -> None:
    scripts = [script_at("suyin", number) for number in range(1_100)]
    learnt = [script for script in scripts if not script.heldout]
    for language in ("zh", "yue", "ja"):
        heard = {
            item.reading for script in learnt if script.language == language for item in script.line.syllables
        }
        assert {item.reading for item in syllables(language)} <= heard
    pairs = {
        pair
        for script in learnt
        if script.language == "en"
        for pair in itertools.pairwise(
            phone.symbol for item in script.line.syllables for phone in item.phones
        )
    }
    assert set(pair_holders()) <= pairs
    assert len({script.name for script in scripts}) == len(scripts)
    completing = [script for script in scripts[1_036:1_080] if script.kind == "spoken"]
    assert all(script.line.syllables[-1].ends_word for script in completing)


def test_nothing_is_added_to_lines_that_are_complete() -> None:
    everything = Line(syllables("ja"), "")
    assert missing_lines("ja", [everything]) == []
    short = Line(syllables("ja")[:-2], "")
    (line,) = missing_lines("ja", [short])
    assert line.syllables[:2] == syllables("ja")[-2:]
    assert len(line.syllables) >= 4
