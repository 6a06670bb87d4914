from __future__ import annotations

import pytest

from frontend_g2p.normalise import normalise
from frontend_g2p.phones import LANGUAGES, Language
from frontend_g2p.spans import split_spans
from tests.frontend_g2p.reading_sets import read_set


def languages(text: str, line_language: Language) -> list[str | None]:
    found: list[str | None] = []
    for span in split_spans(text, line_language):
        found += [span.language] * (span.end - span.start)
    return found


@pytest.mark.parametrize(("name", "floor"), [("mixed", 0.97), ("heldout_mixed", 0.95)])
def test_spans_reach_their_floor(name: str, floor: float) -> None:
    right = total = 0
    for row in read_set(name):
        text = normalise(row["input"]).text
        found = languages(text, row["line_lang"])  # type: ignore[arg-type]
        position = 0
        for part in row["spans"].split("|"):
            language, _, stretch = part.partition(":")
            stretch = normalise(stretch).text
            position = text.index(stretch, position)
            for place in range(position, position + len(stretch)):
                if text[place].isalnum():
                    right += found[place] == language
                    total += 1
            position += len(stretch)
    assert right / total >= floor


@pytest.mark.parametrize("line_language", LANGUAGES)
@pytest.mark.parametrize("text", ["", " ", "，。", "我爱you", "月の光3月9日 α!", "3.14%", "a1好"])
def test_spans_cover_the_text_without_gaps(text: str, line_language: Language) -> None:
    position = 0
    for span in split_spans(text, line_language):
        assert span.start == position < span.end
        position = span.end
    assert position == len(text)


def test_only_hiragana_claims_han() -> None:
    assert set(languages("月の光", "zh")) == {"ja"}
    assert languages("一起唱カラオケ吧", "zh") == ["zh"] * 3 + ["ja"] * 4 + ["zh"]


def test_hiragana_does_not_claim_what_japanese_does_not_write() -> None:
    assert languages("に听你唱", "zh") == ["ja", "zh", "zh", "zh"]


def test_digits_and_their_signs_follow_what_they_touch() -> None:
    assert languages("MP3", "zh") == ["en"] * 3
    assert languages("3月", "ja") == ["ja"] * 2
    assert languages("up 50% 好", "zh")[3:6] == ["zh"] * 3


def test_symbols_of_no_script_stand_alone() -> None:
    assert languages("我α", "zh") == ["zh", None]
