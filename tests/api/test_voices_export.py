"""``singer voices export`` as a user meets it."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import pytest

from tests.api.cli_runs import run

pytestmark = pytest.mark.usefixtures("own_home")
EXPORT = ("voices", "export", "builtin", "--format", "openutau", "-o")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder."""
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


def test_a_folder_and_a_zip_hold_the_same_bank(place: Path) -> None:
    pytest.importorskip("resvg_py")
    (place / "empty").mkdir()
    folder = run(*EXPORT, place / "empty", "--json")
    assert folder.exit_code == 0, folder.stderr
    told = json.loads(folder.stdout)
    files = {
        path.relative_to(place / "empty").as_posix(): path.read_bytes()
        for path in (place / "empty").rglob("*")
        if path.is_file()
    }
    assert told == {
        "name": "builtin",
        "format": "openutau",
        "output": str(place / "empty"),
        "bytes": sum(map(len, files.values())),
    }
    packed = run(*EXPORT, place / "new" / "builtin.zip")
    assert packed.exit_code == 0, packed.stderr
    assert "MB" in packed.stdout
    with zipfile.ZipFile(place / "new" / "builtin.zip") as archive:
        assert archive.testzip() is None
        assert {name.removeprefix("builtin/"): archive.read(name) for name in archive.namelist()} == files
    assert run(*EXPORT, place / "again.zip").exit_code == 0
    assert (place / "again.zip").read_bytes() == (place / "new" / "builtin.zip").read_bytes()
    assert sorted(path.name for path in place.iterdir()) == ["again.zip", "empty", "new"]


def test_what_is_there_stays(place: Path) -> None:
    (place / "full").mkdir()
    (place / "full" / "song.txt").write_text("mine")
    (place / "old.zip").write_text("mine")
    (place / "file").write_text("mine")
    for name in ("full", "old.zip", "file"):
        result = run(*EXPORT, place / name)
        assert result.exit_code == 8, result.output
        assert "is there already" in result.stderr
    assert (place / "old.zip").read_text() == (place / "full" / "song.txt").read_text() == "mine"


def test_nothing_is_left_of_a_place_that_cannot_be_written(place: Path) -> None:
    pytest.importorskip("resvg_py")
    (place / "file").write_text("mine")
    result = run(*EXPORT, place / "file" / "bank")
    assert result.exit_code == 8
    assert "cannot be written" in result.stderr
    assert [path.name for path in place.iterdir()] == ["file"]


@pytest.mark.parametrize("package", ["onnx", "resvg_py"])
def test_a_missing_package_is_named_with_its_extra(
    package: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("voicebanks.openutau_export")]:
        monkeypatch.delitem(sys.modules, name)
    for name in {"resvg_py", package}:
        monkeypatch.setitem(sys.modules, name, None if name == package else sys)  # type: ignore[arg-type]
    result = run(*EXPORT, place / "bank", "--json")
    assert result.exit_code == 6
    error = json.loads(result.stdout)["error"]
    assert error["code"] == "extra_missing"
    assert package in error["message"]
    assert "singer-engine[banks]" in error["message"]
    assert list(place.iterdir()) == []


def test_voices_that_cannot_be_exported(place: Path) -> None:
    pytest.importorskip("resvg_py")
    unknown = run("voices", "export", "nobody", "--format", "openutau", "-o", place / "bank")
    assert unknown.exit_code == 6
    assert "no voice has this name" in unknown.stderr
    assert run("voices", "export", "builtin", "--format", "vocaloid", "-o", place / "bank").exit_code == 2
    assert run("voices", "export", "builtin", "--format", "openutau").exit_code == 2
    assert not (place / "bank").exists()


def test_a_designed_voice_is_exported_with_its_character(place: Path) -> None:
    pytest.importorskip("resvg_py")
    import numpy as np

    from singer.controls import CHARACTER_COLOURS

    assert run("voices", "design", "mine", "--base", "builtin", "--young", 1, "-o", place).exit_code == 0
    result = run("voices", "export", place / "mine", "--format", "openutau", "-o", place / "bank")
    assert result.exit_code == 0, result.stderr
    embedding = np.fromfile(place / "bank" / "mine.emb", "<f4")
    gender = json.loads((place / "mine" / "voicebank.json").read_text(encoding="utf-8"))["character"][
        "gender"
    ]
    assert embedding[CHARACTER_COLOURS.index("gender")] == pytest.approx(gender)


def test_a_voice_for_another_machine_is_installed_there(place: Path) -> None:
    made = run("voices", "export", "builtin", "-o", place / "builtin.zip", "--json")
    assert made.exit_code == 0, made.stderr
    assert json.loads(made.stdout)["bytes"] == (place / "builtin.zip").stat().st_size
    there = run("voices", "install", place / "builtin.zip", "--over-shipped", "-o", place / "voices")
    assert there.exit_code == 0, there.stderr
    again = run("voices", "export", "builtin", "-o", place / "builtin.zip")
    assert again.exit_code != 0
    assert "is there already" in again.stderr
