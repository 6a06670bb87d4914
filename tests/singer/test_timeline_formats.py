"""Timeline files, read back by readers that are not ours (Praat, pysubs2, plain patterns) and compared with the song."""

from __future__ import annotations

import json
import re
from itertools import accumulate, pairwise
from pathlib import Path

import parselmouth
import pysubs2
import pytest
from jsonschema import Draft202012Validator
from parselmouth.praat import call

import singer.schemas
from frontend_g2p.inventory import INVENTORY
from singer.errors import OutputError, PerformanceError
from singer.pitch_names import pitch_midi
from singer.score import Note, Score, TempoMap
from singer.score_io import load_score
from singer.song import perform_song
from singer.sung_text import SungText, separators, shown_lyric
from singer.timeline import KINDS, mark_document, song_marks
from singer.timeline_document import TimelineDocument, timeline_schema
from singer.timeline_formats.formats import SUFFIXES, format_of, write_timeline
from singer.timeline_formats.timed_song import TimedSong, lyric_lines, phone_intervals
from tests.singer.performances import phrase, song
from voicebanks.load import load_voice

EXAMPLES = Path(__file__).parents[2] / "examples"
SCHEMA = json.loads(
    Path(singer.schemas.__file__).with_name("timeline.schema.json").read_text(encoding="utf-8")
)
TEXTS = ["今天我们 sing together", "そらにひかるよ", "月光照住 shining over", "大家的心 sing along"]


def timed(score: Score) -> TimedSong:
    performed = perform_song(score, load_voice("builtin"))
    return TimedSong(performed.performance, score, performed.laid)


@pytest.fixture(scope="module")
def four() -> TimedSong:
    return timed(load_score(EXAMPLES / "four_languages.json"))


def a_song(
    *lyrics: str,
    language: str = "en",
    title: str = "",
) -> TimedSong:
    notes = tuple(Note(2.0 + beat, 1.0, 60.0, lyric) for beat, lyric in enumerate(lyrics))
    return timed(Score(notes, language, TempoMap(((0.0, 60.0),)), title))  # type: ignore[arg-type]


def vowels_s(song: TimedSong) -> list[float]:
    """Start of every syllable's vowel, from the phones themselves; holds begin no syllable."""
    assert song.score
    holds = {number for number, note in enumerate(song.score.notes) if note.lyric == "-"}
    found: dict[int, float] = {}
    for each in song.performance.phrases:
        for span in each.phones:
            if span.role == "nucleus" and span.note is not None and span.note not in holds:
                found.setdefault(span.note, span.start_s)
    return list(found.values())


# --- text


def test_lines_of_mixed_languages_are_joined_as_they_are_written(four: TimedSong) -> None:
    assert [line.text for line in lyric_lines(four)] == TEXTS


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["天", "空"], "天空"),
        (["sing", "a", "song"], "sing a song"),
        (["天", "sky", "空"], "天 sky 空"),
        (["好，", "yes"], "好，yes"),
        (["カタ", "かな", "漢字", "ﾊﾝ"], "カタかな漢字ﾊﾝ"),
        (["to", "+ge", "+ther", "we"], "together we"),
        (["hush,", "", "little"], "hush, little"),
    ],
)
def test_pieces_are_joined_by_script(pieces: list[str], text: str) -> None:
    shown = [SungText(piece.removeprefix("+"), not piece.startswith("+")) for piece in pieces if piece]
    before = separators(shown)
    assert "".join(blank + piece.text for blank, piece in zip(before, shown, strict=True)) == text


def test_readings_and_phones_are_not_shown() -> None:
    shown = {
        "live{L AY1 V}": "live",
        "好{hao4}，": "好，",
        "[n i]": "",
        " la ": "la",
        "故郷{ふるさと}": "故郷",
    }
    assert {lyric: shown_lyric(lyric) for lyric in shown} == shown


def test_a_line_goes_on_over_holds_and_syllables() -> None:
    (line,) = lyric_lines(a_song("together", "-", "+", "+", "we"))
    assert line.text == "together we"
    assert [(piece.text, piece.start_s, piece.end_s) for piece in line.pieces[:3]] == [
        ("to", 2.0, 4.0), ("ge", 4.0, 5.0), ("ther", 5.0, 6.0),
    ]  # fmt: skip
    assert [(word.text, word.start_s) for word in line.words] == [("together", 2.0), ("we", 6.0)]


def test_a_line_without_text_is_left_out() -> None:
    assert lyric_lines(a_song("[l a]", "-")) == ()


def test_formats_with_words_need_a_score(four: TimedSong) -> None:
    bare = TimedSong(four.performance)
    for name in ("lrc", "srt", "ass"):
        with pytest.raises(PerformanceError, match="does not hold the words; give the score"):
            write_timeline(bare, name)
    for name in ("lab", "textgrid", "json"):
        assert write_timeline(bare, name)


# --- phones


