"""How each take is sung, measured from its own vowels: the style that the acoustic model is told.

Power: how much stronger 1 to 5 kHz is against what lies below than in the same vowels of other takes of the timbre; louder voices
lose less towards high frequencies (Sundberg 1987, The Science of the Singing Voice, chapter 4). Articulation: how far the vowels
go from the timbre's mean spectrum towards their own, by the slope of a straight line through 0: above 1 they lie further
apart than on average, as in clear speech (Picheny, Durlach & Braida 1986, J. Speech Hear. Res. 29).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from singer.bands import ENVELOPE_BANDS, band_centres_hz
from singer.features import ROWS_PER_FRAME
from singer.phone_track import role_row
from singer.training.items import Item

DEVIATIONS = 2.5
"""Standard deviations of the takes that make style 1."""
FURTHEST = 1.2
"""Style of the most extreme takes; what lies beyond is taken for a fault of the measurement."""
_NUCLEUS = role_row("nucleus")
_LOW_HZ, _MIDDLE_HZ, _HIGH_HZ = 100.0, 1_000.0, 5_000.0
_LEAST_ROWS = 40

Rows = NDArray[np.float32]


def styles_of(items: Sequence[Item], usable: Sequence[NDArray[np.bool_]]) -> NDArray[np.float32]:
    """Power and articulation of every take: float32 [N, 2], 0 on average over the takes of a timbre that are of one kind.

    Args:
        items: all takes; those without vowels, such as breaths, get 0.
        usable: bool [2T] of each take: rows to listen to.
    """
    rows, phones, owners = _vowels(items, usable)
    if len(rows) == 0:
        return np.zeros((len(items), 2), np.float32)
    timbres = np.array([item.timbre for item in items])
    own = _means(rows, timbres[owners] * 10_000 + phones)
    raw = np.stack([_power(rows, own, owners, len(items)), _articulation(rows, own, owners, timbres)], axis=1)
    heard = np.bincount(owners, minlength=len(items)) >= _LEAST_ROWS
    kinds = np.array([f"{item.timbre} {item.kind}" for item in items])
    styles = np.zeros((len(items), 2), np.float32)
    for kind in np.unique(kinds[heard]):
        alike = heard & (kinds == kind)
        spread = np.maximum(raw[alike].std(axis=0), 1e-6)
        styles[alike] = (raw[alike] - raw[alike].mean(axis=0)) / (DEVIATIONS * spread)
    return np.clip(styles, -FURTHEST, FURTHEST)


def _vowels(
    items: Sequence[Item], usable: Sequence[NDArray[np.bool_]]
) -> tuple[Rows, NDArray[np.int64], NDArray[np.int64]]:
    """Rows of nuclei [R, 96], the phone of each and the take of each."""
    rows, phones, owners = [np.zeros((0, ENVELOPE_BANDS), np.float32)], [], []
    for number, (item, heard) in enumerate(zip(items, usable, strict=True)):
        phone = np.repeat(np.arange(len(item.frames)), ROWS_PER_FRAME * item.frames)
        kept = heard & (item.role[phone] == _NUCLEUS)
        rows.append(item.envelope[kept].astype(np.float32))
        phones.append(item.phone[phone][kept])
        owners.append(np.full(int(kept.sum()), number))
    return np.concatenate(rows), np.concatenate(phones), np.concatenate(owners)


def _means(rows: Rows, keys: NDArray[np.int64]) -> Rows:
    """For every row the mean of the rows with the same key: float32 [R, 96]."""
    _, places = np.unique(keys, return_inverse=True)
    sums = np.zeros((places.max() + 1, rows.shape[1]))
    np.add.at(sums, places, rows)
    return (sums / np.bincount(places)[:, None])[places].astype(np.float32)


def _power(rows: Rows, own: Rows, owners: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    centres_hz = band_centres_hz(ENVELOPE_BANDS)
    low = (centres_hz > _LOW_HZ) & (centres_hz < _MIDDLE_HZ)
    high = (centres_hz >= _MIDDLE_HZ) & (centres_hz < _HIGH_HZ)
    beyond = rows - own
    tilt = beyond[:, high].mean(axis=1) - beyond[:, low].mean(axis=1)
    return np.asarray(np.bincount(owners, tilt, count) / np.maximum(np.bincount(owners, minlength=count), 1))


def _articulation(
    rows: Rows, own: Rows, owners: NDArray[np.int64], timbres: NDArray[np.int64]
) -> NDArray[np.float64]:
    heard = band_centres_hz(ENVELOPE_BANDS) < _HIGH_HZ
    middle = _means(rows, timbres[owners])
    wanted, found = (_shape((part - middle)[:, heard]) for part in (own, rows))
    count = len(timbres)
    products = np.bincount(owners, (wanted * found).sum(axis=1), count)
    squares = np.bincount(owners, (wanted * wanted).sum(axis=1), count)
    return np.asarray(products / np.maximum(squares, 1e-9))


def _shape(rows: Rows) -> Rows:
    """Rows without their level."""
    shape: Rows = rows - rows.mean(axis=1, keepdims=True)
    return shape
