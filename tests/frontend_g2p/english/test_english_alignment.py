from __future__ import annotations

import pytest

from frontend_g2p.english.alignment import split_letters
from frontend_g2p.english.arpabet import syllabify
from frontend_g2p.english.words import find_word


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("tonight", ["to", "night"]),
        ("amazing", ["a", "ma", "zing"]),
        ("running", ["run", "ning"]),
        ("island", ["is", "land"]),
        ("everyone", ["ev", "ery", "one"]),
        ("lovely", ["love", "ly"]),
        ("beautiful", ["beau", "ti", "ful"]),
        ("forgotten", ["for", "got", "ten"]),
        ("people", ["peo", "ple"]),
    ],
)
def test_pieces_read_like_hyphenation(word: str, pieces: list[str]) -> None:
    entry = find_word(word)
    assert entry is not None
    assert split_letters(word, syllabify(entry.readings[0])) == pieces


def test_pieces_always_join_to_the_word() -> None:
    odd = ["", "a", "1980s", "...", "-", "x" * 70, "ñandú", "rock'n'roll", "12:30", "İstanbul"]
    shapes = [(("K", "AE1"),), (("K", "AE1"), ("T", "AH0"), ("N", "OW1", "Z"))]
    for word in odd:
        for shape in shapes:
            pieces = split_letters(word, shape)
            assert "".join(pieces) == word
            assert len(pieces) == len(shape)


def test_first_piece_is_never_empty_when_there_are_letters() -> None:
    assert split_letters("Dr", (("D", "AA1", "K"), ("T", "ER0"))) == ["Dr", ""]
