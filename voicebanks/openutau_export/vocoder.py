"""The vocoder of an exported bank: features and pitch to sound in one graph, twin of ``singer.vocoder`` and ``singer.source``.

Transforms are products with matrices, which every kind of device is good at. The phase is accumulated in double precision, as
it grows for as long as the phrase lasts.
"""

from __future__ import annotations

import numpy as np
import onnx

from singer.bands import APERIODICITY_BANDS, ENVELOPE_BANDS
from singer.features import ROWS_PER_FRAME
from singer.filterbank import FilterBank
from singer.performance.performance import CURVE_BOUNDS
from singer.phrase_audio import FADE_S
from singer.source import white_noise
from singer.timebase import AudioSpec
from singer.vocoder import TOP_HARMONIC_HZ
from voicebanks.openutau_export import units
from voicebanks.openutau_export.graph import Graph, Value
from voicebanks.openutau_export.sung_features import rows

NOISE_SAMPLES = 2**20
"""The noise is the engine's under the seed 0; it comes again after 23 seconds, which few phrases last."""
_DOUBLINGS = 16


def vocoder_model(spec: AudioSpec, network: onnx.ModelProto) -> onnx.ModelProto:
    """The filter network, the two sources, and the filtering of one by the other.

    Args:
        spec: the voice's audio contract.
        network: its vocoder network.
    """
    graph = Graph("vocoder")
    mel = graph.input("mel", np.float32, [1, "n_frames", units.MEL_BINS])
    f0_hz = graph.input("f0", np.float32, [1, "n_frames"]).unbatched()
    features = mel.reshape(-1, units.FEATURE_WIDTH)
    voiced = f0_hz > 0.0
    pitch_hz = rows(graph, _continuous(graph, f0_hz, voiced))
    filters = graph.insert(
        network,
        "network/",
        {
            "envelope": features.cut(0, ENVELOPE_BANDS, axis=1),
            "aperiodicity": features.cut(ENVELOPE_BANDS, ENVELOPE_BANDS + APERIODICITY_BANDS, axis=1),
            "log_f0": pitch_hz.apply("Log"),
        },
    )
    bank = FilterBank(spec)
    pulses = _pulses(graph, pitch_hz, spec)
    noise = graph.value(white_noise(0, NOISE_SAMPLES, 0)).at(graph.count(pulses.size()) % NOISE_SAMPLES)
    sounding = rows(graph, voiced.to(np.float32)).column()
    spoken = _filtered(graph, pulses, bank, (filters["harmonic"], filters["phase"]))
    hissed = _filtered(graph, noise, bank, (filters["noise"], None))
    wave = _overlapped(graph, spoken[0] * sounding + hissed[0], spoken[1] * sounding + hissed[1], bank)
    graph.output("waveform", _faded(graph, wave, spec).row(), [1, "n_samples"])
    return graph.model()


def _continuous(graph: Graph, f0_hz: Value, voiced: Value) -> Value:
    """Pitch whose gaps hold the last pitch before them, or the first one at all: float32 [T]."""
    frame = graph.count(f0_hz.size())
    latest = voiced.where(frame, -1, np.int64)
    for doubling in range(_DOUBLINGS):
        latest = latest.most(latest.later(2**doubling, -1))
    beyond = voiced.where(frame, f0_hz.size() - 1, np.int64)
    first = graph.op("ReduceMin", beyond, keepdims=1)
    return f0_hz.at((latest < 0).where(first, latest, np.int64)).clip(*CURVE_BOUNDS["f0_hz"])


def _pulses(graph: Graph, pitch_hz: Value, spec: AudioSpec) -> Value:
    """Band-limited pulses at the pitch of rows [2T]: float32 [(T + 1) hop], of which sample ``hop - 1`` is frame 0's centre."""
    last = pitch_hz.size() - 1
    first = pitch_hz.cut(0, 1)
    log_f0 = graph.concat(first, first, pitch_hz, pitch_hz.at(last)).to(np.float64).apply("Log")
    f0_hz = _at_samples(graph, log_f0, spec.hop_samples).apply("Exp")
    turns = (f0_hz / float(spec.sample_rate_hz)).running()
    angle = (turns - turns.apply("Round")).to(np.float32) * float(2.0 * np.pi)
    f0_hz = f0_hz.to(np.float32)
    harmonics = min(TOP_HARMONIC_HZ, 0.46 * spec.sample_rate_hz) / f0_hz
    whole = harmonics.apply("Floor")
    half = (angle * 0.5).apply("Sin")
    near = half.apply("Abs") < 1e-6
    steep = ((whole + 0.5) * angle).apply("Sin") / (near.where(1.0, half) * 2.0)
    kernel = near.where(whole + 0.5, steep) - 0.5
    kernel = kernel + (harmonics - whole) * ((whole + 1.0) * angle).apply("Cos")
    return kernel * (f0_hz / float(spec.sample_rate_hz)).apply("Sqrt") * 2.0


