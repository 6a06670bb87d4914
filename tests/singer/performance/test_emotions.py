"""Emotions: what each does to curves and pitch, how they blend, whom they reach, and that notes stay in tune."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phrase_builders import phrase

from singer.controls import CONTROLS
from singer.emotions import EMOTIONS
from singer.errors import ScoreError
from singer.lyrics import lay_lyrics
from singer.performance.note_styles import added_controls, blend
from singer.performance.perform import perform_phrase
from singer.performance.style import Style
from singer.phrasing import split_phrases
from singer.score import Note, Score, Section
from singer.score_json import read_score_json, write_score_json

ROWS = [
    ("m a", 0.5, 60),
    ("n i", 0.5, 67),
    ("m a", 1.6, 64),
    ("rest", 0.1, 0),
    ("x a", 0.5, 62),
    ("m a", 1.6, 60),
]
BOUNDS = {control.name: control.metadata for control in fields(Style) if control.metadata}


def performed(emotion=None, rows=ROWS, style=None):
    felt = [(*row, {"emotion": emotion or {}}) if row[0] != "rest" else row for row in rows]
    return perform_phrase(phrase(felt, start_s=1.0), style)


def frame(found, time_s):
    return round((time_s - found.start_s) * 100)


def cents(found):
    return 1200 * np.log2(found.curves["f0_hz"].astype(float) / 440) + 6900


def loudness(found):
    """Mean over the long note in the middle."""
    return float(found.curves["loudness_db"][frame(found, 2.3) : frame(found, 3.5)].mean())


def vibrato(found):
    """Half the range of the pitch late in the long note."""
    part = cents(found)[frame(found, 2.9) : frame(found, 3.4)]
    return float(np.ptp(part) / 2)


def glide(found):
    """Frames from 10 to 90 % of the step between the first two notes."""
    way = (cents(found)[: frame(found, 1.9)] - 6000) / 700
    return int(np.argmax(way > 0.9) - np.argmax(way > 0.1))


def swing(found):
    """How much the loudness moves within the long note's syllable and phrase."""
    return float(np.ptp(found.curves["loudness_db"][frame(found, 1.1) : frame(found, 4.9)]))


def mean_of(name):
    return lambda found: float(found.curves[name][frame(found, 1.2) : frame(found, 4.6)].mean())


CORRELATES = {
    "tender": [(loudness, -3.0), (mean_of("breathiness"), 0.2), (glide, 1), (vibrato, -3.0)],
    "bright": [
        (mean_of("brightness"), 0.4),
        (mean_of("breathiness"), -0.15),
        (mean_of("mouth_opening"), 0.2),
    ],
    "powerful": [(loudness, 3.0), (mean_of("tension"), 0.4), (vibrato, 15.0)],
    "melancholic": [(loudness, -1.5), (mean_of("brightness"), -0.3), (glide, 2)],
    "playful": [(vibrato, -10.0), (mean_of("brightness"), 0.2), (glide, -1)],
    "plain": [(vibrato, -15.0), (swing, -1.5)],
    "machine-like": [(vibrato, -25.0), (swing, -3.0), (glide, -2), (mean_of("breathiness"), -0.3)],
}


@pytest.mark.parametrize("name", EMOTIONS)
def test_each_emotion_moves_its_correlates_by_its_weight(name):
    plain, half, whole = (performed(emotion) for emotion in ({}, {name: 0.5}, {name: 1.0}))
    for measure, least in CORRELATES[name]:
        steps = [
            measure(half) - measure(plain),
            measure(whole) - measure(half),
            measure(whole) - measure(plain),
        ]
        assert min(np.sign(least) * np.array(steps)) >= 0, (measure, steps)
        assert np.sign(least) * steps[2] >= abs(least), (measure, steps)


@pytest.mark.parametrize("name", EMOTIONS)
def test_notes_stay_in_tune(name):
    """The median over the middle half of the notes; where vibrato is wide, its mean is the note all the same."""
    found = performed({name: 1.0})
    pitch = cents(found)
    start_s = 1.0
    for _, length_s, midi in ROWS:
        if midi:
            middle = pitch[frame(found, start_s + length_s / 4) : frame(found, start_s + 3 * length_s / 4)]
            assert np.median(middle) == pytest.approx(100 * midi, abs=8)
        start_s += length_s


