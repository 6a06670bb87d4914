"""Whole performances: purity, edits, warnings, speed, and numbers pinned in a golden file."""

import hashlib
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from phrase_builders import phrase, score_of, song

from singer.errors import PerformanceError
from singer.performance.perform import perform, perform_phrase, performance_warnings, reperform
from singer.performance.performance import CURVES, FIRST_CURVES
from singer.performance.style import Style

GOLDEN = Path(__file__).with_name("golden") / "four_languages.npz"
TOLERANCE = {
    "f0_cents": 0.1,
    "loudness_db": 1e-3,
    "breathiness": 1e-5,
    "tension": 1e-5,
    "gender": 1e-5,
    "spans_s": 1e-6,
}
LINES = {
    "zh": [("x ɑ u̯", 0.5, 64), ("n i", 0.25, 67), ("ʈʂʰ w a n", 1.2, 69), ("-", 0.6, 71)],
    "yue": [("j y t̚", 0.4, 60), ("k w ɔ ŋ", 0.8, 62), ("rest", 0.2, 0), ("s ɐ p̚", 0.5, 57)],
    "en": [
        ("s t ɹ ɛ ŋ k θ s", 0.9, 62),
        ("AP", 0.4, 62),
        ("ð ə", 0.15, 64),
        ("a i̯", 0.11, 65),
        ("s ɪ t", 1.0, 64),
    ],
    "ja": [("s a", 0.5, 69), ("k ɯ", 0.5, 69), ("ɴ", 0.5, 71), ("k a Q/t e", 0.8, 72)],
}


def simple_song(count=4):
    return song([LINES["zh"]] * count, [1.0, 0.35, 2.0] * count)[:count]


def assert_same(one, other):
    assert one.phones == other.phones
    assert one.start_s == other.start_s
    assert all(np.array_equal(one.curves[name], other.curves[name]) for name in CURVES)


def test_a_song_is_its_phrases_performed_alone():
    phrases = simple_song()
    performance = perform(score_of(*phrases, title="Song"), phrases, voice="suyin")
    assert (performance.voice, performance.title) == ("suyin", "Song")
    for part, performed in zip(phrases, performance.phrases, strict=True):
        assert_same(performed, perform_phrase(part))
    assert performance.duration_s == pytest.approx(phrases[-1].end_s + 0.12, abs=0.011)


def test_duration_covers_notes_after_the_last_phrase():
    phrases = simple_song(1)
    score = score_of(*phrases)
    longer = replace(score, notes=(*score.notes, replace(score.notes[-1], start_beat=20.0, lyric="AP")))
    assert perform(longer, phrases, voice="x").duration_s == pytest.approx(20.6)


def test_the_same_song_gives_the_same_bits_in_another_process():
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import test_perform as t; print(t.digest())"
    found = {subprocess.check_output([sys.executable, "-c", code], text=True) for _ in range(2)}
    assert found == {digest() + "\n"}


def digest():
    here = perform_phrase(phrase(LINES["zh"]))
    return hashlib.sha256(b"".join(here.curves[name].tobytes() for name in CURVES)).hexdigest()


def test_an_edit_changes_nothing_outside_its_phrase():
    phrases = simple_song()
    before = perform(score_of(*phrases), phrases, voice="x")
    note = replace(phrases[1].notes[2], midi=80.0, loudness_db=6.0)
    notes = (*phrases[1].notes[:2], note, *phrases[1].notes[3:])
    edited = (phrases[0], replace(phrases[1], notes=notes), *phrases[2:])
    after = perform(score_of(*edited), edited, voice="x")
    for place in (0, 2, 3):
        assert_same(before.phrases[place], after.phrases[place])
    assert not np.array_equal(before.phrases[1].curves["f0_hz"], after.phrases[1].curves["f0_hz"])


def test_equal_phrases_elsewhere_sound_equal():
    first, second = (
        perform_phrase(phrase(LINES["zh"], start_s=2.0)),
        perform_phrase(phrase(LINES["zh"], start_s=40.0)),
    )
    for name in CURVES:
        assert np.allclose(first.curves[name], second.curves[name], rtol=1e-5, atol=1e-4)


