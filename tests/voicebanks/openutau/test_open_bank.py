"""Banks on disk: found, described and opened; what is wrong with one is said with file, key, expected and found."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.openutau_bank import make_bank, write_yaml
from bench.openutau_graphs import BankPlan
from singer.errors import SingerError, VoicebankError
from voicebanks.load import find_voice, known_names, list_voices, load_voice
from voicebanks.openutau.character import read_character
from voicebanks.openutau.open_bank import open_bank


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bank(tmp_path_factory.mktemp("home") / "toy")


def test_modules_have_the_singers_of_the_acoustic_model_in_its_order(toy: Path) -> None:
    own = open_bank(toy)
    edit(toy / "dsdur" / "dsconfig.yaml", speakers=["bright", "soft"])
    edit(toy / "dspitch" / "dsconfig.yaml", speakers=["bright"])
    bank = open_bank(toy)
    for module, lent in ((bank.durations, "soft"), (bank.pitch, "bright"), (bank.variance, "soft")):
        assert module is not None
        assert list(module.speakers) == ["soft", "bright"]
        path = toy / module.name / f"{lent}.emb"
        assert np.array_equal(module.speakers["soft"], np.frombuffer(path.read_bytes(), "<f4"))
    for path in toy.rglob("*.emb"):
        path.rename(path.with_name(f"{path.parent.name}_v2.{path.name}"))
    for folder, names in (
        ("", ("soft", "bright")),
        ("dsdur", ("bright", "soft")),
        ("dspitch", ("bright", "soft")),
    ):
        prefix = (toy / folder).name
        edit(toy / folder / "dsconfig.yaml", speakers=[f"{prefix}_v2.{name}" for name in names])
    edit(toy / "dsvariance" / "dsconfig.yaml", speakers=["dsvariance_v2.bright", "dsvariance_v2.soft"])
    bank = open_bank(toy)
    assert bank.speakers == ("toy_v2.soft", "toy_v2.bright")
    for module in (bank.durations, bank.pitch, bank.variance):
        assert module is not None
        path = toy / module.name / f"{module.name}_v2.soft.emb"
        assert np.array_equal(module.speakers["toy_v2.soft"], np.frombuffer(path.read_bytes(), "<f4"))
    assert own.durations is not None
    assert bank.durations is not None
    assert np.array_equal(own.durations.speakers["soft"], bank.durations.speakers["toy_v2.soft"])


@pytest.fixture
def toy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "toy"))


def edit(path: Path, **changed: Any) -> None:
    config = json.loads(path.read_text(encoding="utf-8"))
    write_yaml(path, {key: value for key, value in {**config, **changed}.items() if value != "remove"})


def root(**changed: Any) -> Callable[[Path], None]:
    return lambda folder: edit(folder / "dsconfig.yaml", **changed)


def of_pitch(**changed: Any) -> Callable[[Path], None]:
    return lambda folder: edit(folder / "dspitch" / "dsconfig.yaml", **changed)


def text(name: str, content: str) -> Callable[[Path], None]:
    return lambda folder: _write(folder / name, content)


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")


def copied(name: str, to: str) -> Callable[[Path], None]:
    return lambda folder: _copy(folder / name, folder / to)


def _copy(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes())


WRONG: list[tuple[Callable[[Path], None], str, str]] = [
    (root(acoustic="remove"), "dsconfig.yaml: acoustic", "found nothing"),
    (root(acoustic="../secret.onnx"), "dsconfig.yaml: acoustic", "secret.onnx"),
    (root(acoustic="/etc/hostname"), "dsconfig.yaml: acoustic", "inside the bank's folder"),
    (root(acoustic="missing.onnx"), "dsconfig.yaml: acoustic", "'missing.onnx'"),
    (root(hop_size="many"), "dsconfig.yaml: hop_size", "found 'many'"),
    (root(mel_base="2"), "dsconfig.yaml: mel_base", "expected is e or 10"),
    (root(speakers=["soft", "nobody"]), "dsconfig.yaml: speakers (nobody.emb)", "nobody.emb"),
    (root(speakers="remove"), "dsconfig.yaml: speakers", "no speakers are named"),
    (root(languages="remove"), "dsconfig.yaml: languages", "takes languages"),
    (root(num_mel_bins=80), "vocoder.yaml", "num_mel_bins is 16, in dsconfig.yaml 80"),
    (root(mel_scale="htk"), "vocoder.yaml", "mel_scale is slaney"),
    (text("phonemes.json", '{"AP": 1}'), "dsconfig.yaml: phonemes", "SP is not"),
    (text("phonemes.json", '{"SP": -1}'), "dsconfig.yaml: phonemes", "whole numbers from 0"),
    (text("phonemes.json", '{"SP"'), "dsconfig.yaml: phonemes", "not JSON"),
    (text("dsconfig.yaml", "!!python/object/apply:os.system [true]"), "dsconfig.yaml", "only plain values"),
    (text("dsconfig.yaml", "{a: [b"), "dsconfig.yaml", "not YAML"),
    (text("dsconfig.yaml", "just words"), "dsconfig.yaml", "keys with values"),
    (text("soft.emb", "short"), "dsconfig.yaml: speakers (soft.emb)", "found 5 bytes; expected are 32"),
    (of_pitch(pitch="linguistic.onnx"), "dspitch/dsconfig.yaml: pitch", "pitch_pred"),
    (of_pitch(linguistic="pitch.onnx"), "dspitch/dsconfig.yaml: linguistic", "tokens"),
    (copied("dspitch/pitch.onnx", "acoustic.onnx"), "dsconfig.yaml: acoustic", "expected are the inputs tokens, durations, f0"),
    (text("acoustic.onnx", "no model"), "acoustic.onnx", "not an ONNX model"),
    (text("dsdur/dsdict-zh.yaml", "entries: [1]"), "dsdur/dsdict-zh.yaml: entries", "entry 0"),
    (lambda folder: shutil.rmtree(folder / "dsvocoder"), "dsconfig.yaml: vocoder", "'toy' is not there"),
    (lambda folder: (folder / "dsconfig.yaml").unlink(), "toy", "holds no dsconfig.yaml"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "where", "told"), WRONG, ids=[f"{where} {told}" for _, where, told in WRONG]
)
def test_what_is_wrong_is_said(toy: Path, spoil: Callable[[Path], None], where: str, told: str) -> None:
    (toy.parent / "secret.onnx").write_bytes((toy / "acoustic.onnx").read_bytes())
    spoil(toy)
    with pytest.raises(SingerError) as caught:
        open_bank(toy)
    assert where in caught.value.where
    assert told in caught.value.message


def test_links_out_of_the_folder_are_refused(toy: Path) -> None:
    outside = toy.parent / "outside.onnx"
    (toy / "acoustic.onnx").rename(outside)
    (toy / "acoustic.onnx").symlink_to(outside)
    with pytest.raises(VoicebankError, match="inside the bank's folder"):
        open_bank(toy)


def test_configurations_that_are_wrong_about_flags_do_not_matter(toy: Path) -> None:
    edit(
        toy / "dsconfig.yaml",
        use_key_shift_embed=False,
        use_speed_embed=False,
        use_continuous_acceleration=False,
    )
    edit(toy / "dspitch" / "dsconfig.yaml", predict_dur=False, use_expr=False)
    assert open_bank(toy).pitch is not None


def test_a_vocoder_may_be_shared_as_a_folder_or_a_package(tmp_path: Path) -> None:
    folder = make_bank(tmp_path / "singers" / "toy", BankPlan(shared_vocoder="shared_one"))
    home = tmp_path / "singers" / "Dependencies"
    own = open_bank(folder)
    with zipfile.ZipFile(home / "shared_one.oudep", "w") as archive:
        archive.writestr("oudep.yaml", "id: shared_one")
        for path in (home / "shared_one").iterdir():
            archive.write(path, path.name)
    shutil.rmtree(home / "shared_one")
    packed = open_bank(folder)
    mel = np.zeros((1, 4, 16), np.float32)
    f0 = np.full((1, 4), 200.0, np.float32)
    sounds = [bank.vocoder.model.run(mel=mel, f0=f0)["waveform"] for bank in (own, packed)]
    assert np.array_equal(sounds[0], sounds[1])
    shutil.move(home, tmp_path / "Dependencies")  # beside the folder of singers, as OpenUtau has it
    assert open_bank(folder).name == "toy"
    package = tmp_path / "Dependencies" / "shared_one.oudep"
    content = package.read_bytes()
    for spoiled, told in (
        (b"PK no zip", "unpacked"),
        (content[: len(content) // 2], "unpacked"),
        (bomb(), "times smaller"),
    ):
        package.write_bytes(spoiled)
        with pytest.raises(VoicebankError, match=told) as caught:
            open_bank(folder)
        assert "shared_one.oudep" in caught.value.where
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("vocoder.yaml", "model: gone.onnx")
    with pytest.raises(VoicebankError, match=r"'gone\.onnx'") as caught:
        open_bank(folder)
    assert caught.value.where == "shared_one.oudep/vocoder.yaml: model"


def bomb() -> bytes:
    """A package whose configuration unpacks to far more than it is."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vocoder.yaml", b"#" * 30_000_000)
    return stream.getvalue()


