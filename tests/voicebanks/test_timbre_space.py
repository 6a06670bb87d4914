"""The timbre space: linear, inside the controls' ranges everywhere, and each axis moves what names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from singer.acoustics import to_features
from singer.bands import APERIODICITY_BANDS, ENVELOPE_BANDS, band_centres_hz
from singer.cancel import CancelToken
from singer.controls import CONTROLS
from singer.errors import VoicebankError
from singer.features import Features
from tests.singer.performances import phrase
from voicebanks.load import load_voice
from voicebanks.timbre_space import AXES, SPACE, character_of, check_axes, range_shift_semitones

PLACES = (-1.0, -0.5, 0.0, 0.5, 1.0)
VOWEL = (("SP", None, 0.05), ("a", "nucleus", 0.3), ("SP", None, 0.05))
HZ = band_centres_hz(ENVELOPE_BANDS)


def features(axis: str, place: float) -> Features:
    """The middle of a vowel, as the builtin voice makes its features there."""
    voice = replace(load_voice("builtin"), character=character_of({axis: place}))
    (whole,) = to_features(phrase(spans=VOWEL), voice, block_frames=500, cancel=CancelToken())
    return Features(whole.envelope[30:50], whole.aperiodicity[30:50])


def first_formant(found: Features) -> float:
    low = (HZ > 200) & (HZ < 2_500)
    power = np.exp(4.0 * found.envelope.mean(axis=0)[low])
    return float(np.average(np.log(HZ[low]), weights=power))


def band(found: Features, low_hz: float, high_hz: float) -> float:
    inside = (low_hz <= HZ) & (high_hz >= HZ)
    return float(found.envelope[:, inside].mean())


MEASURES: dict[str, Callable[[Features], float]] = {
    "sweet": lambda found: band(found, 150, 300) - band(found, 1_800, 4_000),
    "young": first_formant,
    "feminine": first_formant,
    "bright": lambda found: band(found, 4_000, 8_000) - band(found, 200, 1_000),
    "husky": lambda found: float(found.aperiodicity[:, APERIODICITY_BANDS // 3 :].mean()),
}


@pytest.mark.parametrize("axis", AXES)
def test_the_correlate_follows_the_axis(axis: str) -> None:
    found = [MEASURES[axis](features(axis, place)) for place in PLACES]
    assert min(np.diff(found)) > 1e-3, np.round(found, 4)


def test_no_place_leaves_the_range_of_a_control() -> None:
    for corner in product((-1.0, 0.0, 1.0), repeat=len(AXES)):
        for name, value in character_of(dict(zip(AXES, corner, strict=True))).items():
            assert CONTROLS[name].refusal(name, value) is None, (corner, name, value)


@pytest.mark.parametrize("axis", AXES)
def test_axes_are_linear_and_neutral_in_the_middle(axis: str) -> None:
    assert character_of({axis: 0.0}) == {}
    assert range_shift_semitones({axis: 0.0}) == 0.0
    for sign, pole in ((-1.0, SPACE[axis].low), (1.0, SPACE[axis].high)):
        assert character_of({axis: sign}) == pytest.approx(dict(pole.settings))
        half = {name: 0.5 * value for name, value in pole.settings.items()}
        assert character_of({axis: 0.5 * sign}) == pytest.approx(half)


@pytest.mark.parametrize(("axis", "value"), [("loud", 0.1), ("young", 1.01), ("young", float("inf"))])
def test_places_outside_are_refused(axis: str, value: float) -> None:
    with pytest.raises(VoicebankError) as caught:
        check_axes({axis: value})
    assert caught.value.code == "axis"