def test_labels_are_the_phones_from_0_to_the_end(four: TimedSong) -> None:
    rows = [line.split(" ") for line in write_timeline(four, "lab").splitlines()]
    times = [(int(start), int(end)) for start, end, _ in rows]
    assert times[0][0] == 0
    assert times[-1][1] == round(four.duration_s * 1e7)
    assert [end for _, end in times[:-1]] == [start for start, _ in times[1:]]
    symbols = {info.ascii_id: symbol for symbol, info in INVENTORY.items()}
    read = [(symbols[name], int(start) / 1e7, int(end) / 1e7) for start, end, name in rows]
    sung = [
        (span.symbol, span.start_s, span.end_s)
        for each in four.performance.phrases
        for span in each.phones
        if span.role is not None
    ]
    told = [row for row in read if row[0] not in ("SP", "AP")]
    assert [symbol for symbol, _, _ in told] == [symbol for symbol, _, _ in sung]
    for (_, start_s, end_s), (_, true_start_s, true_end_s) in zip(told, sung, strict=True):
        assert start_s == pytest.approx(true_start_s, abs=1e-7)
        assert end_s == pytest.approx(true_end_s, abs=1e-7)
    assert write_timeline(four, "lab").isascii()
    names = [name for _, _, name in rows]
    assert not any(before == after == "SP" for before, after in pairwise(names))


def test_phones_are_covered_where_phrases_leave_time_between_them() -> None:
    made = song(phrase(0.5), phrase(3.0, index=1), duration_s=5.0)
    phones = phone_intervals(TimedSong(made))
    assert [(phone.label, round(phone.start_s, 3), round(phone.end_s, 3)) for phone in phones] == [
        ("SP", 0.0, 0.56), ("m", 0.56, 0.64), ("a", 0.64, 1.14), ("s", 1.14, 1.26), ("i", 1.26, 1.76),
        ("SP", 1.76, 3.06), ("m", 3.06, 3.14), ("a", 3.14, 3.64), ("s", 3.64, 3.76), ("i", 3.76, 4.26),
        ("SP", 4.26, 5.0),
    ]  # fmt: skip


# --- Praat


def praat_tier(grid: parselmouth.Data, number: int) -> list[tuple[str, float, float]]:
    return [
        (
            call(grid, "Get label of interval", number, interval),
            call(grid, "Get start time of interval", number, interval),
            call(grid, "Get end time of interval", number, interval),
        )
        for interval in range(1, call(grid, "Get number of intervals", number) + 1)
    ]


def test_praat_reads_the_textgrid_as_it_was_meant(four: TimedSong, tmp_path: Path) -> None:
    path = tmp_path / "song.TextGrid"
    path.write_text(write_timeline(four, "textgrid"), encoding="utf-8")
    grid = parselmouth.read(str(path))
    assert [call(grid, "Get tier name", number) for number in (1, 2, 3)] == ["phones", "notes", "lyrics"]
    assert call(grid, "Get total duration") == pytest.approx(four.duration_s)
    phones = praat_tier(grid, 1)
    expected = phone_intervals(four)
    assert [label for label, _, _ in phones] == [phone.label for phone in expected]
    assert [start for _, start, _ in phones] == pytest.approx([phone.start_s for phone in expected])
    assert four.score
    notes = [row for row in praat_tier(grid, 2) if row[0]]
    assert [pitch_midi(name) for name, _, _ in notes] == [note.midi for note in four.score.notes]
    lyrics = [row for row in praat_tier(grid, 3) if row[0]]
    assert [start for _, start, _ in lyrics] == pytest.approx(vowels_s(four))
    assert "".join(text for text, _, _ in lyrics) == "".join(TEXTS).replace(" ", "")


def test_praat_reads_quotes_and_other_signs(tmp_path: Path) -> None:
    path = tmp_path / "song.TextGrid"
    path.write_text(write_timeline(a_song('"la"', "la"), "textgrid"), encoding="utf-8")
    labels = [label for label, _, _ in praat_tier(parselmouth.read(str(path)), 3)]
    assert labels == ["", '"la"', "la", ""]


def test_without_a_score_the_textgrid_has_the_notes_that_are_sung(four: TimedSong, tmp_path: Path) -> None:
    path = tmp_path / "song.TextGrid"
    path.write_text(write_timeline(TimedSong(four.performance), "textgrid"), encoding="utf-8")
    grid = parselmouth.read(str(path))
    assert call(grid, "Get number of tiers") == 2
    assert four.score
    notes = [label for label, _, _ in praat_tier(grid, 2) if label]
    assert [pitch_midi(name) for name in notes] == [note.midi for note in four.score.notes]


# --- karaoke and subtitles


