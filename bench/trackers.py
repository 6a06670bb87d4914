"""Pitch trackers that are not ours: Praat's autocorrelation and WORLD's harvest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP_S = 0.005
WHOLE_RANGE_HZ = (100.0, 1_200.0)
"""Range given to both trackers for C3 (131 Hz) to A5 (880 Hz): with room for glides and vibrato."""
HIGH_RANGE_HZ = (200.0, 1_600.0)
"""The same for C5 (523 Hz) to C6 (1047 Hz); the octave below every note is inside, so that the trackers may err."""
LOW_RANGE_HZ = (45.0, 400.0)
"""The same for C2 (65 Hz) to C3 (131 Hz); the octaves above are inside."""
HARVEST_HIGHEST_HZ = 1_200.0
"""Where more is asked for, harvest hears the sound at half speed. It works at 8 kHz inside, and near its upper edge it
loses whole notes: of a clean tone of eight harmonics between 700 and 1000 Hz it misses three frames in ten, at half
speed none.
"""

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


def track(
    tracker: str,
    samples: NDArray[np.float32],
    sample_rate_hz: int,
    range_hz: tuple[float, float] = WHOLE_RANGE_HZ,
) -> Track:
    """Track ``samples`` (float32 [N]) with one of ``TRACKERS`` every 5 ms, inside ``range_hz``."""
    floor_hz, ceiling_hz = range_hz
    audio = samples.astype(np.float64)
    if tracker == "praat":
        import parselmouth

        pitch = parselmouth.Sound(audio, sample_rate_hz).to_pitch_ac(
            time_step=STEP_S, pitch_floor=floor_hz, pitch_ceiling=ceiling_hz
        )
        return Track(np.asarray(pitch.xs()), np.asarray(pitch.selected_array["frequency"]))
    if tracker == "harvest":
        import pyworld

        slower = 2 if ceiling_hz > HARVEST_HIGHEST_HZ else 1
        if sample_rate_hz % slower:
            raise ValueError(f"half of the sample rate must be a whole number, found {sample_rate_hz}")
        f0_hz, times_s = pyworld.harvest(
            audio,
            sample_rate_hz // slower,
            f0_floor=floor_hz / slower,
            f0_ceil=ceiling_hz / slower,
            frame_period=STEP_S * 1000 * slower,
        )
        return Track(times_s / slower, f0_hz * slower)
    raise ValueError(f"unknown tracker {tracker!r}; known are {', '.join(TRACKERS)}")
