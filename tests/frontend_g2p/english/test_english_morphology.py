from __future__ import annotations

import pytest

from frontend_g2p.english import morphology
from frontend_g2p.english.lexicon import look_up, read_word


@pytest.mark.parametrize(
    ("word", "reading"),
    [
        ("rollin'", "R OW1 L IH0 N"),
        ("makest", "M EY1 K AH0 S T"),
        ("goest", "G OW1 AH0 S T"),
        ("wand'ring", "W AA1 N D R IH0 NG"),
        ("who'd", "HH UW1 D"),
        ("roses'", "R OW1 Z IH0 Z"),
        ("mary's", "M EH1 R IY0 Z"),
        ("lovestruck", "L AH1 V S T R AH2 K"),
        ("starlitsky", "S T AA1 R L IH2 T S K AY2"),
        ("neverending", "N EH2 V ER0 EH1 N D IH0 NG"),
        ("moonbeams", "M UW1 N B IY2 M Z"),
    ],
)
def test_words_built_from_known_words(word: str, reading: str) -> None:
    found = read_word(word)
    assert found is not None
    assert " ".join(found.readings[0]) == reading


def test_endings_follow_the_last_sound() -> None:
    assert morphology.add_s(("K", "AE1", "T"))[-1] == "S"
    assert morphology.add_s(("D", "AO1", "G"))[-1] == "Z"
    assert morphology.add_s(("K", "IH1", "S"))[-2:] == ("IH0", "Z")
    assert morphology.add_ed(("HH", "OW1", "P"))[-1] == "T"
    assert morphology.add_ed(("W", "EY1", "T"))[-2:] == ("IH0", "D")
    assert morphology.add_ed(("L", "AH1", "V"))[-1] == "D"


def test_drawn_out_spellings_are_tried_double_first_for_e_and_o() -> None:
    assert morphology.fold_elongation("goood") == ("good", "god")
    assert morphology.fold_elongation("yesss") == ("yes", "yess")
    assert morphology.fold_elongation("love") == ()


def test_a_compound_needs_two_known_words() -> None:
    assert morphology.read_compound("dreamweaver", look_up)
    assert morphology.read_compound("dreamzzzqx", look_up) == ()
