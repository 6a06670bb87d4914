"""Voice folders: found by name or path, and refused with the place when anything about them is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from onnx import helper

from singer.errors import ModelError, SingerError, VoicebankError
from singer.timebase import AudioSpec
from tests.voicebanks.edits import Edit, at, edit
from voicebanks.load import check_files, find_voice, list_voices, load_voice, open_folder, shipped_folder
from voicebanks.manifest import LARGEST_MANIFEST_BYTES, MANIFEST_NAME, describe_file


@pytest.fixture
def voice_copy(tmp_path: Path) -> Path:
    """A copy of the builtin voice under another name, ``copy``."""
    folder = tmp_path / "voices" / "copy"
    shutil.copytree(
        shipped_folder() / "builtin", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    edit(folder, lambda manifest: manifest.update(name="copy"))
    return folder


def test_builtin_voice_loads() -> None:
    voice = load_voice("builtin")
    assert voice.spec == AudioSpec(44_100, 441)
    assert voice.languages.keys() == {"zh", "yue", "en", "ja"}
    assert voice.fingerprint == load_voice("builtin").fingerprint


def test_a_folder_loads_by_path_and_by_name(voice_copy: Path) -> None:
    by_path = load_voice(str(voice_copy))
    by_name = load_voice("copy", [voice_copy.parent])
    assert by_path.name == by_name.name == "copy"
    assert by_path.fingerprint == by_name.fingerprint != load_voice("builtin").fingerprint


def test_a_folder_in_the_working_folder_loads_by_its_bare_name(
    voice_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(voice_copy.parent)
    assert find_voice("copy").manifest.name == "copy"


def test_listing_gives_shipped_and_own_voices_and_own_ones_win(voice_copy: Path) -> None:
    names = [voice.manifest.name for voice in list_voices([voice_copy.parent])]
    assert "copy" in names
    assert "builtin" in names
    own = voice_copy.rename(voice_copy.parent / "builtin")
    edit(own, lambda manifest: manifest.update(name="builtin"))
    first = next(voice for voice in list_voices([own.parent]) if voice.manifest.name == "builtin")
    assert first.folder == own


def test_unknown_voice_lists_the_known_ones(voice_copy: Path) -> None:
    with pytest.raises(VoicebankError) as caught:
        load_voice("nobody", [voice_copy.parent])
    assert caught.value.code == "unknown_voice"
    assert "builtin, copy" in caught.value.message
    assert "nobody" in caught.value.where


def test_changing_timbre_changes_the_fingerprint(voice_copy: Path) -> None:
    before = load_voice(str(voice_copy)).fingerprint
    edit(voice_copy, lambda manifest: manifest.update(timbre=[0.5]))
    assert load_voice(str(voice_copy)).fingerprint != before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (at("format", value="other"), "format"),
        (at("version", value=2), "version"),
        (at("colour", value="blue"), "colour: Extra inputs"),
        (at("audio", "hop_samples", value=0), "audio.hop_samples"),
        (at("audio", "hop_samples", value="441"), "audio.hop_samples"),
        (at("range", value={"lowest_midi": 80.0, "highest_midi": 40.0}), "lowest_midi must be below"),
        (at("languages", value={"fr": 1}), "languages.fr"),
        (at("languages", value={}), "languages"),
        (at("timbre", value=[]), "timbre"),
        (at("timbre", value=[float("inf")]), "timbre.0"),
        (at("phones", "m", value=-1), "phones.m"),
        (at("phones", value={"a": 0, "m": 1, "SP": 2}), "phones lacks AP"),
        (at("phones", value={"a": 0, "SP": 0, "AP": 2}), "share a row"),
        (at("files", "encoder", "sha256", value="ABC"), "files.encoder.sha256"),
        (at("files", "encoder", "path", value="../builtin/encoder.onnx"), "relative path inside"),
        (at("files", "encoder", "path", value="/etc/passwd"), "relative path inside"),
        (at("files", "encoder", "path", value="C:\\model.onnx"), "relative path inside"),
        (at("files", "encoder", "path", value="a//b"), "relative path inside"),
        (at("files", "encoder", "bytes", value=10**12), "files.encoder.bytes"),
        (lambda manifest: manifest["files"].pop("vocoder"), "files lacks vocoder"),
        (at("name", value="../evil"), "name"),
    ],
)
def test_manifests_that_break_a_rule_are_refused(voice_copy: Path, change: Edit, said: str) -> None:
    edit(voice_copy, change)
    with pytest.raises(VoicebankError) as caught:
        open_folder(voice_copy)
    assert caught.value.code == "manifest"
    assert said in caught.value.message
    assert MANIFEST_NAME in caught.value.where


def test_manifest_that_is_not_json_or_too_large_is_refused(voice_copy: Path) -> None:
    path = voice_copy / MANIFEST_NAME
    path.write_text("{", encoding="utf-8")
    with pytest.raises(VoicebankError):
        open_folder(voice_copy)
    path.write_text(" " * (LARGEST_MANIFEST_BYTES + 1), encoding="utf-8")
    with pytest.raises(VoicebankError) as caught:
        open_folder(voice_copy)
    assert caught.value.code == "manifest_size"


def test_folder_and_manifest_must_agree_on_the_name(voice_copy: Path) -> None:
    with pytest.raises(VoicebankError) as caught:
        open_folder(voice_copy.rename(voice_copy.parent / "other"))
    assert caught.value.code == "voice_name"


@pytest.mark.parametrize("kind", ["no folder", "no manifest"])
def test_what_is_no_voice_is_said_so(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "empty"
    if kind == "no manifest":
        folder.mkdir()
    with pytest.raises(VoicebankError) as caught:
        open_folder(folder)
    assert str(folder) in caught.value.where


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (damage, "file_hash"),
        (lambda path: path.write_bytes(path.read_bytes() + b"\0"), "file_size"),
        (lambda path: path.unlink(), "file_missing"),
        (lambda path: (path.unlink(), path.mkdir()), "file_outside"),
        (
            lambda path: (path.unlink(), path.symlink_to(shipped_folder() / "builtin" / path.name)),
            "file_outside",
        ),
        (lambda path: (path.unlink(), path.symlink_to(path)), "file_missing"),
    ],
)
def test_files_that_are_not_what_the_manifest_says_are_refused(
    voice_copy: Path, change: Callable[[Path], object], code: str
) -> None:
    change(voice_copy / "decoder.onnx")
    with pytest.raises(VoicebankError) as caught:
        load_voice(str(voice_copy))
    assert caught.value.code == code
    assert "decoder.onnx" in caught.value.where


def test_link_inside_the_folder_is_allowed(voice_copy: Path) -> None:
    os.rename(voice_copy / "decoder.onnx", voice_copy / "d.onnx")
    (voice_copy / "decoder.onnx").symlink_to("d.onnx")
    check_files(open_folder(voice_copy))


@pytest.mark.parametrize("name", ["GONE", "../builtin/LICENSE"])
def test_missing_licence_is_refused(voice_copy: Path, name: str) -> None:
    edit(voice_copy, at("licence", "files", value=[name]))
    with pytest.raises(VoicebankError) as caught:
        load_voice(str(voice_copy))
    assert caught.value.code == "licence_missing"


def replace_model(folder: Path, role: str, change: Callable[[onnx.ModelProto], object]) -> None:
    model = onnx.load(folder / f"{role}.onnx")
    change(model)
    onnx.save(model, folder / f"{role}.onnx")
    edit(folder, at("files", role, value=describe_file(folder, f"{role}.onnx").model_dump()))


def test_models_of_another_audio_contract_are_refused(voice_copy: Path) -> None:
    def other_hop(model: onnx.ModelProto) -> None:
        helper.set_model_props(
            model, {"singer_role": "decoder", "sample_rate_hz": "44100", "hop_samples": "512"}
        )

    replace_model(voice_copy, "decoder", other_hop)
    with pytest.raises(ModelError) as caught:
        load_voice(str(voice_copy))
    assert caught.value.code == "model_contract"


def test_models_in_each_others_place_are_refused(voice_copy: Path) -> None:
    edit(voice_copy, at("files", "decoder", value=describe_file(voice_copy, "vocoder.onnx").model_dump()))
    with pytest.raises(ModelError) as caught:
        load_voice(str(voice_copy))
    assert caught.value.code == "model_contract"


def test_timbre_of_another_size_is_refused(voice_copy: Path) -> None:
    edit(voice_copy, at("timbre", value=[0.0, 0.0]))
    with pytest.raises(SingerError) as caught:
        load_voice(str(voice_copy))
    assert caught.value.code == "model_timbre"
