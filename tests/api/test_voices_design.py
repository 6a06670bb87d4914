"""``singer voices design`` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.commands.voices_design import command
from tests.api.cli_runs import run
from voicebanks.timbre_space import AXES

pytestmark = pytest.mark.usefixtures("own_home")

BASE = ("--base", "builtin")


def test_a_designed_voice_is_listed_inspected_and_sings(own_home: Path, score: Path) -> None:
    told = json.loads(
        run("voices", "design", "mine", *BASE, "--young", 0.5, "--husky", -0.5, "--json").stdout
    )
    folder = own_home / ".local" / "share" / "singer" / "voices" / "mine"
    assert told["folder"] == str(folder)
    assert told["character"]["gender"] < 0
    listed = {voice["name"]: voice for voice in json.loads(run("voices", "--json").stdout)}
    assert listed["mine"]["base"] == "builtin"
    assert listed["mine"]["megabytes"] < 0.1
    inspected = json.loads(run("inspect", folder, "--json").stdout)
    assert inspected["axes"] == {"young": 0.5, "husky": -0.5}
    sung = run("sing", score, "--voice", "mine", "-o", "mine.wav", "--json")
    assert json.loads(sung.stdout)["quality"]["is_good"], sung.stderr


def test_titles_ranges_and_folders() -> None:
    more = ("--title", "Mine", "--description", "Low.", "--range", "D2-A4", "-o", "here")
    result = run("voices", "design", "mine", *BASE, *more)
    assert result.exit_code == 0, result.stderr
    assert "Mine, D2-A4; character: none" in result.stdout
    assert json.loads(Path("here/mine/voicebank.json").read_text(encoding="utf-8"))["description"] == "Low."


def test_a_voice_is_replaced_only_by_force() -> None:
    arguments = ("voices", "design", "mine", *BASE, "-o", "here")
    assert run(*arguments).exit_code == 0
    again = run(*arguments)
    assert again.exit_code == 8
    assert "--force" in again.stderr
    assert run(*arguments, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (("--sweet", 1.5), 6, "axis sweet: found sweet 1.5; -1 to 1 are allowed"),
        (("--sweet", "nan"), 6, "-1 to 1 are allowed"),
        (("--sweet", "very"), 2, "--sweet"),
        (("--loud", 1), 2, "No such option"),
        (("--range", "C3"), 2, "such as C3-C6"),
        (("--range", "C3-H6"), 2, "such as C3-C6"),
        (("--range", "C6-C3"), 6, "it must rise"),
        (("--range", "48-52"), 6, "by an octave at least"),
        (("--mix", "one"), 2, "NAME=WEIGHT"),
        (("--mix", "one=1", "--mix", "one=2"), 2, "given twice"),
        (("--title", "two\nlines"), 6, "one line"),
        (("--title", "  "), 6, "one line"),
        (("--base", "a" * 300), 6, "no voice has this name"),
        (("-o", "a" * 300), 8, "cannot be written"),
        (("-o", ""), 2, "name of a folder"),
        (("--mix", "one=1"), 6, "no timbres"),
        (("--base", "nobody"), 6, "no voice has this name"),
        (("--base", "tangli"), 6, "made from 'suyin'"),
    ],
)
def test_wrong_use(more: tuple[object, ...], code: int, message: str) -> None:
    result = run("voices", "design", "mine", *BASE, "-o", "here", *more)
    assert result.exit_code == code
    assert message in result.stderr
    assert not Path("here/mine").exists()


def test_ranges_may_be_numbers() -> None:
    result = run("voices", "design", "mine", *BASE, "-o", "here", "--range", "48-84")
    assert "Mine, C3-C6" in result.stdout


def test_the_name_of_a_shipped_voice_is_taken() -> None:
    result = run("voices", "design", "suyin", *BASE, "-o", "here")
    assert result.exit_code == 2
    assert "a shipped voice has this name" in result.stderr


def test_json_belongs_to_the_verb() -> None:
    result = run("voices", "--json", "design", "mine", *BASE, "-o", "here")
    assert result.exit_code == 2
    assert "write --json after design" in result.stderr
    assert not Path("here").exists()


def test_a_name_that_is_no_name() -> None:
    result = run("voices", "design", "../evil", *BASE, "-o", "here")
    assert result.exit_code == 6
    assert "name" in result.stderr


def test_every_axis_of_the_space_is_an_option() -> None:
    options = {option for parameter in command.params for option in parameter.opts}
    assert {f"--{axis}" for axis in AXES} <= options


def test_help_shows_axes_and_an_example() -> None:
    shown = run("voices", "design", "--help").stdout
    assert all(axis in shown for axis in ("--sweet", "--young", "--feminine", "--bright", "--husky"))
    assert "singer voices design mine --sweet 0.6" in shown
