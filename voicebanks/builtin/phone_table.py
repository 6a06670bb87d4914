"""What each phone sounds like in the builtin voice: an envelope and its noise share, from textbook acoustics.

Vowel formants follow Peterson & Barney 1952 (women) where they measured the vowel, and lie between their
values elsewhere; consonants are one spectral shape each, after Stevens 1998, Acoustic Phonetics, ch. 7-9.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.inventory import INVENTORY, PhoneInfo
from singer.bands import APERIODICITY_BANDS, ENVELOPE_BANDS, band_centres_hz

SILENT = -12.0
"""Natural log of the amplitude of silence."""

VOWELS_HZ: Mapping[str, tuple[float, float, float]] = {
    "a": (900, 1500, 2800),
    "ɐ": (780, 1350, 2750),
    "ɑ": (850, 1220, 2810),
    "æ": (860, 2050, 2850),
    "ʌ": (760, 1400, 2780),
    "ə": (550, 1550, 2700),
    "ɤ": (520, 1250, 2700),
    "ɛ": (610, 2330, 2990),
    "e": (450, 2500, 3000),
    "i": (310, 2790, 3310),
    "ɪ": (430, 2480, 3070),
    "y": (320, 2050, 2500),
    "ɿ": (380, 1500, 2800),
    "ʅ": (400, 1750, 2400),
    "œ": (580, 1750, 2500),
    "ɵ": (480, 1500, 2500),
    "ɔ": (590, 920, 2710),
    "o": (480, 850, 2700),
    "u": (370, 700, 2670),
    "ɯ": (370, 1250, 2500),
    "ʊ": (470, 1160, 2680),
    "ɚ": (500, 1640, 1960),
}
_LIKE_A_VOWEL: Mapping[str, str] = {
    "i̯": "i",
    "u̯": "u",
    "y̑": "y",
    "j": "i",
    "w": "u",
    "ɥ": "y",
    "l": "ə",
    "ɹ": "ɚ",
    "ɻ": "ɚ",
    "ɾ": "ə",
}
_NASALS_HZ: Mapping[str, tuple[float, float, float]] = {
    "m": (270, 1000, 2200),
    "n": (270, 1450, 2500),
    "ŋ": (270, 1900, 2700),
    "ɴ": (270, 1200, 2300),
}
_NOISE_HZ: Mapping[str, float] = {
    **{"p": 800, "b": 800, "f": 6000, "v": 6000, "ɸ": 5000, "m": 800},
    **{"t": 4500, "d": 4500, "s": 7500, "z": 7500, "θ": 6500, "ð": 6500},
    **{"ʈ": 3200, "ʂ": 3200, "ʃ": 3800, "ʒ": 3800, "ɕ": 5000, "ʑ": 5000},
    **{"k": 1800, "ɡ": 1800, "x": 1600, "ç": 4500, "h": 1200, "ʔ": 1000},
}
_VOICED = "bdɡvðzʒʑ"

Row = tuple[NDArray[np.float64], NDArray[np.float64]]


def phone_row(phone: PhoneInfo) -> Row:
    """Envelope (natural-log amplitude) float64 [96] and aperiodicity float64 [12] of a phone."""
    symbol, kind = phone.symbol, phone.phone_class
    if symbol in VOWELS_HZ:
        return _voiced(VOWELS_HZ[symbol], level_db=-1.0)
    if symbol in _LIKE_A_VOWEL:
        return _voiced(VOWELS_HZ[_LIKE_A_VOWEL[symbol]], level_db=-5.0)
    if symbol[0] in _NASALS_HZ:
        return _voiced(_NASALS_HZ[symbol[0]], level_db=-6.0)
    if symbol == "AP":
        return _noisy(1_500.0, 2_500.0, level_db=-40.0)
    if symbol == "SP" or kind in ("closure", "unreleased"):
        return np.full(ENVELOPE_BANDS, SILENT), np.ones(APERIODICITY_BANDS)
    return _obstruent(symbol, kind)


def _obstruent(symbol: str, kind: str) -> Row:
    place = next(letter for letter in reversed(symbol) if letter in _NOISE_HZ)
    centre_hz = _NOISE_HZ[place]
    level_db = {"fricative": -22.0, "affricate": -25.0, "stop": -34.0}[kind] + (6.0 if "ʰ" in symbol else 0.0)
    envelope, noise = _noisy(centre_hz, 0.25 * centre_hz + 300.0, level_db)
    if place not in _VOICED:
        return envelope, noise
    murmur, periodic = _voiced((220.0, 1_200.0, 2_500.0), level_db=-14.0)
    return np.logaddexp(envelope, murmur), np.maximum(periodic, np.linspace(0.1, 1.0, APERIODICITY_BANDS))


def _voiced(formants_hz: tuple[float, float, float], level_db: float) -> Row:
    """Resonances as first-order Lorentz curves over a falling floor."""
    hz = band_centres_hz(ENVELOPE_BANDS)
    floor = 0.25 * np.minimum(1.0, (200.0 / np.maximum(hz, 1.0)) ** 1.5) + 1e-4
    amplitude = floor.copy()
    for place, centre in enumerate((*formants_hz, 4_000.0)):
        width_hz = 50.0 + 0.05 * centre
        amplitude += 0.5**place / (1.0 + ((hz - centre) / width_hz) ** 2)
    envelope = np.log(amplitude) + level_db * np.log(10.0) / 20.0
    return envelope, np.linspace(0.03, 0.7, APERIODICITY_BANDS)


def _noisy(centre_hz: float, width_hz: float, level_db: float) -> Row:
    hz = band_centres_hz(ENVELOPE_BANDS)
    shape = 1.0 / (1.0 + ((hz - centre_hz) / width_hz) ** 2) + 1e-3
    return np.log(shape) + level_db * np.log(10.0) / 20.0, np.ones(APERIODICITY_BANDS)


def phone_table() -> tuple[list[str], NDArray[np.float32]]:
    """Symbols in the order of their rows, and the rows: float32 [P, 96 + 12], envelope then aperiodicity."""
    symbols = sorted(INVENTORY)
    rows = [np.concatenate(phone_row(INVENTORY[symbol])) for symbol in symbols]
    return symbols, np.array(rows, np.float32)
