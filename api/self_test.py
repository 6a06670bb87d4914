"""A scale, sung and measured: the self-test of an installation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from api.songs import Prepared, Singing, Sung, sing_into
from frontend_g2p.phones import Language
from singer.render import RenderOptions
from singer.score import Note, Score
from singer.song import perform_song
from singer.voice import Voice

_STEPS = (0, 4, 7, 12)
_VOWELS = ("a", "i", "u", "a")
_WORDS: dict[Language, str] = {"ja": "ら", "zh": "啦", "yue": "啦", "en": "la"}
"""What banks sing, whose dictionaries know words."""


class _Nowhere:
    """A sink that keeps nothing."""

    clipped_samples = 0

    def write(self, samples: NDArray[np.float32]) -> None:
        """Drop ``samples``."""


def scale(voice: Voice) -> Score:
    """A broken chord in the middle of the voice's range, on phones that need no dictionary, or on words of a bank."""
    middle = round((voice.lowest_midi + voice.highest_midi) / 2) - 6
    language: Language = next((name for name in _WORDS if name in voice.languages), "en")
    notes = tuple(
        Note(
            float(beat),
            1.0,
            float(middle + step),
            _WORDS[language],
            phones=None if voice.imported else f"l {vowel}",
        )
        for beat, (step, vowel) in enumerate(zip(_STEPS, _VOWELS, strict=True), start=1)
    )
    return Score(notes, language=language, title="self-test", voice=voice.name)


def sing_scale(voice: Voice) -> Sung:
    """Sing ``scale`` and give what the self-check found; raises the engine's errors."""
    performed = perform_song(scale(voice), voice)
    song = Prepared(performed.performance, performed.warnings, 0.0)
    return sing_into(_Nowhere(), song, voice, Singing(RenderOptions()))
