"""One take, from its script to audio and alignment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.training.corpus.melody import (
    draw_melody,
    frame_times_s,
    held_energy,
    spoken_pitch,
    sung_pitch,
    voiced_frames,
)
from singer.training.corpus.plan import (
    PlannedPhone,
    boundaries_s,
    breath,
    characters_of,
    framed,
    pause,
    spelt_phones,
    spoken_timing,
    sung_timing,
    units_of,
    with_predicted,
)
from singer.training.corpus.scripts import Script
from singer.training.teacher import FRAMES_PER_UNIT, SAMPLE_RATE_HZ, Blend, Teacher, remove_tones
from singer.training.teacher_phones import SILENCED

_BREATH_ENERGY = (1.0, 4.5)
_SPOKEN_LEVEL = 4.5
_SILENT_ENERGY = -8.0
_FADE_S = 0.008
_TAIL_S = 0.13


@dataclass(frozen=True, slots=True)
class Take:
    """A rendered take.

    Attributes:
        audio: float32 [N], 24 kHz, without DC and constant tones.
        f0_hz: float32 [T] at 80 frames/s as fed (frame ``t`` is the pitch at ``t / 80`` s), 0 where unvoiced.
        phones: what is sung, from the first silence to the last.
        edges_s: float64 [P + 1], where each phone starts and the last one ends.
    """

    audio: NDArray[np.float32]
    f0_hz: NDArray[np.float32]
    phones: tuple[PlannedPhone, ...]
    edges_s: NDArray[np.float64]

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.audio) / SAMPLE_RATE_HZ


def render(script: Script, teacher: Teacher, blend: Blend) -> Take:
    """Let the teacher perform a script."""
    rng = np.random.default_rng(script.seed)
    phones = _planned(script, rng)
    tokens = teacher.tokens(characters_of(phones))
    style = teacher.style(blend, len(characters_of(phones)))
    if script.kind != "breath":
        phones = with_predicted(phones, teacher.durations(tokens, style))
        phones = spoken_timing(phones) if script.kind == "spoken" else sung_timing(phones, rng)
    units = units_of(phones)
    predicted_hz, predicted_energy = teacher.prosody(tokens, style, units)
    if script.kind == "spoken":
        pitch, energy = (
            spoken_pitch(predicted_hz, float(rng.uniform(135.0, 235.0))),
            held_energy(phones, predicted_energy, _SPOKEN_LEVEL),
        )
    elif script.kind == "sung":
        pitch = sung_pitch(draw_melody(phones, rng), FRAMES_PER_UNIT * int(units.sum()), rng)
        energy = held_energy(phones, predicted_energy, float(rng.uniform(6.5, 8.5)))
    else:
        pitch, energy = np.zeros(len(predicted_hz)), predicted_energy
    energy = _breathed(phones, energy, rng)
    f0_hz = np.where(voiced_frames(phones, predicted_hz), pitch, 0.0).astype(np.float32)
    audio = remove_tones(teacher.decode(tokens, style, units, f0_hz, energy))
    edges = boundaries_s(phones)
    return Take(_silenced(audio, phones, edges), f0_hz, tuple(phones), edges)


def _planned(script: Script, rng: np.random.Generator) -> list[PlannedPhone]:
    if script.kind == "breath":
        inside: list[PlannedPhone] = []
        for _ in range(4):
            inside += [breath(int(rng.integers(8, 24))), pause(int(rng.integers(8, 16)))]
        return framed(inside[:-1])
    syllables = script.line.syllables
    pauses = frozenset(
        {int(rng.integers(3, len(syllables) - 3))} if len(syllables) > 8 and rng.random() < 0.35 else set()
    )
    if script.language == "en" and script.kind == "spoken":
        pauses = frozenset()
    attacks = frozenset(
        number for number in range(len(syllables)) if script.kind == "sung" and rng.random() < 0.2
    )
    phones = spelt_phones(syllables, pauses, spoken=script.kind == "spoken", attacks=attacks)
    if script.kind == "sung" and rng.random() < 0.25:
        phones.insert(0, breath(int(rng.integers(9, 20))))
    return framed(phones)


def _breathed(
    phones: Sequence[PlannedPhone], energy: NDArray[np.float32], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Energy with a swell in every breath: rises over two thirds of it, then falls."""
    result = energy.astype(np.float32, copy=True)
    times = frame_times_s(len(energy))
    edges = boundaries_s(phones)
    for place, phone in enumerate(phones):
        if place > 0 and phone.symbol == "SP" and phones[place - 1].symbol == "AP":
            result[(times >= edges[place]) & (times < edges[place + 1])] = _SILENT_ENERGY
        if phone.symbol != "AP":
            continue
        low, high = _BREATH_ENERGY
        peak = float(rng.uniform(low, high))
        inside = (times >= edges[place]) & (times < edges[place + 1])
        start, end = edges[place], edges[place + 1]
        swell = np.interp(times, [start, start + 0.66 * (end - start), end], [0.0, 1.0, 0.2])
        result[inside] = (_SILENT_ENERGY + (peak - _SILENT_ENERGY) * swell[inside]).astype(np.float32)
    return result


def _silenced(
    audio: NDArray[np.float32], phones: Sequence[PlannedPhone], edges: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Fade out what an unreleased stop or a hard attack closes off, and what the teacher adds after the end."""
    gain = np.ones(len(audio), np.float32)
    tail = round((edges[-2] + _TAIL_S) * SAMPLE_RATE_HZ)
    gain[tail:] = 0.0
    fade = round(_FADE_S * SAMPLE_RATE_HZ)
    ramp = (0.5 + 0.5 * np.cos(np.pi * np.arange(fade) / fade)).astype(np.float32)
    gain[tail - fade : tail] = ramp
    for place, phone in enumerate(phones):
        if phone.symbol not in SILENCED:
            continue
        start = round((edges[place] + 0.012) * SAMPLE_RATE_HZ)
        end = round(edges[place + 1] * SAMPLE_RATE_HZ)
        if end - start <= 2 * fade:
            continue
        window = np.zeros(end - start, np.float32)
        window[:fade] = ramp
        window[-fade // 2 :] = ramp[::2][::-1][: len(window[-fade // 2 :])]
        gain[start:end] = np.minimum(gain[start:end], window)
    return audio * gain
