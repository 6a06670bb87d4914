"""``singer timeline``: files by suffix, scores and performances, standard output, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pysubs2
import pytest

from api.commands import timeline
from singer.timeline import KINDS
from singer.timeline_formats.formats import SUFFIXES
from tests.api.cli_runs import BUILTIN, SCORE, run, run_process, write


@pytest.fixture
def performance(score: Path) -> Path:
    assert run("perform", score, "-o", "song.performance.json", *BUILTIN).exit_code == 0
    return Path("song.performance.json").resolve()


def test_the_verb_offers_what_the_engine_has() -> None:
    assert set(timeline._FORMATS) == set(SUFFIXES)
    assert timeline._KINDS == KINDS


@pytest.mark.parametrize("suffix", SUFFIXES.values())
def test_the_suffix_chooses_the_format(score: Path, suffix: str) -> None:
    done = run("timeline", score, "-o", f"times{suffix}")
    assert done.exit_code == 0, done.output
    assert done.stderr == f"times{suffix}: 4.6 s, 2 phrases\n"
    assert Path(f"times{suffix}").read_text(encoding="utf-8")
    assert not list(Path().glob("*.part"))


def test_a_performance_with_its_score_gives_the_same_file(score: Path, performance: Path) -> None:
    assert run("timeline", score, "-o", "a.ass").exit_code == 0
    assert run("timeline", performance, "--score", score, "-o", "b.ass").exit_code == 0
    assert Path("a.ass").read_bytes() == Path("b.ass").read_bytes()
    lines = pysubs2.SSAFile.load("a.ass")
    assert [line.plaintext for line in lines] == ["好花", "你"]


def test_a_performance_needs_no_voice_and_tells_what_it_holds(performance: Path) -> None:
    text = performance.read_text(encoding="utf-8").replace('"builtin"', '"not-installed"')
    performance.write_text(text, encoding="utf-8")
    assert run("timeline", performance, "-o", "song.lab").exit_code == 0
    refused = run("timeline", performance, "-o", "song.srt")
    assert refused.exit_code == 5
    assert "does not hold the words; give the score" in refused.stderr
    assert not Path("song.srt").exists()


def test_json_has_the_marks_and_the_rate_asked_for(score: Path) -> None:
    done = run("timeline", score, "-o", "song.json.json", "--marks", "lyric,viseme", "--rate", 48_000)
    assert done.exit_code == 0, done.output
    document = json.loads(Path("song.json.json").read_text(encoding="utf-8"))
    assert document["sample_rate_hz"] == 48_000
    lyrics = [mark for mark in document["marks"] if mark["kind"] == "lyric"]
    assert [(mark["text"], mark["sample"]) for mark in lyrics] == [
        ("好", 24_000),
        ("花", 72_000),
        ("你", 168_000),
    ]
    assert {mark["kind"] for mark in document["marks"]} == {"lyric", "viseme"}


def test_controls_reach_the_mouth(score: Path) -> None:
    def widest(*options: object) -> float:
        done = run("timeline", score, "-o", "-", "--format", "json", "--marks", "viseme", *options)
        return max(mark["live2d"]["ParamMouthOpenY"] for mark in json.loads(done.stdout)["marks"])

    assert widest("--control", "mouth_opening=-1") < widest()


def test_standard_output_gets_the_file_and_nothing_else(score: Path) -> None:
    done = run_process("timeline", score, "-o", "-", "--format", "lrc")
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines()[0] == "[ti:Two lines]"
    assert done.stderr == b""


def test_a_score_is_read_from_standard_input(own_home: Path) -> None:
    done = run("timeline", "-", "-o", "song.lrc", stdin=json.dumps(SCORE).encode())
    assert done.exit_code == 0, done.output
    assert "好" in Path("song.lrc").read_text(encoding="utf-8")


def test_results_are_told_as_json(score: Path) -> None:
    done = run("timeline", score, "-o", "song.srt", "--json")
    told = json.loads(done.stdout)
    assert {key: told[key] for key in ("path", "format", "duration_s", "phrases", "warnings")} == {
        "path": "song.srt", "format": "srt", "duration_s": 4.62, "phrases": 2, "warnings": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-o", "-"), "standard output has no suffix; give --format, one of lab, textgrid"),
        (("-o", "-", "--format", "lab", "--json"), "--json prints on standard output"),
        (("-o", "a.lab", "--marks", "phone"), "--marks is for JSON, and this is lab"),
        (("-o", "a.srt", "--rate", "48000"), "--rate is for JSON, and this is srt"),
        (("-o", "a.json", "--marks", "phone,mouth"), "found 'mouth'; allowed are phone, viseme"),
        (("-o", "a.json", "--marks", ","), "found ','; allowed are phone"),
        (
            ("-o", "a.lab", "--score", "song.json"),
            "--score gives a performance its words, and this is a score",
        ),
        (("-o", "song.json"), "song.json is the song itself; give another file"),
        (("-o", "./song.json"), "song.json is the song itself; give another file"),
        ((), "Missing option '-o'"),
    ],
)
def test_wrong_use_is_explained(score: Path, options: tuple[str, ...], message: str) -> None:
    done = run("timeline", score, *options)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())


def test_errors_have_the_codes_of_their_families(score: Path, performance: Path) -> None:
    assert run("timeline", score, "-o", "song.txt").exit_code == 8
    assert run("timeline", score, "-o", "nowhere/song.lab").exit_code == 8
    assert run("timeline", score, "-o", f"{score}/song.lab").exit_code == 8
    assert run("timeline", performance, "--score", performance, "-o", "a.lrc").exit_code == 3
    short = write(Path("short.json"), notes=SCORE["notes"][:1])
    other = run("timeline", performance, "--score", short, "-o", "a.lrc", "--json")
    assert other.exit_code == 5
    assert json.loads(other.stdout)["error"]["code"] == "other_score"
    emotion = run("timeline", performance, "-o", "a.lab", "--emotion", "tender=1")
    assert emotion.exit_code == 5
