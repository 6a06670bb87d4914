"""Pitch trackers that are not ours: Praat's autocorrelation and WORLD's harvest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP_S = 0.005
FLOOR_HZ, CEILING_HZ = 100.0, 1_200.0
"""Range given to both trackers: C3 (131 Hz) to A5 (880 Hz) with room for glides and vibrato."""

TRACKERS = ("praat", "harvest")


@dataclass(frozen=True, slots=True)
class Track:
    """Pitch as tracked.

    Attributes:
        times_s: float64 [T].
        f0_hz: float64 [T], 0 where the tracker hears no pitch.
    """

    times_s: NDArray[np.float64]
    f0_hz: NDArray[np.float64]


def track(tracker: str, samples: NDArray[np.float32], sample_rate_hz: int) -> Track:
    """Track ``samples`` (float32 [N]) with one of ``TRACKERS`` every 5 ms."""
    audio = samples.astype(np.float64)
    if tracker == "praat":
        import parselmouth

        pitch = parselmouth.Sound(audio, sample_rate_hz).to_pitch_ac(
            time_step=STEP_S, pitch_floor=FLOOR_HZ, pitch_ceiling=CEILING_HZ
        )
        return Track(np.asarray(pitch.xs()), np.asarray(pitch.selected_array["frequency"]))
    if tracker == "harvest":
        import pyworld

        f0_hz, times_s = pyworld.harvest(
            audio, sample_rate_hz, f0_floor=FLOOR_HZ, f0_ceil=CEILING_HZ, frame_period=STEP_S * 1000
        )
        return Track(times_s, f0_hz)
    raise ValueError(f"unknown tracker {tracker!r}; known are {', '.join(TRACKERS)}")
