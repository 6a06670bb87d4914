"""``singer voices install``, ``remove``, ``default``, ``verify``, ``show`` and ``list`` as a user meets them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests.api.cli_runs import run, run_process
from tests.voicebanks.bundles import bank_files, own_files, write_zip

pytestmark = pytest.mark.usefixtures("own_home")

STRICT = {
    "commercial": "no",
    "attribution_required": True,
    "attribution": "Sung by Haru 春, by Ann",
    "forbidden": ["political"],
}


def told(*arguments: object) -> Any:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def haru(version: str = "1.0.0", **entries: Any) -> Path:
    return write_zip(Path(f"haru-{version}.zip"), own_files(version=version, **entries))


def test_a_voice_is_installed_listed_shown_verified_sung_and_removed(own_home: Path, score: Path) -> None:
    done = told("voices", "install", haru(use_policy=STRICT))
    folder = own_home / ".local" / "share" / "singer" / "voices" / "haru@1.0.0" / "haru"
    assert (done["name"], done["version"], done["kind"], done["folder"]) == (
        "haru",
        "1.0.0",
        "singer",
        str(folder),
    )
    assert (done["was_there"], done["replaced"], done["left_out"]) == (False, False, {})
    told("voices", "install", haru("1.1.0"))
    listed = {voice["name"]: voice for voice in told("voices", "list")}
    assert listed["haru"]["versions"] == ["1.1.0", "1.0.0"]
    assert listed == {voice["name"]: voice for voice in told("voices")}
    shown = told("voices", "show", "haru@1.0.0")
    assert shown["use_policy"]["forbidden"] == ["political"]
    assert shown["installed_from"] == "haru-1.0.0.zip"
    assert "commercial:   no" in run("voices", "show", "haru@1.0.0").stdout
    assert told("voices", "default", "haru@1.0.0")["version"] == "1.0.0"
    sung = told("sing", score, "--voice", "haru", "-o", "a.wav")
    assert sung["attribution"] == STRICT["attribution"]
    assert all(voice["ok"] for voice in told("voices", "verify"))
    assert [gone["version"] for gone in told("voices", "remove", "haru", "--all")] == ["1.0.0", "1.1.0"]
    assert "haru" not in {voice["name"] for voice in told("voices")}


@pytest.mark.parametrize("ending", ["wav", "flac"])
def test_a_forbidden_use_is_refused_and_the_singer_is_named_in_the_file(score: Path, ending: str) -> None:
    run("voices", "install", haru(use_policy=STRICT))
    output = Path(f"a.{ending}")
    for use in ("commercial", "political"):
        refused = run("sing", score, "--voice", "haru", "--use", use, "-o", output)
        assert refused.exit_code == 6
        assert use in refused.stderr
        assert not output.exists()
    sung = run("sing", score, "--voice", "haru", "--use", "education", "-o", output)
    assert sung.exit_code == 0, sung.stderr
    assert f"must be named: {STRICT['attribution']}" in sung.stderr
    with soundfile.SoundFile(output) as file:
        assert file.comment == STRICT["attribution"]


def test_the_singer_is_named_in_a_stream_whose_samples_are_the_same(score: Path) -> None:
    run("voices", "install", haru(use_policy=STRICT))
    run("sing", score, "--voice", "haru", "-o", "a.wav")
    streamed = run_process("sing", score, "--voice", "haru", "-o", "-").stdout
    with soundfile.SoundFile(io.BytesIO(streamed)) as file, soundfile.SoundFile("a.wav") as written:
        assert file.comment == written.comment == STRICT["attribution"]
        assert (file.read(dtype="int16") == written.read(dtype="int16")).all()


@pytest.mark.parametrize("use", ["Commercial", "two words", "", "commercial\n"])
def test_uses_are_words(score: Path, use: str) -> None:
    done = run("sing", score, "--use", use, "-o", "a.wav")
    assert done.exit_code == 2
    assert "one word of a-z" in done.stderr


def test_permission_opens_what_asks_for_it(score: Path) -> None:
    run("voices", "install", haru(use_policy={"commercial": "with_permission"}))
    use = ("sing", score, "--voice", "haru", "--use", "commercial", "-o", "a.wav")
    assert "permission" in run(*use).stderr
    assert run(*use, "--have-permission").exit_code == 0


def test_a_bank_is_installed_and_what_was_left_out_is_told() -> None:
    source = write_zip(Path("bank.zip"), bank_files() | {"setup.exe": b"MZ\0"})
    done = run("voices", "install", source, "--as", "mika")
    assert "mika@2.1.0 installed" in done.stdout
    assert "setup.exe" in done.stderr
    assert "commercial use: unknown" in done.stderr
    assert {voice["name"]: voice["kind"] for voice in told("voices")}["mika"] == "openutau"
    assert told("voices", "show", "mika")["use_policy"]["commercial"] == "unknown"
    assert told("voices", "verify", "mika")[0]["ok"]


def test_a_changed_file_is_told_with_the_voices_exit_code() -> None:
    folder = Path(told("voices", "install", haru())["folder"])
    (folder / "LICENSE").write_text("mine", encoding="utf-8")
    done = run("voices", "verify", "haru")
    assert done.exit_code == 6
    assert "changed: 'LICENSE'" in done.stderr
    assert json.loads(run("voices", "verify", "haru", "--json").stdout)[0]["changed"] == ["LICENSE"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("install", "gone.zip"), 2, "does not exist"),
        (("install", "song.json"), 6, "no zip archive"),
        (("install", "song.json", "--as", "Nö"), 2, "such as haru@1.2.0"),
        (("install", "song.json", "-o", ""), 2, "name of a folder"),
        (("remove", "nobody"), 6, "is not here"),
        (("remove", "suyin"), 6, "comes with the engine"),
        (("remove", "suyin@0.5.0", "--force"), 6, "comes with the engine"),
        (("default", "suyin@9.9.9"), 6, "is not here"),
        (("verify", "nobody"), 6, "is not here"),
        (("show", "nobody@1.0.0"), 6, "there is no such version"),
    ],
)
@pytest.mark.usefixtures("score")
def test_wrong_use(arguments: tuple[str, ...], code: int, said: str) -> None:
    done = run("voices", *arguments)
    assert done.exit_code == code
    assert said in done.stderr
