import json
from pathlib import Path

import jsonschema
import pytest

from singer.describe import describe_score
from singer.lyrics import lay_lyrics
from singer.phrasing import split_phrases
from singer.score import check_range
from singer.score_document import score_schema
from singer.score_io import load_score
from singer.score_json import write_score_json
from tests.singer.make_import_examples import EXAMPLES, amazing_grace

SONGS = sorted(EXAMPLES.glob("*.json"))
MAJOR = {"1": 0, "2": 2, "3": 4, "4": 5, "5": 7, "6": 9, "7": 11}

# Opening of each melody in numbered notation (jianpu): degree, ' an octave up, . an octave down; then its key note.
OPENINGS = {
    "jasmine": ("3 3 5 6 1' 1' 6 5 5 6 5", 62),
    "song_of_farewell": ("5 3 5 1' 6 1' 5 5 1 2 3 2 1 2", 62),
    "amazing_grace": ("5. 1 3 1 3 2 1 6. 5. 5. 1 3 1 3 2 5", 67),
    "silent_night": ("5 6 5 3 5 6 5 3 2' 2' 7 1' 1' 5", 57),
    "twinkle": ("1 1 5 5 6 6 5 4 4 3 3 2 2 1", 62),
    "sakura": ("6 6 7 6 6 7 6 7 1' 7 6 7 6 4", 60),
    "moonlight": ("2 5 5 3 2 1 1 5 3 2 5 1", 64),
    "four_languages": ("3 3 4 5 5 4 3 2 1 1 2 3 3 2 2", 65),
}


def degree_midi(degree: str, key_midi: int) -> int:
    return key_midi + MAJOR[degree[0]] + 12 * degree.count("'") - 12 * degree.count(".")


def test_there_are_songs_in_every_language() -> None:
    assert {path.stem for path in SONGS} == set(OPENINGS)
    languages = [tuple(describe_score(load_score(path))["languages"]) for path in SONGS]
    assert languages.count(("zh",)) >= 2
    assert languages.count(("en",)) >= 2
    assert ("yue",) in languages
    assert ("ja",) in languages
    assert ("zh", "yue", "en", "ja") in languages


@pytest.mark.parametrize("path", SONGS, ids=lambda path: path.stem)
def test_a_song_is_ready_to_be_sung(path: Path) -> None:
    score = load_score(path)
    check_range(score, "a medium voice", 57.0, 76.0)
    assert score.voice == "suyin"
    assert score.notes[0].start_beat >= 1
    assert describe_score(score)["bars"] >= 8
    laid = lay_lyrics(score)
    assert laid.warnings == ()
    phrases = split_phrases(score, laid)
    assert len(phrases) >= 4, "a singer needs to breathe"
    assert max(phrase.end_s - phrase.start_s for phrase in phrases) <= 12


@pytest.mark.parametrize("path", SONGS, ids=lambda path: path.stem)
def test_a_song_opens_with_its_melody(path: Path) -> None:
    degrees, key_midi = OPENINGS[path.stem]
    expected = [degree_midi(degree, key_midi) for degree in degrees.split()]
    assert [note.midi for note in load_score(path).notes][: len(expected)] == expected


@pytest.mark.parametrize("path", SONGS, ids=lambda path: path.stem)
def test_a_song_is_written_as_the_engine_writes_it_and_fits_the_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == write_score_json(load_score(path))
    jsonschema.validate(json.loads(text), score_schema())


@pytest.mark.parametrize(
    ("song", "first", "readings"),
    [
        ("jasmine", 0, "hao3 yi1 duo3 mei3 li4 de5 - mo4 li4 - hua1"),
        ("song_of_farewell", 0, "chang2 ting2 - wai4 gu3 dao4 bian1 fang1 cao3 - bi4 lian2 - tian1"),
        ("moonlight", 0, "jyut6 gwong1 gwong1 ziu3 dei6 tong4 nin4 saa1 maan5 zaak6 ban1 long4"),
        ("sakura", 0, "さ く ら さ く ら や よ い の そ ら - わ"),
        ("amazing_grace", 0, "AH0 | M EY1 | Z IH0 NG | - | G R EY1 S | HH AW1 | S W IY1 T"),
        ("four_languages", 23, "da4 jia1 de5 xin1"),
    ],
)
def test_lyrics_are_read_as_they_are_sung(song: str, first: int, readings: str) -> None:
    laid = lay_lyrics(load_score(EXAMPLES / f"{song}.json"))
    expected = [reading.strip() for reading in (readings.split("|") if "|" in readings else readings.split())]
    found = [
        " ".join(syllable.reading for syllable in lyric.syllables) or "-" for lyric in laid.lyrics[first:]
    ]
    assert found[: len(expected)] == expected


def test_every_song_is_described_in_the_readme() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for path in SONGS:
        assert f"`{path.name}`" in readme


def test_the_import_examples_are_those_that_the_script_makes() -> None:
    for name, content in amazing_grace().items():
        assert (EXAMPLES / "imports" / name).read_bytes() == content, (
            "run python -m tests.singer.make_import_examples"
        )
