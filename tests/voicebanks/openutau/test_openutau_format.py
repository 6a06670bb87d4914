"""Exported banks are what OpenUtau asks for, file by file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from frontend_g2p.inventory import unit_map
from frontend_g2p.phonemize import read_line
from tests.voicebanks.openutau.bank_checker import BankChecker
from voicebanks.load import find_voice
from voicebanks.openutau_export.dictionaries import dictionary
from voicebanks.openutau_export.export import export_bank
from voicebanks.openutau_export.tokens import token_name, token_table


def test_nothing_is_wrong(builtin_bank: Path) -> None:
    assert BankChecker(builtin_bank).problems == []
    text = (builtin_bank / "readme.txt").read_text(encoding="utf-8")
    assert "belongs to" not in text, "there is no passport that shows it"


@pytest.mark.parametrize("name", ["suyin", "tangli", "yaoling", "yansha", "shenlin"])
def test_nothing_is_wrong_with_the_shipped_singers(name: str, tmp_path: Path) -> None:
    pytest.importorskip("resvg_py")
    export_bank(find_voice(name), tmp_path / name)
    assert BankChecker(tmp_path / name).problems == []
    text = (tmp_path / name / "readme.txt").read_text(encoding="utf-8")
    assert "synthetic" in text
    assert "belongs to no living or dead person" in text
    for paper in ("LICENSE", "NOTICE", "passport.json"):
        assert (tmp_path / name / paper).read_bytes() == (find_voice(name).folder / paper).read_bytes()


def spoil_flag(folder: str, key: str, value: object) -> Callable[[Path], None]:
    def spoil(bank: Path) -> None:
        path = bank / folder / "dsconfig.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        path.write_text(yaml.safe_dump({**content, key: value}), encoding="utf-8")

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_flag("", "use_speed_embed", True),
        spoil_flag("", "hop_size", 512),
        spoil_flag("", "mel_base", "10"),
        spoil_flag("dspitch", "use_expr", False),
        spoil_flag("dsvariance", "predict_voicing", True),
        spoil_flag("dsdur", "hidden_size", 256),
        lambda bank: (bank / "dsdur" / "builtin.emb").write_bytes(b"0000"),
        lambda bank: (bank / "portrait.png").write_text("<svg/>"),
        lambda bank: shutil.copyfile(
            bank / "dsdur" / "linguistic.onnx", bank / "dspitch" / "linguistic.onnx"
        ),
    ],
)
def test_the_checker_finds_what_is_wrong(
    spoil: Callable[[Path], None], builtin_bank: Path, tmp_path: Path
) -> None:
    bank = Path(shutil.copytree(builtin_bank, tmp_path / "bank"))
    spoil(bank)
    assert BankChecker(bank).problems


def entries(language: str | None) -> dict[str, list[str]]:
    return {entry["grapheme"]: entry["phonemes"] for entry in dictionary(language)["entries"]}  # type: ignore[arg-type]


def test_dictionaries_cover_every_syllable() -> None:
    assert set(unit_map("pinyin")) <= set(entries("zh"))
    assert set(unit_map("jyutping")) <= set(entries("yue"))
    plain = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをんっ"
    kana = plain + "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽゔ"
    katakana = "".join(chr(ord(char) + 0x60) for char in kana)
    digraphs = {first + small for first in "きぎしじちにひびぴみり" for small in "ゃゅょ"} | {
        "ティ",
        "ファ",
        "チェ",
        "ウォ",
    }
    assert {*kana, *katakana, *digraphs} <= set(entries("ja"))
    romaji = "a i u e o ka shi si chi ti tsu tu fu hu ji zi ya wo n kya sha cha ja nyu hyo ryo gya bya pyo mya va fa tsa cl"
    assert set(romaji.split()) <= set(entries("ja"))


@pytest.mark.parametrize(
    ("language", "word", "text"),
    [
        ("zh", "hao", "好"), ("zh", "nü", "女"), ("zh", "zhuang", "装"), ("zh", "er", "二"), ("yue", "gwong", "光"),
        ("yue", "jyut", "月"), ("ja", "kyo", "きょ"), ("ja", "ツ", "つ"), ("ja", "n", "ん"), ("ja", "shi", "し"),
    ],
)  # fmt: skip
def test_words_sound_as_the_front_end_reads_them(language: str, word: str, text: str) -> None:
    (syllable,) = read_line(text, language)  # type: ignore[arg-type]
    want = [token_name(language, phone.symbol, phone.role) for phone in syllable.phones]  # type: ignore[arg-type]
    assert entries(language)[word] == want


def test_english_arpabet_has_a_token_each() -> None:
    content = dictionary("en")
    to = {each["from"]: each["to"] for each in content["replacements"]}
    arpabet = (
        "aa ae ah ao aw ay b ch d dh eh er ey f g hh ih iy jh k l m n ng ow oy p r s sh t th uh uw v w y z zh"
    )
    assert set(arpabet.split()) <= set(to)
    kinds = {each["symbol"]: each["type"] for each in content["symbols"]}
    vowels = [symbol for symbol, token in to.items() if kinds[token] == "vowel"]
    assert " ".join(vowels) == "aa ae ah ao aw ay eh er ey ih iy ow oy uh uw ax"


def test_only_vowels_start_notes() -> None:
    for name, token in token_table().items():
        assert (token.kind == "vowel") == (token.role in (None, "nucleus") and token.symbol != "Q"), name
        assert token.kind not in ("semivowel", "liquid"), "OpenUtau would put the glide on the beat"


def test_the_same_voice_gives_the_same_bytes(builtin_bank: Path, tmp_path: Path) -> None:
    export_bank(find_voice("builtin"), tmp_path / "again")
    names = sorted(path.relative_to(builtin_bank) for path in builtin_bank.rglob("*") if path.is_file())
    assert names == sorted(
        path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()
    )
    assert all(
        (builtin_bank / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in names
    )
