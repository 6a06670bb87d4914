"""Words of a line of phonemes, and phoneme lengths that fill them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from singer.diffsinger.bank import Kind

Frames = NDArray[np.int64]
_Number = TypeVar("_Number", np.int64, np.float32, np.float64)


def word_starts(phones: Sequence[str], kind_of: Callable[[str], Kind]) -> list[int]:
    """Indices at which words start: at vowels, or at the glide between a consonant and a vowel; the first word at 0.

    A consonant belongs to the word before it, whose time it takes. Without any vowel the last phoneme is a word's start.
    """
    kinds = [kind_of(phone) for phone in phones]
    starts = []
    for place, kind in enumerate(kinds):
        if kind != "vowel":
            continue
        is_glided = place >= 2 and kinds[place - 1] == "glide" and kinds[place - 2] == "consonant"
        starts.append(place - 1 if is_glided else place)
    starts = starts or [len(phones) - 1]
    return starts if starts[0] == 0 else [0, *starts]


def word_sizes(phones: Sequence[str], kind_of: Callable[[str], Kind]) -> Frames:
    """Phonemes per word, int64 [W]; their sum is the number of phonemes."""
    sizes: Frames = np.diff(np.array([*word_starts(phones, kind_of), len(phones)], np.int64)).astype(np.int64)
    return sizes


def sums_by_word(values: NDArray[_Number], sizes: Frames) -> NDArray[_Number]:
    """Sums of the values of each word's phonemes: [W]."""
    summed: NDArray[_Number] = np.add.reduceat(values, np.cumsum(sizes) - sizes)
    return summed


def filled_words(predicted: NDArray[np.float32], sizes: Frames, word_frames: Frames) -> Frames:
    """Predicted lengths scaled so that each word has its length, then rounded to whole frames: int64 [N].

    Args:
        predicted: float32 [N], frames; what is below 0 counts as 0.
        sizes: int64 [W], phonemes per word.
        word_frames: int64 [W], length of each word.
    """
    kept = np.maximum(predicted, 0.0).astype(np.float32)
    whole = sums_by_word(kept, sizes).astype(np.float32)
    scale = word_frames.astype(np.float32) / np.maximum(whole, np.float32(1e-5))
    return np.round(kept * np.repeat(scale, sizes)).astype(np.int64)
