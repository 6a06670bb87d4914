"""``singer convert``, and project files in the other verbs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from singer.score_io import load_score
from tests.api.cli_runs import BUILTIN, run
from tests.singer.projects.sources import NOTES, ust, ustx


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("song.ust").write_bytes(ust())


def test_from_one_editor_to_another() -> None:
    result = run("convert", "song.ust", "song.svp")
    assert result.exit_code == 0
    assert "song.svp: 4 notes" in result.stdout
    assert "warning: left out: settings of notes (Flags)" in result.stderr
    notes = json.loads(Path("song.svp").read_text())["tracks"][0]["mainGroup"]["notes"]
    assert len(notes) == len(NOTES)
    assert (notes[-1]["attributes"]["dF0Vbr"], notes[-1]["attributes"]["fF0Vbr"]) == (
        0.6,
        5.0,
    )  # 30 cents, 200 ms


def test_the_result_as_json() -> None:
    document = json.loads(run("convert", "song.ust", "song.mid", "--json").stdout)
    assert document["notes"] == len(NOTES)
    assert any("vibrato" in warning for warning in document["warnings"])
    assert len(load_score("song.mid").notes) == len(NOTES)


def test_a_performance_gives_its_pitch() -> None:
    assert run("convert", "song.ust", "song.json").exit_code == 0
    assert run("perform", "song.json", "-o", "song.performance.json", *BUILTIN).exit_code == 0
    result = run("convert", "song.json", "sung.json", "--performance", "song.performance.json")
    assert result.exit_code == 0
    assert sum(map(len, load_score("sung.json").drawn_pitch)) > 200
    assert run("convert", "song.performance.json", "song.mid").exit_code == 3
    assert run("convert", "song.json", "song.mid", "--performance", "song.json").exit_code == 5


def test_other_endings_are_refused_before_anything_is_read() -> None:
    result = run("convert", "nowhere.ust", "song.xyz")
    assert result.exit_code == 8
    assert ".ustx" in result.stderr


def test_other_verbs_take_projects() -> None:
    Path("song.ustx").write_bytes(ustx())
    found = json.loads(run("inspect", "song.ustx", "--json").stdout)
    assert found["format"] == "ustx"
    assert [track["name"] for track in found["tracks"]] == ["Lead", "Choir"]
    result = run("sing", "song.ust", "-o", "song.wav", *BUILTIN)
    assert result.exit_code == 0
    assert Path("song.wav").stat().st_size > 100_000
