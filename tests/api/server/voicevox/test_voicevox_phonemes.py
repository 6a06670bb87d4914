"""VOICEVOX's phonemes: morae of lyrics to them, and them to phones that our voices have."""

from __future__ import annotations

import pytest

from api.server.voicevox.phonemes import (
    CONSONANTS,
    DEVOICED,
    PAUSE,
    PHONEMES,
    VOWELS,
    mora_phonemes,
    phones_of,
)
from frontend_g2p.japanese.kana import mora_phones, to_hiragana
from voicebanks.load import list_voices


@pytest.mark.parametrize(
    ("lyric", "phonemes"),
    [
        ("ア", "a"), ("あ", "a"), ("ド", "d o"), ("シ", "sh i"), ("ち", "ch i"), ("ツ", "ts u"), ("ふ", "f u"),
        ("ヒ", "h i"), ("ひゃ", "hy a"), ("キャ", "ky a"), ("キィ", "ky i"), ("ヂ", "j i"), ("ヅ", "z u"),
        ("ヲ", "o"), ("ティ", "t i"), ("テュ", "ty u"), ("デェ", "dy e"), ("トゥ", "t u"), ("ヴ", "v u"),
        ("ゔぁ", "v a"), ("ヴュ", "by u"), ("クヮ", "kw a"), ("グォ", "gw o"), ("ウォ", "w o"), ("ウゥ", "w u"),
        ("イェ", "y e"), ("ン", "N"), ("っ", "cl"), ("ョ", "y o"), ("ァ", "a"), ("ヶ", "k e"), ("ヱ", "e"),
        ("ズィ", "z i"),
    ],
)  # fmt: skip
def test_one_mora_is_a_vowel_and_may_have_a_consonant(lyric: str, phonemes: str) -> None:
    assert mora_phonemes(lyric) == tuple(phonemes.split())


@pytest.mark.parametrize(
    "lyric", ["", "ー", "アア", "ka", "漢", "ウァ", "ファァ", " ア", "ア ", ".", ",", "ゕ", "ヤ゛", "フャ"]
)
def test_anything_else_is_no_mora(lyric: str) -> None:
    assert mora_phonemes(lyric) is None


def test_rows_hold_five_vowels_each() -> None:
    for row in (
        "カキクケコ",
        "ガギグゲゴ",
        "ナニヌネノ",
        "バビブベボ",
        "パピプペポ",
        "マミムメモ",
        "ラリルレロ",
    ):
        found = [mora_phonemes(kana) for kana in row]
        assert [each[-1] for each in found if each] == list("aiueo")
        assert len({each[0] for each in found if each}) == 1
    unsung = [chr(code) for code in range(0x30A1, 0x30F7) if mora_phonemes(chr(code)) is None]
    assert unsung == ["ヵ"]


def test_what_is_sung_agrees_with_our_own_reading_of_kana() -> None:
    """The two tables were written apart; they differ only where they are meant to."""
    rows = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
    for kana in rows + "ガギザジズダヂヅバパヴッ":
        phonemes = mora_phonemes(kana)
        assert phonemes is not None
        sung = [
            phone
            for at, each in enumerate(phonemes)
            for phone in phones_of(each, "".join(phonemes[at + 1 :]))
        ]
        assert tuple(sung) == mora_phones(to_hiragana(kana)), kana


def test_every_phoneme_has_phones_that_all_japanese_voices_have() -> None:
    assert len(PHONEMES) == 45
    symbols = set()
    for phoneme in PHONEMES - {PAUSE}:
        phones = phones_of(phoneme)
        roles = {phone.role for phone in phones}
        assert roles == {"nucleus"} if phoneme in VOWELS | DEVOICED else roles <= {"onset", "glide"}
        assert (phoneme in CONSONANTS) == ("nucleus" not in roles)
        symbols |= {phone.symbol for phone in phones}
    assert phones_of(PAUSE) == ()
    for voice in list_voices():
        assert symbols <= set(voice.manifest.phones), voice.manifest.name


def test_h_before_i_is_palatal() -> None:
    assert [phone.symbol for phone in phones_of("h", "i")] == ["ç"]
    assert [phone.symbol for phone in phones_of("h", "a")] == ["h"]
    with pytest.raises(KeyError):
        phones_of("x")