def test_tables_may_be_texts(tmp_path: Path) -> None:
    bank = open_bank(make_bank(tmp_path / "toy", BankPlan(languages=("ja",), lang_ids=False)))
    assert bank.acoustic.tokens["<PAD>"] == 0
    assert bank.acoustic.tokens["AP"] == 1
    assert bank.languages == ("ja",)


def test_it_is_listed_and_found_as_other_voices_are(toy: Path) -> None:
    home = toy.parent
    listed = {voice.manifest.name: voice for voice in list_voices([home])}
    assert {"toy", "builtin", "suyin"} <= set(listed)
    manifest = listed["toy"].manifest
    assert (manifest.title, list(manifest.languages), manifest.licence.spdx) == (
        "Toy",
        ["zh", "en", "ja"],
        "unknown",
    )
    assert (manifest.range.lowest_midi, manifest.range.highest_midi) == (36.0, 84.0)
    assert listed["toy"].own_bytes > 10_000
    assert "toy" in known_names([home])
    assert find_voice("toy:bright", [home]).speaker == "bright"
    voice = load_voice("toy:bright", [home])
    assert (voice.name, voice.spec.sample_rate_hz) == ("toy:bright", 44_100)
    assert load_voice(str(toy)).name == "toy"
    with pytest.raises(VoicebankError, match="no voice has this name"):
        find_voice("builtin:bright", [home])


