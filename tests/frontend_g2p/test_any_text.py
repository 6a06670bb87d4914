"""Whatever is written under a note is read, or refused as text that cannot be read; nothing else happens."""

import random

import pytest

from frontend_g2p.errors import ReadingError
from frontend_g2p.phonemize import read_line
from frontend_g2p.phones import LANGUAGES, Language

LINES = (
    "明日の桜、花が7回きれい", "beautiful day, it's 7 o'clock 50% $3.20 rock'n'roll", "我有2个好朋友，花儿 love you 3.5%",
    "今日天氣嘅好 2023年 唔該", "a{AH0}b [n i] ni3 hao3", "きゃっとーがっこうABC〜", "don't stop—the 1990s U.S.A. x-ray",
    "１２３ ａｂｃ ＃＄％",
    "e\u0301 café naïve Œuvre", "1,234.5 10:30 1/2 -5 ℃ 30°C", "𝄞♪…★ ㊗ ①②③ Ⅳ ½ ²",
)  # fmt: skip
SIGNS = (
    "".join(LINES) + ".,%:'-/0123456789{}[]()<>\"$€¥℃~ー々〻ゝ・`^_=+*&@!?;|\\\u200b\u0301\u3099 \u00a0\uff0e"
)


def odd_text(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return "".join(rng.choice(SIGNS) for _ in range(rng.randint(1, 14)))
    text = list(rng.choice(LINES))
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(text) + 1)
        if rng.random() < 0.5:
            text.insert(place, rng.choice(SIGNS))
        else:
            del text[place : place + 1]
    return "".join(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_odd_text_is_read_or_refused(language: Language) -> None:
    rng = random.Random(11)
    read = 0
    for _ in range(1_000):
        text = odd_text(rng)
        try:
            syllables = read_line(text, language)
        except ReadingError:
            continue
        read += 1
        assert all(text[syllable.start : syllable.end] == syllable.text for syllable in syllables), text
    assert read > 100


@pytest.mark.parametrize(
    ("text", "readings"), [("Aï", ["EY1", "AY1"]), ("Ⅳ\u0301", ["F AO1 R"]), ("É.T.", ["IY1", "T IY1"])]
)
def test_accents_on_letters_and_numerals(text: str, readings: list[str]) -> None:
    assert [syllable.reading for syllable in read_line(text, "en")] == readings


def test_a_guess_ends_in_no_h() -> None:
    for word in ("naavhue", "blahvhh", "zohvk"):
        for syllable in read_line(word, "en"):
            assert "HH" not in syllable.reading.split()[1:]
