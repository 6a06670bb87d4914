"""Designed voices: a base that is followed once, a character that acts and is bounded, folders that are whole or not there."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from singer.acoustics import to_features
from singer.cancel import CancelToken
from singer.errors import OutputError, SingerError, VoicebankError
from singer.performance.adjust import adjusted
from singer.phrase_cache import PhraseCache
from singer.render import render, stream
from tests.singer.performances import phrase, song
from tests.voicebanks.edits import edit
from voicebanks.design import Design, design_voice, mixed_timbre
from voicebanks.load import find_voice, list_voices, load_voice, open_folder, shipped_folder
from voicebanks.manifest import MANIFEST_NAME, MODEL_ROLES
from voicebanks.passport import PASSPORT_NAME
from voicebanks.portrait import portrait_svg
from voicebanks.singers import SINGERS
from voicebanks.timbre_space import character_of

SOFT = {"sweet": 0.6, "young": 0.3, "husky": 0.5}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "voices"


def design(home: Path, name: str = "mine", **more: Any) -> Path:
    asked = Design(name, **{"axes": SOFT, "base": "builtin", **more})
    return design_voice(asked, home, search=(home,)).folder


def _trained(home: Path, name: str) -> Path:
    """A trained voice called ``name``; its manifest."""
    shutil.copytree(
        shipped_folder() / "builtin", home / name, ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    edit(home / name, lambda manifest: manifest.update(name=name))
    return home / name / MANIFEST_NAME


def refused(folder: Path, search: tuple[Path, ...] = ()) -> SingerError:
    with pytest.raises(SingerError) as caught:
        open_folder(folder, search)
    return caught.value


class TestBase:
    def test_models_phones_and_languages_are_the_bases(self, home: Path) -> None:
        folder = design(home)
        assert {path.name for path in folder.iterdir()} == {
            "LICENSE",
            "README.md",
            "portrait.svg",
            MANIFEST_NAME,
        }
        own, base = load_voice(str(folder)), load_voice("builtin")
        assert (own.phones, own.languages, own.spec) == (base.phones, base.languages, base.spec)
        assert own.fingerprint != base.fingerprint
        assert dict(own.character) == character_of(SOFT)
        assert open_folder(folder).own_bytes < 10_000

    def test_a_base_that_is_not_installed(self, home: Path) -> None:
        folder = design(home)
        edit(folder, lambda manifest: manifest.update(base="nobody"))
        error = refused(folder)
        assert error.code == "base_missing"
        assert "builtin" in error.message

    def test_a_chain_is_not_followed(self, home: Path) -> None:
        design(home, "first")
        second = design(home, "second")
        edit(second, lambda manifest: manifest.update(base="first"))
        error = refused(second, (home,))
        assert error.code == "base_chain"
        assert "'builtin'" in error.message
        with pytest.raises(VoicebankError, match="made from 'builtin'"):
            design(home, "third", base="first")

    @pytest.mark.parametrize("base", ["../builtin", "/etc", "./builtin", "builtin/", "", "mine"])
    def test_a_base_is_the_name_of_another_voice_and_no_path(self, home: Path, base: str) -> None:
        folder = design(home)
        edit(folder, lambda manifest: manifest.update(base=base))
        assert refused(folder).code == "manifest"

    @pytest.mark.parametrize(
        ("key", "value"), [("phones", {"a": 0}), ("languages", {"zh": 1}), ("base", 3), ("base", None)]
    )
    def test_what_belongs_to_the_base_is_not_said_again(self, home: Path, key: str, value: object) -> None:
        folder = design(home)
        edit(folder, lambda manifest: manifest.update({key: value}))
        assert refused(folder).code == "manifest"

    def test_models_of_its_own_are_refused(self, home: Path) -> None:
        folder = design(home)
        edit(folder, lambda manifest: manifest["files"].update(vocoder=manifest["files"]["portrait"]))
        assert "models are the base's" in refused(folder).message

    def test_a_damaged_portrait_is_refused(self, home: Path) -> None:
        folder = design(home)
        (folder / "portrait.svg").write_text("<svg/>", encoding="utf-8")
        with pytest.raises(VoicebankError, match="portrait"):
            load_voice(str(folder))


class TestCharacter:
    @pytest.mark.parametrize(
        ("character", "said"),
        [
            ({"gender": 1.5}, "-1 to 1 are allowed"),
            ({"falsetto": -0.1}, "0 to 1 are allowed"),
            ({"growl": 0.5}, "allowed are loudness_db"),
            ({"pitch_cents": 100.0}, "allowed are loudness_db"),
            ({"gender": float("nan")}, "character"),
        ],
    )
    def test_bounds(self, home: Path, character: dict[str, float], said: str) -> None:
        folder = design(home)
        edit(folder, lambda manifest: manifest.update(character=character))
        error = refused(folder)
        assert error.code == "manifest"
        assert said in error.message

    def test_it_is_the_same_as_turning_the_controls(self) -> None:
        voice, settings = load_voice("builtin"), {"gender": -0.5, "breathiness": 0.3}
        part = phrase(gender=0.2)
        own = replace(voice, character=settings)
        turned = adjusted(song(part), settings).phrases[0]
        for block_frames in (7, 500):
            by_character = list(to_features(part, own, block_frames=block_frames, cancel=CancelToken()))
            by_control = list(to_features(turned, voice, block_frames=block_frames, cancel=CancelToken()))
            for mine, theirs in zip(by_character, by_control, strict=True):
                np.testing.assert_array_equal(mine.envelope, theirs.envelope)
                np.testing.assert_array_equal(mine.aperiodicity, theirs.aperiodicity)

    def test_the_sum_stays_in_range(self) -> None:
        voice = replace(load_voice("builtin"), character={"gender": 0.7})
        far, further = (
            next(to_features(phrase(gender=value), voice, block_frames=500, cancel=CancelToken()))
            for value in (0.3, 0.9)
        )
        np.testing.assert_allclose(far.envelope, further.envelope, atol=1e-6)

    def test_streamed_is_offline_and_the_cache_tells_singers_apart(self, home: Path) -> None:
        own, base = load_voice(str(design(home))), load_voice("builtin")
        performance, cache = song(phrase()), PhraseCache()
        plain = render(performance, base, cache=cache).samples
        whole = render(performance, own, cache=cache).samples
        assert cache.hits == 0
        assert np.abs(whole - plain).max() > 1e-3
        chunks = [chunk.samples for chunk in stream(performance, own)]
        np.testing.assert_allclose(np.concatenate(chunks), whole, atol=1e-6)


class TestDesigning:
    def test_round_trip(self, home: Path) -> None:
        folder = design(home, title="Mine 我", description="A test.", range_midi=(50.0, 80.0))
        found = find_voice("mine", (home,))
        assert found.folder == folder
        manifest = found.manifest
        assert (manifest.title, manifest.description) == ("Mine 我", "A test.")
        assert (manifest.range.lowest_midi, manifest.range.highest_midi) == (50.0, 80.0)
        assert manifest.axes == SOFT
        assert "Mine 我" in (folder / "README.md").read_text(encoding="utf-8")
        assert (folder / "LICENSE").read_bytes() == (shipped_folder() / "builtin" / "LICENSE").read_bytes()

    def test_the_range_moves_with_the_axes(self, home: Path) -> None:
        before = find_voice("builtin").manifest.range
        after = open_folder(design(home, axes={"feminine": -1.0}, base="builtin")).manifest.range
        assert after.highest_midi == before.highest_midi - 7

    def test_an_existing_folder_stays_unless_forced(self, home: Path) -> None:
        folder = design(home)
        before = (folder / MANIFEST_NAME).read_bytes()
        with pytest.raises(OutputError, match="--force"):
            design(home, axes={})
        assert (folder / MANIFEST_NAME).read_bytes() == before
        design_voice(Design("mine", {}, "builtin"), home, force=True)
        assert open_folder(folder).manifest.axes == {}
        assert [path.name for path in home.iterdir()] == ["mine"]

    def test_a_folder_that_is_no_voice_is_never_replaced(self, home: Path) -> None:
        (home / "mine").mkdir(parents=True)
        (home / "mine" / "diary.txt").write_text("dear", encoding="utf-8")
        with pytest.raises(OutputError, match="no designed voice"):
            design_voice(Design("mine", SOFT, "builtin"), home, force=True)
        assert (home / "mine" / "diary.txt").exists()

    def test_a_trained_voice_is_never_replaced(self, home: Path) -> None:
        before = _trained(home, "mine").read_bytes()
        with pytest.raises(OutputError, match="no designed voice"):
            design_voice(Design("mine", SOFT, "builtin"), home, force=True)
        assert (home / "mine" / MANIFEST_NAME).read_bytes() == before

    def test_a_base_beside_it_comes_first(self, home: Path) -> None:
        """So the voices of one folder belong together, and an own voice changes no shipped singer."""
        _trained(home, "suyin")
        own = open_folder(design(home, base="suyin"))
        assert own.base is not None
        assert own.base.folder == home / "suyin"
        shipped = find_voice("tangli", (home,))
        assert shipped.base is not None
        assert shipped.base.folder == shipped_folder() / "suyin"

    def test_a_base_that_its_name_does_not_lead_to_is_refused(self, home: Path, tmp_path: Path) -> None:
        for name, leads in (("suyin", str(shipped_folder() / "suyin")), ("far", "nowhere")):
            _trained(tmp_path / "elsewhere", name)
            with pytest.raises(VoicebankError, match=f"leads .*{leads}") as caught:
                design_voice(Design("mine", SOFT, str(tmp_path / "elsewhere" / name)), home)
            assert caught.value.code == "base_elsewhere"
        assert not (home / "mine").exists()

    def test_a_licence_is_never_overwritten_nor_fetched_from_elsewhere(self, home: Path) -> None:
        _trained(home, "lic")
        (home / "lic" / "README.md").write_text("terms", encoding="utf-8")
        edit(home / "lic", lambda manifest: manifest["licence"].update(files=["README.md"]))
        with pytest.raises(VoicebankError, match="writes anew"):
            design_voice(Design("mine", SOFT, "lic"), home, search=(home,))
        (home / "secret").write_text("secret", encoding="utf-8")
        (home / "lic" / "TERMS").symlink_to(home / "secret")
        edit(home / "lic", lambda manifest: manifest["licence"].update(files=["TERMS"]))
        with pytest.raises(VoicebankError, match="no plain file"):
            design_voice(Design("mine", SOFT, "lic"), home, search=(home,))
        assert not (home / "mine").exists()

    def test_a_timbre_of_another_size_is_refused(self, home: Path) -> None:
        folder = design(home)
        edit(folder, lambda manifest: manifest.update(timbre=[1.0] * 40))
        assert "timbre has 40 numbers" in refused(folder).message

    def test_nothing_is_left_when_it_fails(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("voicebanks.design.write_manifest", full)
        with pytest.raises(OutputError, match="No space left"):
            design(home)
        assert list(home.iterdir()) == []

    @pytest.mark.parametrize(
        ("asked", "code"),
        [
            (Design("mine", {"loud": 1.0}, "builtin"), "axis"),
            (Design("mine", {"sweet": 1.1}, "builtin"), "axis"),
            (Design("mine", {"sweet": float("nan")}, "builtin"), "axis"),
            (Design("../mine", {}, "builtin"), "design"),
            (Design("builtin", {}, "builtin"), "design"),
            (Design("mine", {}, "nobody"), "unknown_voice"),
            (Design("mine", {}, "builtin", range_midi=(80.0, 50.0)), "range"),
            (Design("mine", {}, "builtin", range_midi=(20.0, 50.0)), "range"),
            (Design("mine", {}, "builtin", mix={"other": 1.0}), "mix"),
        ],
    )
    def test_what_cannot_be_designed(self, home: Path, asked: Design, code: str) -> None:
        with pytest.raises(VoicebankError) as caught:
            design_voice(asked, home)
        assert caught.value.code == code
        assert not home.exists()

    def test_taught_timbres_are_mixed(self) -> None:
        base = find_voice("builtin").manifest.model_copy(update={"timbres": {"one": (1.0,), "two": (4.0,)}})
        assert mixed_timbre(base, {}) is None
        assert mixed_timbre(base, {"one": 2.0, "two": 1.0}) == (2.0,)
        for wrong in ({"three": 1.0}, {"one": -1.0, "two": 2.0}, {"one": 0.0}):
            with pytest.raises(VoicebankError):
                mixed_timbre(base, wrong)


class TestPortrait:
    def test_it_is_xml_and_the_same_every_time(self) -> None:
        for axes in ({}, SOFT, dict.fromkeys(SOFT, -1.0), {"feminine": -1.0, "young": -1.0}):
            text = portrait_svg("mine", axes)
            assert text == portrait_svg("mine", axes)
            root = ElementTree.fromstring(text)
            assert root.tag.endswith("svg")
            assert "nan" not in text
        assert len({portrait_svg(name, axes) for name in ("a", "b") for axes in ({}, SOFT)}) == 4


class TestShipped:
    @pytest.mark.parametrize("asked", SINGERS, ids=lambda asked: asked.name)
    def test_committed_folders_are_what_the_table_makes(self, asked: Design, home: Path) -> None:
        made = design_voice(asked, home).folder
        shipped = shipped_folder() / asked.name
        assert {path.name for path in made.iterdir()} == {path.name for path in shipped.iterdir()} - {
            PASSPORT_NAME
        }
        for path in made.iterdir():
            assert path.read_bytes() == (shipped / path.name).read_bytes(), path.name

    def test_there_are_two_higher_and_two_lower_ones(self) -> None:
        voices = {voice.manifest.name: voice for voice in list_voices()}
        own = voices["suyin"].manifest.range
        ranges = [voices[asked.name].manifest.range for asked in SINGERS]
        assert sum(found.highest_midi > own.highest_midi for found in ranges) >= 2
        assert sum(found.lowest_midi < own.lowest_midi for found in ranges) >= 2
        assert all(
            (voice.folder / "portrait.svg").is_file() for name, voice in voices.items() if name != "builtin"
        )

    def test_models_stay_small_together(self) -> None:
        models = {
            voice.folder_of(role) / voice.manifest.files[role].path
            for voice in list_voices()
            for role in MODEL_ROLES
        }
        assert sum(path.stat().st_size for path in models) <= 60_000_000

    def test_the_page_tells_of_every_singer(self) -> None:
        page = (shipped_folder().parent / "docs" / "voices.md").read_text(encoding="utf-8")
        for asked in SINGERS:
            manifest = json.loads((shipped_folder() / asked.name / MANIFEST_NAME).read_text(encoding="utf-8"))
            assert asked.title in page
            assert manifest["description"] in page
            assert ", ".join(f"{name} {value:+g}" for name, value in manifest["axes"].items()) in page
