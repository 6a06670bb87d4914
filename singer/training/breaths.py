"""What a breath sounds like: the timbre's own [h], as loud as its vowels.

The teacher breathes out a hum below 600 Hz, or nothing at all when a word follows; so what the model is taught in place of her
breaths is made from her [h], which has the resonances of an open vocal tract without voice, as an audible inhalation has.
How loud a breath is and how it swells, the performance says (``singer.performance.dynamics``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from singer.bands import ENVELOPE_BANDS, band_centres_hz
from singer.features import ROWS_PER_FRAME
from singer.training.items import Item
from singer.training.prepare import PHONE_ROWS

LEVEL_DB = -26.0
"""Root mean square in dB of full scale, about that of vowels: the performance counts a breath's level against the singing."""
BREATHED_PAUSES = 0.3
"""Share of the times that a pause is read as a breath; the takes have few breaths, and few short ones."""
SHORTEST_FRAMES = 8

_VOICELESS = 0.9
_LEAST_ROWS = 40
_DB = 20.0 / np.log(10.0)

_BREATH, _SILENCE, _H = (PHONE_ROWS[symbol] for symbol in ("AP", "SP", "h"))


def breath_envelopes(items: Sequence[Item]) -> dict[int, NDArray[np.float32]]:
    """Envelope of a breath, for each timbre: float32 [96] each.

    The mean of its voiceless rows of [h], set to ``LEVEL_DB``; a timbre with too few of them gets that of all timbres. Empty if
    there is no voiceless [h] at all.
    """
    heard: dict[int, list[NDArray[np.float32]]] = {item.timbre: [] for item in items}
    for item in items:
        rows = np.repeat(item.phone, ROWS_PER_FRAME * item.frames) == _H
        rows &= item.aperiodicity.min(axis=1) > _VOICELESS
        heard[item.timbre].append(item.envelope[rows].astype(np.float32))
    rows_of = {timbre: np.concatenate(parts) for timbre, parts in heard.items()}
    everyone = np.concatenate(list(rows_of.values()))
    if len(everyone) == 0:
        return {}
    return {
        timbre: _levelled((rows if len(rows) >= _LEAST_ROWS else everyone).mean(axis=0))
        for timbre, rows in rows_of.items()
    }


def breathing(item: Item, envelopes: Mapping[int, NDArray[np.float32]]) -> Item:
    """A take whose breaths are as they should be, by ``breath_envelopes``; where those are missing, as they were."""
    envelope = envelopes.get(item.timbre)
    if envelope is None or not (item.phone == _BREATH).any():
        return item
    wanted, noise = item.envelope.copy(), item.aperiodicity.copy()
    ends = ROWS_PER_FRAME * np.cumsum(item.frames)
    for place in np.flatnonzero(item.phone == _BREATH):
        count = ROWS_PER_FRAME * int(item.frames[place])
        rows = slice(int(ends[place]) - count, int(ends[place]))
        wanted[rows] = envelope
        noise[rows] = 1.0
    return replace(item, envelope=wanted, aperiodicity=noise)


def with_breaths_in_pauses(item: Item, rng: np.random.Generator) -> Item:
    """A take some of whose pauses are breaths; their features are ``breathing``'s to give."""
    long = (item.phone == _SILENCE) & (item.frames >= SHORTEST_FRAMES)
    chosen = long & (rng.random(len(long)) < BREATHED_PAUSES)
    return replace(item, phone=np.where(chosen, _BREATH, item.phone))


def _levelled(envelope: NDArray[np.float32]) -> NDArray[np.float32]:
    """Moved so that white noise of unit variance through a filter of these amplitudes has ``LEVEL_DB``."""
    centres_hz = band_centres_hz(ENVELOPE_BANDS)
    widths_hz = np.gradient(centres_hz)
    power = float(np.sum(np.exp(2.0 * envelope) * widths_hz) / np.sum(widths_hz))
    return np.asarray(envelope + (LEVEL_DB / _DB - 0.5 * np.log(power)), np.float32)
