"""Frames, words, notes and sampling against numbers worked out by hand from the format's rules."""

from __future__ import annotations

import numpy as np
import pytest

from singer.diffsinger.bank import Kind
from singer.diffsinger.frames import Sampled, fitted_to, frame_counts, hz_of, semitones_of, without_gaps
from singer.diffsinger.notes import NoteLine, mean_midi
from singer.diffsinger.words import filled_words, word_sizes

STEP_S = 512 / 44_100
KINDS: dict[str, Kind] = {
    "a": "vowel",
    "SP": "vowel",
    "AP": "vowel",
    "w": "glide",
    "t": "consonant",
    "n": "consonant",
}


def line(names: str, lengths: list[float], slurs: str = "") -> NoteLine:
    midi = {"r": np.nan, "c": 60.0, "e": 64.0, "g": 67.0}
    marks = slurs or "0" * len(names)
    return NoteLine(
        np.array([midi[name] for name in names], np.float32),
        np.array(lengths, np.float32),
        np.array([mark == "1" for mark in marks]),
        np.zeros(len(names), np.int64),
    )


def test_boundaries_are_about_the_next_whole_frame() -> None:
    # ends at 8.61, 17.23 and 43.07 frames: round(end + 0.5) is 9, 18, 44
    assert frame_counts(np.array([0.1, 0.1, 0.3]), STEP_S).tolist() == [9, 9, 26]
    # halves go to the even number: 2.0 + 0.5 and 3.0 + 0.5
    assert frame_counts(np.array([2.0, 1.0]), 1.0).tolist() == [2, 2]


def test_spans_are_cut_or_drawn_out_to_a_total() -> None:
    assert fitted_to(np.array([4, 3, 2]), 8).tolist() == [4, 3, 1]
    assert fitted_to(np.array([4, 3, 2]), 5).tolist() == [4, 1, 0]
    assert fitted_to(np.array([4, 3, 2]), 12).tolist() == [4, 3, 5]


def test_a_curve_on_its_own_grid_is_kept_and_on_another_one_interpolated() -> None:
    values = np.array([0.0, 1.0, 4.0, 9.0], np.float32)
    assert Sampled(values, 0.01).at_frames(0.01, 3).tolist() == [0.0, 1.0, 4.0]
    assert Sampled(values, 0.01).at_frames(0.01, 6).tolist() == [0.0, 1.0, 4.0, 9.0, 9.0, 9.0]
    halved = Sampled(values, 0.01).at_frames(0.005, 8)
    assert halved[:6] == pytest.approx([0.0, 0.5, 1.0, 2.5, 4.0, 6.5])


def test_gaps_of_pitch_are_filled_in_log_frequency() -> None:
    filled = without_gaps(np.array([0, 100, 0, 400, 0], np.float32))
    assert filled == pytest.approx([100, 100, 200, 400, 400])
    assert semitones_of(np.array([440.0, 880.0], np.float32)).tolist() == [69.0, 81.0]
    assert hz_of(np.array([57.0], np.float32)).tolist() == [220.0]


@pytest.mark.parametrize(
    ("phones", "sizes"),
    [
        ("SP t a t a SP", [2, 2, 1, 1]),  # consonants belong to the word before
        ("t a", [1, 1]),
        ("SP t w a", [2, 2]),  # the glide between consonant and vowel starts the word
        ("SP w a", [2, 1]),
        ("a a n", [1, 2]),
        ("t n", [1, 1]),  # no vowel: the last phoneme starts a word
        ("n", [1]),
    ],
)
def test_words_start_at_vowels(phones: str, sizes: list[int]) -> None:
    assert word_sizes(phones.split(), KINDS.__getitem__).tolist() == sizes


def test_predicted_lengths_fill_their_words() -> None:
    predicted = np.array([4, 2, 3, 2], np.float32)
    # as in the format's own example: words of 3, 4 and 2 frames hold 4, 5 and 2 predicted ones; halves go to even
    found = filled_words(predicted, np.array([1, 2, 1]), np.array([3, 4, 2]))
    assert found.tolist() == [3, 2, 2, 2]
    assert filled_words(np.zeros(2, np.float32), np.array([2]), np.array([7])).tolist() == [0, 0]


def test_rests_take_the_nearest_note_and_all_rests_are_middle_c() -> None:
    assert line("rcrrgr", [1] * 6).sounding_midi().tolist() == [60, 60, 60, 67, 67, 67]
    assert line("crg", [1] * 3).sounding_midi().tolist() == [60, 60, 67]  # as near to both: the earlier one
    assert line("rr", [1, 1]).sounding_midi().tolist() == [60, 60]


def test_slurs_add_to_their_word() -> None:
    assert (
        line("rceg", [0.5, 1, 1, 2], "0010").word_frames(0.25).sum()
        == line("rceg", [0.5, 1, 1, 2]).frames(0.25).sum()
    )
    assert len(line("rceg", [0.5, 1, 1, 2], "0010").word_frames(0.25)) == 3


def test_mean_pitch_of_spans() -> None:
    midi, frames = np.array([60, 67], np.float32), np.array([3, 3])
    assert mean_midi(midi, frames, np.array([3, 3])).tolist() == [60, 67]
    assert mean_midi(midi, frames, np.array([2, 2, 0, 2])).tolist() == [60, 64, 67, 67]  # 63.5 goes to even
