"""What must hold for every phrase, on phrases drawn at random in four languages."""

from dataclasses import replace
from itertools import pairwise, takewhile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phrase_builders import phrase, score_of, song

from singer.performance.lengths import FLOOR_S, NUCLEUS_FLOOR_S
from singer.performance.perform import perform, perform_phrase
from singer.performance.phone_timing import RELEASED, timing_class
from singer.performance.style import Style
from singer.performance.timing import time_phones

SYLLABLES = {
    "zh": ["n i", "x ɑ u̯", "ʈʂ ʊ ŋ", "k w o", "ɕ j ɑ ŋ", "ɚ", "ʂ ʅ", "l ɥ ɛ n", "a i̯"],
    "yue": ["j y t̚", "k w ɔ ŋ", "ŋ ɔ", "ŋ̩", "h a k̚", "s ɐ p̚", "h ɵ y̑"],
    "en": ["s t ɹ ɛ ŋ k θ s", "ð ə", "a i̯", "l ʌ v", "tʃ ɪ l d", "s k w ɪ ɹ l", "kʰ ə n/t ɪ/n j u", "f ɑ"],
    "ja": ["s a", "k ɯ", "ɴ", "Q", "k j o", "a", "ts ɯ Q", "k a ɴ"],
}


@st.composite
def phrases(draw, shortest_s=0.03):
    language = draw(st.sampled_from(sorted(SYLLABLES)))
    lengths = st.floats(shortest_s, 2.5).map(lambda value: round(value, 4))
    rows = []
    for place in range(draw(st.integers(1, 8))):
        lyric = draw(
            st.sampled_from([*SYLLABLES[language], *(["-", "-", "AP", "rest"] if place else ["AP"])])
        )
        if lyric == "-" and all(row[0] in ("AP", "rest") for row in rows):
            lyric = "a"
        length_s = draw(st.floats(0.04, 0.29)) if lyric == "rest" else draw(lengths)
        if "/" in lyric:
            length_s += 0.1
        rows.append((lyric, length_s, draw(st.integers(48, 81))))
    while rows[-1][0] == "rest":
        rows.pop()
    start_s = round(draw(st.floats(0.35, 9.0)), 5)
    before_s = draw(st.floats(0.3, start_s))
    index = draw(st.sampled_from([0, 3]))
    after_s = draw(st.sampled_from([0.3, 0.31415, 0.5, 2.0, float("inf")]))
    return phrase(rows, language, start_s, start_s if index == 0 else before_s, after_s, index=index)


def floors_of(span):
    return NUCLEUS_FLOOR_S if span.role == "nucleus" or span.symbol == "AP" else FLOOR_S


@settings(max_examples=150, deadline=None, derandomize=True)
@given(phrases())
def test_every_nucleus_starts_on_its_note(drawn):
    timing = time_phones(drawn, Style())
    nuclei = {}
    for span in timing.spans:
        if span.role == "nucleus":
            nuclei.setdefault(span.note, span.start_s)
    for note in drawn.notes:
        if note.kind != "breath":
            assert abs(nuclei[note.index] - note.start_s) < 1e-9


@settings(max_examples=150, deadline=None, derandomize=True)
@given(phrases())
def test_spans_join_and_keep_their_floors(drawn):
    timing = time_phones(drawn, Style())
    times = timing.frame_times
    spans = timing.spans
    assert spans[0].start_s == times.start_s
    assert abs(spans[-1].end_s - times.end_s) < 1e-9
    assert all(before.end_s == after.start_s for before, after in pairwise(spans))
    lengths = {note.index: note.end_s - note.start_s for note in drawn.notes}
    for span in spans[1:-1]:
        floor_s = floors_of(span)
        if floor_s == NUCLEUS_FLOOR_S and span.note is not None:
            syllables = max(1, len(drawn.notes[span.note].syllables))
            floor_s = min(floor_s, 0.75 * lengths[span.note] / syllables)
        assert span.end_s - span.start_s >= floor_s - 2e-6, span


