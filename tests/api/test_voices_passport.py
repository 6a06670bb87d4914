"""``singer voices passport`` as a user meets it."""

from __future__ import annotations

import json
import shutil
import stat
import sys
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from tests.api.cli_runs import run
from tests.voicebanks import passports
from voicebanks.load import shipped_folder
from voicebanks.manifest import MANIFEST_NAME

pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture
def voice(own_home: Path) -> Path:
    """A voice of the user's, ``toy``, with a passport."""
    folder = own_home / ".local" / "share" / "singer" / "voices" / "toy"
    kept_out = shutil.ignore_patterns("*.py", "__pycache__")
    shutil.copytree(shipped_folder() / "builtin", folder, ignore=kept_out)
    manifest = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
    (folder / MANIFEST_NAME).write_text(json.dumps({**manifest, "name": "toy"}), encoding="utf-8")
    passports.write(folder, passports.document(folder))
    return folder


def measuring_gives(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Let every package be there, and a shell script stand in for the process that measures."""
    program = folder.parent.parent / "measures"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr("api.commands.voices_passport.find_spec", lambda name: object())
    monkeypatch.setattr(sys, "executable", str(program))


def test_it_is_shown(voice: Path) -> None:
    result = run("voices", "passport", "toy")
    assert result.exit_code == 0, result.stderr
    for part in ("Toy teacher", "0.25 ann + 0.75 bea", "make toy", "warps: none", "singer to source bea"):
        assert part in result.stdout
    assert "0.950 (0.940 to 0.960)" in result.stdout
    assert "the model files are those of the passport" in result.stdout


def test_json_is_the_document_and_what_was_found(voice: Path) -> None:
    given = json.loads(run("voices", "passport", "toy", "--json").stdout)
    found = {key: given.pop(key) for key in ("folder", "verified", "differences")}
    assert given == passports.document(voice)
    assert found == {"folder": str(voice), "verified": False, "differences": []}


def test_a_tampered_file_is_an_exit_code(voice: Path) -> None:
    (voice / "decoder.onnx").write_bytes(b"other")
    result = run("voices", "passport", "toy")
    assert result.exit_code == 6
    assert "differs: decoder.onnx" in result.stderr
    assert "are those of the passport" not in result.stdout
    told = run("voices", "passport", "toy", "--json")
    assert told.exit_code == 6
    assert len(json.loads(told.stdout)["differences"]) == 1


def test_a_missing_or_broken_passport_is_an_error(voice: Path) -> None:
    passports.write(voice, {**passports.document(voice), "taught_as": "nobody"})
    broken = run("voices", "passport", "toy")
    assert broken.exit_code == 6
    assert "taught_as is 'nobody'" in broken.stderr
    told = run("voices", "passport", "builtin", "--json")
    assert told.exit_code == 6
    assert json.loads(told.stdout)["error"]["code"] == "passport_missing"
    assert run("voices", "passport", "nobody").exit_code == 6


def test_the_list_is_still_the_bare_verb(voice: Path) -> None:
    names = [entry["name"] for entry in json.loads(run("voices", "--json").stdout)]
    assert "toy" in names
    assert "toy" in run("voices").stdout
    assert run("voices", "nonsense").exit_code == 2


def test_verify_measures_again(voice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = f"echo \"$@\" > asked\ncat <<'END'\n{json.dumps(passports.evidence())}\nEND"
    measuring_gives(monkeypatch, voice, script)
    result = run("voices", "passport", "toy", "--verify")
    assert result.exit_code == 0, result.stderr
    assert "measured again" in result.stdout
    assert Path("asked").read_text(encoding="utf-8").split() == [
        "-m",
        "singer.training",
        "measure",
        str(voice),
    ]


def test_verify_finds_other_evidence(voice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other: dict[str, Any] = passports.evidence()
    other["sung"]["to_sources"]["ann"] = 0.9
    measuring_gives(monkeypatch, voice, f"cat <<'END'\n{json.dumps(other)}\nEND")
    result = run("voices", "passport", "toy", "--verify")
    assert result.exit_code == 6
    assert "differs: sung.to_sources.ann: recorded 0.700, measured 0.900, allowed 0.02 apart" in result.stderr


def test_a_measurement_that_fails_says_why(voice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measuring_gives(monkeypatch, voice, "echo noise >&2; echo the teacher is not installed >&2; exit 1")
    result = run("voices", "passport", "toy", "--verify")
    assert result.exit_code == 7
    assert "the measurement failed: the teacher is not installed" in result.stderr


def test_verify_names_the_extra_that_is_missing(voice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find(name: str) -> object:
        return None if name == "resemblyzer" else util.find_spec(name)

    monkeypatch.setattr("api.commands.voices_passport.find_spec", find)
    result = run("voices", "passport", "toy", "--verify")
    assert result.exit_code == 7
    assert "resemblyzer" in result.stderr
    assert "singer-engine[train,passport]" in result.stderr


def test_help_has_examples() -> None:
    assert "  singer voices passport suyin --verify\n" in run("voices", "passport", "--help").stdout
