from __future__ import annotations

import pytest

from frontend_g2p.mandarin import read_han
from tests.frontend_g2p.reading_sets import score_lines, score_targets


def by_place(text: str) -> dict[int, str]:
    return {reading.start: reading.reading for reading in read_han(text)}


def pinyin(text: str) -> str:
    return " ".join(reading.reading for reading in read_han(text))


@pytest.mark.parametrize(
    ("name", "floor"),
    [("zh", 0.97), ("practice_zh", 0.97), ("heldout_zh", 0.95), ("fresh_zh", 0.95), ("fresh2_zh", 0.93)],
)
def test_polyphones_reach_their_floor(name: str, floor: float) -> None:
    share, wrong = score_targets(name, by_place)
    assert share >= floor, "\n".join(wrong)


@pytest.mark.parametrize("name", ["practice_zh_lines", "heldout_zh_lines"])
def test_running_text_reaches_its_floor(name: str) -> None:
    assert score_lines(name, lambda text: [reading.reading for reading in read_han(text)]) >= 0.985


def test_every_character_of_a_word_has_the_words_index() -> None:
    readings = read_han("银行很远")
    assert [reading.word for reading in readings][:2] == [readings[0].word] * 2
    assert readings[2].word != readings[0].word


def test_traditional_and_simplified_text_are_read_alike() -> None:
    assert (
        pinyin("銀行門口排起長隊")
        == pinyin("银行门口排起长队")
        == "yin2 hang2 men2 kou3 pai2 qi3 chang2 dui4"
    )


def test_a_rule_says_that_it_decided() -> None:
    sources = {reading.start: (reading.reading, reading.source) for reading in read_han("我得走了")}
    assert sources[1] == ("dei3", "rule")
    assert sources[2][1] == "dictionary"


def test_punctuation_ends_the_context() -> None:
    assert by_place("我还，你走")[1] == "huan2"
    assert by_place("我还没走")[1] == "hai2"


def test_letters_and_quotes_are_no_end_of_a_line() -> None:
    # A Latin word after 还 once counted as the end of the line, and 还OK became huan.
    assert by_place("还OK")[0] == "hai2"
    assert by_place("“抢”了过来")[3] == "le5"


def test_unknown_characters_are_left_out_and_rare_ones_found() -> None:
    assert by_place("𠮷好") == {1: "hao3"}
    assert by_place("龘")[0] == "da2"


def test_common_text_loads_no_large_package() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from frontend_g2p import read_line; read_line('银行，门口', 'zh');"
        "sys.exit(any(name in sys.modules for name in ('pypinyin', 'nltk', 'pyopenjtalk', 'numpy')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