def test_a_machine_is_flat():
    pitch = cents(performed({"machine-like": 1.0}))
    assert np.ptp(pitch[110 : 110 + 30]) < 0.01


weights = st.dictionaries(st.sampled_from(list(EMOTIONS)), st.floats(0, 1))
styles = st.fixed_dictionaries(
    {name: st.floats(bounds["low"], bounds["high"]) for name, bounds in BOUNDS.items()}
).map(lambda values: Style(**values))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(weights, styles)
def test_blends_stay_between_what_they_are_made_of(emotion, style):
    mixed = blend(style, emotion)
    for name in BOUNDS:
        ends = [getattr(style, name)] + [
            EMOTIONS[one].style[name] for one in emotion if name in EMOTIONS[one].style
        ]
        assert min(ends) - 1e-9 <= getattr(mixed, name) <= max(ends) + 1e-9
    for name, value in added_controls(emotion).items():
        ends = [EMOTIONS[one].controls.get(name, 0.0) for one in emotion]
        assert min(0.0, *ends) - 1e-9 <= value <= max(0.0, *ends) + 1e-9


def test_no_emotion_is_the_style_itself():
    style = Style(vibrato_depth_cents=50)
    assert blend(style, {}) == style
    assert blend(style, {"tender": 0.0}) == style
    one, other = performed({}), performed(None)
    assert all(np.array_equal(one.curves[name], other.curves[name]) for name in one.curves)


def test_an_emotion_of_one_note_stays_with_it():
    rows = [("m a", 1.0, 60), ("m a", 1.0, 62, {"emotion": {"powerful": 1.0}}), ("m a", 1.0, 60)]
    felt, plain = (perform_phrase(phrase(part, start_s=1.0)) for part in (rows, [row[:3] for row in rows]))
    difference = felt.curves["tension"] - plain.curves["tension"]
    at = [difference[frame(felt, time_s)] for time_s in (1.5, 2.5, 3.5)]
    assert at[1] > 0.4
    assert at[0] == at[2] == pytest.approx(0.0, abs=1e-6)
    assert np.array_equal(cents(felt)[: frame(felt, 1.8)], cents(plain)[: frame(plain, 1.8)])


def test_the_nearest_emotion_counts():
    notes = [Note(float(beat), 1.0, 60.0, "ma1") for beat in range(5)]
    notes[2] = replace(notes[2], emotion={"plain": 1.0})
    notes[3] = replace(notes[3], emotion={})
    score = Score(tuple(notes), emotion={"tender": 0.5}, sections=(Section(1.0, 4.0, {"bright": 1.0}),))
    (found,) = split_phrases(score, lay_lyrics(score))
    assert [dict(note.emotion) for note in found.notes] == [
        {"tender": 0.5}, {"bright": 1.0}, {"plain": 1.0}, {}, {"tender": 0.5},
    ]  # fmt: skip
    assert read_score_json(write_score_json(score).encode()) == score


@pytest.mark.parametrize(
    ("sections", "code", "where"),
    [
        ([{"start": 2, "end": 2, "emotion": {}}], "section_range", "section 0"),
        ([{"start": -1, "end": 2, "emotion": {}}], "section_range", "section 0"),
        (
            [{"start": 0, "end": 2, "emotion": {}}, {"start": 1, "end": 3, "emotion": {}}],
            "section_order",
            "section 1",
        ),
        ([{"start": 0, "end": 2, "emotion": {"tender": 7}}], "emotion", "section 0"),
    ],
)
def test_bad_sections_are_refused_with_their_place(sections, code, where):
    document = {
        "format": "singer-score", "version": 1, "language": "zh", "sections": sections,
        "notes": [{"start": 0, "duration": 1, "pitch": 60, "lyric": "ma1"}],
    }  # fmt: skip
    with pytest.raises(ScoreError) as caught:
        read_score_json(json.dumps(document).encode())
    assert (caught.value.code, caught.value.where) == (code, where)


def test_the_table_fits_styles_and_controls():
    for emotion in EMOTIONS.values():
        Style(**emotion.style)
        assert "release_s" not in emotion.style
        for name, value in emotion.controls.items():
            assert CONTROLS[name].refusal(name, value) is None
            assert name != "pitch_cents"
