"""Pitch for the teacher: sung melodies, and spoken pitch moved to where the teacher holds it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.training.corpus.plan import PlannedPhone, boundaries_s
from singer.training.teacher import CONTROL_RATE_HZ
from singer.training.teacher_phones import VOICELESS

LOWEST_HZ = 100.0
HIGHEST_HZ = 350.0
"""Above about 370 Hz the teacher's decoder loses the pitch that it is fed."""
VOICED_ABOVE_HZ = 45.0
"""The teacher's own pitch is near 0 where it is unvoiced."""

_A4_HZ = 440.0
_SAFE_MIDI = (44.5, 64.0)


@dataclass(frozen=True, slots=True)
class MelodyNote:
    """One held pitch: start in seconds, MIDI number, depth (cents) and rate (Hz) of vibrato, length of the glide to it."""

    start_s: float
    end_s: float
    midi: float
    vibrato_cents: float
    vibrato_hz: float
    glide_s: float
    scoop_cents: float


def frame_times_s(frames: int) -> NDArray[np.float64]:
    """When the audio has the pitch of each control frame: float64 [frames], seconds (measured, to about a millisecond)."""
    return np.arange(frames, dtype=np.float64) / CONTROL_RATE_HZ


def draw_melody(phones: Sequence[PlannedPhone], rng: np.random.Generator) -> list[MelodyNote]:
    """Notes that change where nuclei start; long nuclei may carry two or three."""
    edges = boundaries_s(phones)
    nuclei = [place for place, phone in enumerate(phones) if phone.role == "nucleus" and phone.symbol != "Q"]
    centre = float(rng.uniform(48.0, 60.5))
    midi = centre
    notes: list[MelodyNote] = []
    for number, place in enumerate(nuclei):
        next_start = edges[nuclei[number + 1]] if number + 1 < len(nuclei) else edges[-1]
        start, nucleus_end = float(edges[place]), float(edges[place + 1])
        count = 1 if nucleus_end - start < 0.6 or rng.random() < 0.6 else int(rng.integers(2, 4))
        cuts = np.linspace(start, nucleus_end, count + 1)[:-1]
        for cut, end in zip(cuts, [*cuts[1:], next_start], strict=True):
            midi = _next_midi(midi, centre, rng)
            notes.append(_note(float(cut), float(end), midi, rng))
    return notes


def _next_midi(midi: float, centre: float, rng: np.random.Generator) -> float:
    step = float(rng.choice([-7, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 7]))
    pull = 0.35 * (centre - midi)
    return float(np.clip(np.round(midi + step + pull), *_SAFE_MIDI))


def _note(start_s: float, end_s: float, midi: float, rng: np.random.Generator) -> MelodyNote:
    shakes = end_s - start_s > 0.45 and rng.random() < 0.6
    return MelodyNote(
        start_s,
        end_s,
        midi,
        vibrato_cents=float(rng.uniform(20, 70)) if shakes else 0.0,
        vibrato_hz=float(rng.uniform(4.8, 6.6)),
        glide_s=float(rng.uniform(0.05, 0.16)),
        scoop_cents=float(rng.uniform(-200, -60)) if rng.random() < 0.15 else 0.0,
    )


