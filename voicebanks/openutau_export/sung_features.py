"""In the graph: what singing makes of the acoustic model's features, as ``singer.acoustics.as_sung`` does it.

Every function here is the twin of one in the engine, which says why; a test holds the two together. All values are float32 with
R rows of 5 ms: envelopes [R, 96], aperiodicities [R, 12], curves [R].
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from singer import closures, even_level, expression, formant_tuning, liveliness
from singer.bands import (
    AMPLITUDE_FLOOR,
    APERIODICITY_BANDS,
    ENVELOPE_BANDS,
    TOP_HZ,
    band_centres_hz,
    interpolation_matrix,
)
from singer.relief import relief_matrix
from voicebanks.openutau_export.graph import Graph, Value

DB = expression.DB
_TOP_MEL = 2595.0 * np.log10(1.0 + TOP_HZ / 700.0)
_VERY_LOW = -1e9
LIVELINESS_KNOTS = 512


def deepen_closures(envelope: Value) -> Value:
    """Twin of ``singer.closures.deepen_closures``."""
    level_db = (envelope.sum(1) / float(ENVELOPE_BANDS)) / DB
    down_db = (closures.SILENT_DB - level_db).least(level_db - closures.FLOOR_DB).most(0.0)
    return envelope - (down_db * DB).column()


def tune_first_formant(envelope: Value, f0_hz: Value) -> Value:
    """Twin of ``singer.formant_tuning.tune_first_formant``."""
    octaves = np.log2(np.maximum(band_centres_hz(ENVELOPE_BANDS), formant_tuning.LOWEST_HZ))
    slope = formant_tuning.SLOPE_DB_PER_OCTAVE * DB * octaves
    held = envelope + slope
    for step in (1, 2, 4, 8, 16, 32, 64):  # a running maximum by doubling
        held = held.most(held.padded(step, 0, _VERY_LOW, axis=1, rank=2).cut(0, ENVELOPE_BANDS, axis=1))
    held = held - slope
    reach = (f0_hz * formant_tuning.REACH).apply("Log") / float(np.log(2.0))
    beyond = (envelope.graph.value(octaves) - reach.column()) / formant_tuning.RETURN_OCTAVES
    return envelope + (1.0 - beyond).clip(0.0, 1.0) * (held - envelope)


def even_out(envelope: Value, f0_hz: Value, weight: Value) -> Value:
    """Twin of ``singer.even_level.even_level``."""
    level_db = _harmonic_level_db(envelope, f0_hz)
    gain_db = ((even_level.REFERENCE_DB - level_db) * even_level.SHARE).clip(0.0, even_level.MOST_DB) * weight
    gain_db = gain_db * ((level_db - even_level.SILENT_DB) / 10.0).clip(0.0, 1.0)
    return envelope + (gain_db * DB).column()


def _harmonic_level_db(envelope: Value, f0_hz: Value) -> Value:
    graph = envelope.graph
    lowest_hz = graph.op("ReduceMin", f0_hz, keepdims=1)
    count = (even_level.HIGHEST_HZ / lowest_hz).apply("Ceil").to(np.int64).most(1)
    number = graph.count(count)
    harmonics_hz = f0_hz.column() * (number + 1).to(np.float32)
    heard = (harmonics_hz <= even_level.HIGHEST_HZ) | (number == 0)
    amplitude = _read_at(envelope, harmonics_hz)
    power = heard.where((2.0 * amplitude).apply("Exp"), 0.0).sum(1)
    power = power * 2.0 * f0_hz / even_level.REFERENCE_RATE_HZ
    return (power + 1e-12).apply("Log") * float(10.0 / np.log(10.0))


def _read_at(envelope: Value, frequencies_hz: Value) -> Value:
    """Values of each row at its frequencies [R, X], on straight lines over mel."""
    graph = envelope.graph
    mel = (frequencies_hz.least(TOP_HZ) / 700.0 + 1.0).apply("Log") * float(2595.0 / np.log(10.0))
    place = mel * float((ENVELOPE_BANDS - 1) / _TOP_MEL)
    low = place.apply("Floor").clip(0.0, ENVELOPE_BANDS - 2.0)
    share, index = place - low, low.to(np.int64)
    below, above = (graph.op("GatherElements", envelope, where, axis=1) for where in (index, index + 1))
    return below + (above - below) * share


def move(envelope: Value, weight: Value, first_knot: Value) -> Value:
    """``singer.liveliness.moved`` with heights from a fixed table, read from ``first_knot`` (int64 [1]) on.

    The engine names its heights by a hash of the phrase, which a graph cannot compute; the movement is of the same kind and size.
    """
    graph = envelope.graph
    table = np.random.default_rng(0).standard_normal((LIVELINESS_KNOTS, liveliness.BUMPS))
    table = table @ liveliness.bumps()
    row = graph.count(envelope.size())
    before = row / liveliness.KNOT_ROWS
    share = (row - before * liveliness.KNOT_ROWS).to(np.float32) / float(liveliness.KNOT_ROWS)
    angle = share * share * (3.0 - 2.0 * share) * float(np.pi / 2.0)
    knots = graph.value(table)
    place = before + first_knot
    early, late = (knots.at((place + step) % LIVELINESS_KNOTS) for step in (0, 1))
    field = angle.apply("Cos").column() * early + angle.apply("Sin").column() * late
    return envelope + (weight * (DB * liveliness.MOVEMENT_DB)).column() * field


def express(envelope: Value, ratio: Value, curves: Mapping[str, Value]) -> tuple[Value, Value]:
    """Twin of ``singer.expression.express``; ``curves`` are all of ``FEATURE_COLOURS`` and ``f0_hz``."""
    loudness = curves["loudness_db"] + curves["power"] * expression.POWER_DB
    envelope = _moved_formants(envelope, curves["gender"], curves["mouth_opening"])
    envelope = _articulated(envelope, curves["articulation"])
    centres_hz = band_centres_hz(ENVELOPE_BANDS)
    octaves = np.log2(
        np.clip(centres_hz, expression.LOWEST_TILT_HZ, expression.HIGHEST_TILT_HZ) / expression.PIVOT_HZ
    )
    above = octaves - octaves.min()
    tilt_db = (
        curves["tension"] * expression.TENSION_TILT_DB
        - curves["breathiness"].most(0.0) * expression.BREATH_TILT_DB
        + loudness * expression.LOUDNESS_TILT
    )
    envelope = envelope + (loudness.column() + tilt_db.column() * octaves) * DB
    envelope = envelope + curves["power"].column() * (expression.POWER_TILT_DB * DB * above)
    envelope = envelope + curves["brightness"].column() * expression.brighter()
    envelope = envelope + curves["falsetto"].column() * _thinner(ratio, curves["f0_hz"])
    amount = curves["breathiness"] - curves["tension"] * 0.3 + curves["falsetto"] * expression.FALSETTO_BREATH
    reach = np.linspace(0.4, 1.0, APERIODICITY_BANDS)
    exponent = (amount.column() * (-2.0 * reach * np.log(2.0))).apply("Exp")
    return envelope.most(float(np.log(AMPLITUDE_FLOOR))), ratio.clip(1e-4, 1.0) ** exponent


def _moved_formants(envelope: Value, gender: Value, opening: Value) -> Value:
    centres_hz = band_centres_hz(ENVELOPE_BANDS)
    stretch = float(np.log1p(expression.GENDER_FORMANT_SHARE))
    stretched = _read_at(envelope, (gender.column() * stretch).apply("Exp") * centres_hz)
    shift = expression.MOUTH_OCTAVES * np.interp(centres_hz, *expression.MOUTH_REACH) * np.log(2.0)
    return _read_at(stretched, (opening.column() * -shift).apply("Exp") * centres_hz)


def _articulated(envelope: Value, amount: Value) -> Value:
    change = (envelope @ relief_matrix()) * (amount * expression.ARTICULATION_RELIEF).column()
    highest = envelope.graph.op("ReduceMax", envelope, axes=[1], keepdims=1)
    weight = ((envelope - highest) * 2.0).apply("Exp")
    grown = (weight * (change * 2.0).apply("Exp")).sum(1, keep=True) / weight.sum(1, keep=True)
    return envelope + change - grown.apply("Log") * 0.5


def _thinner(ratio: Value, f0_hz: Value) -> Value:
    centres_hz = np.maximum(band_centres_hz(ENVELOPE_BANDS), 1.0)
    octaves = f0_hz.apply("Log").column() * float(-1.0 / np.log(2.0)) + np.log2(centres_hz)
    loss_db = octaves.clip(0.0, 1.0) * expression.FALSETTO_H2_DB
    beyond = (octaves - 1.0).clip(0.0, expression.FALSETTO_OCTAVES)
    loss_db = loss_db + beyond * expression.FALSETTO_TILT_DB
    spread = interpolation_matrix(APERIODICITY_BANDS, band_centres_hz(ENVELOPE_BANDS))
    voiced = 1.0 - ratio.clip(0.0, 1.0) @ spread
    return (expression.FALSETTO_GAIN_DB - loss_db) * voiced * DB


def rows(graph: Graph, curve: Value) -> Value:
    """Twin of ``singer.features.to_rows``: [T] to [2T]."""
    length = curve.size()
    following = curve.at((graph.count(length) + 1).least(length - 1))
    return graph.stack(curve, (curve + following) * 0.5).reshape(-1)
