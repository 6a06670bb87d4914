"""What a stranger's zip or folder may not do: each attempt is refused by name, and nothing is left of it."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from singer.errors import OutputError, SingerError
from tests.voicebanks.bundles import (
    bank_files,
    below,
    everything_in,
    own_files,
    packed,
    tiny_model,
    write_folder,
    write_zip,
)
from voicebanks.load import load_voice
from voicebanks.store import bundle, staging
from voicebanks.store.install import Wish, install
from voicebanks.store.known_licences import policy_from_texts


def refused(source: Path, tmp_path: Path) -> SingerError:
    """The error; nothing may have come to lie in the folder of voices or anywhere beside it."""
    before = {path: content for path, content in everything_in(tmp_path).items() if "voices/" not in path}
    with pytest.raises(SingerError) as caught:
        install(source, tmp_path / "voices")
    after = everything_in(tmp_path)
    assert after == before
    return caught.value


@pytest.mark.parametrize(
    "name",
    [
        "/etc/evil.txt", "../evil.txt", "a/../../evil.txt", "C:/evil.txt", "C:evil.txt", "\\\\host\\share\\evil.txt",
        "..\\evil.txt", "//host/evil.txt", "a//evil.txt", "./evil.txt", "a/b/c/d/e/f/g/h/evil.txt", "con.txt", "Aux",
        "sub/NUL.json", "lpt1.txt", "COM².txt", "evil.txt ", "evil.", "ev\til.txt", "evil\u202etxt.exe", "evil?.txt", "e" * 201,
        "a\x7f.txt", "evil:stream.txt",
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_nowhere(tmp_path: Path, name: str) -> None:
    error = refused(write_zip(tmp_path / "v.zip", {**own_files(), name: b"x"}), tmp_path)
    assert error.code == "unsafe_name"
    assert repr(name[:80])[1:-1] in error.message
    assert error.where == "v.zip"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a.txt", "A.txt"),
        ("é.txt", "e\u0301.txt"),
        ("ß.txt", "SS.txt"),
        ("a", "a/b.txt"),
        ("A/b.txt", "a/c.txt"),
    ],
)
def test_names_that_collide_where_case_does_not_count(tmp_path: Path, first: str, second: str) -> None:
    source = write_zip(tmp_path / "v.zip", {**own_files(), first: b"x", second: b"y"})
    assert refused(source, tmp_path).code == "unsafe_name"


def test_two_members_of_one_name(tmp_path: Path) -> None:
    source = write_zip(tmp_path / "v.zip", own_files())
    with zipfile.ZipFile(source, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("LICENSE", b"other")
    error = refused(source, tmp_path)
    assert (error.code, "'LICENSE'" in error.message) == ("unsafe_archive", True)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_in_a_zip(tmp_path: Path, kind: int) -> None:
    source = write_zip(tmp_path / "v.zip", own_files())
    with zipfile.ZipFile(source, "a") as archive:
        info = zipfile.ZipInfo("thing.txt")
        info.create_system, info.external_attr = 3, (kind | 0o777) << 16
        archive.writestr(info, b"/etc/passwd")
    error = refused(source, tmp_path)
    assert (error.code, "'thing.txt'" in error.message) == ("unsafe_archive", True)


@pytest.mark.parametrize(
    "make", [lambda path: path.symlink_to("/etc/passwd"), os.mkfifo, lambda path: path.symlink_to("/etc")]
)
def test_links_and_pipes_in_a_folder(tmp_path: Path, make: Callable[[Path], object]) -> None:
    source = write_folder(tmp_path / "download", own_files())
    make(source / "thing")
    with pytest.raises(SingerError) as caught:
        install(source, tmp_path / "voices")
    assert (caught.value.code, "'thing'" in caught.value.message) == ("unsafe_folder", True)


def patched(content: bytes, mark: bytes, place: int, value: bytes) -> bytes:
    at = content.find(mark)
    while at >= 0:
        content = content[: at + place] + value + content[at + place + len(value) :]
        at = content.find(mark, at + 4)
    return content


def test_encrypted_and_strangely_packed_members(tmp_path: Path) -> None:
    source = tmp_path / "v.zip"
    source.write_bytes(patched(packed(own_files()), b"PK\x01\x02", 8, b"\x01\x00"))
    assert "encrypted" in refused(source, tmp_path).message
    source.write_bytes(packed(own_files(), zipfile.ZIP_LZMA))
    assert "packed in a way" in refused(source, tmp_path).message


def limits(monkeypatch: pytest.MonkeyPatch, **changes: int) -> None:
    usual = {"members": 50, "member_bytes": 3_000_000, "total_bytes": 4_000_000}
    monkeypatch.setattr(bundle, "LIMITS", bundle.ZipLimits(**(usual | changes)))


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits(monkeypatch)
    source = write_zip(tmp_path / "v.zip", own_files() | {"z.txt": b"0" * 2_900_000})
    assert "times smaller" in refused(source, tmp_path).message
    noise = os.urandom(1_400_000)
    write_zip(source, own_files() | {f"{number}.emb": noise for number in range(3)})
    assert "together" in refused(source, tmp_path).message
    write_zip(source, own_files() | {"z.emb": noise * 3})
    assert "more than 3 MB" in refused(source, tmp_path).message
    write_zip(source, own_files() | {f"{number}.txt": b"" for number in range(60)})
    assert "50 is the most" in refused(source, tmp_path).message
    write_zip(source, own_files() | {f"{number}/{'n' * 190}/{'n' * 190}.txt": b"" for number in range(200)})
    assert "its directory has" in refused(source, tmp_path).message


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    content = packed(own_files() | {"z.txt": b"0" * 50_000_000})
    size = (50_000_000).to_bytes(4, "little")
    source = tmp_path / "v.zip"
    source.write_bytes(content.replace(size, (100).to_bytes(4, "little")))
    assert refused(source, tmp_path).code in ("unsafe_archive", "damaged_archive")


def test_members_that_lie_over_each_other(tmp_path: Path) -> None:
    source = tmp_path / "v.zip"
    content = packed(own_files() | {f"{number}.emb": os.urandom(4_000) for number in range(9)})
    at = content.find(b"PK\x01\x02")
    first = content.find(b"PK\x01\x02", content.find(b"0.emb", at) - 50)
    offset = content[first + 42 : first + 46]
    later = content.find(b"8.emb", at) - 46
    changed = bytearray(content)
    changed[later + 42 : later + 46] = offset
    source.write_bytes(bytes(changed))
    assert refused(source, tmp_path).code == "damaged_archive"


def test_what_is_no_archive_or_no_voice(tmp_path: Path) -> None:
    source = tmp_path / "v.zip"
    source.write_bytes(b"hello")
    assert refused(source, tmp_path).code == "damaged_archive"
    source.write_bytes(packed(own_files())[:-40])
    assert refused(source, tmp_path).code == "damaged_archive"
    assert refused(write_zip(source, {"song.mid": b"x"}), tmp_path).code == "no_voice"
    assert (
        refused(write_zip(source, below("a", own_files()) | below("b", own_files())), tmp_path).code
        == "several_voices"
    )
    disguised = write_zip(source, own_files() | {"voicebank.json": b"#!/bin/sh"})
    assert "voicebank.json is a program" in refused(disguised, tmp_path).message
    only_recordings = {"character.txt": b"name=x", "oto.ini": b"a.wav=a", "a.wav": b"RIFF"}
    assert "dsconfig.yaml" in refused(write_zip(source, only_recordings), tmp_path).message


def config(module: str = "", **changed: object) -> bytes:
    """The configuration of the generated bank with other values."""
    return json.dumps(json.loads(bank_files()[f"{module}dsconfig.yaml"]) | changed).encode()


def test_a_checksum_that_is_wrong(tmp_path: Path) -> None:
    content = packed(own_files(), zipfile.ZIP_STORED)
    source = tmp_path / "v.zip"
    source.write_bytes(content.replace(b"Apache License", b"Apache Licence"))
    assert refused(source, tmp_path).code == "damaged_archive"


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("dsconfig.yaml", b"acoustic: !!python/object/apply:os.system ['true']", "tag"),
        ("dsconfig.yaml", b"acoustic: !mine x", "tag"),
        ("dsconfig.yaml", config(acoustic="../../etc/passwd"), "'../../etc/passwd' in the bank"),
        ("dsconfig.yaml", config(acoustic="/etc/passwd"), "inside the bank's folder"),
        ("dsconfig.yaml", config(acoustic="gone.onnx"), "no file 'gone.onnx' in the bank"),
        ("dsconfig.yaml", config(acoustic=["a"]), "expected is a name"),
        ("dsconfig.yaml", config(acoustic=""), "expected is a name"),
        ("dsconfig.yaml", b"- a", "keys with values"),
        ("dsconfig.yaml", b"a: [", "not YAML"),
        ("dsdur/dsconfig.yaml", config("dsdur/", dur="../../x.onnx"), "dsdur/dsconfig.yaml: dur"),
        ("dsconfig.yaml", b"x: 1" + b":1" * 200_000, "400001 letters"),
        ("dsconfig.yaml", b"x: !!float ' 1" + b": 1" * 300 + b"'", "902 letters"),
        ("dsconfig.yaml", b"dur: 0x" + b"f" * 9_000, "9002 letters"),
        ("dsconfig.yaml", b"x: !!bool perhaps", "not YAML"),
        ("dsconfig.yaml", b"x: !!int ''", "not YAML"),
        ("dsdict.yaml", b"[" * 500, "nested deeper"),
        ("phonemes.json", b"[" * 100_000, "nested deeper"),
        ("phonemes.json", b"[" * 70 + b"]" * 70, "nested deeper"),
        ("phonemes.json", b"{'a': 1}", "not JSON"),
        ("soft.emb", b"\0" * 15, "found 15 bytes; expected are 32"),
        ("acoustic.onnx", b"no model", "ONNX"),
        ("acoustic.onnx", b"", "no graph"),
    ],
)  # fmt: skip
def test_documents_that_are_not_plain_data(tmp_path: Path, path: str, content: bytes, said: str) -> None:
    error = refused(write_zip(tmp_path / "haru.zip", bank_files() | {path: content}), tmp_path)
    assert said in str(error)


def test_aliases_that_stand_for_too_much(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    bomb = "\n".join(lines).encode()
    error = refused(write_zip(tmp_path / "haru.zip", bank_files() | {"dsdict.yaml": bomb}), tmp_path)
    assert "aliases stand for" in error.message


def external(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer.add(name="w", data_type=TensorProto.FLOAT, dims=[4])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../secret")


def inside_a_branch(model: onnx.ModelProto) -> None:
    inner = onnx.ModelProto()
    external(inner)
    branch = helper.make_node("If", ["c"], ["z"], then_branch=inner.graph, else_branch=inner.graph)
    model.graph.node.append(branch)


def own_operator(model: onnx.ModelProto) -> None:
    model.graph.node.append(helper.make_node("Run", ["x"], ["z"], domain="evil.ops"))


def opens_files(model: onnx.ModelProto) -> None:
    model.graph.node.append(helper.make_node("EPContext", ["x"], ["z"], domain="com.microsoft"))


def absurd(model: onnx.ModelProto) -> None:
    model.graph.initializer.add(name="w", data_type=TensorProto.FLOAT, dims=[1 << 40, 1 << 40])


def many_dimensions(model: onnx.ModelProto) -> None:
    model.graph.initializer.add(name="w", data_type=TensorProto.FLOAT, dims=[1 << 62] * 5_000)


def many_attributes(model: onnx.ModelProto) -> None:
    model.graph.MergeFromString(b"\x0a" + varint(2_400_000) + b"\x2a\x00" * 1_200_000)


def varint(value: int) -> bytes:
    rest = [0x80 | value >> shift & 0x7F for shift in (0, 7, 14)]
    return bytes([*rest, value >> 21])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (many_dimensions, "5000 dimensions"),
        (many_attributes, "more than 1000000"),
        (external, "'../../secret'"),
        (inside_a_branch, "'../../secret'"),
        (own_operator, "'evil.ops'"),
        (opens_files, "opens other files"),
        (absurd, "more than the file holds"),
    ],
)
def test_models_that_reach_out(tmp_path: Path, change: Callable[[onnx.ModelProto], None], said: str) -> None:
    model = tiny_model()
    change(model)
    files = bank_files() | {"dsdur/dur.onnx": model.SerializeToString()}
    error = refused(write_folder(tmp_path / "haru", files), tmp_path)
    assert error.code.startswith("model_")
    assert error.where.startswith("dsdur/dur.onnx")
    assert said in error.message


def test_operators_that_the_model_itself_defines_are_fine(tmp_path: Path) -> None:
    files = bank_files()
    model = onnx.load_model_from_string(files["acoustic.onnx"])
    body = [helper.make_node("Identity", ["a"], ["b"])]
    model.functions.append(
        helper.make_function("own", "Copy", ["a"], ["b"], body, [helper.make_opsetid("", 17)])
    )
    model.opset_import.append(helper.make_opsetid("own", 1))
    model.graph.node.append(helper.make_node("Copy", [model.graph.node[-1].output[0]], ["z"], domain="own"))
    source = write_zip(tmp_path / "haru.zip", files | {"acoustic.onnx": model.SerializeToString()})
    assert install(source, tmp_path / "voices").record.kind == "openutau"


def test_a_bank_that_cannot_sing_is_refused_with_what_is_wrong(tmp_path: Path) -> None:
    """Sound files each, which do not belong together: only opening the bank shows it."""
    files = bank_files()
    swapped = files | {"dspitch/pitch.onnx": files["dsdur/dur.onnx"]}
    error = refused(write_zip(tmp_path / "haru.zip", swapped), tmp_path)
    assert "dspitch/dsconfig.yaml: pitch" in error.where
    assert "takes encoder_out, x_masks, ph_midi" in error.message
    broken = files | {"dspitch/linguistic.onnx": tiny_model().SerializeToString()}
    assert (
        "dspitch/dsconfig.yaml: linguistic" in refused(write_zip(tmp_path / "b.zip", broken), tmp_path).where
    )


def test_a_vocoder_that_is_shared_must_be_there_first(tmp_path: Path) -> None:
    files = bank_files()
    source = {path: content for path, content in files.items() if not path.startswith("dsvocoder/")}
    write_zip(tmp_path / "haru.zip", source)
    error = refused(tmp_path / "haru.zip", tmp_path)
    assert str(tmp_path / "voices" / "Dependencies") in error.message
    vocoder = {
        path.removeprefix("dsvocoder/"): content for path, content in files.items() if path not in source
    }
    write_folder(tmp_path / "voices" / "Dependencies" / "toy", vocoder)
    done = install(tmp_path / "haru.zip", tmp_path / "voices")
    assert load_voice("haru", [tmp_path / "voices"]).imported is not None
    assert done.folder.parent.parent == tmp_path / "voices"


def test_a_manifest_that_names_what_stays_out(tmp_path: Path) -> None:
    entry = {"path": "run.sh", "sha256": "0" * 64, "bytes": 1}
    source = write_zip(tmp_path / "v.zip", own_files(files={"more": entry}) | {"run.sh": b"x"})
    assert refused(source, tmp_path).code == "file_missing"


@pytest.mark.parametrize("name", ["../LICENSE", "gone", "a\0b", "n" * 5_000])
def test_a_licence_that_is_not_there_is_named_in_the_zip(tmp_path: Path, name: str) -> None:
    source = write_zip(tmp_path / "v.zip", own_files(licence={"spdx": "Apache-2.0", "files": [name]}))
    error = refused(source, tmp_path)
    assert (error.code, error.where) == ("licence_missing", "v.zip")


def test_a_folder_that_changes_while_it_is_read(tmp_path: Path) -> None:
    source = write_folder(tmp_path / "download", own_files())
    with bundle.opened(source) as found:
        (source / "LICENSE").unlink()
        os.mkfifo(source / "LICENSE")
        with pytest.raises(SingerError, match="no file any more"):
            found.content("LICENSE", 100)
        (source / "portrait.svg").unlink()
        (source / "portrait.svg").symlink_to("/etc/passwd")
        with pytest.raises(SingerError, match="cannot be read"):
            found.content("portrait.svg", 100)


def test_what_is_neither_a_file_nor_a_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "v.zip")
    assert refused(tmp_path / "v.zip", tmp_path).code == "damaged_archive"


def test_a_disk_that_is_full_or_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_zip(tmp_path / "v.zip", own_files())
    with monkeypatch.context() as patch:
        patch.setattr(
            "voicebanks.store.install.shutil.disk_usage", lambda path: type("Usage", (), {"free": 10})
        )
        error = refused(source, tmp_path)
        assert (error.code, error.where) == ("disk_full", str(tmp_path / "voices"))

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(staging.os, "fsync", fails)
    error = refused(source, tmp_path)
    assert isinstance(error, OutputError)
    assert "No space" in error.message


@pytest.mark.parametrize(
    ("texts", "commercial"),
    [
        ({}, None),
        ({"readme.txt": "Please be kind."}, None),
        ({"LICENSE": "Apache License\nVersion 2.0"}, "yes"),
        ({"readme.txt": "The Apache License Version 2.0"}, None),
        ({"LICENSE": "MIT License", "readme.txt": "vocoder: CC BY-NC-SA 4.0"}, "no"),
        ({"LICENSE": "MIT License", "license-voice.txt": "Ask me."}, "unknown"),
        ({"README.md": "https://creativecommons.org/licenses/by-nc/4.0/"}, "no"),
        ({"LICENSE": "Attribution-NonCommercial 4.0 International"}, "no"),
    ],
)
def test_terms_are_read_only_where_they_are_sure(
    tmp_path: Path, texts: dict[str, str], commercial: str | None
) -> None:
    policy = policy_from_texts(write_folder(tmp_path, {name: text.encode() for name, text in texts.items()}))
    assert (policy.commercial if policy else None) == commercial


def test_the_policy_of_a_bank_is_recorded(tmp_path: Path) -> None:
    files = bank_files() | {"LICENSE.txt": b"CC BY-NC 4.0"}
    done = install(write_zip(tmp_path / "haru.zip", files), tmp_path / "voices", wish=Wish())
    assert done.record.use_policy is not None
    assert done.record.use_policy.commercial == "no"