def _at_samples(graph: Graph, values: Value, hop: int) -> Value:
    """Twin of ``singer.source.rows_at_samples``."""
    early_samples = hop // 2
    late_samples = hop - early_samples
    place = graph.count((values.size() - 1) / 2) * 2
    on, half, following = (values.at(place + step).column() for step in (0, 1, 2))
    early = on + (half - on) * (np.arange(1, early_samples + 1) / early_samples)
    late = half + (following - half) * (np.arange(1, late_samples + 1) / late_samples)
    return graph.concat(early, late, axis=1).reshape(-1)


def _filtered(
    graph: Graph, excitation: Value, bank: FilterBank, filters: tuple[Value, Value | None]
) -> tuple[Value, Value]:
    """Spectra of the windowed rows of an excitation behind its filter: real and imaginary, float32 [2T, N / 2 + 1]."""
    hop = bank.spec.hop_samples
    end = excitation.size()
    early = excitation.cut(bank.first_gap, end - bank.second_gap).reshape(-1, hop) * bank.windows[0]
    late = excitation.cut(hop, end).reshape(-1, hop) * bank.windows[1]
    pieces = graph.concat(early, late, axis=1).reshape(-1, hop)
    real, imaginary = (pieces @ matrix for matrix in _turning(graph, bank, bank.lead_samples, hop))
    log_amplitude, dispersion = filters
    amplitude = (log_amplitude @ bank.amplitude_matrix).apply("Exp")
    phase = log_amplitude @ bank.minimum_phase_matrix
    if dispersion is not None:
        phase = phase + dispersion @ bank.dispersion_matrix
    along, across = amplitude * phase.apply("Cos"), amplitude * phase.apply("Sin")
    return real * along - imaginary * across, real * across + imaginary * along


def _turning(graph: Graph, bank: FilterBank, first: int, count: int) -> tuple[Value, Value]:
    """Cosine and negative sine of every bin at ``count`` samples from ``first`` on: float32 [count, N / 2 + 1] each.

    Made in the graph from one period, as matrices of this size would make up most of the file.
    """
    size = bank.fft_samples
    bins = graph.count(graph.ints((size // 2 + 1,)))
    samples = graph.count(graph.ints((count,))) + first
    place = (samples.column() * bins) % size
    period = 2.0 * np.pi * np.arange(size) / size
    return graph.value(np.cos(period)).at(place), graph.value(-np.sin(period)).at(place)


def _overlapped(graph: Graph, real: Value, imaginary: Value, bank: FilterBank) -> Value:
    """Sum of all rows: spectra to sound from the centre of frame 0 on, float32 [T hop]."""
    size, hop = bank.fft_samples, bank.spec.hop_samples
    weight = np.full(size // 2 + 1, 2.0 / size)
    weight[[0, -1]] = 1.0 / size
    cosine, negative_sine = (
        graph.op("Transpose", matrix, perm=[1, 0]) for matrix in _turning(graph, bank, 0, size)
    )
    waves = (real * weight) @ cosine + (imaginary * weight) @ negative_sine
    parts = -(-size // hop)
    waves = waves.padded(0, parts * hop - size, axis=1, rank=2).reshape(-1, ROWS_PER_FRAME, parts, hop)
    early, late = (_stacked(waves.at(row, axis=1), parts) for row in range(ROWS_PER_FRAME))
    length = waves.size() * hop
    return early.cut(hop, length + hop) + late.cut(bank.first_gap, length + bank.first_gap)


def _stacked(waves: Value, parts: int) -> Value:
    """Twin of the engine's sum of waves float32 [T, parts, hop], each one hop after the one before: [(T + parts) hop]."""
    first, *others = (waves.at(part, axis=1).padded(part, parts - part, rank=2) for part in range(parts))
    for other in others:
        first = first + other
    return first.reshape(-1)


def _faded(graph: Graph, wave: Value, spec: AudioSpec) -> Value:
    """Fades of 5 ms at both ends, as the engine gives every phrase."""
    fade = float(int(FADE_S * spec.sample_rate_hz))
    place = graph.count(wave.size()).to(np.float32) + 0.5
    left = wave.size().to(np.float32) - place
    return wave * (place.least(left) / fade).clip(0.0, 1.0)