def test_one_broken_bank_does_not_hide_the_others(toy: Path) -> None:
    (toy / "phonemes.json").write_text("{", encoding="utf-8")
    refused: list[VoicebankError] = []
    names = [voice.manifest.name for voice in list_voices([toy.parent], refused=refused.append)]
    assert "toy" not in names
    assert "builtin" in names
    assert len(refused) == 1


def test_the_fingerprint_changes_with_every_file_that_sounds(toy: Path) -> None:
    before = open_bank(toy).fingerprint
    assert open_bank(toy).fingerprint == before
    vector = np.frombuffer((toy / "soft.emb").read_bytes(), "<f4") + np.float32(0.1)
    (toy / "soft.emb").write_bytes(vector.tobytes())
    changed = open_bank(toy).fingerprint
    edit(toy / "dsconfig.yaml", max_depth=0.5)
    assert len({before, changed, open_bank(toy).fingerprint}) == 3


def test_characters_are_read_in_their_encoding(tmp_path: Path) -> None:
    (tmp_path / "character.txt").write_bytes("name=歌う人\nauthor:誰か\n".encode("shift-jis"))
    found = read_character(tmp_path)
    assert (found.title, found.author, found.lowest_midi) == ("歌う人", "誰か", 24.0)
    write_yaml(tmp_path / "character.yaml", {
        "name": "Singer", "default_phonemizer": "OpenUtau.Core.DiffSinger.DiffSingerJapanesePhonemizer",
        "subbanks": [{"color": "", "suffix": "a", "tone_ranges": ["C3-B4", "C5"]}, {"suffix": "b", "tone_ranges": ["nonsense"]}],
    })  # fmt: skip
    found = read_character(tmp_path)
    assert (found.title, found.language, found.lowest_midi, found.highest_midi) == (
        "Singer",
        "ja",
        48.0,
        72.0,
    )


def test_a_vocoder_may_lie_with_other_voices(tmp_path: Path) -> None:
    make_bank(tmp_path / "one" / "singers" / "toy", BankPlan(shared_vocoder="shared_one"))
    (tmp_path / "two").mkdir()
    shutil.move(tmp_path / "one" / "singers" / "Dependencies", tmp_path / "two" / "Dependencies")
    homes = [tmp_path / "one" / "singers", tmp_path / "two"]
    with pytest.raises(VoicebankError, match="looked for it in"):
        load_voice("toy", homes[:1])
    assert load_voice("toy", homes).imported is not None


def test_words_that_yaml_takes_for_truth_or_numbers_stay_words(toy: Path) -> None:
    """Unquoted, as banks have them: ``no`` is a syllable of Japanese, ``on`` and ``off`` are English words."""
    lines = ["symbols:", "- {symbol: n, type: nasal}", "- {symbol: o, type: vowel}", "entries:"]
    lines += [f"- {{grapheme: {word}, phonemes: [n, o]}}" for word in ("no", "on", "off", "010", "1.10")]
    _write(toy / "dsdur" / "dsdict-ja.yaml", "\n".join([*lines, "replacements: ~"]))
    found = open_bank(toy).lexicon("ja")
    assert dict(found.entries) == {word: ("n", "o") for word in ("no", "on", "off", "010", "1.10")}
    assert not found.replacements


def test_a_version_is_read_as_it_is_written(toy: Path) -> None:
    _write(toy / "character.yaml", "name: Yes\nversion: 1.10\nauthor:\n")
    found = read_character(toy)
    assert (found.title, found.version) == ("Yes", "1.10")
    assert found.author == "Nobody"


def test_a_table_of_languages_that_no_model_takes_may_be_missing(tmp_path: Path) -> None:
    """Exporters name one in every configuration."""
    folder = make_bank(tmp_path / "toy", BankPlan(lang_ids=False))
    for path in folder.rglob("languages.json"):
        path.unlink()
    assert open_bank(folder).languages == ("zh", "en", "ja")
    needed = make_bank(tmp_path / "other")
    (needed / "languages.json").unlink()
    with pytest.raises(VoicebankError, match=r"no file 'languages\.json'"):
        open_bank(needed)
