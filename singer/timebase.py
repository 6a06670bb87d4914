"""Seconds, frames and samples: the only place where time is rounded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AudioSpec:
    """The audio contract of a voice: sample rate and hop, both exact integers.

    Frame ``i`` is centred on sample ``i * hop_samples``, its second row of features lies ``hop_samples // 2``
    later; boundaries in seconds are rounded to frames once, as cumulated times, so that errors never add up.
    """

    sample_rate_hz: int = 44_100
    hop_samples: int = 441

    def __post_init__(self) -> None:
        if self.sample_rate_hz <= 0 or self.hop_samples <= 0:
            raise ValueError(f"sample rate and hop must be positive, found {self}")

    @property
    def frame_rate_hz(self) -> float:
        """Frames per second."""
        return self.sample_rate_hz / self.hop_samples

    def frame_at(self, time_s: float) -> int:
        """Index of the frame whose centre is nearest to ``time_s`` (halves go up)."""
        return int(time_s * self.sample_rate_hz / self.hop_samples + 0.5)

    def time_of_frame(self, frame: int) -> float:
        """Centre of frame ``frame`` in seconds."""
        return frame * self.hop_samples / self.sample_rate_hz

    def sample_at(self, time_s: float) -> int:
        """Index of the sample nearest to ``time_s`` (halves go up)."""
        return sample_at(time_s, self.sample_rate_hz)


def sample_at(time_s: float, sample_rate_hz: int) -> int:
    """Index of the sample nearest to ``time_s`` at any rate (halves go up)."""
    return int(time_s * sample_rate_hz + 0.5)
