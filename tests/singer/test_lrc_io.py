import pytest

from singer.errors import ScoreError
from singer.import_options import ImportOptions
from singer.lrc_io import RECITED_MIDI, SHORTEST_SYLLABLE_S, SLOWEST_SYLLABLE_S
from singer.lyrics import lay_lyrics
from singer.score import Score
from singer.score_io import find_format, load_score

PLAIN = "[ti:晴天]\n[ar:someone]\n[length:00:20]\n[00:01.00]故事的小黄花\n[00:05.5]从出生那年\n[00:08.250]\n"


def read(text: str, **options: object) -> Score:
    return load_score(text.encode(), options=ImportOptions(**options), name="song.lrc")  # type: ignore[arg-type]


def sung(score: Score) -> list[tuple[float, float, str]]:
    """(start in seconds, length in seconds, lyric)."""
    return [
        (
            round(score.tempo.seconds_at(note.start_beat), 3),
            round(score.tempo.seconds_at(note.end_beat) - score.tempo.seconds_at(note.start_beat), 3),
            note.lyric,
        )
        for note in score.notes
    ]


def test_a_plain_file_gives_each_line_its_time() -> None:
    score = read(PLAIN)
    assert (score.title, score.language) == ("晴天", "zh")
    assert {note.midi for note in score.notes} == {RECITED_MIDI}
    first = [
        (1.0 + place * SLOWEST_SYLLABLE_S, SLOWEST_SYLLABLE_S, char)
        for place, char in enumerate("故事的小黄花")
    ]
    second = [
        (5.5 + place * SLOWEST_SYLLABLE_S, SLOWEST_SYLLABLE_S, char)
        for place, char in enumerate("从出生那年")
    ]
    assert sung(score) == [(round(start, 3), length, char) for start, length, char in first + second]
    assert any("no melody" in text for text in score.warnings)


def test_syllables_of_a_short_line_share_its_time() -> None:
    score = read("[00:01.00]la la la la\n[00:02.00]la\n[00:02.20]\n", language="en")
    assert sung(score) == [
        (1.0, 0.25, "la"),
        (1.25, 0.25, "la"),
        (1.5, 0.25, "la"),
        (1.75, 0.25, "la"),
        (2.0, 0.2, "la"),
    ]


def test_the_enhanced_form_gives_each_word_its_time() -> None:
    score = read("[00:10.00]<00:10.00>beautiful <00:10.90>day<00:12.40>\n[00:20.00]go\n")
    assert sung(score) == [
        (10.0, 0.3, "beautiful"),
        (10.3, 0.3, "+"),
        (10.6, 0.3, "+"),
        (10.9, 1.5, "day"),
        (20.0, 0.4, "go"),
    ]


def test_a_chorus_with_several_times_and_an_offset() -> None:
    score = read("[offset:+500]\n[00:02.00][00:06.00]你好\n[00:04.00]天\n")
    assert [(start, lyric) for start, _, lyric in sung(score)] == [
        (1.5, "你"), (1.9, "好"), (3.5, "天"), (5.5, "你"), (5.9, "好")
    ]  # fmt: skip


def test_translations_credits_and_lines_without_a_time_are_listed() -> None:
    score = read(
        "[00:00.00]作词 : 某人\n[00:01.00]你好\n[00:01.00]hello\nnothing\n[00:03.00]Lyrics by: someone\n"
    )
    assert [note.lyric for note in score.notes] == ["你", "好"]
    assert any(text.endswith(": 1, 3, 4, 5") for text in score.warnings)


@pytest.mark.parametrize(
    ("text", "language", "lyrics"),
    [("明日の桜", "ja", ["明", "+", "日", "の", "桜", "+", "+"]), ("今日天氣嘅", "yue", list("今日天氣嘅"))],
)
def test_every_language_gives_as_many_notes_as_syllables(text: str, language: str, lyrics: list[str]) -> None:
    score = read(f"[00:01.00]{text}\n")
    assert (score.language, [note.lyric for note in score.notes]) == (language, lyrics)
    laid = lay_lyrics(score).lyrics
    assert all(len(lyric.syllables) == 1 for lyric in laid)


def test_another_encoding() -> None:
    score = load_score("[00:01.00]さくら\n".encode("shift-jis"), name="song.lrc")
    assert [note.lyric for note in score.notes] == ["さ", "く", "ら"]


def test_it_is_known_by_its_bytes() -> None:
    assert find_format(PLAIN.encode()) == "lrc"
    assert find_format(b"\xef\xbb\xbf[by:me]\r\n[00:01.00]la") == "lrc"
    with pytest.raises(ScoreError):
        find_format(b"[1, 2]")


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("[ti:nothing]\n", "no_lyrics", ""),
        ("la la la\n", "no_lyrics", ""),
        ("[00:01.00]ok\n[00:02.00]ー\n", "lyric", "line 2"),
        ("[00:01.00]" + "la " * 40 + "\n[00:01.50]la\n", "no_time_to_sing", "line 1"),
        ("[00:05.00]<00:05.00>go <00:04.00>back\n", "no_time_to_sing", "line 1"),
        ("[00:01.00]la\n[300:00.00]la\n", "too_long", 'note 1 "la"'),
    ],
)
def test_refused(text: str, code: str, where: str) -> None:
    with pytest.raises(ScoreError) as caught:
        read(text, language="ja" if "ー" in text else "en")
    assert (caught.value.code, caught.value.where.split(" (bar")[0]) == (code, where)
    assert SHORTEST_SYLLABLE_S < SLOWEST_SYLLABLE_S