def test_lrc_stamps_every_word_at_its_vowel(four: TimedSong) -> None:
    text = write_timeline(four, "lrc")
    assert "[ti:Four Languages, One Song]\n[length:00:25]\n" in text
    lines = [line for line in text.splitlines() if re.match(r"\[\d", line)]
    assert [re.sub(r"[\[<][\d:.]+[\]>]", "", line) for line in lines] == TEXTS
    stamps = re.compile(r"<(\d\d):(\d\d\.\d\d)>")
    starts = [
        [60 * int(minutes) + float(seconds) for minutes, seconds in stamps.findall(line)][:-1]
        for line in lines
    ]
    assert four.score
    word_notes = [number for number, note in enumerate(four.score.notes) if note.lyric != "+"]
    expected = [vowels_s(four)[number] for number in word_notes]
    assert [start for line in starts for start in line] == pytest.approx(expected, abs=0.0051)
    for line, first in zip(lines, starts, strict=True):
        minutes, seconds = re.match(r"\[(\d\d):(\d\d\.\d\d)\]", line).groups()  # type: ignore[union-attr]
        assert 60 * int(minutes) + float(seconds) == first[0]


def test_lrc_has_no_stray_tags() -> None:
    text = write_timeline(a_song("a<b", title="x [y] \n z"), "lrc")
    assert text.splitlines()[0] == "[ti:x ［y］ z]"
    assert "a‹b" in text


def test_subtitles_show_each_phrase_while_it_sounds(four: TimedSong) -> None:
    subtitles = pysubs2.SSAFile.from_string(write_timeline(four, "srt"))
    assert [event.plaintext for event in subtitles] == TEXTS
    for event, each in zip(subtitles, four.performance.phrases, strict=True):
        sung = [span for span in each.phones if span.role is not None]
        assert event.start / 1000 == pytest.approx(sung[0].start_s, abs=0.00051)
        assert event.end / 1000 == pytest.approx(sung[-1].end_s, abs=0.00051)


def test_karaoke_fills_each_syllable_from_its_vowel_on(four: TimedSong) -> None:
    text = write_timeline(four, "ass")
    assert "http" not in text
    subtitles = pysubs2.SSAFile.from_string(text)
    assert [event.plaintext for event in subtitles] == TEXTS
    assert subtitles.info["Title"] == "Four Languages, One Song"
    assert {event.style for event in subtitles} == set(subtitles.styles)
    starts: list[float] = []
    for event in subtitles:
        tags = [(kind, int(length)) for kind, length in re.findall(r"\{\\(kf?)(\d+)\}", event.text)]
        begins = accumulate((length for _, length in tags), initial=event.start // 10)
        starts += [begin / 100 for begin, (kind, _) in zip(begins, tags, strict=False) if kind == "kf"]
        assert event.start // 10 + sum(length for _, length in tags) == pytest.approx(event.end // 10, abs=1)
    assert starts == pytest.approx(vowels_s(four), abs=0.0051)


def test_signs_of_subtitle_tags_are_shown_as_text() -> None:
    made = a_song("a\\Nb", "la")
    for name in ("srt", "ass"):
        (event,) = pysubs2.SSAFile.from_string(write_timeline(made, name))
        assert event.plaintext == "a＼Nb la"


# --- JSON


@pytest.mark.parametrize("rate", [44_100, 48_000, 22_050])
def test_the_json_holds_the_marks_of_the_song(four: TimedSong, rate: int) -> None:
    document = json.loads(write_timeline(four, "json", sample_rate_hz=rate))
    Draft202012Validator(SCHEMA).validate(document)
    TimelineDocument.model_validate(document)
    marks = song_marks(four.performance, KINDS, four.score, four.laid)
    assert document["marks"] == [mark_document(mark, rate) for mark in marks]
    assert document["samples"] == round(four.duration_s * rate)
    assert document["sample_rate_hz"] == rate
    assert document["title"] == "Four Languages, One Song"


def test_the_json_holds_the_marks_asked_for(four: TimedSong) -> None:
    document = json.loads(write_timeline(four, "json", kinds=("lyric", "breath")))
    assert {mark["kind"] for mark in document["marks"]} == {"lyric", "breath"}


@pytest.mark.parametrize(
    "change",
    [{"kind": "mouth"}, {"weight": 1.5}, {"viseme": "AA"}, {"vrm": {"A": 1}}, {"more": 1}, {"samples": 0.5}],
)
def test_the_schema_refuses_what_is_no_mark(four: TimedSong, change: dict[str, object]) -> None:
    document = json.loads(write_timeline(four, "json", kinds=("viseme",)))
    document["marks"][3] |= change
    assert not Draft202012Validator(SCHEMA).is_valid(document)


def test_the_published_schema_is_that_of_the_wire_types() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert timeline_schema() == SCHEMA, "run python -m singer.schemas"


# --- choice


def test_the_page_lists_the_formats() -> None:
    page = (EXAMPLES.parent / "docs" / "timeline.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\.\w+)` \|", page, flags=re.MULTILINE) == list(SUFFIXES.values())


def test_formats_are_known_by_their_suffix() -> None:
    assert {name: format_of(f"a/song{suffix}") for name, suffix in SUFFIXES.items()} == {
        name: name for name in SUFFIXES
    }
    assert format_of("SONG.textgrid") == "textgrid"
    with pytest.raises(OutputError, match=r"found the suffix '.txt'; allowed are .lab, .TextGrid"):
        format_of("song.txt")
    with pytest.raises(OutputError, match="found 'vtt'; allowed are lab, textgrid"):
        write_timeline(TimedSong(song(phrase())), "vtt")
