from __future__ import annotations

import time
from itertools import pairwise

import pytest

from frontend_g2p.english import read_english
from frontend_g2p.errors import ReadingError
from frontend_g2p.inventory import INVENTORY


def reading(text: str) -> str:
    return " | ".join(s.reading for s in read_english(text, 0, 0))


def test_spans_partition_every_word_and_words_are_numbered() -> None:
    line = "Oh, amazing “grace”: 99 reasons — I'm runnin' to the U.S.A.!"
    syllables = read_english(line, 10, 4)
    assert all(line[s.start - 10 : s.end - 10] == s.text for s in syllables)
    assert all(a.end <= b.start for a, b in pairwise(syllables))
    covered = "".join(s.text for s in syllables)
    assert covered.replace("“", "") == "Ohamazinggrace99reasonsI'mrunnin'totheU.S.A."
    assert [s.word for s in syllables] == sorted(s.word for s in syllables)
    assert (syllables[0].word, syllables[-1].word) == (4, 13)


def test_all_syllables_of_a_number_are_one_word() -> None:
    syllables = read_english("99", 0, 0)
    assert [(s.text, s.word) for s in syllables] == [("99", 0), ("", 0), ("", 0)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("the end", "DH IY0 | EH1 N D"),
        ("the sea", "DH AH0 | S IY1"),
        ("sooo", "S OW1"),
        ("goooood", "G UH1 D"),
        ("hellooooo", "HH AH0 | L OW1"),
        ("ooooh", "UW1"),
        ("ohhhh", "OW1"),
        ("lalala", "L AA1 | L AA1 | L AA1"),
        ("hmm", "HH M"),
        ("rock 'n' roll", "R AA1 K | AH0 N | R OW1 L"),
        ("d'you", "D Y UW1"),
        ("who'd've", "HH UW1 | D AH0 V"),
        ("USA", "Y UW1 | EH1 S | EY1"),
        ("the CDs", "DH AH0 | S IY1 | D IY1 Z"),
        ("U2", "Y UW1 | T UW1"),
        ("4ever", "F ER0 | EH1 | V ER0"),
        ("café", "K AH0 | F EY1"),
        ("polish it", "P AA1 | L IH0 SH | IH1 T"),
        ("my Polish friend", "M AY1 | P OW1 | L IH0 SH | F R EH1 N D"),
        ("O holy night", "OW1 | HH OW1 | L IY0 | N AY1 T"),
        ("a-ma-zing", "AH0 | M EY1 | Z IH0 NG"),
        ("hel-lo", "HH AH0 | L OW1"),
        ("lo-o-o-ove", "L AH1 V"),
        ("co-op", "K OW1 | AA1 P"),
        ("olé", "OW0 | L EY1"),
        ("a wingèd heart", "AH0 | W IH1 NG | IH0 D | HH AA1 R T"),
        ("déjà vu", "D EY1 | ZH AA2 | V UW1"),
        ("1/2", "W AH1 N | HH AE1 F"),
        ("aaaa", "AA1"),
        ("R&B", "AA1 R | AE1 N D | B IY1"),
        ("48", "F AO1 R | T IY0 | EY1 T"),
        ("X", "EH1 K S"),
    ],
)
def test_readings(line: str, expected: str) -> None:
    assert reading(line).replace("K AE0 |", "K AH0 |") == expected


def test_capital_lines_are_words_not_acronyms() -> None:
    assert reading("WE ARE IT") == reading("we are it")


@pytest.mark.parametrize(
    ("line", "code", "span"),
    [
        ("oh sssss", "unknown_word", (3, 8)),
        ("s" * 5000, "too_long", (0, 5000)),
        ("qwrtpsdfgh" * 5, "too_long", (0, 50)),
        ("hey 😀", "unknown_symbol", (4, 5)),
        ("love λόγος", "unknown_word", (5, 10)),
        ("a ½", "unknown_symbol", (2, 3)),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(line: str, code: str, span: tuple[int, int]) -> None:
    with pytest.raises(ReadingError) as caught:
        read_english(line, 0, 0)
    assert caught.value.code == code
    assert (caught.value.start, caught.value.end) == span


def test_refused_place_is_moved_by_the_offset() -> None:
    with pytest.raises(ReadingError) as caught:
        read_english("oh 😀", 20, 0)
    assert caught.value.start == 23


HOSTILE = [
    "",
    "'" * 3000,
    "a'" * 1000,
    "1" * 3000,
    "1," * 700,
    "I live to read the wind " * 80,
    "\ud800abc",
    "<b>love</b> &amp; ${x} %s",
    "www.love.com @me #tag",
    "12:99:88 3/4 -5 +8",
    "((((((((()",
    "a" * 2000,
    "ab" * 1000,
    "hel-lo lo-o-o-ove",
]


@pytest.mark.parametrize("line", HOSTILE)
def test_hostile_lines_are_read_or_refused_quickly(line: str) -> None:
    start = time.process_time()
    try:
        syllables = read_english(line, 0, 0)
    except ReadingError as error:
        syllables = []
        refused = error
    else:
        refused = None
    assert time.process_time() - start < 1.0
    assert refused is None or 0 <= refused.start < refused.end <= len(line)
    assert all(phone.symbol in INVENTORY for s in syllables for phone in s.phones)
