"""Every phone has a mouth, mouths are those that phonetics knows, and their shapes stay in range."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontend_g2p.inventory import INVENTORY
from singer.errors import PerformanceError
from singer.visemes import (
    ARKIT,
    LIVE2D,
    MOUTHS,
    VISEMES,
    VOWEL_VISEMES,
    VRM,
    VRM0,
    loudness_weight,
    mouth_beside,
    mouth_of,
    shapes_of,
    viseme_weight,
)

PAGE = (Path(__file__).parents[2] / "docs" / "timeline.md").read_text(encoding="utf-8")
SYMBOLS = list(INVENTORY)

# The examples of the OVR lip sync's own reference, in our symbols.
REFERENCE = {
    "sil": "SP", "PP": "p b m", "FF": "f v", "TH": "θ ð", "DD": "t d", "kk": "k ɡ", "CH": "tʃ dʒ ʃ", "SS": "s z",
    "nn": "n l", "RR": "ɹ", "aa": "ɑ", "E": "ɛ e", "ih": "ɪ", "oh": "o", "ou": "ʊ",
}  # fmt: skip


def test_every_phone_of_the_inventory_has_one_mouth_and_nothing_else_has() -> None:
    told = [symbol for symbols in MOUTHS for symbol in symbols.split()]
    assert sorted(told) == sorted(INVENTORY)
    with pytest.raises(PerformanceError, match="found 'xx'; allowed are p pʰ"):
        mouth_of("xx")


def test_the_visemes_are_the_fifteen_and_all_of_them_are_used() -> None:
    assert tuple("sil PP FF TH DD kk CH SS nn RR aa E ih oh ou".split()) == VISEMES  # noqa: SIM905
    assert {mouth.viseme for mouth in MOUTHS.values()} == set(VISEMES)


@pytest.mark.parametrize(("viseme", "symbols"), REFERENCE.items())
def test_phones_of_the_reference_have_its_visemes(viseme: str, symbols: str) -> None:
    assert {mouth_of(symbol).viseme for symbol in symbols.split()} == {viseme}


def test_vowels_have_mouths_of_vowels() -> None:
    vowels = [symbol for symbol, info in INVENTORY.items() if info.phone_class in ("vowel", "offglide")]
    assert {mouth_of(symbol).viseme for symbol in vowels} == {*VOWEL_VISEMES, "RR"}
    assert [symbol for symbol in vowels if mouth_of(symbol).viseme == "RR"] == ["ɚ"]


@given(st.sampled_from(SYMBOLS), st.sampled_from(SYMBOLS), st.floats(0.0, 1.0))
def test_shapes_stay_in_range_alone_and_beside_any_other_sound(
    symbol: str, other: str, weight: float
) -> None:
    for mouth in (mouth_of(symbol), mouth_beside(mouth_of(symbol), mouth_of(other))):
        assert mouth.viseme in VISEMES
        assert 0.0 <= viseme_weight(mouth, weight) <= 1.0
        shapes = shapes_of(mouth, weight)
        for kind, names in (("vrm", VRM), ("vrm0", VRM0), ("arkit", ARKIT)):
            assert set(shapes[kind]) <= set(names)
            assert all(0.0 < value <= 1.0 for value in shapes[kind].values())
        assert tuple(shapes["live2d"]) == LIVE2D
        assert 0.0 <= shapes["live2d"]["ParamMouthOpenY"] <= 1.0
        assert -1.0 <= shapes["live2d"]["ParamMouthForm"] <= 1.0


@given(st.sampled_from(SYMBOLS), st.floats(0.0, 1.0))
def test_both_sides_are_alike_and_old_vrm_names_are_the_new_ones(symbol: str, weight: float) -> None:
    shapes = shapes_of(mouth_of(symbol), weight)
    for name, value in shapes["arkit"].items():
        if name.endswith("Left"):
            assert shapes["arkit"][name.removesuffix("Left") + "Right"] == value
    old = dict(zip(VRM, VRM0, strict=True))
    assert shapes["vrm0"] == {old[name]: value for name, value in shapes["vrm"].items()}


def full(symbol: str) -> dict[str, dict[str, float]]:
    return shapes_of(mouth_of(symbol), 1.0)


def test_the_five_vowels_of_vrm_are_the_japanese_ones() -> None:
    pairs = (("a", "A"), ("i", "I"), ("u", "U"), ("e", "E"), ("o", "O"))
    for symbol, name in pairs:
        assert full(symbol)["vrm0"] == {name: 1.0}


def test_open_vowels_open_the_mouth_and_close_ones_shape_the_lips() -> None:
    opening = [full(symbol)["live2d"]["ParamMouthOpenY"] for symbol in ("ɑ", "æ", "ɛ", "e", "i")]
    assert opening == sorted(opening, reverse=True)
    assert opening[0] == 1.0
    assert [full(symbol)["live2d"]["ParamMouthForm"] > 0.3 for symbol in ("i", "e", "æ")] == [True] * 3
    assert [full(symbol)["live2d"]["ParamMouthForm"] < -0.3 for symbol in ("u", "o", "y", "œ", "w")] == [
        True
    ] * 5
    assert full("u")["arkit"]["mouthPucker"] > full("o")["arkit"]["mouthPucker"] > 0.2
    assert full("ɔ")["arkit"]["mouthFunnel"] > full("ɔ")["arkit"]["mouthPucker"]


def test_a_rounded_front_vowel_is_rounded_and_still_a_front_vowel() -> None:
    y = full("y")
    assert mouth_of("y").viseme == "ou"
    assert y["arkit"]["mouthPucker"] > 0.5
    assert y["vrm"]["ih"] > 0.2
    assert "mouthStretchLeft" not in y["arkit"]


def test_lips_meet_for_p_and_m_however_soft() -> None:
    for symbol in ("p", "b", "m", "m̩", "p̚"):
        mouth = mouth_of(symbol)
        assert viseme_weight(mouth, 0.02) == 1.0
        shapes = shapes_of(mouth, 1.0)
        assert shapes["live2d"]["ParamMouthOpenY"] == 0.0
        assert shapes["arkit"]["jawOpen"] == shapes["arkit"]["mouthClose"]  # no gap between the lips


def test_tongue_and_cheeks_show_only_where_they_do() -> None:
    assert {symbol for symbol in SYMBOLS if "tongueOut" in full(symbol)["arkit"]} == {"θ", "ð"}
    assert {symbol for symbol in SYMBOLS if "cheekPuff" in full(symbol)["arkit"]} == {"p", "pʰ", "b"}


def test_offglides_are_less_than_their_vowels() -> None:
    for glide, vowel in (("i̯", "i"), ("u̯", "u")):
        (name, value), *_ = full(glide)["vrm"].items()
        assert value < full(vowel)["vrm"][name]
        assert mouth_of(glide) != mouth_of(vowel)


def test_a_consonant_has_the_lips_of_its_vowel() -> None:
    see, soon = (mouth_beside(mouth_of("s"), mouth_of(vowel)) for vowel in ("i", "u"))
    assert soon.lips < 0.0 < see.lips
    assert see.viseme == soon.viseme == "SS"
    assert see.opening == soon.opening == mouth_of("s").opening
    assert mouth_beside(mouth_of("p"), mouth_of("u")) == mouth_of("p")


def test_an_h_has_no_mouth_of_its_own() -> None:
    for vowel in ("a", "i", "u", "o"):
        h, held = mouth_beside(mouth_of("h"), mouth_of(vowel)), mouth_of(vowel)
        assert (h.viseme, h.lips) == (held.viseme, held.lips)
        assert h.opening <= held.opening


def test_weight_goes_with_the_root_of_the_amplitude_and_with_the_opening() -> None:
    levels_db = np.array([-60.0, -12.0, 0.0, 1.0, 12.0], np.float32)
    weights = loudness_weight(levels_db, np.zeros(5, np.float32))
    assert list(weights) == sorted(weights)
    assert weights[2] == pytest.approx(0.8)
    assert weights[2] / weights[1] == pytest.approx(2.0, abs=0.01)
    assert weights[0] < 0.05
    assert weights[-1] == 1.0
    closed, neutral, opened = loudness_weight(np.full(3, -6, np.float32), np.array([-1, 0, 1], np.float32))
    assert closed < neutral < opened


def test_the_documented_table_is_the_table() -> None:
    cell = r" ([^|]*) \|"
    rows = re.findall(rf"^\| ((?:`[^`|]+` ?)+) \|{7 * cell}$", PAGE, flags=re.MULTILINE)
    documented = {
        " ".join(re.findall(r"`([^`]+)`", symbols)): (
            viseme, float(opening), float(lips), numbers(vowels), numbers(own), float(strength), float(yields),
        )
        for symbols, viseme, opening, lips, vowels, own, strength, yields in rows
    }  # fmt: skip
    assert documented == {
        symbols: (
            mouth.viseme, mouth.opening, mouth.lips, dict(mouth.vowels), dict(mouth.own), mouth.strength, mouth.yields,
        )
        for symbols, mouth in MOUTHS.items()
    }  # fmt: skip


def numbers(cell: str) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"(\w+) ([\d.]+)", cell)}
