"""The vocoder: features and pitch to sound, in chunks of any size, with all of its state in one value.

A small network turns features and pitch into a harmonic filter, a noise filter and a dispersion phase every 5 ms; a band-limited
pulse train and white noise pass through them (source-filter synthesis, as in the neural homomorphic vocoder, Liu et al. 2020, and
the DDSP vocoder, arXiv 2401.10460).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from singer.features import ROWS_PER_FRAME, Features
from singer.filterbank import PHASE_BANDS, FilterBank
from singer.phonation import Roughness, roughened
from singer.source import accumulated_turns, pitch_at_samples, pulses_at, rows_at_samples, white_noise
from singer.timebase import AudioSpec
from singer.voice import Voice

TOP_HARMONIC_HZ = 20_000.0


@dataclass(frozen=True, slots=True)
class Filters:
    """What the vocoder's network says of T frames.

    Attributes:
        harmonic, noise: float32 [2T, 96], natural log of the filters' amplitudes on the envelope bands.
        phase: float32 [2T, 32], dispersion of the harmonic part in radians.
    """

    harmonic: NDArray[np.float32]
    noise: NDArray[np.float32]
    phase: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class VocoderState:
    """Everything that one stream carries from chunk to chunk.

    Attributes:
        seed: name of the noise.
        frame: frames taken in so far.
        phase: phase of the fundamental in turns, in [0, 1).
        pulse: whole turns of the fundamental so far.
        f0_hz: pitch of the last frame taken in, float32 [2].
        roughness: growl and fry of the last frame taken in ([2]), ``None`` if it had neither.
        filters: filters of the last frame taken in ([2, ...]), which waits for the next one.
        harmonic, noise: last hop of excitation, float64 [hop].
        tail: sum of the frames so far that is not yet complete, float32 [N - first_gap].
    """

    seed: int
    frame: int
    phase: float
    pulse: int
    f0_hz: NDArray[np.float32]
    roughness: Roughness | None
    filters: Filters
    harmonic: NDArray[np.float64]
    noise: NDArray[np.float64]
    tail: NDArray[np.float32]


class Vocoder:
    """Sound from features, for one voice; holds no stream state and may be shared between threads."""

    def __init__(self, voice: Voice) -> None:
        self._network = voice.vocoder
        self._bank = FilterBank(voice.spec)
        self._top_hz = min(TOP_HARMONIC_HZ, 0.46 * voice.spec.sample_rate_hz)

    def filters(self, features: Features, f0_hz: NDArray[np.float32]) -> Filters:
        """Run the network on T frames.

        Args:
            features: T frames.
            f0_hz: float32 [2T], positive.

        Raises:
            ModelError: if the network fails.
        """
        found = self._network.run(
            envelope=features.envelope,
            aperiodicity=features.aperiodicity,
            log_f0=np.log(f0_hz).astype(np.float32),
        )
        return Filters(found["harmonic"], found["noise"], found["phase"])

    def start(self, seed: int) -> VocoderState:
        """State of a stream before its first frame; ``seed`` names its noise."""
        hop = self._bank.spec.hop_samples
        empty = np.zeros((0, 96), np.float32)
        silence = np.zeros(hop)
        tail = np.zeros(self._bank.fft_samples - self._bank.first_gap, np.float32)
        nothing = Filters(empty, empty, np.zeros((0, PHASE_BANDS), np.float32))
        nowhere = np.zeros(0, np.float32)
        return VocoderState(seed, 0, 0.0, 0, nowhere, None, nothing, silence, silence, tail)

    def run(
        self,
        state: VocoderState,
        filters: Filters,
        f0_hz: NDArray[np.float32],
        roughness: Roughness | None = None,
    ) -> tuple[NDArray[np.float32], VocoderState]:
        """Take in T frames and give every sample that they complete.

        Args:
            state: from ``start`` or the last call.
            filters: of T >= 1 frames.
            f0_hz: float32 [2T], positive, one for each row of the filters.
            roughness: growl and fry of the T frames; ``None`` is neither.

        Returns:
            float32 [M] and the next state. The first sample of a stream lies ``lead_in_samples`` before the centre of frame 0;
            the concatenation over calls does not depend on how the frames were cut.
        """
        spec = self._bank.spec
        hop = spec.hop_samples
        fresh = state.frame == 0
        before = np.full(ROWS_PER_FRAME, f0_hz[0]) if fresh else state.f0_hz
        steps = pitch_at_samples(np.log(np.concatenate((before, f0_hz[:-1])).astype(np.float64)), hop)
        pulses, phase, pulse = self._pulses(state, steps, roughness)
        hiss = white_noise(state.frame * hop, len(steps), state.seed)
        harmonic = np.concatenate((state.harmonic, pulses))
        noise = np.concatenate((state.noise, hiss))
        waiting = filters if fresh else _join(state.filters, filters)
        taken = len(f0_hz) // ROWS_PER_FRAME
        count = taken - 1 if fresh else taken
        if fresh:
            harmonic, noise = harmonic[hop:], noise[hop:]
        following = replace(
            state,
            frame=state.frame + taken,
            phase=phase,
            pulse=pulse,
            f0_hz=f0_hz[-ROWS_PER_FRAME:],
            roughness=None if roughness is None else _last_frame(roughness),
            filters=_frames(waiting, count, None),
            harmonic=harmonic[-hop:],
            noise=noise[-hop:],
        )
        if count == 0:
            return np.zeros(0, np.float32), following
        wave = self._shape(_frames(waiting, 0, count), harmonic, noise)
        wave[: len(state.tail)] += state.tail
        return wave[: count * hop], replace(following, tail=wave[count * hop :])

    def finish(self, state: VocoderState) -> NDArray[np.float32]:
        """The rest of a stream: the frame that waits, and the ringing after it. float32 [N]; empty if no frame was taken in."""
        if state.frame == 0:
            return np.zeros(0, np.float32)
        last, following = self.run(
            state, state.filters, np.repeat(state.f0_hz[-1:], ROWS_PER_FRAME), state.roughness
        )
        return np.concatenate((last, following.tail))

    @property
    def lead_in_samples(self) -> int:
        """Samples of a stream that lie before the centre of its frame 0."""
        return self._bank.second_gap + self._bank.lead_samples

    def _pulses(
        self,
        state: VocoderState,
        f0_hz: NDArray[np.float64],
        roughness: Roughness | None,
    ) -> tuple[NDArray[np.float64], float, int]:
        """The harmonic excitation float64 [N] at pitches float64 [N], and phase and number of the pulse after it."""
        spec, harmonics = self._bank.spec, self._top_hz / f0_hz
        turns = accumulated_turns(f0_hz, state.phase, spec.sample_rate_hz)
        phase, pulse = float(turns[-1] % 1.0), state.pulse + int(turns[-1] // 1.0)
        strength = 2.0 * np.sqrt(f0_hz / spec.sample_rate_hz)
        if roughness is None and state.roughness is None:
            return pulses_at(turns, harmonics) * strength, phase, pulse
        growl, fry = _roughness_at_samples(state.roughness, roughness, len(f0_hz) // spec.hop_samples, spec)
        turns, gain, highest = roughened(turns, state.pulse, growl, fry, state.seed)
        return pulses_at(turns, harmonics / highest) * strength * gain, phase, pulse

    def _shape(
        self, filters: Filters, harmonic: NDArray[np.float64], noise: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        bank, frames = self._bank, len(filters.harmonic) // ROWS_PER_FRAME
        voiced = bank.spectra(harmonic, frames) * bank.response(filters.harmonic, filters.phase)
        hissed = bank.spectra(noise, frames) * bank.response(filters.noise)
        return bank.overlap_add(voiced + hissed)


def _roughness_at_samples(
    before: Roughness | None, here: Roughness | None, frames: int, spec: AudioSpec
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Growl and fry at the samples up to the first row of the last of ``frames`` frames: float64 [frames hop] each."""
    parts = (before or _no_roughness(1), here or _no_roughness(frames))
    found = []
    for name in ("growl", "vocal_fry"):
        rows = np.concatenate([getattr(part, name) for part in parts])[:-1]
        found.append(rows_at_samples(rows.astype(np.float64), spec.hop_samples))
    return found[0], found[1]


def _no_roughness(frames: int) -> Roughness:
    still = np.zeros(ROWS_PER_FRAME * frames, np.float32)
    return Roughness(still, still)


def _last_frame(roughness: Roughness) -> Roughness:
    return Roughness(roughness.growl[-ROWS_PER_FRAME:], roughness.vocal_fry[-ROWS_PER_FRAME:])


def _join(first: Filters, second: Filters) -> Filters:
    return Filters(
        np.concatenate((first.harmonic, second.harmonic)),
        np.concatenate((first.noise, second.noise)),
        np.concatenate((first.phase, second.phase)),
    )


def _frames(filters: Filters, start: int, stop: int | None) -> Filters:
    rows = slice(ROWS_PER_FRAME * start, None if stop is None else ROWS_PER_FRAME * stop)
    return Filters(filters.harmonic[rows], filters.noise[rows], filters.phase[rows])