def sung_pitch(notes: Sequence[MelodyNote], frames: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Pitch without gaps: float64 [frames], Hz, from 100 to 350. Half-cosine glides end shortly after a note's start."""
    times = frame_times_s(frames)
    midi = np.full(frames, notes[0].midi)
    for before, note in itertools.pairwise(notes):
        phase = np.clip((times - (note.start_s - 0.6 * note.glide_s)) / note.glide_s, 0.0, 1.0)
        midi += (note.midi - before.midi) * (0.5 - 0.5 * np.cos(np.pi * phase))
    cents = np.zeros(frames)
    for note in notes:
        since = times - note.start_s
        inside = (since >= 0) & (times < note.end_s)
        swell = np.clip((since - 0.2) / 0.25, 0.0, 1.0) * np.clip((note.end_s - times) / 0.06, 0.0, 1.0)
        shake = note.vibrato_cents * swell * np.sin(2 * np.pi * note.vibrato_hz * since)
        cents += np.where(inside, shake + note.scoop_cents * np.exp(-np.maximum(since, 0) / 0.06), 0.0)
    cents += _drift(frames, rng)
    pitch = _A4_HZ * 2.0 ** ((midi - 69.0) / 12.0 + cents / 1200.0)
    return np.clip(pitch, LOWEST_HZ, HIGHEST_HZ)


def _drift(frames: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Slow wander of a few cents."""
    knots = max(frames // 24, 2) + 1
    return np.interp(np.linspace(0, knots - 1, frames), np.arange(knots), rng.normal(0.0, 7.0, knots))


def spoken_pitch(predicted_hz: NDArray[np.float32], median_hz: float) -> NDArray[np.float64]:
    """The teacher's own intonation moved to ``median_hz`` and kept from 100 to 350 Hz: float64 [T], gaps filled."""
    voiced = predicted_hz > VOICED_ABOVE_HZ
    if not voiced.any():
        return np.full(len(predicted_hz), median_hz)
    own_median = float(np.median(predicted_hz[voiced]))
    # Frames at the edge of a gap are averages of pitch and zero; they are dropped with the gap.
    solid = voiced & (predicted_hz > 0.65 * own_median)
    filled = np.interp(np.arange(len(predicted_hz)), np.flatnonzero(solid), np.log(predicted_hz[solid]))
    smooth = np.convolve(np.pad(filled, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    return np.clip(np.exp(smooth) / own_median * median_hz, LOWEST_HZ, HIGHEST_HZ)


def voiced_frames(phones: Sequence[PlannedPhone], predicted_hz: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Frames that carry pitch: bool [T].

    The teacher's own pitch says where voicing starts and stops. Inside, what must be voiced is, and what must not is not:
    a held vowel is never whispered and a held consonant never hummed.
    """
    voiced = predicted_hz > VOICED_ABOVE_HZ
    times = frame_times_s(len(predicted_hz))
    edges = boundaries_s(phones)
    for place, phone in enumerate(phones):
        start, end = edges[place], edges[place + 1]
        if phone.symbol in VOICELESS:
            margin = 0.2 * min(end - start, 0.1)
            voiced[(times > start + margin) & (times < end - margin)] = False
        else:
            before = place > 0 and phones[place - 1].symbol in VOICELESS
            after = place + 1 < len(phones) and phones[place + 1].symbol in VOICELESS
            begin = start + (0.015 if before else -0.01)
            voiced[(times >= begin) & (times < end - (0.015 if after else 0.0))] = True
    return voiced


def held_energy(
    phones: Sequence[PlannedPhone], predicted: NDArray[np.float32], level: float
) -> NDArray[np.float32]:
    """The teacher's energy with nuclei held at ``level``: float32 [T].

    By itself the teacher lets a long vowel fade; before a silence the hold ends in a short ramp.
    """
    energy = predicted.astype(np.float64)
    times = frame_times_s(len(energy))
    edges = boundaries_s(phones)
    for place, phone in enumerate(phones):
        if phone.role is None or phone.symbol in VOICELESS:
            continue
        held = level if phone.role == "nucleus" else level - 1.5
        if phone.role in ("onset", "glide"):
            continue
        last = phones[place + 1].symbol in ("SP", "AP")
        rise = np.clip((times - edges[place]) / 0.04, 0.0, 1.0)
        fall = np.clip((edges[place + 1] - times) / (0.1 if last else 0.03), 0.0, 1.0)
        weight = np.where((times >= edges[place]) & (times < edges[place + 1]), np.minimum(rise, fall), 0.0)
        energy += weight * np.maximum(held - energy, 0.0)
    return energy.astype(np.float32)
