from __future__ import annotations

import pytest

from frontend_g2p.errors import ReadingError
from frontend_g2p.normalise import MAX_CODE_POINTS, normalise


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("Ｈｅｌｌｏ\u3000ｗ", "Hello w"),
        ("don’t", "don't"),
        ("he\u200bllo wo\xadrld", "hello world"),
        ("\u202e我爱你\u202c", "我爱你"),
        ("愛︀情", "愛情"),
        ("cafe\u0301", "café"),
        ("ﾗﾌﾞ", "ラブ"),
        ("か\u3099", "が"),
        ("Ⅳ①", "41"),
        ("a\tb\n", "a b "),
        ("c\x00a", "ca"),
        ("", ""),
    ],
)
def test_plain_form(line: str, plain: str) -> None:
    assert normalise(line).text == plain


def test_every_character_knows_where_it_came_from() -> None:
    line = "a\u200bé\u0301ﾗﾌﾞ℃"
    plain = normalise(line)
    assert len(plain.text) == len(plain.spans)
    pieces = [line[start:end] for start, end in plain.spans]
    assert pieces == ["a", "é\u0301", "é\u0301", "ﾗ", "ﾌﾞ", "℃", "℃"]
    assert plain.source_span(len(plain.text) - 2, len(plain.text)) == (len(line) - 1, len(line))
    assert plain.source_span(1, 1) == (2, 2)


def test_a_line_too_long_is_refused_where_it_becomes_so() -> None:
    assert len(normalise("s" * MAX_CODE_POINTS).text) == MAX_CODE_POINTS
    with pytest.raises(ReadingError) as caught:
        normalise("s" * 5000)
    assert (caught.value.code, caught.value.start, caught.value.end) == ("too_long", MAX_CODE_POINTS, 5000)


def test_half_a_character_is_refused_with_text_that_can_be_printed() -> None:
    with pytest.raises(ReadingError) as caught:
        normalise("我\ud83d")
    assert (caught.value.code, caught.value.start) == ("unknown_symbol", 1)
    caught.value.text.encode("utf-8")
    caught.value.message.encode("utf-8")
