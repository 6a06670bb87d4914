from __future__ import annotations

import pytest

from frontend_g2p.english import fit_syllables, read_arpabet, read_english


def fitted(word: str, count: int) -> list[str] | None:
    result = fit_syllables(tuple(read_english(word, 3, 1)), count)
    return None if result is None else [s.reading for s in result]


@pytest.mark.parametrize(
    ("word", "count", "readings"),
    [
        ("fire", 1, ["F AY1 R"]),
        ("fire", 2, ["F AY1", "ER0"]),
        ("heaven", 1, ["HH EH1 V N"]),
        ("power", 1, ["P AW1 R"]),
        ("hour", 2, ["AW1", "ER0"]),
        ("every", 3, ["EH1", "V ER0", "IY0"]),
        ("every", 2, ["EH1 V", "R IY0"]),
        ("memory", 2, ["M EH1 M", "R IY0"]),
        ("blessed", 2, ["B L EH1", "S IH0 D"]),
        ("beloved", 2, ["B IH0", "L AH1 V D"]),
        ("real", 2, ["R IY1", "AH0 L"]),
        ("cruel", 1, ["K R UW1 L"]),
        ("wandering", 2, ["W AA1 N", "D R IH0 NG"]),
        ("radio", 2, ["R EY1 D", "Y OW0"]),
        ("girl", 2, ["G ER1", "AH0 L"]),
        ("o'er", 2, ["OW1", "ER0"]),
    ],
)
def test_reading_with_as_many_syllables_as_notes(word: str, count: int, readings: list[str]) -> None:
    assert fitted(word, count) == readings


@pytest.mark.parametrize(
    ("word", "count"), [("love", 2), ("the", 2), ("amazing", 7), ("night", 3), ("Mary", 1)]
)
def test_no_reading_is_made_up(word: str, count: int) -> None:
    assert fitted(word, count) is None


def test_the_fitted_word_keeps_its_place_word_and_letters() -> None:
    word = tuple(read_english("heaven", 3, 1))
    one = fit_syllables(word, 1)
    assert one is not None
    assert [(s.text, s.start, s.end, s.word, s.source) for s in one] == [("heaven", 3, 9, 1, word[0].source)]


def test_a_heteronym_keeps_its_reading() -> None:
    """ "Learned" the adjective has two syllables; "live" must not turn into its twin to fit."""
    live = tuple(s for s in read_english("a live show", 0, 0) if s.text == "live")
    assert fit_syllables(live, 1) == live
    assert fit_syllables(live, 2) is None


def test_typed_readings_are_left_alone() -> None:
    typed = tuple(read_arpabet("fire", "F AY1 R", 0, 0))
    assert fit_syllables(typed, 1) == typed
    assert fit_syllables(typed, 2) is None


def test_bad_counts_give_nothing() -> None:
    assert fit_syllables((), 1) is None
    assert fit_syllables(tuple(read_english("fire", 0, 0)), 0) is None
