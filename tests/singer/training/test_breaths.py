"""The breaths that the acoustic model is taught: the timbre's own [h], without voice."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("fairseq")

from singer.features import ROWS_PER_FRAME
from singer.filterbank import FilterBank
from singer.source import white_noise
from singer.timebase import AudioSpec
from singer.training.breaths import (
    BREATHED_PAUSES,
    LEVEL_DB,
    breath_envelopes,
    breathing,
    with_breaths_in_pauses,
)
from singer.training.items import Item
from singer.training.prepare import PHONE_ROWS

FRAMES = np.array([10, 30, 20, 10])
SHAPE = np.linspace(-7.0, -5.0, 96).astype(np.float16)


def take(timbre: int = 0, symbols: tuple[str, ...] = ("SP", "h", "AP", "SP"), voiceless: bool = True) -> Item:
    """[h] of the envelope ``SHAPE``, and a breath that hums."""
    rows = 2 * int(FRAMES.sum())
    envelope = np.full((rows, 96), -4.0, np.float16)
    envelope[20:80] = SHAPE
    aperiodicity = np.full((rows, 12), 0.2, np.float16)
    aperiodicity[20:80] = 1.0 if voiceless else 0.2
    return Item(
        envelope=envelope,
        aperiodicity=aperiodicity,
        log_f0=np.full(rows, 5.0, np.float32),
        audio=np.zeros(rows * 120, np.int16),
        phone=np.array([PHONE_ROWS[symbol] for symbol in symbols]),
        role=np.zeros(4, np.int64),
        language=np.zeros(4, np.int64),
        frames=FRAMES,
        timbre=timbre,
        kind="breath",
        raised=1.0,
        name="toy",
    )


def test_a_breath_has_the_shape_of_h() -> None:
    envelope = breath_envelopes([take()])[0]
    np.testing.assert_allclose(np.diff(envelope), np.diff(SHAPE.astype(float)), atol=2e-3)


@pytest.mark.parametrize("louder", [-2.0, 0.0, 3.0])
@pytest.mark.parametrize("tilt", [-4.0, 0.0, 3.0])
def test_a_breath_sounds_at_a_level_of_its_own(louder: float, tilt: float) -> None:
    """Whatever the [h]: white noise shaped by its envelope as the vocoder does it, measured as sound."""
    h = take()
    h.envelope[20:80] += np.linspace(0.0, tilt, 96).astype(np.float16) + np.float16(louder)
    bank, frames = FilterBank(AudioSpec(44_100, 441)), 200
    rows = np.tile(breath_envelopes([h])[0], (ROWS_PER_FRAME * frames, 1))
    noise = white_noise(0, (frames + 1) * 441, seed=0)
    sound = bank.overlap_add(bank.spectra(noise, frames) * bank.response(rows))[4_410:-4_410]
    assert 10.0 * np.log10(np.mean(sound.astype(float) ** 2)) == pytest.approx(LEVEL_DB, abs=1.5)


def test_a_timbre_without_h_breathes_as_the_others_do() -> None:
    envelopes = breath_envelopes([take(0), take(1, voiceless=False)])
    np.testing.assert_allclose(envelopes[1], envelopes[0])


def test_without_any_h_breaths_stay_as_they_are() -> None:
    mute = take(voiceless=False)
    assert breath_envelopes([mute]) == {}
    assert breathing(mute, {}) is mute


def test_only_breaths_are_replaced() -> None:
    before = take()
    envelopes = breath_envelopes([before])
    after = breathing(before, envelopes)
    inside = slice(80, 120)
    assert (after.aperiodicity[inside] == 1.0).all()
    np.testing.assert_allclose(after.envelope[inside], np.tile(envelopes[0], (40, 1)), atol=5e-3)
    outside = np.r_[0:80, 120:140]
    np.testing.assert_array_equal(after.envelope[outside], before.envelope[outside])
    np.testing.assert_array_equal(after.aperiodicity[outside], before.aperiodicity[outside])


def test_some_long_pauses_become_breaths_and_short_ones_never() -> None:
    whole = replace(take(), frames=np.array([30, 25, 10, 5]))
    read = [with_breaths_in_pauses(whole, np.random.default_rng(seed)) for seed in range(400)]
    first = np.mean([item.phone[0] == PHONE_ROWS["AP"] for item in read])
    assert first == pytest.approx(BREATHED_PAUSES, abs=0.08)
    assert all(item.phone[3] == PHONE_ROWS["SP"] for item in read)