@settings(max_examples=100, deadline=None, derandomize=True)
@given(phrases())
def test_onsets_and_codas_keep_their_limits(drawn):
    timing = time_phones(drawn, Style())
    spans = timing.spans
    for before, after in pairwise(timing.units):
        onset = [
            s for s in spans if s.role in ("onset", "glide") and before.start_s < s.start_s < after.start_s
        ]
        taken_s = sum(span.end_s - span.start_s for span in onset)
        room_s = after.start_s - before.end_s
        assert taken_s <= max(0.25, FLOOR_S * len(onset)) + 1e-5
        assert taken_s - room_s <= max(0.45 * before.length_s, FLOOR_S * len(onset)) + 1e-5
    for unit in timing.units:
        nucleus = next(place for place, span in enumerate(spans) if span.start_s == unit.start_s)
        coda = list(takewhile(lambda span: span.role == "coda", spans[nucleus + 1 :]))
        if coda:
            over_s = 0.06 if timing_class(coda[-1].symbol) in RELEASED else 0.0
            taken_s = coda[-1].end_s - coda[0].start_s
            small_rest_s = FLOOR_S  # a rest left below the floor goes to the note
            limit_s = 0.5 * (unit.length_s + over_s + small_rest_s)
            assert taken_s <= max(limit_s, FLOOR_S * len(coda)) + 1e-5
            assert coda[-1].end_s <= unit.end_s + over_s + small_rest_s + 1e-5


@settings(max_examples=100, deadline=None, derandomize=True)
@given(phrases())
def test_curves_are_finite_and_f0_positive(drawn):
    performed = perform_phrase(drawn)
    assert all(np.isfinite(curve).all() for curve in performed.curves.values())
    assert performed.curves["f0_hz"].min() > 100  # C3 is 131 Hz
    assert performed.curves["f0_hz"].max() < 950  # A5 is 880 Hz
    assert len(performed.phones) <= performed.frames


@settings(max_examples=100, deadline=None, derandomize=True)
@given(phrases(shortest_s=0.4))
def test_the_middle_of_each_long_note_is_in_tune(drawn):
    performed = perform_phrase(drawn)
    times_s = performed.start_s + np.arange(performed.frames) / 100
    cents = 6900 + 1200 * np.log2(performed.curves["f0_hz"] / 440)
    for note in drawn.notes:
        length_s = note.end_s - note.start_s
        if note.kind != "breath":
            middle = (times_s >= note.start_s + length_s / 4) & (times_s < note.end_s - length_s / 4)
            assert abs(np.median(cents[middle]) - note.midi * 100) <= 8


@settings(max_examples=60, deadline=None, derandomize=True)
@given(phrases(), st.floats(0.3, 3.0), st.floats(0.3, 3.0))
def test_neighbours_never_overlap(drawn, before_s, after_s):
    rows = [
        ("/".join(" ".join(p.symbol for p in s.phones) for s in note.syllables) or {"hold": "-"}.get(note.kind, "AP"),
         note.end_s - note.start_s, note.midi)
        for note in drawn.notes
    ]  # fmt: skip
    language = next((s.language for note in drawn.notes for s in note.syllables), "zh")
    parts = song([rows] * 3, [before_s, after_s], language)
    performed = perform(score_of(*parts), parts, voice="test").phrases
    for early, late in pairwise(performed):
        assert early.end_s <= late.start_s + 1e-9


@settings(max_examples=60, deadline=None, derandomize=True)
@given(phrases(), st.integers(-12, 12))
def test_transposing_moves_every_frame_by_the_interval(drawn, semitones):
    """But for the drift, whose seed counts the pitches."""
    still = Style(drift_cents=0, fluctuation_cents=0)
    moved = replace(drawn, notes=tuple(replace(n, midi=n.midi + semitones) for n in drawn.notes))
    here, there = (perform_phrase(part, still).curves["f0_hz"] for part in (drawn, moved))
    assert np.allclose(there / here, 2 ** (semitones / 12), rtol=1e-5)


@pytest.mark.parametrize("language", sorted(SYLLABLES))
def test_octave_up_doubles_the_median(language):
    rows = [(lyric, 0.5, 60 + place) for place, lyric in enumerate(SYLLABLES[language])]
    low = perform_phrase(phrase(rows, language))
    high = perform_phrase(phrase([(lyric, length_s, midi + 12) for lyric, length_s, midi in rows], language))
    ratio = np.median(high.curves["f0_hz"]) / np.median(low.curves["f0_hz"])
    assert abs(1200 * np.log2(ratio / 2)) < 6


@pytest.mark.parametrize("language", sorted(SYLLABLES))
def test_half_tempo_doubles_the_length_within_one_hop(language):
    rows = [(lyric, 0.5, 60) for lyric in SYLLABLES[language]]
    lengths = []
    for slower in (1, 2):
        drawn = phrase([(lyric, length_s * slower, midi) for lyric, length_s, midi in rows], language)
        spans = perform_phrase(drawn).phones
        first = next(span.start_s for span in spans if span.role == "nucleus")
        last = spans[-1].start_s
        lengths.append(last - first)
    assert abs(lengths[1] - 2 * lengths[0]) <= 0.01