class TestReperform:
    def drawn(self, performance, place, name, value):
        old = performance.phrases[place]
        curves = {**old.curves, name: np.full(old.frames, value, np.float32)}
        new = replace(old, curves=curves, marks={**old.marks, name: "edited"})
        return replace(
            performance, phrases=(*performance.phrases[:place], new, *performance.phrases[place + 1 :])
        )

    def test_edited_curves_stay_and_the_rest_is_made_anew(self):
        phrases = simple_song()
        score = score_of(*phrases)
        edited = self.drawn(perform(score, phrases, voice="x"), 1, "f0_hz", 333.0)
        again = reperform(edited, score, phrases, style=Style(breath_db=-3.0))
        assert (again.phrases[1].curves["f0_hz"] == 333.0).all()
        assert again.phrases[1].marks["f0_hz"] == "edited"
        fresh = perform(score, phrases, voice="x", style=Style(breath_db=-3.0))
        assert np.array_equal(again.phrases[1].curves["loudness_db"], fresh.phrases[1].curves["loudness_db"])
        assert_same(again.phrases[0], fresh.phrases[0])

    def test_without_edits_it_is_perform(self):
        phrases = simple_song()
        score = score_of(*phrases)
        first = perform(score, phrases, voice="x")
        for one, other in zip(reperform(first, score, phrases).phrases, first.phrases, strict=True):
            assert_same(one, other)

    def test_edits_move_with_their_phrase(self):
        lines = [[("m a", 0.5, 60)], [("n i", 0.5, 62)]]
        here = song(lines, [1.0])
        edited = self.drawn(perform(score_of(*here), here, voice="x"), 1, "tension", 0.75)
        there = song([[("l a", 3.0, 65)], *lines], [1.0, 1.0])
        again = reperform(edited, score_of(*there), there)
        assert [bool((part.curves["tension"] == 0.75).all()) for part in again.phrases] == [
            False,
            False,
            True,
        ]
        assert [part.marks["tension"] for part in again.phrases] == ["auto", "auto", "edited"]

    def test_edits_move_with_the_first_vowel(self):
        far = phrase([("m a", 0.5, 60)], start_s=9.0)
        before = perform(score_of(far), (far,), voice="x")
        old = before.phrases[0]
        spike = np.zeros(old.frames, np.float32)
        spike[round((9.0 - old.start_s) * 100)] = 1.0
        marks = {**old.marks, "tension": "edited"}
        edited = replace(old, curves={**old.curves, "tension": spike}, marks=marks)
        near = song([[("n i", 0.7, 60)], [("m a", 0.5, 60)]], [0.3], start_s=0.5)
        again = reperform(replace(before, phrases=(edited,)), score_of(*near), near).phrases[1]
        assert again.frames < old.frames  # a breath was before it, and is not any more
        vowel_s = near[1].start_s
        assert np.flatnonzero(again.curves["tension"] == 1.0).tolist() == [
            round((vowel_s - again.start_s) * 100)
        ]

    def test_edits_of_a_phrase_with_other_words_stay_where_they_were(self):
        before, after = phrase([("m a", 1.0, 60)]), phrase([("n i", 2.0, 60)])
        edited = self.drawn(perform(score_of(before), (before,), voice="x"), 0, "gender", -0.5)
        again = reperform(edited, score_of(after), (after,)).phrases[0]
        old = edited.phrases[0]
        times_s = again.start_s + np.arange(again.frames) / 100
        inside = (times_s > old.start_s - 0.005) & (times_s < old.end_s - 0.005)
        assert inside.sum() >= old.frames - 2  # the other onset is shorter
        assert np.array_equal(again.curves["gender"] == -0.5, inside)

    def test_edits_outside_every_phrase_are_let_go(self):
        before, after = phrase([("m a", 1.0, 60)]), phrase([("n i", 1.0, 60)], start_s=30.0)
        edited = self.drawn(perform(score_of(before), (before,), voice="x"), 0, "gender", -0.5)
        again = reperform(edited, score_of(after), (after,)).phrases[0]
        assert set(again.marks.values()) == {"auto"}


def test_warnings_name_the_note(caplog):
    caplog.set_level("INFO")
    tight = phrase([("s a", 0.5, 60), ("m a", 0.5, 60)], start_s=0.0)
    score = score_of(tight)
    (warning,) = performance_warnings(score, (tight,))
    assert warning.startswith('note 0 "la" (bar 1): too little room before it for s')
    perform(score, (tight,), voice="x")
    assert warning in caplog.text


def test_errors_name_the_note():
    crowded = phrase([("m a", 0.5, 60), ("/".join(["m a"] * 30), 0.2, 60)])
    with pytest.raises(PerformanceError) as caught:
        perform(score_of(crowded), (crowded,), voice="x")
    assert caught.value.where == 'note 1 "la" (bar 1)'


def test_a_song_without_phrases():
    performance = perform(score_of(phrase([("m a", 1.0, 60)])), (), voice="x")
    assert (performance.phrases, performance.duration_s) == ((), 2.0)


def test_a_four_minute_song_takes_under_0_3_s():
    phrases = song([LINES["zh"] * 3] * 34, [0.5] * 34)[:34]
    score = score_of(*phrases)
    assert phrases[-1].end_s > 240
    best_s = min(_seconds(lambda: perform(score, phrases, voice="x")) for _ in range(3))
    assert best_s < 0.3


def test_an_endless_phrase_is_no_slower_per_second():
    endless = phrase(LINES["zh"] * 200)
    assert endless.end_s > 500
    assert min(_seconds(lambda: perform_phrase(endless)) for _ in range(3)) < 0.6


def _seconds(work):
    start = time.process_time()
    work()
    return time.process_time() - start


def test_performing_needs_neither_scipy_nor_pydantic():
    code = (
        "import sys, singer.performance.perform, singer.performance_io\n"
        "print('scipy' in sys.modules, 'pydantic' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False False\n"


def golden_arrays():
    """Arrays of one performed line per language; ``python test_perform.py`` writes them anew."""
    found = {}
    for language, rows in LINES.items():
        performed = perform_phrase(phrase(rows, language, start_s=2.0))
        found[f"{language}/f0_cents"] = 1200 * np.log2(performed.curves["f0_hz"].astype(float) / 440)
        found |= {f"{language}/{name}": performed.curves[name] for name in FIRST_CURVES[1:]}
        found[f"{language}/spans_s"] = np.array([(span.start_s, span.end_s) for span in performed.phones])
        found[f"{language}/symbols"] = np.array([span.symbol for span in performed.phones])
    return found


def test_golden_arrays():
    golden, found = np.load(GOLDEN), golden_arrays()
    assert set(golden.files) == set(found)
    for name, values in found.items():
        assert golden[name].shape == values.shape, name
        if name.endswith("symbols"):
            assert golden[name].tolist() == values.tolist(), name
            continue
        away = np.abs(golden[name] - values)
        worst = np.unravel_index(np.argmax(away), away.shape)
        assert away.max() <= TOLERANCE[name.split("/")[1]], f"{name}: {away.max()} at {worst}"


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    np.savez_compressed(GOLDEN, **golden_arrays())
