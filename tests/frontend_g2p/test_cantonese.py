from __future__ import annotations

import pytest

from frontend_g2p.cantonese import read_han
from tests.frontend_g2p.reading_sets import score_targets


def by_place(text: str) -> dict[int, str]:
    return {reading.start: reading.reading for reading in reversed(read_han(text))}


@pytest.mark.parametrize(
    ("name", "floor"), [("yue", 0.97), ("practice_yue", 0.97), ("heldout_yue", 0.95), ("fresh_yue", 0.93)]
)
def test_readings_reach_their_floor(name: str, floor: float) -> None:
    share, wrong = score_targets(name, by_place)
    assert share >= floor, "\n".join(wrong)


def test_a_character_of_two_syllables_keeps_the_others_in_place() -> None:
    readings = read_han("年卅晚")
    assert [(r.start, r.end, r.reading) for r in readings] == [
        (0, 1, "nin4"),
        (1, 2, "saa1"),
        (2, 2, "aa6"),
        (2, 3, "maan5"),
    ]


def test_simplified_text_is_read_as_traditional() -> None:
    simplified = [reading.reading for reading in read_han("听音乐")]
    assert simplified == [reading.reading for reading in read_han("聽音樂")] == ["teng1", "jam1", "ngok6"]
