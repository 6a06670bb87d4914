"""Phonemes given in projects: VOCALOID's and Synthesizer V's against the kana and ARPABET of published tables."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from frontend_g2p.phonemize import read_line
from singer.projects.phonemes import _KANA, arpabet_of, kana_of, with_kana
from singer.score import Score
from singer.score_io import load_score
from tests.singer.projects.sources import svp, vpr, vsqx


@pytest.mark.parametrize(
    ("hint", "kana"),
    [
        ("k a", "か"), ("M", "う"), ("h\\ i", "ひ"), ("C i", "ひ"), ("p\\ M", "ふ"), ("4' o", "りょ"), ("ts M_0", "つ"),
        ("t' i", "てぃ"), ("dZ M", "じゅ"), ("N\\", "ん"), ("k a n", "かん"), ("N' a", "ぎゃ"), ("k M 4 a", "くら"),
        ("k", None), ("k k a", None), ("@ l", None), ("t' e", None), ("", None),
    ],
)  # fmt: skip
def test_vocaloids_japanese(hint: str, kana: str | None) -> None:
    assert kana_of(hint, "vocaloid") == kana


@pytest.mark.parametrize(
    ("hint", "kana"),
    [("k a", "か"), ("j a", "じゃ"), ("y o", "よ"), ("sh i", "し"), ("ry u", "りゅ"), ("N", "ん"), ("cl", "っ"), ("f u", "ふ")],
)  # fmt: skip
def test_synthesizer_vs_japanese(hint: str, kana: str) -> None:
    assert kana_of(hint, "romaji") == kana


def test_every_kana_can_be_sung() -> None:
    for row in _KANA.values():
        for kana in (each for each in row if each != "."):
            (syllable,) = read_line(kana, "ja")
            assert syllable.phones


def test_kana_take_the_place_of_kana_only() -> None:
    assert with_kana("は", "わ") == "わ"
    assert with_kana("カ", "か") == "カ"
    assert with_kana("私", "あたし") == "私{あたし}"


def test_vocaloids_english() -> None:
    assert arpabet_of("l aI v") == "L AY V"
    assert arpabet_of("f I@") == "F IH R"
    assert arpabet_of("4 a") is None


def lyrics_and_warnings(score: Score) -> tuple[list[str], str]:
    return [note.lyric for note in score.notes], "\n".join(score.warnings)


def test_locked_phonemes_of_vsqx() -> None:
    """The third note's phonemes are no Japanese ones; an unlocked ``a`` is what VOCALOID has found itself."""
    document = vsqx().decode()
    for lyric, phonemes in (("か", "g a"), ("き", "k' i"), ("く", "@U")):
        document = document.replace(
            f"<![CDATA[{lyric}]]></y><p>", f'<![CDATA[{lyric}]]></y><p lock="1">'
        ).replace(
            f'{lyric}]]></y><p lock="1"><![CDATA[a]]>', f'{lyric}]]></y><p lock="1"><![CDATA[{phonemes}]]>'
        )  # fmt: skip
    lyrics, told = lyrics_and_warnings(load_score(document.encode(), name="song.vsqx"))
    assert lyrics == ["が", "き", "-", "く"]
    assert "pronunciations of 1 notes" in told


def test_protected_phonemes_of_vpr() -> None:
    with zipfile.ZipFile(io.BytesIO(vpr())) as archive:
        sequence = json.loads(archive.read("Project/sequence.json"))
    sequence["tracks"][0]["parts"][0]["notes"][0] |= {"phoneme": "p\\ a", "isProtected": True}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Project/sequence.json", json.dumps(sequence))
    lyrics, told = lyrics_and_warnings(load_score(packed.getvalue(), name="song.vpr"))
    assert lyrics == ["ふぁ", "き", "-", "く"]
    assert "pronunciations" not in told


def test_phonemes_of_svp() -> None:
    project = json.loads(svp().rstrip(b"\0"))
    notes = project["tracks"][0]["mainGroup"]["notes"]
    notes[0] |= {"lyrics": "花", "phonemes": "h a n a"}
    lyrics, told = lyrics_and_warnings(load_score(json.dumps(project).encode(), name="song.svp"))
    assert lyrics == ["花{はな}", "き", "-", "く"]
    assert "pronunciations" not in told


def test_hints_in_brackets_are_arpabet_in_every_file() -> None:
    document = (
        vsqx()
        .decode()
        .replace("<![CDATA[か]]>", "<![CDATA[live[l ay1 v]]]>")
        .replace("き", "on")
        .replace("く", "it")
    )
    lyrics, told = lyrics_and_warnings(load_score(document.encode(), name="song.vsqx"))
    assert lyrics == ["live{L AY1 V}", "on", "-", "it"]
    assert "pronunciations" not in told


def test_english_syllables_of_one_word_are_spelled_as_they_are() -> None:
    document = vsqx().decode()
    for lyric, written, phonemes in (("か", "live", "l aI v"), ("き", "hel-", "h e"), ("く", "lo", "l @U")):
        document = document.replace(
            f"<![CDATA[{lyric}]]></y><p><![CDATA[a]]>",
            f'<![CDATA[{written}]]></y><p lock="1"><![CDATA[{phonemes}]]>',
        )
    lyrics, told = lyrics_and_warnings(load_score(document.encode(), name="song.vsqx"))
    assert lyrics == ["live{L AY V}", "hello", "-", "+"]
    assert "pronunciations of 2 notes" in told
