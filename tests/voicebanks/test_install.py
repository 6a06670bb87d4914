"""Voices are installed whole, beside their other versions, and with a record."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from singer.errors import VoicebankError
from tests.voicebanks.bundles import (
    BUILTIN,
    SKIPPED,
    bank_files,
    below,
    everything_in,
    own_files,
    packed,
    write_folder,
    write_zip,
)
from voicebanks.homes import Versioned
from voicebanks.load import find_voice, list_voices, load_voice, shipped_folder
from voicebanks.pack import pack_voice
from voicebanks.store.install import Wish, install
from voicebanks.store.places import find_places, places_in
from voicebanks.store.record import read_record
from voicebanks.store.remove import choose_default, remove
from voicebanks.store.verify import verify


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "voices"


def put(home: Path, tmp_path: Path, wish: Wish | None = None, **entries: object) -> Path:
    return install(write_zip(tmp_path / "v.zip", below("haru", own_files(**entries))), home, wish=wish).folder  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["zip", "zip with a top folder", "folder"])
def test_a_voice_is_installed_from_a_zip_or_a_folder_and_found(home: Path, tmp_path: Path, form: str) -> None:
    files = own_files()
    if form == "folder":
        source = write_folder(tmp_path / "download", files)
    else:
        source = write_zip(tmp_path / "download.zip", below("x y", files) if "top" in form else files)
    done = install(source, home)
    assert done.folder == home / "haru@1.0.0" / "haru"
    assert {path: (done.folder / path).read_bytes() for path in files} == files
    assert find_voice("haru", [home]).folder == done.folder
    assert load_voice("haru", [home]).name == "haru"
    record = read_record(done.folder)
    assert record is not None
    assert record.files.keys() == files.keys()
    assert record.source.file_name == source.name
    assert bool(record.source.sha256) == (form != "folder")
    assert not any(path.stat().st_mode & 0o111 for path in done.folder.iterdir())


def test_a_trained_voice_that_was_packed_is_installed_and_sings_the_same(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(BUILTIN, copy, ignore=SKIPPED)
    manifest = json.loads((copy / "voicebank.json").read_text(encoding="utf-8"))
    (copy / "voicebank.json").write_text(json.dumps(manifest | {"name": "copy"}), encoding="utf-8")
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    paths = pack_voice(find_voice(str(copy)), first)
    (copy / "LICENSE").touch()
    (copy / "run.sh").write_text("#!/bin/sh\n")
    assert pack_voice(find_voice(str(copy)), second) == paths
    assert first.read_bytes() == second.read_bytes()
    folder = install(first, home).folder
    assert load_voice("copy", [home]).fingerprint == load_voice(str(copy)).fingerprint
    assert verify(find_places("copy", [home])[0]).is_whole
    assert sorted(path.name for path in folder.iterdir()) == sorted(paths)


def test_versions_lie_side_by_side_and_the_newest_or_the_chosen_one_sings(home: Path, tmp_path: Path) -> None:
    for version in ("1.9.0", "1.10.0", "1.2.0"):
        put(home, tmp_path, version=version)

    def sings(asked: str) -> str:
        return find_voice(asked, [home]).manifest.version_of_voice

    assert sings("haru") == "1.10.0"
    assert sings("haru@1.2.0") == "1.2.0"
    assert choose_default("haru@1.9.0", [home]).version == "1.9.0"
    assert sings("haru") == "1.9.0"
    assert [v.manifest.version_of_voice for v in list_voices([home]) if v.manifest.name == "haru"] == [
        "1.9.0"
    ]
    remove("haru@1.9.0", [home])
    assert sings("haru") == "1.10.0"
    choose_default("haru@1.2.0", [home])
    assert choose_default("haru", [home]).version == "1.10.0"
    with pytest.raises(VoicebankError) as caught:
        sings("haru@1.9.0")
    assert "1.10.0, 1.2.0" in caught.value.message


def test_the_same_version_with_other_content_is_refused_unless_it_is_to_replace(
    home: Path, tmp_path: Path
) -> None:
    folder = put(home, tmp_path)
    before = everything_in(home)
    assert install(tmp_path / "v.zip", home).was_there
    assert everything_in(home) == before
    with pytest.raises(VoicebankError) as caught:
        put(home, tmp_path, title="Other")
    assert caught.value.code == "voice_exists"
    assert everything_in(home) == before
    put(home, tmp_path, wish=Wish(replace=True), title="Other")
    assert find_voice("haru", [home]).manifest.title == "Other"
    assert folder.is_dir()
    assert [path.name for path in home.iterdir() if path.name != ".lock"] == ["haru@1.0.0"]


def test_a_damaged_installation_is_told_and_replaced(home: Path, tmp_path: Path) -> None:
    folder = put(home, tmp_path)
    place = places_in(home)[0]
    assert verify(place).is_whole
    (folder / "LICENSE").write_bytes((folder / "LICENSE").read_bytes()[::-1])
    (folder / "portrait.svg").unlink()
    (folder / "more.txt").touch()
    found = verify(place)
    assert (found.changed, found.missing, found.extra) == (("LICENSE",), ("portrait.svg",), ("more.txt",))
    with pytest.raises(VoicebankError):
        install(tmp_path / "v.zip", home)
    install(tmp_path / "v.zip", home, wish=Wish(replace=True))
    assert verify(place).is_whole


def test_shipped_voices_are_verified_and_never_removed(home: Path) -> None:
    home.mkdir()
    assert all(verify(place).is_whole for place in places_in(shipped_folder()))
    with pytest.raises(VoicebankError) as caught:
        remove("suyin", [home], force=True)
    assert caught.value.code == "shipped_voice"


def test_names_of_shipped_voices_are_taken(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "builtin.zip"
    pack_voice(find_voice("builtin"), source)
    with pytest.raises(VoicebankError) as caught:
        install(source, home)
    assert caught.value.code == "shipped_name"
    install(source, home, wish=Wish(over_shipped=True))
    assert find_voice("builtin", [home]).folder.is_relative_to(home)
    assert find_voice("builtin").folder == shipped_folder() / "builtin"


def test_a_base_is_not_removed_while_others_sing_with_it(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "builtin.zip"
    pack_voice(find_voice("builtin"), source)
    install(source, home, wish=Wish(over_shipped=True))
    put(home, tmp_path)
    with pytest.raises(VoicebankError) as caught:
        remove("builtin", [home])
    assert caught.value.code == "voice_in_use"
    assert "haru" in caught.value.message
    assert remove("builtin", [home], force=True)[0].name == "builtin"
    remove("haru", [home])
    assert everything_in(home) == {}


def test_several_versions_are_removed_only_together_when_asked(home: Path, tmp_path: Path) -> None:
    put(home, tmp_path)
    put(home, tmp_path, version="2.0.0")
    with pytest.raises(VoicebankError) as caught:
        remove("haru", [home])
    assert caught.value.code == "several_versions"
    assert len(remove("haru", [home], every=True)) == 2
    assert places_in(home) == []


def test_an_own_folder_is_in_the_way_and_can_be_removed(home: Path, tmp_path: Path) -> None:
    write_folder(home / "haru", own_files())
    with pytest.raises(VoicebankError) as caught:
        put(home, tmp_path)
    assert caught.value.code == "voice_exists"
    remove("haru", [home])
    assert put(home, tmp_path).is_dir()


def test_a_designed_voice_without_its_base_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(VoicebankError) as caught:
        put(home, tmp_path, base="nobody")
    assert caught.value.code == "base_missing"
    assert everything_in(home) == {}


@pytest.mark.parametrize(
    ("title", "top", "name"),
    [
        ("Haru Bank v2.zip", "", "haru-bank-v2"),
        ("x.zip", "绮萱 DS", "qi-xuan-ds"),
        ("x.zip", "Ärger_1", "arger_1"),
    ],
)
def test_an_openutau_bank_is_named_after_its_folder(
    home: Path, tmp_path: Path, title: str, top: str, name: str
) -> None:
    files = bank_files()
    done = install(write_zip(tmp_path / title, below(top, files) if top else files), home)
    assert (done.record.kind, done.folder) == ("openutau", home / f"{name}@2.1.0" / name)
    assert everything_in(done.folder) == files


def test_an_openutau_bank_gets_the_name_that_is_asked_for(home: Path, tmp_path: Path) -> None:
    source = write_zip(tmp_path / "ハル.zip", bank_files())
    with pytest.raises(VoicebankError) as caught:
        install(source, home)
    assert "--as" in caught.value.message
    done = install(source, home, wish=Wish(name_as=Versioned("haru", "3.0.0")))
    assert done.folder == home / "haru@3.0.0" / "haru"
    with pytest.raises(VoicebankError):
        put(home, tmp_path, wish=Wish(name_as=Versioned("other", "1.0.0")))


def test_names_in_other_encodings_are_read(home: Path, tmp_path: Path) -> None:
    files = bank_files() | {"ソプラノ表.txt": b"x", "名前.yaml": b"a: 1"}
    source = tmp_path / "haru.zip"
    source.write_bytes(packed(files, encoding="cp932"))
    assert set(install(source, home).record.files) == set(files)


def test_programs_and_scripts_stay_out_and_are_told(home: Path, tmp_path: Path) -> None:
    more = {
        "setup.exe": b"MZ\0", "plugin.dll": b"x", "run.sh": b"echo", "a.py": b"1", "more.zip": b"PK\x03\x04",
        "notes.txt": b"#!/bin/sh\n", "icon.png": b"\x7fELF\0\0", "sound.wav": b"MZ\0\0", "readme.md": b"MZK sings",
        ".git/config": b"x", "__MACOSX/._a": b"x", "LICENSE.bat": b"x",
    }  # fmt: skip
    done = install(write_zip(tmp_path / "haru.zip", bank_files() | more), home)
    assert set(more) - set(done.record.left_out) == {"readme.md"}
    assert set(everything_in(done.folder)) == {*bank_files(), "readme.md"}
