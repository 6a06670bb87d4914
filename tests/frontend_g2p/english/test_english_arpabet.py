from __future__ import annotations

import pytest

from frontend_g2p.english import read_arpabet
from frontend_g2p.english.arpabet import parse_arpabet, syllabify, syllable_phones
from frontend_g2p.errors import ReadingError


def cut(phones: str) -> list[str]:
    return [" ".join(syllable) for syllable in syllabify(phones.split())]


@pytest.mark.parametrize(
    ("phones", "syllables"),
    [
        ("AH0 M EY1 Z IH0 NG", ["AH0", "M EY1", "Z IH0 NG"]),
        ("EH1 K S T R AH0", ["EH1 K", "S T R AH0"]),
        ("S IH1 NG ER0", ["S IH1 NG", "ER0"]),
        ("B Y UW1 T AH0 F AH0 L", ["B Y UW1", "T AH0", "F AH0 L"]),
        ("M IH1 L Y AH0 N", ["M IH1 L", "Y AH0 N"]),
        ("EH1 V R IY0", ["EH1 V", "R IY0"]),
        ("S T R EH1 NG K TH S", ["S T R EH1 NG K TH S"]),
        ("HH M", ["HH M"]),
    ],
)
def test_longest_legal_onset(phones: str, syllables: list[str]) -> None:
    assert cut(phones) == syllables


def symbols(phones: str) -> list[tuple[str, str]]:
    return [(phone.symbol, phone.role) for phone in syllable_phones(phones.split())]


def test_stops_are_aspirated_in_an_onset_only() -> None:
    assert symbols("T OW1 P") == [("tʰ", "onset"), ("o", "nucleus"), ("u̯", "coda"), ("p", "coda")]
    assert [symbol for symbol, _ in symbols("S T R IY1 T")] == ["s", "t", "ɹ", "i", "t"]


def test_glides_schwa_and_diphthongs() -> None:
    assert symbols("W AY1") == [("w", "glide"), ("a", "nucleus"), ("i̯", "coda")]
    assert symbols("AH0") == [("ə", "nucleus")]
    assert symbols("L AH1 V")[1] == ("ʌ", "nucleus")


def test_a_word_without_vowel_sings_its_nasal() -> None:
    assert symbols("HH M") == [("h", "onset"), ("m̩", "nucleus")]


def test_stress_digits_may_be_left_out() -> None:
    assert parse_arpabet("l ay v", "live", 0) == ("L", "AY1", "V")
    assert parse_arpabet("AH M EY1 Z IH NG", "amazing", 0) == ("AH0", "M", "EY1", "Z", "IH0", "NG")


@pytest.mark.parametrize("wrong", ["", "L XX V", "L1 AY", "L AY12 V", "S T", "ай", "SH"])
def test_what_is_no_pronunciation_is_refused_with_its_place(wrong: str) -> None:
    with pytest.raises(ReadingError) as caught:
        read_arpabet("live", wrong, 7, 2)
    assert caught.value.code == "bad_reading"
    assert (caught.value.start, caught.value.end) == (7, 11)


def test_typed_pronunciation_keeps_text_place_and_word() -> None:
    syllables = read_arpabet("forever", "F ER0 EH1 V ER0", 5, 3)
    assert [s.text for s in syllables] == ["for", "e", "ver"]
    assert [(s.start, s.end) for s in syllables] == [(5, 8), (8, 9), (9, 12)]
    assert {s.word for s in syllables} == {3}
    assert {s.source for s in syllables} == {"user"}
