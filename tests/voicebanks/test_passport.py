"""Passports: shipped ones fit their voices, broken ones are refused with the place, and differences are found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from singer.errors import VoicebankError
from tests.voicebanks import passports
from tests.voicebanks.edits import Edit, at
from voicebanks.design import Design, design_voice
from voicebanks.load import find_voice, known_names, open_folder, shipped_folder
from voicebanks.passport import (
    LARGEST_PASSPORT_BYTES,
    PASSPORT_NAME,
    TOLERANCE,
    evidence_differences,
    folder_differences,
    model_hashes,
    parse_evidence,
    read_passport,
    write_passport,
)


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    """A copy of the builtin voice with a passport."""
    folder = tmp_path / "builtin"
    kept_out = shutil.ignore_patterns("*.py", "__pycache__")
    shutil.copytree(shipped_folder() / "builtin", folder, ignore=kept_out)
    passports.write(folder, passports.document(folder))
    return folder


@pytest.mark.parametrize("name", ["suyin", "tangli", "yaoling", "yansha", "shenlin"])
def test_every_shipped_singer_has_a_passport_of_her_own(name: str) -> None:
    found = find_voice(name)
    passport = read_passport(found.folder)
    assert folder_differences(found, passport) == ()
    for figures in (passport.evidence.sung, passport.evidence.spoken):
        assert figures.to_sources.keys() == passport.sources.keys()
        assert figures.to_singers.keys() == set(known_names()) - {name}
        assert max(figures.to_sources.values()) < figures.same_source.lowest, "a source voice, or as good as"


def test_a_designed_voice_is_known_by_the_files_of_its_base_and_by_its_warps(tmp_path: Path) -> None:
    design_voice(Design("mine", {"young": 0.5}, base="builtin"), tmp_path)
    voice = open_folder(tmp_path / "mine", [tmp_path])
    assert model_hashes(voice) == model_hashes(find_voice("builtin"))
    content = passports.document(tmp_path / "mine")
    passports.write(tmp_path / "mine", content)
    (wrong,) = folder_differences(voice, read_passport(tmp_path / "mine"))
    assert wrong.startswith("warps: the passport says {}")
    passports.write(tmp_path / "mine", {**content, "warps": dict(voice.manifest.character)})
    assert folder_differences(voice, read_passport(tmp_path / "mine")) == ()


def test_what_is_written_is_read_again(voice: Path) -> None:
    passport = read_passport(voice)
    (voice / PASSPORT_NAME).unlink()
    write_passport(voice, passport)
    assert read_passport(voice) == passport
    assert folder_differences(open_folder(voice), passport) == ()
    assert [path.name for path in voice.glob("*.partial")] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (at("format", value="other"), "format"),
        (at("version", value=2), "version"),
        (at("colour", value="blue"), "colour: Extra inputs"),
        (lambda content: content.pop("evidence"), "evidence: Field required"),
        (at("warps", value={"length": "long"}), "warps.length"),
        (at("commands", value=[]), "commands"),
        (at("files", "encoder.onnx", value="ABC"), "files.encoder.onnx"),
        (at("teacher", "model_sha256", value=""), "teacher.model_sha256"),
        (
            at("mixes", "both", "timbre", value={"ann": 0.5, "bea": 0.6}),
            "mixes.both: Value error, the weights",
        ),
        (at("mixes", "both", "prosody", value={"bea": 2.5}), "mixes.both.prosody.bea"),
        (at("taught_as", value="nobody"), "taught_as is 'nobody'"),
        (at("sources", value={"ann": "MIT"}), "the mixes use ['ann', 'bea']"),
        (at("evidence", "sung", "to_sources", value={"ann": 0.5}), "evidence.sung.to_sources must name"),
        (at("evidence", "spoken", "mix_to_sources", value={"cid": 0.5}), "evidence.spoken.mix_to_sources"),
        (at("evidence", "sung", "same_singer", value=1.5), "evidence.sung.same_singer"),
        (at("evidence", "sung", "same_singer", value=float("nan")), "evidence.sung.same_singer"),
        (at("evidence", "spoken", "same_source", "lowest", value=0.99), "evidence.spoken.same_source"),
        (at("evidence", "material", "lines", value=[["one"], ["one"]]), "evidence.material"),
        (at("evidence", "material", "sung_s", value=0.0), "evidence.material.sung_s"),
    ],
)
def test_passports_that_break_a_rule_are_refused(voice: Path, change: Edit, said: str) -> None:
    content = passports.document(voice)
    change(content)
    passports.write(voice, content)
    with pytest.raises(VoicebankError) as caught:
        read_passport(voice)
    assert caught.value.code == "passport"
    assert said in caught.value.message
    assert PASSPORT_NAME in caught.value.where


@pytest.mark.parametrize(
    ("content", "code"), [("{", "passport"), (" " * (LARGEST_PASSPORT_BYTES + 1), "passport_size")]
)
def test_what_is_no_document_is_refused(voice: Path, content: str, code: str) -> None:
    (voice / PASSPORT_NAME).write_text(content, encoding="utf-8")
    with pytest.raises(VoicebankError) as caught:
        read_passport(voice)
    assert caught.value.code == code


def test_a_missing_passport_is_said_so(voice: Path) -> None:
    (voice / PASSPORT_NAME).unlink()
    with pytest.raises(VoicebankError) as caught:
        read_passport(voice)
    assert caught.value.code == "passport_missing"
    assert str(voice) in caught.value.where


def test_a_tampered_file_is_named(voice: Path) -> None:
    path = voice / "decoder.onnx"
    path.write_bytes(path.read_bytes() + b"\0")
    (difference,) = folder_differences(open_folder(voice), read_passport(voice))
    assert difference.startswith("decoder.onnx: the passport says")


def test_a_model_that_is_gone_is_an_error(voice: Path) -> None:
    (voice / "vocoder.onnx").unlink()
    with pytest.raises(VoicebankError) as caught:
        folder_differences(open_folder(voice), read_passport(voice))
    assert "vocoder.onnx" in caught.value.where


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (at("singer", value="other"), "singer: the passport says 'other'"),
        (at("version_of_voice", value="9.9.9"), "version_of_voice"),
        (at("licence", value="MIT"), "licence"),
        (lambda content: content["files"].pop("encoder.onnx"), "encoder.onnx: the passport says nothing"),
        (lambda content: content["files"].update(extra="2" * 64), "found is no model of this voice"),
    ],
)
def test_a_passport_of_another_voice_is_found_out(voice: Path, change: Edit, said: str) -> None:
    content = passports.document(voice)
    change(content)
    passports.write(voice, content)
    (difference,) = folder_differences(open_folder(voice), read_passport(voice))
    assert said in difference


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (at("sung", "to_sources", "ann", value=0.7 + 0.9 * TOLERANCE), None),
        (at("sung", "to_sources", "ann", value=0.7 + 1.1 * TOLERANCE), "sung.to_sources.ann: recorded 0.700"),
        (at("spoken", "same_source", "mean", value=0.945), None),
        (at("material", "sung_s", value=20.4), None),
        (at("material", "lines", value=[["one"], ["three"]]), "material.lines"),
        (at("tool", "version", value="2.0"), "tool.version: recorded 1.0, measured 2.0"),
        (
            at("sung", "to_singers", value={"new": 0.5}),
            "sung.to_singers.new: recorded nothing, measured 0.500",
        ),
    ],
)
def test_measured_again_within_the_tolerance(change: Edit, said: str | None) -> None:
    measured = passports.evidence()
    change(measured)
    found = evidence_differences(
        parse_evidence(json.dumps(passports.evidence())), parse_evidence(json.dumps(measured))
    )
    assert len(found) == (said is not None)
    assert said is None or said in found[0]


def test_evidence_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(VoicebankError, match="tool"):
        parse_evidence("{}")
