"""Durations, pitch and energy that are fed to the teacher."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from frontend_g2p.inventory import INVENTORY
from singer.training.corpus.material import CorpusSyllable, english_lines, syllables
from singer.training.corpus.melody import (
    HIGHEST_HZ,
    LOWEST_HZ,
    MelodyNote,
    draw_melody,
    frame_times_s,
    held_energy,
    spoken_pitch,
    sung_pitch,
    voiced_frames,
)
from singer.training.corpus.plan import (
    END_UNITS,
    START_UNITS,
    PlannedPhone,
    boundaries_s,
    characters_of,
    framed,
    resized,
    spelt_phones,
    spoken_timing,
    sung_timing,
    units_of,
    with_predicted,
)


def syllable(language: str, reading: str) -> CorpusSyllable:
    return next(item for item in syllables(language) if item.reading == reading)  # type: ignore[arg-type]


def planned(*readings: str, spoken: bool = False) -> list[PlannedPhone]:
    return framed(
        spelt_phones(
            [syllable("zh", reading) for reading in readings], frozenset(), spoken=spoken, attacks=frozenset()
        )
    )


def test_one_unit_count_for_every_token() -> None:
    phones = planned("chuang", "pi")
    assert characters_of(phones) == "ꭧʰwɑŋpʰi."
    assert len(units_of(phones)) == len(characters_of(phones)) + 2
    assert units_of(phones).sum() == START_UNITS + 8 + END_UNITS


def test_tone_marks_belong_to_the_last_phone_of_spoken_syllables() -> None:
    tone = replace(syllable("zh", "ma"), tone=3)
    spoken = spelt_phones([tone], frozenset(), spoken=True, attacks=frozenset())
    sung = spelt_phones([tone], frozenset(), spoken=False, attacks=frozenset())
    assert [phone.characters for phone in spoken] == ["m", "a↓"]
    assert [phone.characters for phone in sung] == ["m", "a"]


def test_attacks_and_pauses_go_where_they_are_asked_for() -> None:
    row = [syllable("zh", "an"), syllable("zh", "ma"), syllable("zh", "e")]
    phones = spelt_phones(row, frozenset({0}), spoken=False, attacks=frozenset({0, 1, 2}))
    assert [phone.symbol for phone in phones] == ["ʔ", "a", "n", "SP", "m", "a", "ʔ", "ɤ"]
    assert [phone.syllable for phone in phones] == [0, 0, 0, -1, 1, 1, 2, 2]


def test_boundaries_lead_the_units_but_keep_the_ends() -> None:
    phones = planned("ma")
    edges = boundaries_s(phones)
    assert edges[0] == 0.0
    assert edges[1] == pytest.approx(START_UNITS * 0.025 - 0.060)
    assert edges[2] - edges[1] == pytest.approx(0.025)
    assert edges[-1] == pytest.approx(units_of(phones).sum() * 0.025)
    assert all(right > left for left, right in itertools.pairwise(edges))


def test_predictions_fill_phones_and_leave_silences_alone() -> None:
    phones = planned("ba")
    filled = with_predicted(phones, np.array([50, 3, 4, 50, 60, 70], np.int64))
    assert [phone.total for phone in filled[1:-1]] == [3, 4]
    assert filled[0].total == START_UNITS
    assert filled[-1].total == END_UNITS


def test_resizing_keeps_the_sum_and_a_unit_for_each_character() -> None:
    aspirated = PlannedPhone("tʰ", "onset", "zh", "tʰ", (3, 2), 0)
    for total in range(1, 9):
        units = resized(aspirated, total).units
        assert sum(units) == max(total, 2)
        assert min(units) >= 1


def test_a_held_english_vowel_grows_in_the_vowel_not_in_its_stress_mark() -> None:
    vowel = PlannedPhone("æ", "nucleus", "en", "ˈæ", (4, 2), 0)
    assert resized(vowel, 30).units == (3, 27)


def test_a_held_toned_vowel_grows_in_the_vowel_not_in_its_mark() -> None:
    vowel = PlannedPhone("a", "nucleus", "zh", "a↓", (2, 5), 0)
    assert resized(vowel, 30).units == (27, 3)


def test_sung_vowels_are_notes_and_consonants_stay_short() -> None:
    line = english_lines(heldout=False)[3]
    phones = framed(spelt_phones(line.syllables, frozenset(), spoken=False, attacks=frozenset()))
    phones = with_predicted(phones, np.full(len(characters_of(phones)) + 2, 9, np.int64))
    sung = sung_timing(phones, np.random.default_rng(0))
    nuclei = [phone.total for phone in sung if phone.role == "nucleus"]
    others = [phone.total for phone in sung if phone.role not in ("nucleus", None)]
    assert max(nuclei) > 30
    assert min(nuclei) >= 4
    assert max(others) <= 6


def test_spoken_phones_lose_hidden_silence() -> None:
    phones = with_predicted(planned("ma", "pan"), np.array([9, 3, 30, 3, 2, 5, 25, 4, 4]))
    assert max(phone.total for phone in spoken_timing(phones)[1:-1]) <= 9


def sung_phones() -> list[PlannedPhone]:
    phones = planned("san", "mao", "ta", "pi")
    phones = with_predicted(phones, np.full(len(characters_of(phones)) + 2, 3, np.int64))
    return sung_timing(phones, np.random.default_rng(3))


def test_melody_stays_where_the_teacher_can_sing() -> None:
    phones = sung_phones()
    frames = 2 * int(units_of(phones).sum())
    for seed in range(20):
        rng = np.random.default_rng(seed)
        pitch = sung_pitch(draw_melody(phones, rng), frames, rng)
        assert pitch.shape == (frames,)
        assert pitch.min() >= LOWEST_HZ
        assert pitch.max() <= HIGHEST_HZ


def test_notes_begin_with_their_vowels_and_are_reached() -> None:
    notes = [MelodyNote(0.0, 1.0, 50.0, 0, 5.0, 0.1, 0), MelodyNote(1.0, 2.0, 57.0, 0, 5.0, 0.1, 0)]
    pitch = sung_pitch(notes, 160, np.random.default_rng(0))
    times = frame_times_s(160)
    low, high = 440 * 2 ** ((50 - 69) / 12), 440 * 2 ** ((57 - 69) / 12)
    cents_low = 1200 * np.log2(pitch[times < 0.9] / low)
    cents_high = 1200 * np.log2(pitch[times > 1.1] / high)
    assert np.abs(cents_low).max() < 40
    assert np.abs(cents_high).max() < 40


def test_vibrato_has_its_rate_and_depth() -> None:
    note = MelodyNote(0.0, 2.0, 55.0, 50.0, 5.5, 0.1, 0.0)
    pitch = sung_pitch([note], 160, np.random.default_rng(0))
    cents = 1200 * np.log2(pitch[48:144] / np.median(pitch[48:144]))
    spectrum = np.abs(np.fft.rfft(cents - cents.mean(), 960))
    assert np.argmax(spectrum) * 80 / 960 == pytest.approx(5.5, abs=0.4)
    assert np.ptp(cents) == pytest.approx(100, abs=35)


def test_spoken_intonation_is_moved_not_changed() -> None:
    predicted = np.concatenate([np.zeros(10), np.linspace(90, 110, 60), np.zeros(10)]).astype(np.float32)
    pitch = spoken_pitch(predicted, 200.0)
    assert np.median(pitch[10:70]) == pytest.approx(200, rel=0.02)
    assert 1200 * np.log2(pitch[65] / pitch[15]) == pytest.approx(
        1200 * np.log2(predicted[65] / predicted[15]), abs=5
    )


def test_vowels_are_voiced_and_voiceless_consonants_are_not() -> None:
    phones = sung_phones()
    frames = 2 * int(units_of(phones).sum())
    times, edges = frame_times_s(frames), boundaries_s(phones)
    for predicted in (0.0, 100.0):
        voiced = voiced_frames(phones, np.full(frames, predicted, np.float32))
        for phone, start, end in zip(phones, edges[:-1], edges[1:], strict=True):
            inside = voiced[(times > start + 0.02) & (times < end - 0.02)]
            if phone.role == "nucleus":
                assert inside.all()
            if INVENTORY[phone.symbol].phone_class == "fricative":
                assert not inside.any()


def test_long_vowels_are_held_and_end_before_a_silence() -> None:
    phones = sung_phones()
    frames = 2 * int(units_of(phones).sum())
    times, edges = frame_times_s(frames), boundaries_s(phones)
    energy = held_energy(phones, np.full(frames, -5.0, np.float32), 7.0)
    last = max(place for place, phone in enumerate(phones) if phone.role == "nucleus")
    inside = (times > edges[last] + 0.05) & (times < edges[last + 1] - 0.12)
    assert np.allclose(energy[inside], 7.0)
    assert energy[times > edges[-2] + 0.02].max() == -5.0
    louder = held_energy(phones, np.full(frames, 9.0, np.float32), 7.0)
    assert np.allclose(louder, 9.0)
